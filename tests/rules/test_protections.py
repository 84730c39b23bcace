"""Where a household stands in schooling, medical care, housing and water: one bad is unmet, else one unknown is."""

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.monitoring.evidence.circumstances import PEOPLE, Circumstance
from services.monitoring.evidence.kept import Person
from services.monitoring.protections.rules import Standing, standings
from shared.codes.circumstances import Protection
from shared.ids import derived_id
from tests.rules.builders import DECIDED_ON, policy

TODAY = DECIDED_ON
NEW_YEAR = dt.date(2027, 1, 1)
WATER_TEST = {"litres": 20, "distance": 800, "height": 80, "minutes": 20, "days_short": 36, "cut_days": 30}
PARAMETERS = policy(
    source_order=("civil-affairs", "village-report"),
    compulsory_age={"min": 6, "max": 15},
    water_test={name: Decimal(limit) for name, limit in WATER_TEST.items()},
)
PUPIL, ADULT, INFANT = dt.date(2015, 5, 5), dt.date(1985, 1, 1), dt.date(2024, 2, 29)
GOOD_WATER = {
    "litres_per_day": "20.0",
    "distance_m": 800,
    "height_m": 80,
    "minutes": 20,
    "quality": "good",
    "days_short": 36,
    "cut_since": None,
}
Said = tuple[str, int, dt.date, Mapping[str, Any]]
"""Of what, of whom, when, what."""


def fact_id(place: int) -> UUID:
    return derived_id("fact", str(place))


def stand(people: tuple[dt.date, ...], *said: Said, on: dt.date = TODAY, **parameters: Any) -> dict[str, Standing]:
    seen: dict[str, Any] = {PEOPLE.name: tuple(Person(no, born, True, False) for no, born in enumerate(people, 1))}
    recorded_at = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    for place, (kind, member_no, observed_on, payload) in enumerate(said):
        one = Circumstance(fact_id(place), member_no, "village-report", observed_on, recorded_at, payload)
        seen[kind] = (*seen.get(kind, ()), one)
    found = standings(seen, replace(PARAMETERS, decided_on=on, **parameters))
    return {protection.value: standing for protection, standing in found.items()}


def at_school(member_no: int, event: str, day: int = 1) -> Said:
    return "schooling", member_no, dt.date(2026, 10, day), {"event": event, "stage": "primary"}


def insured(member_no: int, status: str, year: int = 2026, scheme: str = "basic_medical") -> Said:
    return "insurance", member_no, dt.date(2026, 10, 2), {"scheme": scheme, "year": year, "status": status}


def home(grade: str, *, only_home: bool, day: int = 1, member_no: int = 0) -> Said:
    said = {"grade": grade, "only_home": only_home, "checked_by": "住建局"}
    return "dwelling", member_no, dt.date(2026, 10, day), said


def water(day: int = 1, **changes: Any) -> Said:
    return "water", 0, dt.date(2026, 10, day), GOOD_WATER | changes


