"""Households that are known here, and the working age that holds where they live."""

from services.employment.models import METADATA
from services.employment.workers.rules.ages import WORKING_AGE, WorkingAge
from shared.contracts.employment import HouseholdMovedAway
from shared.db.unit_of_work import Reading
from shared.helping.households import KnownHouseholds
from shared.policy.loader import NATIONAL

HOUSEHOLDS = KnownHouseholds(METADATA, HouseholdMovedAway)


def working_age(reading: Reading, region_code: str) -> WorkingAge:
    """The working age 劳动年龄 of a region, or of the country where none is given. Raises PolicyValueMissing."""
    ages = reading.policy.at(region_code or NATIONAL, reading.today()).value(WORKING_AGE).value
    return WorkingAge(ages["min"], ages["max"])
