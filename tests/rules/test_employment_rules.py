"""The rules of employment: who is a worker, what fits whom, and which step follows which."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.employment.placements.procedure import TRANSITIONS
from services.employment.requests.rules import shared_division, suggest
from services.employment.vacancies.rules import Candidate, Offer, why_not, why_not_by_age
from services.employment.workers.rules.ages import Birth, WorkingAge
from services.employment.workers.rules.persons import KnownWorker, is_able, new_worker_id, recognise
from shared.codes.employment import PlacementAction, PlacementStatus, WhyNot, WorkerStatus
from shared.codes.monitoring import Labour, Sex
from shared.ids import derived_id
from shared.regions import RegionLevel
from tests.builders import REGION, TODAY, household_member
from tests.rules.builders import leads_to

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
        derived_id("worker", member_no),
        member_no,
        REGION,
        Birth(1980, None),
        Labour.ORDINARY,
        active=True,
        status=WorkerStatus.IDLE,
    )
    return found._replace(**changes)


def born(day: str) -> dict[str, Birth]:
    """Born on that day, or in that year where the day is not known."""
    year, *rest = day.split("-")
    return {"birth": Birth(int(year), dt.date.fromisoformat(day) if rest else None)}


def offer(code: str = "A", **changes: Any) -> Offer:
    return Offer(code, "441900", 450000, 3, 0, 18, 55, [Labour.ORDINARY], TODAY)._replace(**changes)


@pytest.mark.parametrize("labour", Labour)
@pytest.mark.parametrize("student", [True, False])
def test_a_worker_has_labour_and_is_not_at_school(labour: Labour, student: bool) -> None:
    able = labour in {Labour.ORDINARY, Labour.SKILLED, Labour.WEAK}
    assert is_able(household_member(labour=labour, student=student)) == (able and not student)


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        ("2010-12-20", "2026-12-19", 15),
        ("2010-12-20", "2026-12-20", 16),
        ("2008-02-29", "2024-02-28", 15),
        ("2008-02-29", "2024-02-29", 16),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("1970-12-31", "2026-11-16", 55),
        ("2010", "2026-12-31", 15),
        ("2010", "2027-01-01", 16),
        ("1970", "2026-01-01", 55),
        ("1970", "2026-12-31", 55),
    ],
)
def test_age_is_counted_by_the_birthday_or_as_the_lower_one_of_the_year(birth: str, on: str, age: int) -> None:
    assert born(birth)["birth"].age_on(dt.date.fromisoformat(on)) == age


DAYS = st.dates(dt.date(2021, 1, 1), dt.date(2040, 12, 31)) | st.sampled_from(
    [dt.date(2024, 2, 29), dt.date(2026, 2, 28), dt.date(2026, 3, 1), dt.date(2028, 2, 29)]
)
BIRTHDAYS = st.dates(dt.date(1950, 1, 1), dt.date(2026, 1, 1)) | st.builds(
    lambda year: dt.date(year * 4, 2, 29), st.integers(488, 506)
)


@given(birthday=BIRTHDAYS, on=DAYS)
def test_the_days_of_birth_of_working_age_are_those_whose_age_is(birthday: dt.date, on: dt.date) -> None:
    first, last = LIMITS.births(on)
    assert (first <= birthday <= last) == LIMITS.holds(Birth(birthday.year, birthday).age_on(on))


@given(year=st.integers(1900, 2026), on=DAYS)
def test_the_years_of_birth_of_working_age_are_those_whose_age_is(year: int, on: dt.date) -> None:
    first, last = LIMITS.birth_years(on)
    assert (first <= year <= last) == LIMITS.holds(Birth(year, None).age_on(on))


@given(birthday=BIRTHDAYS, on=DAYS)
def test_who_is_known_by_the_year_alone_never_counts_as_older_than_they_are(birthday: dt.date, on: dt.date) -> None:
    exact, by_year = Birth(birthday.year, birthday).age_on(on), Birth(birthday.year, None).age_on(on)
    assert by_year <= exact <= by_year + 1


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
        (born("2008-11-16"), {}, []),
        (born("2008-11-17"), {}, [WhyNot.TOO_YOUNG]),
        (born("2007"), {}, []),
        (born("2008"), {}, [WhyNot.TOO_YOUNG]),
        (born("1970-11-17"), {}, []),
        (born("1970-11-16"), {}, [WhyNot.TOO_OLD]),
        (born("1970"), {}, []),
        (born("1969"), {}, [WhyNot.TOO_OLD]),
        (born("1966-11-17"), {"max_age": 65}, []),
        (born("1966-11-16"), {"max_age": 65}, [WhyNot.NOT_OF_WORKING_AGE]),
        (born("2010-11-16"), {"min_age": 0}, []),
        (born("2010-11-17"), {"min_age": 0}, [WhyNot.NOT_OF_WORKING_AGE]),
        (born("2010-12-20"), {}, [WhyNot.NOT_OF_WORKING_AGE, WhyNot.TOO_YOUNG]),
        ({"labour": Labour.WEAK}, {}, [WhyNot.LABOUR_NOT_MATCHING]),
        ({"labour": Labour.WEAK}, {"needs": [Labour.ORDINARY, Labour.WEAK]}, []),
        (born("2009"), {"taken": 3}, [WhyNot.NO_HEADCOUNT_LEFT, WhyNot.TOO_YOUNG]),
    ],
)
def test_all_that_stands_against_a_match_is_named(
    worker: dict[str, Any], work: dict[str, Any], reasons: list[WhyNot]
) -> None:
    assert why_not(candidate(**worker), offer(**work), LIMITS, TODAY) == tuple(reasons)


@pytest.mark.parametrize(("on", "reasons"), [(dt.date(2026, 11, 15), (WhyNot.TOO_YOUNG,)), (dt.date(2026, 11, 16), ())])
def test_for_the_first_day_of_work_the_age_alone_is_asked_again(on: dt.date, reasons: tuple[WhyNot, ...]) -> None:
    placed = candidate(birth=Birth(2008, dt.date(2008, 11, 16)), status=WorkerStatus.OFFERED)
    assert why_not_by_age(placed, offer(taken=3), LIMITS, on) == reasons


A, B = derived_id("person", "a"), derived_id("person", "b")


def known(member_no: int = 1, **changes: Any) -> KnownWorker:
    found = KnownWorker(derived_id("row", member_no), member_no, None, Sex.MALE, 1980, None, present=True)
    return found._replace(**changes)


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ({"person_id": A}, {"person_id": A}, True),
        ({"person_id": A}, {"person_id": A, "member_no": 2}, True),
        ({"person_id": A}, {"person_id": A, "birth_year": 1979, "sex": Sex.FEMALE}, True),
        ({"person_id": A, "present": False}, {"person_id": A}, True),
        ({"person_id": A}, {"person_id": B}, False),
        ({}, {"person_id": A}, True),
        ({"present": False}, {"person_id": A}, False),
        ({"person_id": A}, {}, True),
        ({"person_id": A}, {"sex": Sex.FEMALE}, False),
        ({}, {}, True),
        ({}, {"birth_year": 1981}, False),
        ({}, {"sex": Sex.FEMALE}, False),
        ({}, {"member_no": 2}, False),
        ({"born_on": dt.date(1980, 5, 1)}, {"born_on": dt.date(1980, 5, 1)}, True),
        ({"born_on": dt.date(1980, 5, 1)}, {"born_on": dt.date(1980, 5, 2)}, False),
        ({"present": False}, {}, True),
    ],
)
def test_a_worker_is_known_again_by_the_person_and_else_by_number_sex_and_birth(
    before: dict[str, Any], now: dict[str, Any], same: bool
) -> None:
    member = household_member(**{"member_no": 1} | now)
    worker = known(**before)
    assert recognise([worker], [member]) == ({member.member_no: worker} if same else {})


def test_two_who_change_their_numbers_stay_who_they_are() -> None:
    first, second = known(1, person_id=A), known(2, person_id=B)
    members = [household_member(1, person_id=B), household_member(2, person_id=A)]
    assert recognise([first, second], members) == {1: second, 2: first}


def test_the_id_of_a_new_worker_is_that_of_the_person_and_never_one_that_is_taken() -> None:
    by_person = new_worker_id("H", household_member(1, person_id=A), ())
    assert by_person == new_worker_id("H", household_member(2, person_id=A), ())
    by_number = new_worker_id("H", household_member(1), ())
    assert len({by_person, by_number, new_worker_id("H", household_member(1), {by_number})}) == 3


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
    candidates = [candidate(1), candidate(2, labour=Labour.WEAK), candidate(3, birth=Birth(1984, None))]
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
    assert leads_to(TRANSITIONS, status, action) == STEPS[status].get(action)


@pytest.mark.parametrize("status", PlacementStatus)
def test_what_is_said_to_be_allowed_is_what_works(status: PlacementStatus) -> None:
    assert set(TRANSITIONS.allowed(status)) == set(STEPS[status])


@given(actions=st.lists(st.sampled_from(PlacementAction), max_size=40))
def test_no_sequence_of_actions_goes_back_or_takes_a_step_twice(actions: list[PlacementAction]) -> None:
    order = [PLACED, DEPARTED, STARTED, ENDED]
    walked = [PLACED]
    for action in actions:
        walked.append(leads_to(TRANSITIONS, walked[-1], action) or walked[-1])
    taken = [status for status, before in zip(walked[1:], walked, strict=False) if status is not before]
    assert [order.index(status) for status in taken] == sorted({order.index(status) for status in taken})
