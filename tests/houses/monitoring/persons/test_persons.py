"""Who is behind a member number: what is said of a person stays with the person, whoever holds the number next."""

import datetime as dt
from typing import Any

import pytest

from shared.codes.monitoring import RiskKind
from tests.builders import HOUSEHOLD, audit_rows, deliver, expense_fact, household, illness_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    WINDOW,
    Monitoring,
    correction,
    issued_id,
    open_monitoring,
    placement_ended,
    placement_started,
    wages,
)
from tests.problems import problem

BORN_1950 = dt.date(1950, 1, 1)
IN_TONGREN_CITY = 2011
"""The year in which 德江县 got another code."""
HUSBAND = member(1)
WIFE = member(2, relation="spouse", sex="F", birth_date="1982-03-12")
OLD = member(3, name="王老", relation="parent", birth_date="1950-01-01", labour="none")
BABY = member(3, name="王新", relation="child", birth_date="2026-11-10", labour="none")


def numbered(document: dict[str, Any], sequence: int = 1, **changes: Any) -> dict[str, Any]:
    """The member with an identity number that fits."""
    born = dt.date.fromisoformat((document | changes)["birth_date"])
    place = "522226" if born.year < IN_TONGREN_CITY else "520626"
    return document | changes | {"id_number": issued_id(born, sequence, place)}


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


async def person_ids(monitoring: Monitoring) -> list[dict[int, Any]]:
    """Who holds each number, in every state that was told."""
    events = [event for event in await monitoring.events() if event.type.startswith("monitoring.household-")]
    return [{told.member_no: told.person_id for told in event.data.members} for event in events]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (numbered(OLD), numbered(BABY)),
        (OLD, BABY),
        (numbered(OLD), BABY),
        (OLD, numbered(BABY)),
        (OLD, OLD | {"sex": "F"}),
        (numbered(OLD), numbered(OLD, 3)),
    ],
    ids=["both numbered", "no numbers", "one numbered before", "one numbered after", "another sex", "another number"],
)
async def test_what_was_said_of_a_member_does_not_pass_to_who_gets_the_number(
    monitoring: Monitoring, before: dict[str, Any], after: dict[str, Any]
) -> None:
    await monitoring.put(household([HUSBAND, WIFE, before]))
    await monitoring.record(illness_fact(member_no=3), expense_fact("2026-10", "90000.00", "0.00", member_no=3))
    risk = await monitoring.the_risk(RiskKind.NEW_ILLNESS)
    assert (risk["status"], {reason["rule"] for reason in risk["reasons"]}) == (
        "open",
        {"new_illness.serious", "new_illness.cost"},
    )

    answer = await monitoring.put(household([HUSBAND, WIFE, after]))

    assert answer.json()["warnings"] == [
        "members/2: another person has the number now; what was said of the former one passes on to nobody"
    ]
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["status"] == "cleared"
    first, second = await person_ids(monitoring)
    assert [first[number] == second[number] for number in (1, 2, 3)] == [True, True, False]


async def test_a_member_taken_out_first_passes_nothing_to_who_comes_later(monitoring: Monitoring) -> None:
    await monitoring.put(household([HUSBAND, WIFE, numbered(OLD)]))
    await monitoring.record(illness_fact(member_no=3))
    await monitoring.put(household([HUSBAND, WIFE]))
    again = await monitoring.put(household([HUSBAND, WIFE, numbered(BABY)]))

    assert again.json()["warnings"] == []
    assert [(risk["status"], risk["episode"]) for risk in await monitoring.risks()] == [("cleared", 1)]
    await monitoring.record(illness_fact(member_no=3, observed_on="2026-11-13") | {"source_ref": "newborn"})
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS, status="open"))["episode"] == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OLD, numbered(OLD)),
        (numbered(OLD), OLD),
        (numbered(OLD), numbered(OLD) | {"birth_date": "1950-01-10", "sex": "F"}),
        (OLD, OLD | {"name": "王老人", "health": "chronic"}),
    ],
    ids=["a number filled in", "a number taken away", "birthday and sex put right", "another name"],
)
async def test_the_same_person_keeps_what_was_said(
    monitoring: Monitoring, before: dict[str, Any], after: dict[str, Any]
) -> None:
    await monitoring.put(household([HUSBAND, WIFE, before]))
    await monitoring.record(illness_fact(member_no=3))
    answer = await monitoring.put(household([HUSBAND, WIFE, after]))

    assert answer.json()["version"] == 2
    assert not any("another person" in warning for warning in answer.json()["warnings"])
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["status"] == "open"
    first, second = await person_ids(monitoring)
    assert first == second


async def test_a_small_x_and_a_capital_one_are_the_same_person(monitoring: Monitoring) -> None:
    with_x = next(number for number in (issued_id(BORN_1950, odd) for odd in range(1, 99, 2)) if number[-1] == "X")
    await monitoring.put(household([HUSBAND, OLD | {"id_number": with_x}]))
    answer = await monitoring.put(household([HUSBAND, OLD | {"id_number": f" {with_x.lower()}"}]))

    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    fifteen = with_x[:6] + with_x[8:17]
    assert problem(await monitoring.put(household([HUSBAND, OLD | {"id_number": fifteen}]))) == (
        422,
        "invalid",
        ["/members/1/id_number"],
    )


