"""The table of known households 农户, kept by the events of monitoring."""

from services.assistance.models import METADATA
from shared.contracts.assistance import HouseholdMovedAway
from shared.db.unit_of_work import Reading
from shared.helping.households import KnownHouseholds

HOUSEHOLDS = KnownHouseholds(METADATA, HouseholdMovedAway)


def load_region(reading: Reading, household_code: str, otherwise: str) -> str:
    """The region where the household lives now, as far as this house has heard."""
    known = HOUSEHOLDS.find_anywhere(reading, [household_code]).get(household_code)
    return known.region_code if known else otherwise
