"""Files of the helping houses: a row is what a request would be, and the same file again is all duplicates."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.assets.app import ASSETS
from services.assistance.app import ASSISTANCE
from services.consumption.app import CONSUMPTION
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.jobs.running import run_part
from shared.jobs.work import Kinds, Part, Standing, Work
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, REGION, deliver, household_registered
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assets.builders import ASSET, MEASURE, OTHER_HOUSEHOLD, STEPS, line, plan, settled
from tests.houses.consumption.builders import count_stock, dongguan, open_supplied, place, producer, stock, supply, told
from tests.houses.consumption.builders import order as order_of
from tests.houses.consumption.builders import product as product_of
from tests.houses.consumption.builders import put as put_in_consumption
from tests.houses.employment.builders import VACANCY, open_employment
from tests.problems import IN_CHINESE
from tests.sheets import Cells, counts, csv_file, imported, result, rows_of, rows_of_csv, send, table_of, xlsx_file


class Office:
    """Whoever sends files to one house."""

    def __init__(self, house: House, client: Any) -> None:
        self.house, self.client = house, client

    async def send(self, kind: str, *lines: Cells, **fields: str) -> dict[str, Any]:
        """Send a csv, then the same as Excel: what was taken is a duplicate by then."""
        job = await imported(self.house, self.client, csv_file(*lines, encoding="gb18030"), kind, **fields)
        again = await imported(self.house, self.client, xlsx_file(*lines), kind, **fields)
        first, second = counts(job), counts(again)
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
        *("岗位编号", "用人单位", "岗位类型", "工作地区划代码", "工种", "招聘人数"),
        *("月工资（元）", "最低年龄", "最高年龄", "所需劳动技能", "有效期至"),
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
    assert counts(job) == result(4, accepted=1, rejected=3, stored=1)
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
        ("输送编号", "月份", "金额（元）"),
        (placement, "2026年10月", "4,520.00"),
        (placement, "2026年9月", "两千"),
        ("17", "2026年9月", "2000"),
        source="labour-station",
    )
    assert counts(job) == result(3, accepted=1, rejected=2, stored=1)
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
        ("产品编号", "供应主体编号", "产品名称", "计量单位", "单价（元）", "起订量", "首次上架数量"),
        ("TEA", "COOP", "绿茶", "kg", "120", "1", "300.5"),
        ("HAM", "NOBODY", "火腿", "kg", "120", "", ""),
    )
    assert counts(job) == result(2, accepted=1, rejected=1, stored=1)
    assert await office.refused(job) == [(3, [("Producer code", "producer-not-found")])]
    shown = (await client.get("/consumption/v1/products/TEA")).json()
    assert (shown["price"], shown["minimum"], shown["stock"]) == ("120.00", "1.000", "300.500")


async def test_assets(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSETS)
    office = Office(house, client_for(house, region="520626"))
    of_the_asset = ("茶叶加工厂", "经营性资产", REGION, "500000", "2021-06-01")
    job = await office.send(
        "assets",
        ("资产编号", "资产名称", "资产类别", "区划代码", "原值（元）", "形成日期", "权利", "权利人", "份额"),
        ("A-1", *of_the_asset, "所有权", "沙坝村集体", "0.6"),
        ("A-2", *of_the_asset, "所有权", "沙坝村集体", "0.9"),
        ("A-1", "", "", "", "", "", "所有权", "煎茶村集体", "0.4000"),
        ("A-3", *of_the_asset[:2], OTHER_COUNTY_REGION, *of_the_asset[3:], "owner", "沙坝村集体", "1"),
    )
    assert counts(job) == result(4, accepted=2, rejected=2, stored=2)
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
    assert counts(job) == result(3, accepted=1, rejected=2, stored=1)
    assert await office.refused(job) == [
        (3, [("Kind", "string_pattern_mismatch")]),
        (4, [("Household code", "household-unknown")]),
    ]
    [paid] = (await office.client.get("/assistance/v1/disbursements")).json()["items"]
    assert (paid["source"], paid["amount"], paid["kind"]) == ("civil-affairs", "800.00", "temporary_relief")


LINES = ("采购单位编号", "采购单位订单号", "产品编号", "订购数量", "单价（元）", "最迟交货日期", "联系人")


async def test_orders(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_supplied(open_house)
    await supply(client_for(house), TEA=product_of(), HAM=product_of(name="火腿", price="80.00", stock="10.000"))
    buyer = dongguan(client_for, house)
    office = Office(house, buyer)
    job = await office.send(
        "orders",
        LINES,
        ("DG-1", "17", "TEA", "20", "12.50", "2026-12-31", "王主任"),
        ("DG-2", "17", "TEA", "30", "", "", ""),
        ("DG-1", "18", "TEA", "10", "", "", ""),
        ("DG-1", "17", "HAM", "2.5", "80", "", ""),
        ("DG-1", "18", "HAM", "1000", "", "", ""),
        ("DG-1", "19", "TEA", "10", "11", "", ""),
        ("GZ-9", "1", "TEA", "10", "", "", ""),
    )
    assert counts(job) == result(7, accepted=3, rejected=4, stored=3)
    assert await office.refused(job) == [
        (4, [(None, "not-enough-stock")]),
        (6, [(None, "another-row-refused")]),
        (7, [(None, "price-changed")]),
        (8, [("Buyer code", "buyer-not-yours")]),
    ]
    assert await stock(house) == {"TEA": 250_000, "HAM": 7_500}, "what was refused took nothing"
    found = {order["buyer_code"]: order for order in (await buyer.get("/consumption/v1/orders")).json()["items"]}
    assert [(one["product_code"], one["quantity"]) for one in found["DG-1"]["lines"]] == [
        ("TEA", "20.000"),
        ("HAM", "2.500"),
    ]
    assert (found["DG-1"]["contact"], found["DG-1"]["deliver_by"]) == ("王主任", "2026-12-31")
    assert (found["DG-2"]["buyer_order_no"], found["DG-2"]["lines"][0]["quantity"]) == ("17", "30.000")


async def test_an_order_of_a_file_is_the_order_of_a_request(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_supplied(open_house)
    await supply(client_for(house))
    buyer = dongguan(client_for, house)
    sent = await place(buyer, order_of(buyer_order_no="17"))
    before = await told(house)
    office = Office(house, buyer)
    job = await office.send("orders", LINES, ("DG-1", "17", "TEA", "20", "", "", ""))
    assert counts(job) == result(1, duplicate=1)
    job = await office.send("orders", LINES, ("DG-1", "17", "TEA", "21", "", "", ""))
    assert await office.refused(job) == [(2, [(None, "order-contradicts")])]
    [kept] = (await buyer.get("/consumption/v1/orders")).json()["items"]
    assert (kept["order_id"], kept["updated_at"]) == (sent["order_id"], sent["updated_at"])
    assert await told(house) == before


async def test_a_file_of_orders_is_for_those_who_order_or_supply(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_supplied(open_house)
    await supply(client_for(house))
    content = csv_file(LINES, ("DG-1", "17", "TEA", "20", "", "", ""))
    reader = client_for(house, scopes=("consumption:read", "consumption:write"), client_id="clerk")
    assert (await send(reader, content, "orders", house="consumption")).status_code == 403
    assert (await send(dongguan(client_for, house), content, "products", house="consumption")).status_code == 403
    template = await dongguan(client_for, house).get("/consumption/v1/imports/templates/orders.xlsx")
    assert template.status_code == 200
    elsewhere = client_for(
        house, scopes=("consumption:read", "consumption:approve"), region="520624", client_id="other-county"
    )
    job = await imported(house, elsewhere, content, "orders")
    assert await Office(house, elsewhere).refused(job) == [(2, [(None, "region-not-allowed")])]


@pytest.mark.parametrize("scope", ["consumption:order", "consumption:read"])
async def test_whoever_sent_a_file_sees_what_came_of_it_and_nobody_else_does(
    open_house: OpenHouse, client_for: ClientFor, tmp_path: Path, scope: str
) -> None:
    """A buyer's client that may order, and nothing else, could not see the job it was given."""
    house = await open_supplied(open_house)
    await supply(client_for(house))
    buyer = dongguan(client_for, house, scopes=("consumption:order",))
    content = csv_file(LINES, ("DG-1", "17", "TEA", "20", "", "", ""), ("DG-1", "18", "TEA", "1000", "", "", ""))
    job = await imported(house, buyer, content, "orders")
    assert counts(job) == result(2, accepted=1, rejected=1, stored=1)
    places = [job_path := f"/consumption/v1/jobs/{job['job_id']}"]
    places += [f"/consumption/v1/imports/{job['job_id']}/{part}" for part in ("rows", "rejected.xlsx")]

    sender = dongguan(client_for, house, scopes=(scope,))
    assert [(await sender.get(place)).status_code for place in places] == [200, 200, 200]
    assert [one["job_id"] for one in (await sender.get("/consumption/v1/jobs")).json()["items"]] == [job["job_id"]]
    assert [row for row, _ in await Office(house, sender).refused(job)] == [3]
    assert table_of((await sender.get(places[2])).content, tmp_path / "back.xlsx")[1][1] == "18"
    assert (await sender.post(f"{job_path}/cancel")).json()["type"] == "urn:problem:consumption:job-ended"

    another = dongguan(client_for, house, scopes=(scope,), client_id="suzhou")
    assert (await another.get("/consumption/v1/jobs")).json()["items"] == []
    stranger = dongguan(client_for, house, scopes=("monitoring:write",))
    refused = {another: (404, "job-not-found"), stranger: (403, "scope-missing")}
    for client, expected in refused.items():
        answers = [await client.get(place) for place in places] + [await client.post(f"{job_path}/cancel")]
        assert {(one.status_code, one.json()["type"].rpartition(":")[2]) for one in answers} == {expected}