@pytest.mark.parametrize("wife", [WIFE, numbered(WIFE, 2)], ids=["by name", "by number"])
async def test_who_only_changes_numbers_takes_along_what_was_said(monitoring: Monitoring, wife: dict[str, Any]) -> None:
    await monitoring.put(household([HUSBAND, wife]))
    await monitoring.record(illness_fact(member_no=2))
    await monitoring.put(household([wife | {"member_no": 1, "relation": "head"}]))

    risk = await monitoring.the_risk(RiskKind.NEW_ILLNESS)
    assert (risk["status"], risk["episode"], risk["reasons"][0]["inputs"]["member_no"]) == ("open", 1, 1)
    first, second = await person_ids(monitoring)
    assert second == {1: first[2]}


async def test_who_comes_back_is_who_left(monitoring: Monitoring) -> None:
    await monitoring.put(household([HUSBAND, WIFE, numbered(OLD)]))
    await monitoring.record(illness_fact(member_no=3))
    await monitoring.put(household([HUSBAND, WIFE, numbered(BABY)]))
    await monitoring.put(household([HUSBAND, WIFE, numbered(BABY), numbered(OLD, member_no=4)]))

    risk = await monitoring.the_risk(RiskKind.NEW_ILLNESS, status="open")
    assert (risk["episode"], risk["reasons"][0]["inputs"]["member_no"]) == (2, 4)
    first, _, third = await person_ids(monitoring)
    assert third[4] == first[3]


async def test_who_comes_back_to_a_number_that_two_have_left_is_the_last_one_who_held_it(
    monitoring: Monitoring,
) -> None:
    """Born on one day, with no identity number to tell them apart."""
    for members in ([HUSBAND, numbered(OLD)], [HUSBAND, numbered(OLD, 3)], [HUSBAND], [HUSBAND, OLD]):
        await monitoring.put(household(members))
    first, second, _, back = await person_ids(monitoring)
    assert (back[3] == second[3], back[3] == first[3]) == (True, False)


async def test_a_household_of_other_people_asks_for_a_look_and_inherits_no_illness_and_no_loss_of_work(
    monitoring: Monitoring,
) -> None:
    await monitoring.put(household([numbered(HUSBAND)]))
    await monitoring.record(*wages(WINDOW, "300.00"), illness_fact())
    await deliver(monitoring.house, placement_started("a"), placement_ended("a"))
    assert {risk["kind"] for risk in await monitoring.risks(status="open")} == {
        "below_line",
        "new_illness",
        "job_loss",
    }

    answer = await monitoring.put(household([numbered(HUSBAND, name="乙", birth_date="1990-02-02")]))

    assert [warning.partition(":")[0] for warning in answer.json()["warnings"]] == ["members/0", "members"]
    assert "nobody is left" in answer.json()["warnings"][1]
    assert [risk["kind"] for risk in await monitoring.risks(status="open")] == ["below_line"]
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["net_income"] == "3600.00"
    assert "job.left_behind" in [row["action"] for row in await audit_rows(monitoring.house)]


async def test_work_of_people_of_whom_nobody_is_left_ends_without_an_alarm_for_the_next(
    monitoring: Monitoring,
) -> None:
    await monitoring.put(household([numbered(HUSBAND)]))
    await deliver(monitoring.house, placement_started("a"))
    await monitoring.put(household([numbered(HUSBAND, birth_date="1990-02-02")]))
    await deliver(monitoring.house, placement_ended("a", ended_on=dt.date(2026, 11, 1)))
    assert await monitoring.risks() == []

    await deliver(monitoring.house, placement_started("b"), placement_ended("b"))
    assert (await monitoring.the_risk(RiskKind.JOB_LOSS))["status"] == "open"


async def test_what_comes_in_late_about_a_former_member_counts_for_the_household_alone(monitoring: Monitoring) -> None:
    await monitoring.put(household([HUSBAND, WIFE, numbered(OLD)]))
    await monitoring.put(household([HUSBAND, WIFE]))
    bill = expense_fact("2026-10", "60000.00", "40000.00", member_no=3)
    await monitoring.record(bill, illness_fact(member_no=3))

    income = await monitoring.get(f"households/{HOUSEHOLD}/income")
    assert income["compliant_self_paid"] == "40000.00"
    assert (await monitoring.verdicts())["new_illness"]["outcome"] == "clear"

    await monitoring.put(household([HUSBAND, WIFE, numbered(BABY)]))
    late = illness_fact("I63.9", member_no=3, observed_on="2026-11-02")
    await monitoring.record(late, correction(bill, "put right", self_paid_compliant="30000.00"))
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["compliant_self_paid"] == "30000.00"
    assert (await monitoring.verdicts())["new_illness"]["outcome"] == "clear"

    await monitoring.record(illness_fact("I63.9", member_no=3, observed_on="2026-11-13") | {"source_ref": "newborn"})
    assert (await monitoring.verdicts())["new_illness"]["outcome"] == "fires"
    assert problem(await monitoring.post(illness_fact(member_no=9)))[:2] == (422, "fact-invalid")


async def test_the_other_houses_are_told_the_birthday_of_whoever_can_work_and_of_nobody_else(
    monitoring: Monitoring,
) -> None:
    await monitoring.put(household([HUSBAND, WIFE | {"labour": "weak"}, OLD, BABY | {"member_no": 4}]))
    [told] = await monitoring.events("household-registered.v1")

    assert [(one.birth_year, one.born_on) for one in told.data.members] == [
        (1980, dt.date(1980, 5, 1)),
        (1982, dt.date(1982, 3, 12)),
        (1950, None),
        (2026, None),
    ]
    assert len({one.person_id for one in told.data.members}) == 4


async def test_households_with_the_same_members_have_different_persons(monitoring: Monitoring) -> None:
    await monitoring.put(household([HUSBAND]))
    await monitoring.put(household([HUSBAND]), code="DJ-0002")
    first, second = await person_ids(monitoring)
    assert first[1] != second[1]
