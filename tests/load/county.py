"""The county under load, as far as the sender of facts has to know it."""

import datetime as dt

REGION = "520626001001"
TODAY = dt.date(2026, 11, 16)
"""The business date of the load."""
NOW = dt.datetime(2026, 11, 16, 2, 30, tzinfo=dt.UTC)
INCOME_HOUSEHOLDS = 2000
"""The first so many households are told of income again and again; it never raises anything."""


def household_code(number: int) -> str:
    return f"B{number:07d}"


def ill_household(number: int) -> str:
    """The households after those are told of one serious illness each, which raises one risk."""
    return household_code(INCOME_HOUSEHOLDS + number)
