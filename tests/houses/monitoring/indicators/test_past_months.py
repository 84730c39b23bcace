"""The figures of a past month stay what they were, whatever happens to its households later."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from services.monitoring.models.cases import Case
from services.monitoring.models.risks import Risk
from shared.codes.monitoring import CaseStatus, RiskKind
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from tests.builders import OTHER_COUNTY_REGION, REGION, expense_fact, fact, household, illness_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring, wages
from tests.houses.monitoring.household_events.builders import event, happened, split
from tests.houses.monitoring.monitored import admit, eliminate

COUNTY, OCTOBER = "520626", {"period": "2026-10"}
LATER = "2026-11-05"
PUPIL = member(2, relation="child", birth_date="2014-09-01", labour="none", student=True)
PEOPLE = {
    "A": [member(1), PUPIL],
    "B": [member(1)],
    "C": [member(1), PUPIL, member(3)],
    "D": [member(1, labour="none")],
    "E": [member(1)],
    "G": [member(1), PUPIL],
    "H": [member(1), member(2)],
}
RISKS, CASES = table_of(Risk), table_of(Case)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    """Seven households of a county of which much was said by the end of October."""
    found = await open_monitoring(open_house, client_for)
    for code, members in PEOPLE.items():
        answer = await found.put(household(members, category="lifted" if code in "ABGH" else "ordinary"), code)
        assert answer.status_code == 201, answer.text
    for code in "CDE":
        await admit(found.house, code, "2026-10-05", due_on=dt.date(2026, 10, 9))
    await eliminate(found.house, "E", "2026-10-20")
    for code in PEOPLE:
        await found.record(*wages(WINDOW, f"{ord(code)}0.00", code, household_code=code, member_no=1))
    said: list[dict[str, Any]] = [
        _said("schooling", "A", 2, event="dropped_out", stage="primary"),
        _said("schooling", "C", 2, event="dropped_out", stage="primary"),
        _said("insurance", "C", 2, scheme="basic_medical", year=2026, status="insured"),
        _said("insurance", "G", 1, scheme="basic_medical", year=2026, status="insured"),
        _said("dwelling", "G", None, grade="D", only_home=True, checked_by="住建局"),
        _said("dwelling", "C", 3, grade="C", only_home=True, checked_by="住建局"),
        _said("water", "G", None, supply="tap"),
        _said("water", "H", None, supply="central"),
        _said("relief", "D", None, scheme="dibao", status="granted"),
        illness_fact(household_code="B", observed_on="2026-10-12"),
        illness_fact(household_code="G", observed_on="2026-10-12") | {"source_ref": "ill-G"},
    ]
    await found.record(*said, _bill("B"), _bill("G"))
    await found.house.database.write(_open_in_october)
    return found


async def test_what_happens_later_changes_no_past_month(monitoring: Monitoring) -> None:
    before = await _figures(monitoring)
    assert {code: before[code][0] for code in ("monitored_people", "dropouts", "unsafe_housing_open")} == {
        "monitored_people": 4,
        "dropouts": 2,
        "unsafe_housing_open": 2,
    }
    assert before["reimbursed_rate"] == ("0.0000", 0, 40_000), "both were ill in October"
    assert before["insured_rate"][1:] == (2, 12)
    await happened(monitoring, event("move", "1", household_code="A", on=LATER, region_code=OTHER_COUNTY_REGION))
    await _change(monitoring, "B", category="ordinary", region_code=OTHER_COUNTY_REGION, dibao=True)
    await happened(monitoring, split(2, 3, head=3, code="N", household_code="C", on=LATER))
    await _change(monitoring, "D", [member(1)])
    await happened(monitoring, event("join", "2", household_code="D", on=LATER, reason="married_in", member=member(2)))
    await happened(monitoring, event("death", "3", household_code="E", on=LATER, member_no=1))
    await happened(monitoring, event("merge", "4", household_code="G", on=LATER, into="H"))
    await happened(monitoring, event("leave", "5", household_code="H", on=LATER, member_no=2, reason="married_out"))
    ill = illness_fact(household_code="H") | {"source_ref": "ill-H"}
    await monitoring.record(ill, _said_now("water", "H", supply="tap"))
    await monitoring.house.database.write(_clear_and_roll_back)
    assert await _figures(monitoring) == before
    now = await _figures(monitoring, period="2026-11")
    changed = {code for code in before if now[code] != before[code]}
    assert changed >= {"monitored_people", "dropouts", "insured_rate", "tap_water_rate", "lifted_income"}


async def test_what_is_told_late_of_a_month_counts_in_it(monitoring: Monitoring) -> None:
    before = await _figures(monitoring)
    told = event("join", household_code="D", on="2026-10-20", reason="married_in", member=member(2))
    await happened(monitoring, told)
    after = await _figures(monitoring)
    assert (before["monitored_people"][0], after["monitored_people"][0]) == (4, 5)
    assert after["development_rate"][2] == 2, "who married in can work"


async def test_who_was_to_be_seen_in_a_month_is_who_was_there(monitoring: Monitoring) -> None:
    async def overdue() -> list[tuple[str, str, str, bool]]:
        found = await monitoring.get("patrols/overdue", month="2026-10", region_code=COUNTY)
        names = ("household_code", "region_code", "category", "monitored")
        return [tuple(each[name] for name in names) for each in found["items"]]

    before = await overdue()
    assert ("B", REGION, "lifted", False) in before
    await _change(monitoring, "B", category="ordinary", region_code=OTHER_COUNTY_REGION)
    await happened(monitoring, event("end", household_code="D", on=LATER, reason="moved"))
    assert await overdue() == before


def _said(fact_type: str, code: str, member_no: int | None, **payload: Any) -> dict[str, Any]:
    reference = f"{code}-{fact_type}-{member_no}"
    about = {"household_code": code, "member_no": member_no, "observed_on": "2026-10-10"}
    return fact(fact_type, reference, payload, **about)


def _said_now(fact_type: str, code: str, **payload: Any) -> dict[str, Any]:
    return fact(fact_type, f"{code}-{fact_type}-now", payload, household_code=code)


def _bill(code: str) -> dict[str, Any]:
    return expense_fact("2026-09", "200.00", "200.00", household_code=code) | {"source_ref": f"bill-{code}"}


async def _change(
    monitoring: Monitoring, code: str, members: list[dict[str, Any]] | None = None, **changes: Any
) -> None:
    answer = await monitoring.put(household(members or PEOPLE[code], **changes), code)
    assert answer.status_code == 200, answer.text


async def _figures(monitoring: Monitoring, **asked: str) -> dict[str, tuple[Any, ...]]:
    found = await monitoring.get("indicators", region_code=COUNTY, **(OCTOBER | asked))
    return {each["code"]: (each["value"], each["numerator"], each["denominator"]) for each in found["items"]}


def _open_in_october(uow: UnitOfWork) -> None:
    opened = {"opened_at": dt.datetime(2026, 10, 12, tzinfo=dt.UTC)}
    uow.connection.execute(sa.update(RISKS).where(RISKS.c.kind == RiskKind.NEW_ILLNESS).values(opened))


def _clear_and_roll_back(uow: UnitOfWork) -> None:
    cleared = {"status": "cleared", "cleared_at": dt.datetime(2026, 11, 5, tzinfo=dt.UTC)}
    of_before = (RISKS.c.kind == RiskKind.NEW_ILLNESS) & RISKS.c.household_code.in_(["B", "G"])
    uow.connection.execute(sa.update(RISKS).where(of_before).values(cleared))
    rolled_back = {"status": CaseStatus.ROLLED_BACK, "stepped_on": dt.date(2026, 11, 5)}
    uow.connection.execute(sa.update(CASES).where(CASES.c.status == CaseStatus.ELIMINATED).values(rolled_back))
