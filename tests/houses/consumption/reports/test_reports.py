"""Reports of sales for a week, a month or a quarter: from the ledgers, never typed in."""

import io

import httpx
import pytest
from python_calamine import CalamineWorkbook

from shared.house import House
from tests.builders import OTHER_COUNTY_REGION
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, STEPS, SUPPLY, order, place, walk
from tests.mechanism.probe import ON_SQLITE

SALES = f"{API}/reports/sales"
LINE = {
    "region_code": "520626000000",
    "orders": 2,
    "buyers": 2,
    "products": 1,
    "purchased": "275.00",
    "helped_to_sell": "0.00",
}


@pytest.fixture
async def sold(officer: httpx.AsyncClient) -> httpx.AsyncClient:
    """Two orders that are settled, and one that is not."""
    for buyer, quantity in (("DG-1", "20.000"), ("DG-2", "2.000")):
        placed = await place(officer, order(("TEA", quantity), buyer_code=buyer))
        await walk(officer, placed["order_id"], *STEPS)
    await place(officer, order(buyer_order_no="open"))
    return officer


@pytest.mark.parametrize("period", ["2026-11", "2026-Q4", "2026-W47"])
async def test_what_was_settled_in_a_period_is_reported_by_county(
    house: House, sold: httpx.AsyncClient, period: str
) -> None:
    answer = await sold.get(SALES, params={"period": period})
    assert answer.json() == {"report": "sales", "region_code": None, "period": period, "items": [LINE]}


@ON_SQLITE
@pytest.mark.parametrize("period", ["2026-10", "2026-Q3", "2026-W46", "2026-W48"])
async def test_nothing_is_reported_of_other_days(house: House, sold: httpx.AsyncClient, period: str) -> None:
    assert (await sold.get(SALES, params={"period": period})).json()["items"] == []


@ON_SQLITE
@pytest.mark.parametrize("period", ["2026", "2026-13", "2026-Q5", "2025-W53", "2026-W00", "heute"])
async def test_a_period_that_there_is_not_is_refused(officer: httpx.AsyncClient, period: str) -> None:
    refused = await officer.get(SALES, params={"period": period})
    assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, ["/period"])


@ON_SQLITE
async def test_a_report_is_a_workbook_and_a_printed_form_too(house: House, sold: httpx.AsyncClient) -> None:
    book = await sold.get(SALES, params={"period": "2026-11", "format": "xlsx"}, headers={"Accept-Language": "zh"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["区划代码", "结算订单数", "采购单位数"]
    assert len(rows) == 2
    printed = await sold.get(SALES, params={"period": "2026-11", "format": "pdf"})
    assert printed.content.startswith(b"%PDF")


@ON_SQLITE
async def test_a_report_is_limited_to_the_region_of_the_caller(
    house: House, sold: httpx.AsyncClient, client_for: ClientFor
) -> None:
    neighbour = client_for(house, scopes=SUPPLY, region=OTHER_COUNTY_REGION[:6], client_id="neighbour")
    assert (await neighbour.get(SALES)).json()["items"] == []
    assert (await neighbour.get(SALES, params={"region_code": "520626"})).status_code == 403