async def test_products_sent_again_say_nothing_of_a_stock_that_orders_took(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_supplied(open_house)
    client = client_for(house)
    await supply(client)
    office = Office(house, client)
    offered = ("TEA", "COOP", "绿茶", "kg", "12.50", "300")
    await count_stock(client, "TEA", "120.000")
    job = await office.send(
        "products", ("产品编号", "供应主体编号", "产品名称", "计量单位", "单价（元）", "首次上架数量"), offered
    )
    assert counts(job) == result(1, duplicate=1)
    assert await stock(house) == {"TEA": 120_000}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_list_that_was_exported_is_edited_and_sent(
    open_house: OpenHouse, client_for: ClientFor, tmp_path: Path, form: str
) -> None:
    house = await open_supplied(open_house)
    client = client_for(house)
    await supply(client, TEA=product_of(name="=绿茶"), HAM=product_of(name="火腿, 切片"))
    exported = await client.get("/consumption/v1/products", params={"format": form}, headers=IN_CHINESE)
    rows = rows_of_csv(exported.content) if form == "csv" else table_of(exported.content, tmp_path / "list.xlsx")
    job = await imported(house, client, csv_file(*rows), "products")
    assert counts(job) == result(2, duplicate=2), "unchanged it says nothing new"
    price = rows[0].index("单价（元）")
    changed = [rows[0], *([*row[:price], "15.00", *row[price + 1 :]] for row in rows[1:])]
    job = await imported(house, client, xlsx_file(*changed), "products")
    assert counts(job) == result(2, accepted=2, stored=2)
    items = (await client.get("/consumption/v1/products")).json()["items"]
    assert [(one["name"], one["price"], one["stock"]) for one in items] == [
        ("火腿, 切片", "15.00", "300.000"),
        ("=绿茶", "15.00", "300.000"),
    ]


ORDERED = 150
"""Orders of a file that is taken in two parts."""


def many_orders() -> bytes:
    return csv_file(LINES, *[("DG-1", str(number), "TEA", "1", "", "", "") for number in range(ORDERED)])


async def test_orders_whose_job_is_killed_are_placed_once(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_supplied(open_house)
    await supply(client_for(house))
    buyer = dongguan(client_for, house)
    started = (await send(buyer, many_orders(), "orders", house="consumption")).json()
    kinds, job_id = house.definition.long_work, UUID(started["job_id"])
    assert await run_part(house.database, kinds, job_id)
    half = (await buyer.get(started["location"])).json()
    assert (half["status"], half["done"], half["total"]) == ("running", 100, ORDERED)
    assert half["per_second"] > 0
    with pytest.raises(asyncio.CancelledError):
        await run_part(house.database, killed(kinds), job_id)
    assert await stock(house) == {"TEA": 200_000}, "what the killed part reserved is there again"
    again = await open_house(CONSUMPTION)
    while await run_part(again.database, kinds, job_id):
        pass
    job = (await buyer.get(started["location"])).json()
    assert (job["status"], counts(job)) == ("done", result(ORDERED, accepted=ORDERED, stored=ORDERED))
    assert await stock(house) == {"TEA": (300 - ORDERED) * 1000}
    tomorrow = await imported(house, buyer, many_orders(), "orders")
    assert counts(tomorrow) == result(ORDERED, duplicate=ORDERED)


def killed(kinds: Kinds) -> Kinds:
    """The same work, killed before the commit of its next part."""

    def do_part(uow: UnitOfWork, standing: Standing) -> Part:
        kinds["import"].do_part(uow, standing)
        raise asyncio.CancelledError

    return {"import": Work(kinds["import"].total, do_part)}


async def test_orders_whose_job_is_cancelled_stay_as_far_as_it_came(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_supplied(open_house)
    await supply(client_for(house))
    buyer = dongguan(client_for, house)
    started = (await send(buyer, many_orders(), "orders", house="consumption")).json()
    assert await run_part(house.database, house.definition.long_work, UUID(started["job_id"]))
    cancelled = (await buyer.post(f"{started['location']}/cancel")).json()
    assert (cancelled["status"], counts(cancelled)) == ("cancelled", result(100, accepted=100, stored=100))
    assert not await run_part(house.database, house.definition.long_work, UUID(started["job_id"]))
    assert await stock(house) == {"TEA": 200_000}


async def test_two_files_that_order_the_same_in_another_order_both_come_to_an_end(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    """Their parts run at once; whoever comes second waits, and neither is taken back."""
    house = await open_supplied(open_house)
    names = ("A", "B", "C", "D")
    await supply(client_for(house), **{name: product_of() for name in names})
    buyer = dongguan(client_for, house)
    jobs = []
    for code, products in (("DG-1", names), ("DG-2", names[::-1])):
        lines = [(code, f"{number}", name, "1", "", "", "") for number, name in enumerate(products * 5)]
        started = (await send(buyer, csv_file(LINES, *lines), "orders", house="consumption")).json()
        jobs.append(UUID(started["job_id"]))
    await asyncio.gather(*(run_part(house.database, house.definition.long_work, job_id) for job_id in jobs))
    assert await stock(house) == dict.fromkeys(names, 290_000)


SHARES = ("资产编号", "年度", "分配总额（元）", "户编号", "金额（元）", "分配理由", "需求编号", "是否补充分配")
FIRST, SECOND = (HOUSEHOLD, "12,000", "无劳动能力"), (OTHER_HOUSEHOLD, "8000", "股份分红")


async def test_distribution_lines(open_house: OpenHouse, client_for: ClientFor) -> None:
    assets = await settled(open_house, client_for)
    office = Office(assets.house, assets.client)
    job = await office.send(
        "distribution-lines",
        SHARES,
        (ASSET, "2026", "20000", *FIRST, str(MEASURE), ""),
        (ASSET, "2025", "20000", *FIRST, "", ""),
        ("DJ-A-9", "2026", "12000", *FIRST, "", ""),
        (ASSET, "2026", "", *SECOND, "", ""),
        (ASSET, "2025", "20000", "DJ-9", "8000", "share", "", ""),
        (ASSET, "2024", "20000", *FIRST, "", ""),
    )
    assert counts(job) == result(6, accepted=2, rejected=4, stored=2)
    assert await office.refused(job) == [
        (3, [(None, "another-row-refused")]),
        (4, [(None, "asset-not-found")]),
        (6, [("Household code", "household-not-here")]),
        (7, [("Total (yuan)", "lines-make-another-total")]),
    ]
    [kept] = (await assets.get("distributions"))["items"]
    shown = await assets.get(f"distributions/{kept['distribution_id']}")
    assert (shown["period"], shown["total"], shown["status"]) == ("2026", "20000.00", "draft")
    assert [(one["household_code"], one["amount"], one["reason"]) for one in shown["lines"]] == [
        (HOUSEHOLD, "12000.00", "no_labour"),
        (OTHER_HOUSEHOLD, "8000.00", "share"),
    ]
    assert await assets.request_status() == "accepted"


async def test_a_plan_of_a_file_is_the_plan_of_a_request(open_house: OpenHouse, client_for: ClientFor) -> None:
    assets = await settled(open_house, client_for)
    await assets.proposed(plan())
    before = await assets.rows()
    office = Office(assets.house, assets.client)
    same = [(ASSET, "2026", "20000", *line_, "", "") for line_ in (SECOND, FIRST)]
    job = await office.send("distribution-lines", SHARES, *same)
    assert counts(job) == result(2, duplicate=2), "whatever the order of the lines"
    after = await assets.rows()
    assert {name for name in after if after[name] != before[name]} <= {
        "job",
        "import_file",
        "import_row",
        "audit",
        "commit_clock",
        "sealing_key",
    }
    other = [(ASSET, "2026", "12000", *FIRST, "", "")]
    assert await office.refused(await office.send("distribution-lines", SHARES, *other)) == [
        (2, [(None, "period-distributed")])
    ]
    further = [(ASSET, "2026", "12000", *FIRST, "", "是")]
    assert counts(await office.send("distribution-lines", SHARES, *further)) == result(1, accepted=1, stored=1)


async def test_a_plan_that_was_withdrawn_whole_can_be_sent_again(open_house: OpenHouse, client_for: ClientFor) -> None:
    assets = await settled(open_house, client_for)
    kept = await assets.proposed(plan([line()], total="12000.00"))
    await assets.walk(kept, *STEPS)
    body = {"source": "village-report", "source_ref": "w-1", "reason": "other"}
    answer = await assets.client.post(f"/assets/v1/distributions/{kept}/lines/1/withdrawal", json=body)
    assert answer.status_code == 201, answer.text
    office = Office(assets.house, assets.client)
    job = await office.send("distribution-lines", SHARES, (ASSET, "2026", "12000", *FIRST, "", ""))
    assert counts(job) == result(1, accepted=1, stored=1)
