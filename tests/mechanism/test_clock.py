"""The clock and the identifiers."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.clock import BUSINESS_ZONE, SystemClock
from shared.ids import derived_id, new_id


def test_now_is_this_instant_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_a_fixed_business_date_is_today_and_leaves_the_instant_alone() -> None:
    clock = SystemClock(business_date=date(2026, 11, 22))
    assert clock.today() == date(2026, 11, 22)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 5, 31, 15, 59, tzinfo=UTC), date(2026, 5, 31)),
        (datetime(2026, 5, 31, 16, 0, tzinfo=UTC), date(2026, 6, 1)),
    ],
)
def test_the_business_day_begins_at_midnight_in_shanghai(instant: datetime, expected: date) -> None:
    class StoppedClock(SystemClock):
        def now(self) -> datetime:
            return instant

    assert StoppedClock().today() == expected
    assert instant.astimezone(BUSINESS_ZONE).date() == expected


def test_new_ids_are_uuids_of_version_seven_that_sort_by_age() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert {type(one) for one in made} == {uuid.UUID}
    assert {one.version for one in made} == {7}


def test_a_derived_id_is_the_same_in_every_process() -> None:
    assert derived_id("task", "5206260010010001", 1) == uuid.UUID("f0c0726a-97b5-5090-98a8-d2a5e67b5426")


@pytest.mark.parametrize(
    "parts",
    [("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c"), ("c", "b", "a"), ("a,b", "c"), ('a","b', "c"), ("", "abc")],
)
def test_different_parts_never_share_a_derived_id(parts: tuple[str, ...]) -> None:
    others = [("a", "b", "c", ""), ("a", '","b', "c"), (*parts, ""), parts[:-1]]
    assert derived_id(*parts) not in {derived_id(*other) for other in others}
    assert derived_id(*parts).version == 5


def test_a_number_and_its_digits_are_different_parts() -> None:
    assert derived_id("risk", 1) != derived_id("risk", "1")
