"""Contacts as they are sent and answered. A contact is a code and a role: who it is stands elsewhere."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, Self

from pydantic import BaseModel, Field

from services.monitoring.contacts.rules import ContactOfHousehold
from shared.codes.monitoring import ContactRole
from shared.http.fields import Body, HouseholdCode, RegionCode, Text

MOST_HOUSEHOLDS: Final = 1000
"""Households that one contact looks after by name."""


class ContactIn(Body):
    """Who looks after which households 网格责任人."""

    role: ContactRole
    region_code: RegionCode = Field(description="Where the households live: a village, a township or a wider region")
    area: Text | None = Field(None, max_length=64, description="The part of it: 网格, 村民小组 or 楼栋")
    household_codes: list[HouseholdCode] = Field(
        default_factory=list,
        max_length=MOST_HOUSEHOLDS,
        description="The households looked after by name; none: all households of the region",
    )


class ContactOut(BaseModel):
    """A contact, and the households looked after by name."""

    contact_code: str
    role: ContactRole
    region_code: str
    area: str | None
    household_codes: list[str]
    version: int
    updated_at: dt.datetime

    @classmethod
    def of(cls, row: Any, household_codes: Sequence[str]) -> Self:
        """A contact from its row."""
        return cls(
            contact_code=row.code,
            role=row.role,
            region_code=row.region_code,
            area=row.area,
            household_codes=list(household_codes),
            version=row.version,
            updated_at=row.updated_at,
        )


class HouseholdContact(BaseModel):
    """A contact who looks after a household."""

    contact_code: str
    role: ContactRole
    area: str | None

    @classmethod
    def of(cls, contact: ContactOfHousehold) -> Self:
        """What households are told of a contact."""
        return cls(contact_code=contact.code, role=contact.role, area=contact.area)


class HouseholdContacts(BaseModel):
    """Who looks after a household, by code."""

    household_code: str
    items: list[HouseholdContact]
