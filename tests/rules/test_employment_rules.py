"""The rules of employment: who is a worker, what fits whom, and which step follows which."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.employment.rules import (
    TRANSITIONS,
    Candidate,
    Offer,
    WhyNot,
    WorkingAge,
    age_on,
    is_able,
    shared_division,
    suggest,
    why_not,
)
from shared.contracts.codes import Labour, PlacementAction, PlacementStatus, WorkerStatus
from shared.ids import derived_id
from shared.regions import RegionLevel
from tests.builders import REGION, TODAY, household_member

PLACED, DEPARTED = PlacementStatus.PLACED, PlacementStatus.DEPARTED
STARTED, ENDED = PlacementStatus.STARTED, PlacementStatus.ENDED
DEPART, START, END = PlacementAction.DEPART, PlacementAction.START, PlacementAction.END
LIMITS = WorkingAge(16, 59)
STEPS = {
    PLACED: {DEPART: DEPARTED, START: STARTED, END: ENDED},
    DEPARTED: {START: STARTED, END: ENDED},
    STARTED: {END: ENDED},
    ENDED: {},
}


def candidate(member_no: int = 1, **changes: Any) -> Candidate:
    found = Candidate(
        derived_id("worker", member_no), member_no, REGION, 1980, Labour.ORDINARY, active=True, status=WorkerStatus.IDLE
    )
    return found._replace(**changes)


def offer(code: str = "A", **changes: Any) -> Offer:
    return Offer(code, "441900", 450000, 3, 0, 18, 55, [Labour.ORDINARY], TODAY)._replace(**changes)


@pytest.mark.parametrize("labour", Labour)
@pytest.mark.parametrize("student", [True, False])
def test_a_worker_has_labour_and_is_not_at_school(labour: Labour, student: bool) -> None:
    able = labour in {Labour.ORDINARY, Labour.SKILLED, Labour.WEAK}
    assert is_able(household_member(labour=labour, student=student)) == (able and not student)


@given(birth_year=st.integers(1900, 2026), day=st.dates(dt.date(2021, 1, 1), dt.date(2040, 12, 31)))
def test_the_birth_years_of_working_age_are_those_whose_age_is(birth_year: int, day: dt.date) -> None:
    first, last = LIMITS.birth_years(day)
    assert (first <= birth_year <= last) == LIMITS.holds(age_on(birth_year, day))


@pytest.mark.parametrize(
    ("worker", "work", "reasons"),
    [
        ({}, {}, []),
        ({}, {"valid_until": TODAY - dt.timedelta(days=1)}, [WhyNot.EXPIRED]),
        ({}, {"taken": 2}, []),
        ({}, {"taken": 3}, [WhyNot.NO_HEADCOUNT_LEFT]),
        ({"status": WorkerStatus.OFFERED}, {}, [WhyNot.ALREADY_PLACED]),
        ({"status": WorkerStatus.EMPLOYED}, {}, [WhyNot.ALREADY_PLACED]),
        ({"active": False}, {}, [WhyNot.NOT_A_WORKER]),
        ({"birth_year": 2008}, {}, []),
        ({"birth_year": 2009}, {}, [WhyNot.TOO_YOUNG]),
        ({"birth_year": 1971}, {}, []),
        ({"birth_year": 1970}, {}, [WhyNot.TOO_OLD]),
        ({"birth_year": 1967}, {"max_age": 65}, []),
        ({"birth_year": 1966}, {"max_age": 65}, [WhyNot.NOT_OF_WORKING_AGE]),
        ({"birth_year": 2011}, {"min_age": 0}, [WhyNot.NOT_OF_WORKING_AGE]),
        ({"labour": Labour.WEAK}, {}, [WhyNot.LABOUR_NOT_MATCHING]),
        ({"labour": Labour.WEAK}, {"needs": [Labour.ORDINARY, Labour.WEAK]}, []),
        ({"birth_year": 2009}, {"taken": 3}, [WhyNot.NO_HEADCOUNT_LEFT, WhyNot.TOO_YOUNG]),
    ],
)
def test_all_that_stands_against_a_match_is_named(
    worker: dict[str, Any], work: dict[str, Any], reasons: list[WhyNot]
) -> None:
    assert why_not(candidate(**worker), offer(**work), LIMITS, TODAY) == tuple(reasons)


@pytest.mark.parametrize(
    ("place", "level"),
    [
        (REGION, RegionLevel.VILLAGE),
        ("520626001", RegionLevel.TOWNSHIP),
        ("520626001002", RegionLevel.TOWNSHIP),
        ("520626", RegionLevel.COUNTY),
        ("520625001001", RegionLevel.PREFECTURE),
        ("520100", RegionLevel.PROVINCE),
        ("441900", None),
    ],
)
def test_home_and_work_share_the_narrowest_division_around_both(place: str, level: RegionLevel | None) -> None:
    assert shared_division(REGION, place) == level


def test_the_better_paid_comes_first_and_of_equal_wages_the_nearer() -> None:
    offers = [
        offer("FAR"),
        offer("NEAR", place_code="520626"),
        offer("RICH", wage_month=600000),
        offer("NEARER", place_code=REGION),
        offer("FULL", wage_month=900000, taken=3),
        offer("OLD-AND-FULL", taken=3, max_age=30),
    ]
    fitting, rest = suggest([candidate()], offers, LIMITS, TODAY)
    assert [found.offer.vacancy_code for found in fitting] == ["RICH", "NEARER", "NEAR", "FAR"]
    assert [(found.offer.vacancy_code, len(found.why_not)) for found in rest] == [("FULL", 1), ("OLD-AND-FULL", 2)]


OFFERS = st.builds(
    offer,
    st.text("ABC", min_size=1, max_size=3),
    place_code=st.sampled_from(["441900", "520626", REGION]),
    wage_month=st.integers(1, 3),
    taken=st.integers(0, 3),
    max_age=st.integers(40, 50),
)


@given(offers=st.lists(OFFERS, max_size=8), data=st.data())
def test_every_vacancy_is_either_suggested_or_explained_in_the_same_order_always(
    offers: list[Offer], data: st.DataObject
) -> None:
    candidates = [candidate(1), candidate(2, labour=Labour.WEAK), candidate(3, birth_year=1984)]
    fitting, rest = suggest(candidates, offers, LIMITS, TODAY)
    assert len(fitting) + len(rest) == len(candidates) * len(offers)
    assert all(why_not(found.candidate, found.offer, LIMITS, TODAY) == () for found in fitting)
    assert all(found.why_not for found in rest)
    again = suggest(data.draw(st.permutations(candidates)), data.draw(st.permutations(offers)), LIMITS, TODAY)
    ranks = [(found.offer.wage_month, found.shared_division, found.offer.vacancy_code) for found in fitting]
    assert ranks == [(found.offer.wage_month, found.shared_division, found.offer.vacancy_code) for found in again[0]]


@pytest.mark.parametrize("status", PlacementStatus)
@pytest.mark.parametrize("action", PlacementAction)
def test_an_action_leads_to_its_step_or_nowhere(status: PlacementStatus, action: PlacementAction) -> None:
    assert TRANSITIONS.leads_to(status, action) == STEPS[status].get(action)


@pytest.mark.parametrize("status", PlacementStatus)
def test_what_is_said_to_be_allowed_is_what_works(status: PlacementStatus) -> None:
    assert set(TRANSITIONS.allowed(status)) == set(STEPS[status])


@given(actions=st.lists(st.sampled_from(PlacementAction), max_size=40))
def test_no_sequence_of_actions_goes_back_or_takes_a_step_twice(actions: list[PlacementAction]) -> None:
    order = [PLACED, DEPARTED, STARTED, ENDED]
    walked = [PLACED]
    for action in actions:
        walked.append(TRANSITIONS.leads_to(walked[-1], action) or walked[-1])
    taken = [status for status, before in zip(walked[1:], walked, strict=False) if status is not before]
    assert [order.index(status) for status in taken] == sorted({order.index(status) for status in taken})
