"""Whom a contact looks after."""

from typing import NamedTuple

from shared.codes.monitoring import ContactRole
from shared.regions import CODE_LENGTH, is_within, scope_chain


class ContactOfHousehold(NamedTuple):
    """A contact who looks after a household."""

    code: str
    role: ContactRole
    area: str | None
    region_code: str


def serves(contact_region: str, household_region: str) -> bool:
    """Whether a household lives where a contact looks after households."""
    return is_within(household_region, contact_region)


def regions_around(region_code: str) -> list[str]:
    """The full codes of a region and of all that contain it: where whoever looks after it may be registered."""
    return [prefix.ljust(CODE_LENGTH, "0") for prefix in scope_chain(region_code)]
