"""Reports of sales that a county owes: counted out of the ledgers, by their days, and frozen once submitted."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.house import House
from tests.builders import audit_rows
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, STEPS, act, order, place, walk
from tests.mechanism.probe import ON_POSTGRESQL, ON_SQLITE
from tests.problems import assert_problem, problem

PATH = f"{API}/report-submissions"
MONTH = {"report": "monthly-sales", "region_code": "520626", "period": "2026-11"}


async def sell(officer: httpx.AsyncClient, buyer: httpx.AsyncClient, number: str = "1") -> str:
    """An order of 250 yuan, settled today."""
    placed = await place(buyer, order(buyer_order_no=number))
    await walk(officer, placed["order_id"], *STEPS)
    order_id: str = placed["order_id"]
    return order_id


def values(document: dict[str, Any]) -> dict[str, Any]:
    return {item["code"]: item["value"] for item in document["items"]}


async def owed(client: httpx.AsyncClient, report: str, **asked: Any) -> dict[str, dict[str, Any]]:
    answer = await client.get(f"{API}/report-calendar", params={"region_code": "520626", **asked})
    assert answer.status_code == 200, answer.text
    return {item["period"]: item for item in answer.json()["items"] if item["report"] == report}


@ON_SQLITE
@pytest.mark.parametrize(
    ("report", "period", "sold"),
    [
        ("weekly-sales", "2026-W47", "250.00"),
        ("weekly-sales", "2026-W46", "0.00"),
        ("monthly-sales", "2026-11", "250.00"),
        ("monthly-sales", "2026-10", "0.00"),
        ("quarterly-sales", "2026-Q4", "250.00"),
        ("annual-sales", "2026", "250.00"),
        ("ad-hoc-sales", "2026-11-15", "0.00"),
    ],
)
async def test_a_report_tells_of_its_period_and_of_the_year_so_far(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient, report: str, period: str, sold: str
) -> None:
    await sell(officer, buyer)
    found = (await officer.get(f"{API}/reports/{report}", params={"region_code": "520626", "period": period})).json()
    told = values(found)
    assert (found["report"], told["purchased_in_period"], told["purchased"]) == (report, sold, sold)
    assert told["orders_in_period"] == told["buyers_in_period"] == (sold != "0.00")
    printed = await officer.get(f"{API}/reports/{report}", params={"period": period, "format": "pdf"})
    assert printed.content[:5] == b"%PDF-"


async def test_what_was_submitted_stands_while_the_ledger_moves(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient, house: House
) -> None:
    order_id = await sell(officer, buyer)
    submitted = await officer.post(PATH, json=MONTH)
    assert submitted.status_code == 201, submitted.text
    lines = [{"line_no": 1, "quantity": "4.000", "reason": "damaged"}]
    assert (await act(buyer, order_id, "return", return_no="R1", lines=lines)).status_code == 200
    assert (await act(officer, order_id, "accept_return", return_no="R1")).status_code == 200
    live = (await officer.get(f"{API}/reports/monthly-sales", params={"region_code": "520626"})).json()
    kept = (await officer.get(f"{PATH}/{submitted.json()['submission_id']}")).json()
    assert (values(live)["purchased"], values(kept)["purchased"]) == ("200.00", "250.00")
    assert kept == submitted.json()
    again = await officer.post(PATH, json=MONTH)
    assert assert_problem(again, 409, "report-submitted")["submission_id"] == kept["submission_id"]
    chinese = await officer.get(f"{PATH}/{kept['submission_id']}", headers={"Accept-Language": "zh"})
    assert [item["name"] for item in chinese.json()["items"]][3:6] == ["本期采购额", "本期帮助销售额", "采购额"]
    [audited] = [row for row in await audit_rows(house) if row["action"] == "report.submitted"]
    assert audited["subject"] == kept["submission_id"]


@ON_POSTGRESQL
async def test_two_who_submit_at_once_submit_once(officer: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(officer.post(PATH, json=MONTH) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@ON_SQLITE
async def test_the_calendar_tells_what_is_due_and_what_is_overdue(officer: httpx.AsyncClient) -> None:
    october = (await officer.post(PATH, json=MONTH | {"period": "2026-10"})).json()
    months = await owed(officer, "monthly-sales")
    assert months["2026-10"] == {
        "report": "monthly-sales",
        "period": "2026-10",
        "due_on": "2026-10-25",
        "submitted_on": "2026-11-16",
        "overdue": False,
        "submission_id": october["submission_id"],
    }
    assert (months["2026-11"]["due_on"], months["2026-11"]["overdue"]) == ("2026-11-25", False)
    assert list(await owed(officer, "monthly-sales", overdue=True)) == [f"2026-{month:02}" for month in range(1, 10)]
    quarters = await owed(officer, "quarterly-sales")
    assert {period: item["due_on"][5:] for period, item in quarters.items()} == {
        "2026-Q2": "06-30",
        "2026-Q3": "09-30",
        "2026-Q4": "12-30",
    }
    assert list(await owed(officer, "quarterly-sales", overdue=False)) == ["2026-Q4"]
    assert await owed(officer, "weekly-sales") == {}


@ON_SQLITE
async def test_a_city_sees_which_of_its_counties_are_late(
    officer: httpx.AsyncClient, house: House, client_for: ClientFor
) -> None:
    for month in range(1, 11):
        assert (await officer.post(PATH, json=MONTH | {"period": f"2026-{month:02}"})).status_code == 201
    city = client_for(house, scopes=("consumption:write",), region="5206", client_id="city")
    found = (await city.get(f"{API}/report-calendar/overdue")).json()["items"]
    mine = [item for item in found if item["region_code"] == "520626000000"]
    assert [(item["report"], item["period"], item["days"]) for item in mine] == [
        ("quarterly-sales", "2026-Q2", 139),
        ("quarterly-sales", "2026-Q3", 47),
    ]
    assert len({item["region_code"] for item in found}) == 10, "the counties of 铜仁"
    assert [item["due_on"] for item in found] == sorted(item["due_on"] for item in found)
    own = (await officer.get(f"{API}/report-calendar/overdue", params={"region_code": "520626"})).json()["items"]
    assert own == mine
    refused = await officer.get(f"{API}/report-calendar/overdue", params={"region_code": "5206"})
    assert_problem(refused, 403, "region-not-allowed")


@ON_SQLITE
@pytest.mark.parametrize(
    ("region", "year", "report", "due"),
    [
        ("532323", 2023, "monthly-sales", [f"2023-{month:02}-25" for month in range(1, 13)]),
        ("532323", 2023, "quarterly-sales", ["2023-06-30", "2023-09-30", "2023-12-30"]),
        ("610824", 2022, "monthly-sales", [f"2022-{month:02}-25" for month in range(1, 13)]),
        ("610824", 2022, "quarterly-sales", []),
    ],
)
async def test_each_place_owes_what_its_document_says(
    house: House, client_for: ClientFor, region: str, year: int, report: str, due: list[str]
) -> None:
    client = client_for(house, scopes=("consumption:write",), region=region, client_id="elsewhere")
    found = await owed(client, report, region_code=region, year=year)
    assert [item["due_on"] for item in found.values()] == due
    weeks = await owed(client, "weekly-sales", region_code=region, year=year)
    assert len(weeks) == (52 if region == "610824" else 0)


@ON_SQLITE
@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"period": "2026-Q3"}, (422, "submission-invalid", ["/period"])),
        ({"period": "2026-12"}, (422, "invalid", ["/period"])),
        ({"report": "diary"}, (422, "invalid", ["/report"])),
        ({"region_code": "44"}, (403, "region-not-allowed", [])),
        ({"purchased": "7.00"}, (422, "invalid", ["/purchased"])),
    ],
)
async def test_a_submission_that_cannot_be_is_refused(
    officer: httpx.AsyncClient, changed: dict[str, Any], found: tuple[int, str, list[str]]
) -> None:
    assert problem(await officer.post(PATH, json=MONTH | changed)) == found
    assert (await officer.get(PATH)).json()["items"] == []


@ON_SQLITE
async def test_neither_another_county_nor_a_buyer_sees_any_of_it(
    officer: httpx.AsyncClient, buyer: httpx.AsyncClient, house: House, client_for: ClientFor
) -> None:
    submission_id = (await officer.post(PATH, json=MONTH)).json()["submission_id"]
    other = client_for(house, scopes=("consumption:write",), region="520625", client_id="yinjiang")
    assert (await other.get(PATH)).json()["items"] == []
    assert_problem(await other.get(f"{PATH}/{submission_id}"), 404, "submission-not-found")
    assert_problem(
        await other.get(f"{API}/report-calendar", params={"region_code": "520626"}), 403, "region-not-allowed"
    )
    for path in (PATH, f"{API}/report-calendar", f"{API}/reports/monthly-sales"):
        assert_problem(await buyer.get(path), 403, "scope-missing")
