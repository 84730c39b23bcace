"""Registers and reports by file: a row is what a request would be, and a list that went out comes in again."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.house import House
from tests.builders import TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import API, SUPPLY
from tests.houses.consumption.slow_sales.builders import PRICES, SUPPLIES, open_market, price, send
from tests.mechanism.probe import ON_SQLITE
from tests.sheets import counts, csv_file, imported, result, rows_of, table_of

pytestmark = ON_SQLITE
REGISTERS = ("commodities", "bases", "outlets", "channels", "fairs", "buyers", "agreements", "listings")
Market = tuple[House, httpx.AsyncClient]


@pytest.fixture
async def market(open_house: OpenHouse, client_for: ClientFor) -> Market:
    house, _ = await open_market(open_house, client_for)
    officer = client_for(house, scopes=SUPPLY, region="52", client_id="officer", sources=("county-agriculture",))
    return house, officer


@pytest.mark.parametrize("kind", REGISTERS)
async def test_a_register_comes_by_file_and_its_list_comes_back(market: Market, kind: str) -> None:
    house, officer = market
    if kind == "agreements":
        assert (await officer.put(f"{API}/buyers/DG-0001", json={"name": "学校"})).status_code == 201
    template = (await officer.get(f"{API}/imports/templates/{kind}.xlsx")).content
    job = await imported(house, officer, template, kind)
    assert counts(job) == result(1, accepted=1, stored=1), await rows_of(officer, job, "consumption")
    listed = await officer.get(f"{API}/{kind}", params={"format": "xlsx"})
    again = counts(await imported(house, officer, listed.content, kind))
    assert (again["duplicate"], again["rows"]) == (
        again["rows"],
        len((await officer.get(f"{API}/{kind}")).json()["items"]),
    )


async def test_a_row_of_a_register_is_refused_as_its_request_is(market: Market, tmp_path: Path) -> None:
    house, officer = market
    headings = ("菜篮子基地编号", "基地名称", "区划代码", "证书编号", "认证日期", "供应主体编号", "证书有效期至")
    rows = [
        ("B-1", "坝区蔬菜基地", "520626001001", "C-1", "2024-05-10", "", ""),
        ("B-2", "坝区蔬菜基地", "520626001001", "C-2", "2030-05-10", "", ""),
        ("B-3", "坝区蔬菜基地", "520626001001", "C-3", "2024-05-10", "NOBODY", ""),
        ("B-4", "坝区蔬菜基地", "520626001001", "C-4", "2024-05-10", "", "2099-01-01"),
        ("B-5", "坝区蔬菜基地", "441900000000", "C-5", "2024-05-10", "", ""),
    ]
    job = await imported(house, officer, csv_file(headings, *rows), "bases")
    assert counts(job) == result(5, accepted=1, rejected=4, stored=1)
    back = await officer.get(f"{API}/imports/{job['job_id']}/rejected.xlsx", headers={"Accept-Language": "zh"})
    _, *lines = table_of(back.content, tmp_path / "back.xlsx")
    assert [line[-1].partition("：")[0] for line in lines[:3]] == ["认证日期", "供应主体编号", "证书有效期至"]


async def test_prices_come_by_file_as_by_request(market: Market) -> None:
    house, officer = market
    headings = ("来源编号", "品类编号", "区划代码", "日期", "市场", "最低价（元）", "平均价（元）", "最高价（元）")
    day = TODAY.isoformat()
    rows = [
        ("p-1", "TEA", "520626001001", day, "城关市场", "9.00", "10.00", "11.00"),
        ("p-2", "TEA", "520626001001", day, "城关市场", "9.00", "8.00", "11.00"),
        ("p-3", "NONE", "520626001001", day, "城关市场", "9.00", "10.00", "11.00"),
    ]
    job = await imported(house, officer, csv_file(headings, *rows), "price-reports")
    assert counts(job) == result(3, accepted=1, rejected=2, stored=1)
    [shown] = (await officer.get(PRICES)).json()["items"]
    assert [shown[name] for name in ("source", "source_ref", "mode", "mean")] == [
        "county-agriculture",
        "p-1",
        "live",
        "10.00",
    ]
    again = await imported(house, officer, csv_file(headings, *rows), "price-reports")
    assert counts(again) == result(3, duplicate=1, rejected=2)
    listed = await officer.get(PRICES, params={"format": "csv"})
    assert counts(await imported(house, officer, listed.content, "price-reports")) == result(1, duplicate=1)


async def test_supplies_of_former_days_are_history(market: Market) -> None:
    house, officer = market
    headings = ("品类编号", "区划代码", "日期", "存量", "即将上市量", "近七日销量")
    row = ("TEA", "520626001001", "2025-11-01", "1000", "200", "35.5")
    job = await imported(house, officer, csv_file(headings, row), "supply-reports", facts_mode="backfill")
    assert counts(job) == result(1, accepted=1, stored=1)
    [shown] = (await officer.get(SUPPLIES)).json()["items"]
    assert (shown["mode"], shown["sold_7d"], shown["covered"]) == ("backfill", "35.500", None)


async def test_an_atomic_batch_names_every_bad_report_and_keeps_none(market: Market) -> None:
    _, officer = market
    items: list[Any] = [
        price(TODAY, source_ref="a-1"),
        price(TODAY, source_ref="a-2", low="99.00"),
        price(TODAY, source_ref="a-3", commodity_code="NONE"),
        price(TODAY, source_ref="a-4"),
    ]
    answer = await officer.post(PRICES, json={"items": items, "atomic": True})
    assert answer.status_code == 200, answer.text
    codes = [item["problem"]["type"].rpartition(":")[2] for item in answer.json()["items"]]
    assert codes == ["batch-refused", "invalid", "commodity-not-found", "batch-refused"]
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (0, 4)
    assert (await officer.get(PRICES)).json()["items"] == []
    good = [item for item in items if item["source_ref"] in {"a-1", "a-4"}]
    assert (await send(officer, PRICES, good))["accepted"] == 2
