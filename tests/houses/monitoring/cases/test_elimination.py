"""An elimination: criteria are shown one by one, people decide, and what was decided can be taken back for a while."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from shared.codes.monitoring import RiskKind
from shared.months import first_day, format_month, parse_month
from tests.builders import TODAY, fact, household, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import wages
from tests.houses.monitoring.cases.builders import VOTE, Cases, open_cases, with_household
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem, problem

pytestmark = ON_SQLITE
ADMITTED = dt.date(2026, 11, 22)
HALF_YEAR = dt.date(2027, 5, 22)
VISIT = {"checkers": ["张三", "李四"], "manner": "helped"}
ADULTS = household([member(1), member(2, relation="spouse", sex="F", birth_date="1982-03-12")])
YEAR = [format_month(month) for month in range(parse_month("2026-11"), parse_month("2027-05"))]


async def admitted(open_house: OpenHouse, client_for: ClientFor) -> Cases:
    """A household that was admitted on `ADMITTED`: two adults with 3,000 yuan a head of a year."""
    cases = await with_household(await open_cases(open_house, client_for), ADULTS, wage="500.00")
    case_id = await cases.opened()
    await cases.gather(case_id)
    await cases.from_vote_to_publicity(case_id)
    then = await open_cases(open_house, client_for, today=ADMITTED)
    await then.decide(case_id, ADMITTED)
    return then


def good(on: dt.date) -> list[dict[str, Any]]:
    """Everything that makes a household of adults safe on a day, income of all months before it apart."""
    said = {"scheme": "basic_medical", "year": on.year, "status": "insured"}
    tested = {
        "litres_per_day": "40",
        "distance_m": 100,
        "height_m": 10,
        "minutes": 5,
        "days_short": 0,
        "quality": "good",
        "cut_since": None,
    }
    dwelling = {"grade": "A", "only_home": True, "checked_by": "县住建局"}
    return [
        fact("insurance", "good-1", said, member_no=1, observed_on=on.isoformat()),
        fact("insurance", "good-2", said, member_no=2, observed_on=on.isoformat()),
        fact("dwelling", "good-3", dwelling, observed_on=on.isoformat()),
        fact("water", "good-4", tested, observed_on=on.isoformat()),
    ]


async def thriving(open_house: OpenHouse, client_for: ClientFor, today: dt.date) -> Cases:
    """The same household on a later day: help arrived, income is high since the year before, nothing is missing."""
    cases = await admitted(open_house, client_for)
    await cases.complete_measure(ADMITTED)
    then = await open_cases(open_house, client_for, today=today)
    earlier = [format_month(month) for month in range(parse_month("2025-11"), parse_month("2026-11"))]
    extra = wages(earlier, "9000.00", "extra-", source="payroll")
    now = wages([month for month in YEAR if first_day(parse_month(month)) < today], "9000.00", "now-")
    await then.monitoring.record(*extra, *now, *good(today))
    return then


def met(case: dict[str, Any]) -> dict[str, bool | None]:
    """Whether each criterion holds."""
    return {criterion["code"]: criterion["met"] for criterion in case["criteria"]}


async def test_criteria_are_shown_one_by_one_and_stop_the_review(open_house: OpenHouse, client_for: ClientFor) -> None:
    cases = await admitted(open_house, client_for)
    case_id = await cases.opened("elimination", ADMITTED)
    case = await cases.get(case_id)
    assert (case["due_on"], case["class"], case["episode"]) == (None, "marginal", 1)
    assert met(case) == {
        "half_year": False,
        "measure_done": False,
        "income_above_line": False,
        "income_stable": None,
        "expense_settled": False,
        "protections_met": None,
        "risks_gone": False,
    }
    assert case["criteria"][0]["evidence"] == {"admitted_on": "2026-11-22", "not_before": "2027-05-22"}
    block = assert_problem(await cases.step(case_id, "village_review", ADMITTED, **VOTE), 409, "block-incomplete")
    assert block["missing"] == ["visit"]
    assert_problem(await cases.step(case_id, "consent", ADMITTED), 409, "transition-not-allowed")
    await cases.took(case_id, "visit", ADMITTED, **VISIT | {"manner": "natural"})
    refused = assert_problem(await cases.step(case_id, "village_review", ADMITTED, **VOTE), 409, "criteria-unmet")
    assert refused["codes"] == [code for code, holds in met(case).items() if not holds and code != "measure_done"]


async def test_a_risk_is_eliminated_watched_rolled_back_and_the_next_admission_is_another_episode(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    cases = await thriving(open_house, client_for, HALF_YEAR)
    case_id = await cases.opened("elimination", HALF_YEAR)
    assert set(met(await cases.get(case_id)).values()) == {True}, (await cases.get(case_id))["criteria"]
    await cases.took(case_id, "visit", HALF_YEAR, **VISIT)
    case = await cases.from_vote_to_publicity(case_id, HALF_YEAR)
    assert case["publicity_until"] == "2027-05-27"

    then = await open_cases(open_house, client_for, today=dt.date(2027, 5, 28))
    case = await then.decide(case_id, dt.date(2027, 5, 28))
    assert (case["status"], case["watch_until"], case["package"]["protections"]["medical"]) == (
        "eliminated",
        "2027-11-28",
        "met",
    )
    assert set(met(case).values()) == {True}
    stands = await then.monitored()
    assert (stands["status"], stands["eliminated_on"], stands["watch_until"], stands["episode"]) == (
        "eliminated",
        "2027-05-28",
        "2027-11-28",
        1,
    )
    [approved] = await then.monitoring.events("elimination-approved.v1")
    assert (approved.data.manner, approved.data.approved_on, approved.data.episode) == (
        "helped",
        dt.date(2027, 5, 28),
        1,
    )
    assert problem(await then.step(case_id, "roll_back", dt.date(2027, 5, 28), reason="other")) == (
        422,
        "case-invalid",
        ["/reason"],
    )
    case = await then.took(case_id, "roll_back", dt.date(2027, 5, 28), reason="income")
    assert (case["status"], (await then.monitored())["status"]) == ("rolled_back", "monitored")
    [back] = await then.monitoring.events("elimination-rolled-back.v1")
    assert back.data.reason == "income"
    assert_problem(await then.open(on=dt.date(2027, 5, 28)), 409, "already-monitored")


async def test_a_household_is_identified_again_after_its_elimination(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    on = dt.date(2027, 5, 28)
    cases = await thriving(open_house, client_for, HALF_YEAR)
    gone = await cases.opened("elimination", HALF_YEAR)
    await cases.took(gone, "visit", HALF_YEAR, **VISIT)
    await cases.from_vote_to_publicity(gone, HALF_YEAR)
    then = await open_cases(open_house, client_for, today=on)
    await then.decide(gone, on)
    again = await then.opened(on=on)
    assert (await then.monitored())["status"] == "in_procedure"
    assert_problem(await then.step(gone, "roll_back", on, reason="expense"), 409, "case-open")
    await then.took(again, "withdraw", on)
    assert (await then.monitored())["status"] == "eliminated"
    late = await open_cases(open_house, client_for, today=dt.date(2027, 11, 29))
    lapsed = assert_problem(
        await late.step(gone, "roll_back", dt.date(2027, 11, 29), reason="expense"), 409, "step-lapsed"
    )
    assert lapsed["not_after"] == "2027-11-28"


async def test_a_risk_that_opens_meanwhile_stops_every_later_decision(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    cases = await thriving(open_house, client_for, HALF_YEAR)
    case_id = await cases.opened("elimination", HALF_YEAR)
    await cases.took(case_id, "visit", HALF_YEAR, **VISIT)
    await cases.from_vote_to_publicity(case_id, HALF_YEAR)
    on = dt.date(2027, 5, 28)
    then = await open_cases(open_house, client_for, today=on)
    unsafe = {"grade": "D", "only_home": True, "checked_by": "县住建局"}
    await then.monitoring.record(fact("dwelling", "bad", unsafe, observed_on=on.isoformat()))
    stopped = assert_problem(await then.step(case_id, "township_review", on, approved=True), 409, "criteria-unmet")
    assert stopped["codes"] == ["protections_met", "risks_gone"]
    safe = unsafe | {"grade": "A"}
    await then.monitoring.record(fact("dwelling", "good-again", safe, observed_on=on.isoformat()))
    await then.took(case_id, "township_review", on, approved=True)
    await then.took(case_id, "county_approve", on, approved=True)
    await then.took(case_id, "announce", on)
    await then.monitoring.record(fact("dwelling", "bad-again", unsafe, observed_on=on.isoformat()))
    assert_problem(await then.step(case_id, "enter", on, contact_code="C-1"), 409, "criteria-unmet")
    assert (await then.monitored())["status"] == "monitored"


async def test_a_household_in_which_nobody_can_work_is_not_eliminated(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    cases = await admitted(open_house, client_for)
    members: Sequence[dict[str, Any]] = [one | {"labour": "lost"} for one in ADULTS["members"]]
    await cases.monitoring.put(household(members))
    assert_problem(await cases.open("elimination", ADMITTED), 409, "no-labour-household")
    assert problem(await cases.open("elimination", TODAY)) == (422, "case-invalid", ["/on"])


async def test_the_monitored_are_asked_whether_they_are_insured(open_house: OpenHouse, client_for: ClientFor) -> None:
    cases = await with_household(await open_cases(open_house, client_for), ADULTS, wage="500.00")
    said = {"scheme": "basic_medical", "year": 2026, "status": "uninsured"}
    jobless = {"status": "jobless", "willing": True, "place_code": None}
    idle = [fact("work", f"w-{number}", jobless, member_no=number) for number in (1, 2)]
    await cases.monitoring.record(fact("insurance", "not-insured", said, member_no=1), *idle)
    kinds = {RiskKind.UNINSURED, RiskKind.ZERO_JOB}
    assert not kinds & {risk["kind"] for risk in await cases.monitoring.risks()}
    case_id = await cases.opened()
    await cases.gather(case_id)
    await cases.from_vote_to_publicity(case_id)
    then = await open_cases(open_house, client_for, today=ADMITTED)
    await then.decide(case_id, ADMITTED)
    found = {risk["kind"]: risk["status"] for risk in await then.monitoring.risks()}
    assert {kind: found.get(kind) for kind in kinds} == dict.fromkeys(kinds, "open")
