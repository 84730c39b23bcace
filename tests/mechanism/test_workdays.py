"""Working days and deadlines."""

from datetime import date, timedelta

import pytest

from shared.policy.loader import PolicyBook
from shared.workdays import Deadline, WorkdayCalendar, WorkdayStatus

OFFICIAL = WorkdayCalendar({})


def test_five_working_days_across_the_spring_festival_of_2026() -> None:
    assert OFFICIAL.add_workdays(date(2026, 2, 12), 5) == Deadline(date(2026, 2, 26), provisional=False)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 2, 14), True),  # a Saturday worked in exchange
        (date(2026, 2, 17), False),  # the first day of the lunar year, a Tuesday
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),  # a Saturday worked in exchange
        (date(2026, 11, 21), False),  # a Saturday
        (date(2026, 11, 23), True),
    ],
)
def test_the_official_calendar_knows_the_exchanged_days(day: date, worked: bool) -> None:
    assert OFFICIAL.is_workday(day) == WorkdayStatus(worked, provisional=False)


def test_counting_begins_the_day_after_the_start() -> None:
    monday = date(2026, 11, 23)
    assert OFFICIAL.add_workdays(monday, 1).due_on == date(2026, 11, 24)
    assert OFFICIAL.add_workdays(monday - timedelta(days=1), 1).due_on == monday
    assert OFFICIAL.add_workdays(date(2026, 11, 20), 1).due_on == monday


def test_a_deadline_beyond_the_official_calendar_is_provisional() -> None:
    assert OFFICIAL.add_workdays(date(2026, 12, 29), 2) == Deadline(date(2026, 12, 31), provisional=False)
    assert OFFICIAL.add_workdays(date(2026, 12, 29), 3) == Deadline(date(2027, 1, 4), provisional=True)


@pytest.mark.parametrize(
    ("day", "worked"),
    [(date(2027, 1, 1), False), (date(2027, 1, 2), False), (date(2027, 1, 4), True), (date(2027, 2, 8), False)],
)
def test_beyond_it_the_statutory_holidays_are_kept(day: date, worked: bool) -> None:
    assert OFFICIAL.is_workday(day) == WorkdayStatus(worked, provisional=True)


def test_rows_of_an_operator_come_first_and_settle_the_deadline() -> None:
    announced = {date(2027, 1, 1): False, date(2027, 1, 2): False, date(2027, 1, 3): True}
    calendar = WorkdayCalendar(announced)
    assert calendar.add_workdays(date(2026, 12, 29), 3) == Deadline(date(2027, 1, 3), provisional=False)
    assert calendar.add_workdays(date(2026, 12, 29), 4) == Deadline(date(2027, 1, 4), provisional=False)


def test_a_year_of_which_the_pack_lists_a_day_is_announced_and_the_next_is_not() -> None:
    calendar = WorkdayCalendar({date(2027, 2, 20): True})
    assert calendar.is_workday(date(2027, 12, 31)) == WorkdayStatus(is_workday=True, provisional=False)
    assert calendar.is_workday(date(2028, 1, 4)) == WorkdayStatus(is_workday=True, provisional=True)
    assert (OFFICIAL.last_official_day(), calendar.last_official_day()) == (date(2026, 12, 31), date(2027, 12, 31))


def test_the_pack_and_the_library_say_the_same_of_every_day_the_pack_lists() -> None:
    listed = PolicyBook.load().workday_overrides()
    assert len({day.year for day in listed}) == 1
    assert {day: OFFICIAL.is_workday(day) for day in listed} == {
        day: WorkdayStatus(worked, provisional=False) for day, worked in listed.items()
    }


def test_rows_of_an_operator_correct_the_official_calendar() -> None:
    closed = WorkdayCalendar({date(2026, 11, 24): False})
    assert closed.is_workday(date(2026, 11, 24)) == WorkdayStatus(is_workday=False, provisional=False)
    assert closed.add_workdays(date(2026, 11, 23), 1).due_on == date(2026, 11, 25)


@pytest.mark.parametrize("days", [0, -3])
def test_a_deadline_lies_in_the_future(days: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        OFFICIAL.add_workdays(date(2026, 11, 23), days)