@pytest.mark.parametrize(
    ("protection", "people", "said", "status"),
    [
        ("schooling", (ADULT, INFANT), [], "not_applicable"),
        ("schooling", (ADULT, INFANT), [at_school(2, "dropped_out")], "not_applicable"),
        ("schooling", (ADULT, PUPIL), [], "unknown"),
        ("schooling", (ADULT, PUPIL), [at_school(1, "enrolled")], "unknown"),
        ("schooling", (ADULT, PUPIL), [at_school(2, "persuasion_visit")], "unknown"),
        ("schooling", (PUPIL, PUPIL), [at_school(1, "enrolled")], "unknown"),
        ("schooling", (PUPIL, PUPIL), [at_school(1, "not_enrolled")], "unmet"),
        ("schooling", (PUPIL,), [at_school(1, "dropped_out", 1), at_school(1, "returned", 2)], "met"),
        ("schooling", (PUPIL,), [at_school(1, "dropped_out", 1), at_school(1, "persuasion_visit", 2)], "unmet"),
        *(
            ("schooling", (PUPIL,), [at_school(1, event)], "met")
            for event in ("enrolled", "suspended", "returned", "graduated", "exempt")
        ),
        ("medical", (ADULT, PUPIL), [], "unknown"),
        ("medical", (ADULT, PUPIL), [insured(1, "insured"), insured(2, "exempt")], "met"),
        ("medical", (ADULT, PUPIL), [insured(1, "insured"), insured(2, "insured", scheme="pension")], "unknown"),
        ("medical", (ADULT, PUPIL), [insured(1, "insured"), insured(2, "insured", year=2025)], "unknown"),
        ("medical", (ADULT, PUPIL), [insured(1, "uninsured")], "unmet"),
        ("housing", (ADULT,), [], "unknown"),
        ("housing", (ADULT,), [home("B", only_home=True)], "met"),
        ("housing", (ADULT,), [home("C", only_home=True)], "unmet"),
        ("housing", (ADULT,), [home("D", only_home=False)], "met"),
        ("housing", (ADULT,), [home("D", only_home=True), home("A", only_home=True, day=2, member_no=1)], "met"),
        ("water", (ADULT,), [], "unknown"),
        ("water", (ADULT,), [water()], "met"),
        ("water", (ADULT,), [water(minutes=None)], "unknown"),
        ("water", (ADULT,), [water(quality=None)], "unknown"),
        ("water", (ADULT,), [water(minutes=None, quality="bad")], "unmet"),
        ("water", (ADULT,), [water(litres_per_day="19.9")], "unmet"),
        ("water", (ADULT,), [water(distance_m=801)], "unmet"),
        ("water", (ADULT,), [water(cut_since="2026-10-02")], "met"),
        ("water", (ADULT,), [water(cut_since="2026-10-01")], "unmet"),
        ("water", (ADULT,), [water(), water(2, **dict.fromkeys(GOOD_WATER))], "met"),
    ],
)
def test_one_bad_is_unmet_else_one_unknown_is_unknown(
    protection: str, people: tuple[dt.date, ...], said: list[Said], status: str
) -> None:
    """In whatever order it was said."""
    for order in itertools.permutations(said):
        assert stand(people, *order)[protection].status == status


@pytest.mark.parametrize(
    ("protection", "people", "said", "on", "until"),
    [
        ("schooling", (ADULT,), [], TODAY, None),
        ("schooling", (dt.date(2020, 11, 2),), [], TODAY, dt.date(2026, 11, 2)),
        ("schooling", (PUPIL,), [], TODAY, dt.date(2031, 5, 5)),
        ("schooling", (INFANT,), [], TODAY, dt.date(2030, 3, 1)),
        ("schooling", (INFANT,), [], dt.date(2030, 3, 1), dt.date(2040, 2, 29)),
        ("medical", (ADULT,), [], TODAY, NEW_YEAR),
        ("housing", (ADULT,), [home("A", only_home=True)], TODAY, None),
        ("housing", (ADULT,), [home("A", only_home=True, day=9)], dt.date(2026, 10, 8), dt.date(2026, 10, 9)),
        ("water", (ADULT,), [water()], TODAY, None),
        ("water", (ADULT,), [water(cut_since="2026-10-02")], TODAY, dt.date(2026, 11, 2)),
        ("water", (ADULT,), [water(cut_since="2026-10-01")], TODAY, None),
    ],
)
def test_time_changes_nothing_before_the_day_that_is_told(
    protection: str, people: tuple[dt.date, ...], said: list[Said], on: dt.date, until: dt.date | None
) -> None:
    found = stand(people, *said, on=on)[protection]
    assert found.until == until
    days = ((until or dt.date(2032, 1, 1)) - on).days
    for day in (on + dt.timedelta(days=later) for later in range(0, days, max(1, days // 40))):
        assert stand(people, *said, on=day)[protection].status == found.status


def test_what_it_rests_on_is_named() -> None:
    people = (ADULT, PUPIL)
    said = [insured(2, "insured"), insured(1, "uninsured"), insured(3, "insured"), home("A", only_home=True, day=9)]
    found = stand(people, *said)
    assert found["medical"].fact_ids == [str(fact_id(1)), str(fact_id(0))], "nobody else is a member"
    assert (found["medical"].checked_on, found["housing"].checked_on) == (dt.date(2026, 10, 2), dt.date(2026, 10, 9))
    assert (found["water"].checked_on, found["water"].fact_ids) == (None, [])


def test_what_the_policy_has_no_value_for_is_unknown() -> None:
    found = stand((PUPIL,), at_school(1, "enrolled"), water(), compulsory_age=None, water_test=None)
    assert {name: one.status for name, one in found.items()} == dict.fromkeys(map(str, Protection), "unknown")
