"""Age 周岁 of workers, as far as it is known, and the limits of a place. Pure decisions."""

from calendar import isleap
from datetime import date, timedelta
from typing import Final, NamedTuple

WORKING_AGE: Final = "employment.working_age"
"""劳动年龄: the youngest and the oldest age of a worker."""
_DAY: Final = timedelta(days=1)


class Birth(NamedTuple):
    """When somebody was born, as far as it was told: events written before the day was told name the year alone."""

    year: int
    day: date | None

    def age_on(self, on: date) -> int:
        """Age 周岁 on a day: a year more from each birthday on.

        Who was born on 29 February is a year older from 1 March of a common year: the year of life ends with the last
        day of February (民法典 第二百〇二条: 没有对应日的，月末日为期间的最后一日). Where only the year of birth is
        known, it is the lower of the two ages of the year: nobody begins too early or is refused as too old by it.
        """
        if self.day is None:
            return on.year - self.year - 1
        return on.year - self.day.year - ((on.month, on.day) < (self.day.month, self.day.day))


class WorkingAge(NamedTuple):
    """Ages of workers, both ends included."""

    youngest: int
    oldest: int

    def holds(self, age: int) -> bool:
        """Whether somebody of this age is of working age."""
        return self.youngest <= age <= self.oldest

    def births(self, on: date) -> tuple[date, date]:
        """The first and the last day of birth of whoever is of working age on a day."""
        return _last_birth(self.oldest + 1, on) + _DAY, _last_birth(self.youngest, on)

    def birth_years(self, on: date) -> tuple[int, int]:
        """The years of birth, both included, of whoever is of working age where the year alone is known."""
        return on.year - self.oldest - 1, on.year - self.youngest - 1


def _last_birth(age: int, on: date) -> date:
    """The last day of birth of whoever is at least this old on a day."""
    year = on.year - age
    return on.replace(year=year, day=28 if (on.month, on.day) == (2, 29) and not isleap(year) else on.day)
