"""Files of the helping houses: a row is what a request would be, and the same file again is all duplicates."""

from typing import Any

from services.assets.app import ASSETS
from services.assistance.app import ASSISTANCE
from shared.house import House
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, deliver, household_registered
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import open_supplied, producer
from tests.houses.consumption.builders import put as put_in_consumption
from tests.houses.employment.builders import VACANCY, open_employment
from tests.sheets import Cells, csv_file, imported, result, rows_of, xlsx_file


class Office:
    """Whoever sends files to one house."""

    def __init__(self, house: House, client: Any) -> None:
        self.house, self.client = house, client

    async def send(self, kind: str, *lines: Cells, **fields: str) -> dict[str, Any]:
        """Send a csv, then the same as Excel: what was taken is a duplicate by then."""
        job = await imported(self.house, self.client, csv_file(*lines, encoding="gb18030"), kind, **fields)
        again = await imported(self.house, self.client, xlsx_file(*lines), kind, **fields)
        first, second = job["result"], again["result"]
        known = first["accepted"] + first["duplicate"]
        assert second == result(first["rows"], duplicate=known, rejected=first["rejected"])
        return job

    async def refused(self, job: dict[str, Any]) -> list[tuple[int, list[tuple[str | None, str]]]]:
        """The rows that came back, with the headings and codes of their reasons."""
        rows = await rows_of(self.client, job, self.house.name, status="rejected")
        return [(row["row"], [(why["column"], why["code"]) for why in row["reasons"]]) for row in rows]


async def test_vacancies(open_house: OpenHouse, client_for: ClientFor) -> None:
    employment = await open_employment(open_house, client_for)
    office = Office(employment.house, employment.client)
    headings = (
        *("岗位编号", "用人单位", "岗位类型", "工作地区划代码", "工种", "招工人数"),
        *("月工资（元）", "最低年龄", "最高年龄", "所需劳动能力", "有效期至"),
    )
    good = (
        "DG-17",
        "某电子厂",
        "市场岗位",
        "441900",
        "装配工",
        "20",
        "4,500",
        "18",
        "55",
        "普通劳动力、skilled",
        "2026/12/31",
    )
    job = await office.send(
        "vacancies",
        headings,
        good,
        ("DG/18", *good[1:]),
        ("DG-19", *good[1:7], "60", *good[8:]),
        ("DG-20", *good[1:9], "壮劳动力", good[10]),
    )
    assert job["result"] == result(4, accepted=1, rejected=3, stored=1)
    assert await office.refused(job) == [
        (3, [("Vacancy code", "string_pattern_mismatch")]),
        (4, [("Maximum age", "below-min-age")]),
        (5, [("Labour that fits", "not-in-list")]),
    ]
    shown = await employment.get("vacancies/DG-17")
    assert (shown["needs"], shown["headcount"], shown["wage_month"]) == (["ordinary", "skilled"], 20, "4500.00")
    assert (shown["version"], shown["valid_until"]) == (1, "2026-12-31")


async def test_wages(open_house: OpenHouse, client_for: ClientFor) -> None:
    employment = await open_employment(open_house, client_for, household_registered())
    assert (await employment.put_vacancy()).status_code == 201
    placement = await employment.started(1, VACANCY)
    office = Office(employment.house, employment.client)
    job = await office.send(
        "wages",
        ("就业记录编号", "月份", "金额（元）"),
        (placement, "2026年10月", "4,520.00"),
        (placement, "2026年9月", "两千"),
        ("17", "2026年9月", "2000"),
        source="labour-station",
    )
    assert job["result"] == result(3, accepted=1, rejected=2, stored=1)
    assert await office.refused(job) == [
        (3, [("Amount (yuan)", "amount-ill-formed")]),
        (4, [("Placement", "uuid_parsing")]),
    ]
    [wage] = await employment.items("wages")
    assert (wage["source"], wage["month"], wage["amount"]) == ("labour-station", "2026-10", "4520.00")
    assert wage["source_ref"].startswith("row-")


async def test_products(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_supplied(open_house)
    client = client_for(house)
    await put_in_consumption(client, "producer", "COOP", producer())
    office = Office(house, client)
    job = await office.send(
        "products",
        ("产品编号", "生产者编号", "产品名称", "计量单位", "单价（元）", "起订量", "库存"),
        ("TEA", "COOP", "绿茶", "kg", "120", "1", "300.5"),
        ("HAM", "NOBODY", "火腿", "kg", "120", "", ""),
    )
    assert job["result"] == result(2, accepted=1, rejected=1, stored=1)
    assert await office.refused(job) == [(3, [("Producer code", "producer-not-found")])]
    shown = (await client.get("/consumption/v1/products/TEA")).json()
    assert (shown["price"], shown["minimum"], shown["stock"]) == ("120.00", "1.000", "300.500")


async def test_assets(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSETS)
    office = Office(house, client_for(house, region="520626"))
    of_the_asset = ("茶叶加工厂", "经营性资产", REGION, "500000", "2021-06-01")
    job = await office.send(
        "assets",
        ("资产编号", "资产名称", "资产类别", "行政区划代码", "原值（元）", "形成日期", "权利", "权利人", "份额"),
        ("A-1", *of_the_asset, "所有权", "沙坝村集体", "0.6"),
        ("A-2", *of_the_asset, "所有权", "沙坝村集体", "0.9"),
        ("A-1", "", "", "", "", "", "所有权", "煎茶村集体", "0.4000"),
        ("A-3", *of_the_asset[:2], OTHER_COUNTY_REGION, *of_the_asset[3:], "owner", "沙坝村集体", "1"),
    )
    assert job["result"] == result(4, accepted=2, rejected=2, stored=2)
    assert [row for row, _ in await office.refused(job)] == [3, 5]
    shown = (await office.client.get("/assets/v1/assets/A-1")).json()
    assert sorted((right["holder"], right["share"]) for right in shown["rights"]) == [
        ("沙坝村集体", "0.6000"),
        ("煎茶村集体", "0.4000"),
    ]


async def test_disbursements(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, household_registered())
    office = Office(house, client_for(house, client_id="civil-affairs", sources=None))
    job = await office.send(
        "disbursements",
        ("户编号", "发放类别", "月份", "金额（元）", "分期发放"),
        (HOUSEHOLD, "temporary_relief", "2026-10", "800", "否"),
        (HOUSEHOLD, "临时救助", "2026-10", "800", ""),
        ("DJ-9999", "temporary_relief", "2026-10", "800", ""),
    )
    assert job["result"] == result(3, accepted=1, rejected=2, stored=1)
    assert await office.refused(job) == [
        (3, [("Kind", "string_pattern_mismatch")]),
        (4, [("Household code", "household-unknown")]),
    ]
    [paid] = (await office.client.get("/assistance/v1/disbursements")).json()["items"]
    assert (paid["source"], paid["amount"], paid["kind"]) == ("civil-affairs", "800.00", "temporary_relief")
