"""A small county with known figures: each indicator by hand."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.monitoring.models import PROCEDURE_STEP
from services.monitoring.models.cases import CompletedMeasure
from services.monitoring.models.clues import ClueRow
from services.monitoring.models.findings import FindingRow
from shared.codes.monitoring import HouseholdClass, MonitoringIndicator
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.procedures.rows import Steps, Taken
from tests.builders import OTHER_COUNTY_REGION, REGION, expense_fact, fact, household, illness_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, YEAR_BEFORE, Monitoring, open_monitoring, wages
from tests.houses.monitoring.monitored import admit, eliminate
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem, problem
from tests.sheets import table_of as cells_of

COUNTY, NEXT_VILLAGE, EMPTY_VILLAGE, TOWN = "520626", "520626001002", "520626002001", "532302110001"
PUPIL = member(2, relation="child", birth_date="2014-09-01", labour="none", student=True)
BABY = member(3, relation="child", birth_date="2024-09-01", labour="none")
Figure = tuple[int | str | None, int | str | None, int | str | None]


def said(fact_type: str, code: str, member_no: int | None, **payload: Any) -> dict[str, Any]:
    reference = f"{code}-{fact_type}-{member_no}-{'-'.join(map(str, payload.values()))}"
    return fact(fact_type, reference, payload, household_code=code, member_no=member_no)


def insured(code: str, member_no: int, status: str) -> dict[str, Any]:
    return said("insurance", code, member_no, scheme="basic_medical", year=2026, status=status)


async def figures(monitoring: Monitoring, **asked: Any) -> dict[str, Figure]:
    found = await monitoring.get("indicators", **asked)
    return {each["code"]: (each["value"], each["numerator"], each["denominator"]) for each in found["items"]}


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    """Five households of a county: A and B lifted, C and D monitored, E monitored until October; F is elsewhere."""
    found = await open_monitoring(open_house, client_for)
    people = {
        "A": [member(1), PUPIL],
        "B": [member(1)],
        "C": [member(1), PUPIL, BABY],
        "D": [member(1, labour="none")],
        "E": [member(1)],
        "F": [member(1)],
    }
    for code, members in people.items():
        lifted = "lifted" if code in "AB" else "ordinary"
        region = {"D": NEXT_VILLAGE, "F": OTHER_COUNTY_REGION}.get(code, REGION)
        answer = await found.put(household(members, category=lifted, region_code=region), code)
        assert answer.status_code == 201, answer.text
    await admit(found.house, "C", "2026-10-05", due_on=dt.date(2026, 10, 5))
    late = {"due_on": dt.date(2026, 10, 9), "household_class": HouseholdClass.SUDDEN}
    await admit(found.house, "D", "2026-10-10", **late)
    await admit(found.house, "E", "2026-03-10", due_on=dt.date(2026, 3, 20))
    await eliminate(found.house, "E", "2026-10-20")
    await admit(found.house, "F", "2026-10-10")
    return found


async def test_who_is_monitored_who_came_and_who_went(monitoring: Monitoring) -> None:
    found = await figures(monitoring, region_code=COUNTY, period="2026-10")
    expected = {
        "monitored_households": 2,
        "monitored_people": 4,
        "unstable_households": 0,
        "marginal_households": 1,
        "sudden_households": 1,
        "identified": 3,
        "admitted": 2,
        "eliminated": 1,
    }
    assert {code: found[code] for code in expected} == {code: (value, None, None) for code, value in expected.items()}
    assert found["elimination_rate"] == ("0.3333", 1, 3)
    assert found["identified_in_time_rate"] == ("0.5000", 1, 2)
    assert found["monitored_share"] == ("0.5000", 4, 8)
    assert found["focus_villages"] == (2, 2, 2)
    september = await figures(monitoring, region_code=COUNTY, period="2026-09")
    asked = ("monitored_households", "admitted", "eliminated", "identified")
    assert [september[code][0] for code in asked] == [1, 0, 0, 1]
    assert september["identified_in_time_rate"] == (None, 0, 0)
    assert (await figures(monitoring, region_code=OTHER_COUNTY_REGION))["monitored_households"] == (1, None, None)
    assert (await figures(monitoring))["monitored_households"] == (3, None, None)


async def test_which_help_came_and_how_fast(monitoring: Monitoring) -> None:
    await monitoring.house.database.write(_complete, "C", "employment", dt.date(2026, 10, 15))
    await monitoring.house.database.write(_complete, "D", "assistance", dt.date(2026, 10, 21))
    await monitoring.record(said("relief", "D", 1, scheme="tekun", status="granted"))
    found = await figures(monitoring, region_code=COUNTY, period="2026-10")
    assert found["measures_in_time_rate"] == ("0.5000", 1, 2), "D was helped on the eleventh day"
    assert found["development_rate"] == ("1.0000", 1, 1)
    assert found["safety_net_rate"] == ("0.0000", 0, 1), "it was granted in November"
    now = await figures(monitoring, region_code=COUNTY)
    assert (now["safety_net_rate"], now["measures_in_time_rate"]) == (("1.0000", 1, 1), (None, 0, 0))


async def test_clues_that_came_in_the_month_and_have_their_answer(monitoring: Monitoring) -> None:
    october, november = dt.date(2026, 10, 20), dt.date(2026, 11, 2)
    for place, (status, answered_on) in enumerate(
        (("answered", october), ("answered", october), ("answered", november), ("unmatched", None))
    ):
        answer = {"status": status, "answered_on": answered_on}
        await monitoring.house.database.write(_send, f"c-{place}", dt.date(2026, 10, 1 + place), answer)
    for place, taken_back in enumerate((october, november)):
        on = dt.datetime.combine(taken_back, dt.time(4), dt.UTC)
        await monitoring.house.database.write(_send, f"w-{place}", dt.date(2026, 10, 9), {"status": "withdrawn"}, on)
    await monitoring.house.database.write(_send, "c-9", november, {"status": "open"})
    found = await figures(monitoring, region_code=COUNTY, period="2026-10")
    assert found["clue_answered_rate"] == ("0.4000", 2, 5), "of what was sent and not taken back by the end of October"


async def test_who_was_seen(monitoring: Monitoring) -> None:
    grid = {"role": "grid_worker", "region_code": "520626000000"}
    assert (await monitoring.client.put("/monitoring/v1/contacts/G", json=grid)).status_code == 201
    patrol = {
        "source": "grid",
        "source_ref": "1",
        "contact_code": "G",
        "on": "2026-10-31",
        "household_codes": ["A", "C"],
    }
    assert (await monitoring.client.post("/monitoring/v1/patrols", json=patrol)).status_code == 201
    assert (await figures(monitoring, region_code=COUNTY, period="2026-10"))["patrol_rate"] == ("0.5000", 2, 4)
    assert (await figures(monitoring, region_code=COUNTY))["patrol_rate"] == ("0.0000", 0, 4)


async def test_income_per_head_and_how_it_grew(monitoring: Monitoring) -> None:
    paid = {"A": ("2000.00", "1600.00"), "B": ("500.00", "500.00"), "C": ("3000.00", None), "D": ("1000.00", "1250.00")}
    for code, (now, before) in paid.items():
        await monitoring.record(*wages(WINDOW, now, code, household_code=code))
        if before is not None:
            await monitoring.record(*wages(YEAR_BEFORE, before, code, household_code=code))
    found = await figures(monitoring, region_code=COUNTY, period="2026-10")
    assert found["lifted_income"] == ("10000.00", None, None), "30,000 for three people"
    assert found["lifted_income_growth"] == ("0.1905", 480_000, 2_520_000), "30,000 after 25,200"
    assert found["monitored_income"] == ("12000.00", None, None), "48,000 for four people"
    assert found["monitored_income_growth"] == ("-0.2000", -300_000, 1_500_000), "D alone: 12,000 after 15,000"
    assert found["below_10000"] == (1, None, None), "B has 6,000"
    september = await figures(monitoring, region_code=COUNTY, period="2026-09")
    assert september["lifted_income_growth"] == (None, 0, 0), "of September 2024 nothing is known"


async def test_how_people_live(monitoring: Monitoring) -> None:
    await monitoring.record(
        said("schooling", "A", 2, event="dropped_out", stage="primary"),
        said("schooling", "C", 2, event="dropped_out", stage="primary"),
        said("schooling", "C", 2, event="returned", stage="primary") | {"observed_on": "2026-11-03"},
        said("schooling", "A", 2, event="persuasion_visit", stage="primary") | {"observed_on": "2026-11-04"},
        said("schooling", "C", 3, event="not_enrolled", stage="primary"),
        insured("A", 1, "insured"),
        insured("A", 2, "uninsured"),
        insured("B", 1, "insured"),
        insured("C", 1, "exempt"),
        insured("C", 2, "uninsured") | {"observed_on": "2026-10-01", "source_ref": "before"},
        insured("C", 2, "insured"),
        insured("F", 1, "insured"),
        said("insurance", "D", 1, scheme="basic_medical", year=2025, status="insured"),
        said("dwelling", "A", None, grade="C", only_home=True, checked_by="住建局"),
        said("dwelling", "B", None, grade="D", only_home=True, checked_by="住建局"),
        said("dwelling", "B", None, grade="A", only_home=True, checked_by="住建局") | {"observed_on": "2026-11-05"},
        said("dwelling", "C", None, grade="D", only_home=False, checked_by="住建局"),
        said("water", "A", None, supply="tap", quality="good"),
        said("water", "A", None, quality="bad") | {"observed_on": "2026-11-05"},
        said("water", "C", None, supply="central"),
        said("water", "B", None, supply="scattered"),
    )
    found = await figures(monitoring, region_code=COUNTY)
    assert found["dropouts"] == (1, None, None), "C is back, the baby is too young, a visit changes nothing"
    assert found["insured_rate"] == ("0.4286", 3, 7), "three of eight without the exempt one"
    assert found["unsafe_housing_open"] == (1, 1, 2)
    assert found["tap_water_rate"] == ("0.2500", 2, 8), "A has two of eight people"
    assert found["central_water_rate"] == ("0.6250", 5, 8)
    october = await figures(monitoring, region_code=COUNTY, period="2026-10")
    assert (october["dropouts"], october["unsafe_housing_open"]) == ((0, None, None), (0, 0, 0))


async def test_what_the_ill_were_paid_back(monitoring: Monitoring) -> None:
    def bill(code: str, month: str, amount: str, self_paid: str, reimbursed: str) -> dict[str, Any]:
        found = expense_fact(month, amount, self_paid, household_code=code)
        found["source_ref"] = f"{code}-{month}"
        found["payload"]["reimbursed"] = reimbursed
        return found

    await monitoring.record(
        illness_fact(household_code="A"),
        bill("A", "2026-03", "1000.00", "200.00", "700.00"),
        bill("A", "2025-12", "1000.00", "1000.00", "0.00"),
        bill("B", "2026-03", "1000.00", "1000.00", "0.00"),
    )
    slip = bill("A", "2026-04", "90.00", "90.00", "0.00")
    right = bill("A", "2026-04", "100.00", "30.00", "70.00") | {
        "source_ref": "corrected",
        "supersedes": {"source": slip["source"], "source_ref": slip["source_ref"]},
    }
    await monitoring.record(slip)
    await monitoring.record(right)
    found = await figures(monitoring, region_code=COUNTY)
    assert found["reimbursed_rate"] == ("0.7700", 77_000, 100_000)


async def test_findings_that_were_put_right(monitoring: Monitoring) -> None:
    october, november = dt.date(2026, 10, 5), dt.date(2026, 11, 5)
    for status, found_on, cleared_on in (
        ("open", october, None),
        ("open", november, None),
        ("cleared", october, october),
        ("cleared", october, november),
        ("exempted", october, None),
    ):
        await monitoring.house.database.write(_find, status, found_on, cleared_on)
    then = await figures(monitoring, region_code=EMPTY_VILLAGE, period="2026-10")
    now = await figures(monitoring, region_code=EMPTY_VILLAGE)
    assert (then["findings_open"], then["findings_cleared_rate"]) == ((2, None, None), ("0.3333", 1, 3))
    assert (now["findings_open"], now["findings_cleared_rate"]) == ((2, None, None), ("0.5000", 2, 4))


@ON_SQLITE
async def test_every_indicator_is_there_and_says_its_source(monitoring: Monitoring, tmp_path: Path) -> None:
    found = await monitoring.get("indicators", region_code=COUNTY, period="2026-10")
    assert (found["report"], found["region_code"], found["period"]) == ("indicators", COUNTY, "2026-10")
    assert [each["code"] for each in found["items"]] == [each.value for each in MonitoringIndicator]
    assert all(each["source"] for each in found["items"])
    sheet = await monitoring.client.get("/monitoring/v1/indicators", params={"format": "xlsx", "region_code": COUNTY})
    rows = cells_of(sheet.content, tmp_path / "indicators.xlsx")
    assert [row[-1] for row in rows[1:]] == [each.value for each in MonitoringIndicator]
    printed = await monitoring.client.get("/monitoring/v1/indicators", params={"format": "pdf", "region_code": COUNTY})
    assert (printed.headers["content-type"], printed.content[:5]) == ("application/pdf", b"%PDF-")


@ON_SQLITE
async def test_targets_are_those_of_the_place_and_the_day(open_house: OpenHouse, client_for: ClientFor) -> None:
    town = await open_monitoring(open_house, client_for, today=dt.date(2024, 5, 20))
    client = client_for(town.house, region="53")
    answer = await client.get("/monitoring/v1/indicators", params={"region_code": TOWN, "period": "2024-04"})
    targets = {each["code"]: each["target"] for each in answer.json()["items"] if each["target"]}
    assert targets == {
        "clue_answered_rate": "0.9500",
        "lifted_income": "22300",
        "lifted_income_growth": "0.1920",
        "monitored_income": "17500",
        "monitored_income_growth": "0.1920",
    }


@ON_SQLITE
async def test_what_cannot_be_asked_is_refused(monitoring: Monitoring, client_for: ClientFor) -> None:
    path = "/monitoring/v1/indicators"
    assert problem(await monitoring.client.get(path, params={"period": "2026-12"})) == (422, "invalid", ["/period"])
    assert problem(await monitoring.client.get(path, params={"period": "2026-13"}))[:2] == (422, "invalid")
    other = client_for(monitoring.house, region="520625", client_id="yinjiang")
    assert_problem(await other.get(path, params={"region_code": COUNTY}), 403, "region-not-allowed")
    items = (await other.get(path)).json()["items"]
    assert {each["code"]: each["value"] for each in items}["monitored_households"] == 1


def _complete(uow: UnitOfWork, code: str, house: str, on: dt.date) -> None:
    row = {"measure_id": new_id(), "household_code": code, "house": house, "completed_on": on}
    uow.connection.execute(sa.insert(table_of(CompletedMeasure)).values(row))


def _send(
    uow: UnitOfWork, reference: str, on: dt.date, changes: dict[str, Any], taken_back: dt.datetime | None = None
) -> None:
    row: dict[str, Any] = {
        "id": new_id(),
        "source": "civil-affairs",
        "source_ref": reference,
        "content_hash": reference,
        "channel": "department",
        "region_code": REGION,
        "sent_within": "52",
        "received_on": on,
        "indicator": "大额医疗支出",
        "kinds": [],
        "owner_level": "village",
        "due_provisional": False,
        "pack": "test",
        "received_at": uow.now(),
        "recorded_by": "tester",
        "correlation_id": "test",
        "version": 1,
        "updated_at": uow.stamp(),
    }
    uow.connection.execute(sa.insert(table_of(ClueRow)).values(row | changes))
    if taken_back is not None:
        step = Taken(row["id"], 1, taken_back, "withdraw", "withdrawn", "tester")
        Steps(PROCEDURE_STEP, "clue").write(uow, [step])


def _find(uow: UnitOfWork, status: str, found_on: dt.date, cleared_on: dt.date | None) -> None:
    row = {
        "id": new_id(),
        "household_code": "D",
        "region_code": EMPTY_VILLAGE,
        "rule": "test",
        "status": status,
        "inputs": {},
        "found_on": found_on,
        "found_at": uow.now(),
        "cleared_on": cleared_on,
        "version": 1,
        "updated_at": uow.stamp(),
    }
    uow.connection.execute(sa.insert(table_of(FindingRow)).values(row))
