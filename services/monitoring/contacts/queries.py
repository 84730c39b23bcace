"""Who looks after whom."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.monitoring.contacts.schemas import ContactOut, HouseholdContact, HouseholdContacts
from services.monitoring.contacts.sheets import CONTACT_LIST
from services.monitoring.contacts.store import contacts_of, demand_contact, load_named
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.models.contacts import Contact
from services.monitoring.models.households import Household
from shared.codes.monitoring import ContactRole
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says

_CONTACTS = table_of(Contact)
_SELECT_CONTACTS = sa.select(*_CONTACTS.c, _CONTACTS.c.code.label("contact_code"))


class ContactList(ListQuery):
    """Which contacts are asked for, by region and code."""

    order = by("region_code", "contact_code")
    sheet = CONTACT_LIST
    region_code: RegionFilter | None = None
    role: ContactRole | None = None
    updated_after: UpdatedAfter = None


def contacts(reading: Reading, asked: ContactList) -> Page[ContactOut]:
    """Contacts whose region lies within the caller's own, with the households they look after by name."""

    def shown(rows: Sequence[sa.Row[Any]]) -> list[ContactOut]:
        named = load_named(reading, [row.code for row in rows])
        return [ContactOut.of(row, named.get(row.code, ())) for row in rows]

    return asked.page(reading, _SELECT_CONTACTS, shown)


def contact(reading: Reading, contact_code: str) -> ContactOut:
    """A contact of the caller's region. Raises ContactNotFound."""
    row = demand_contact(reading, contact_code)
    return ContactOut.of(row, load_named(reading, [contact_code]).get(contact_code, ()))


def household_contacts(reading: Reading, household_code: str) -> HouseholdContacts:
    """Who looks after a household of the caller's region, those of wider regions included. Raises HouseholdNotFound."""
    household = reading.session.get(Household, household_code)
    if household is None or not reading.actor.sees(household.region_code):
        raise HouseholdNotFound(says("no-household-in-region", household=household_code, region=reading.actor.place))
    found = contacts_of(reading, [household_code]).get(household_code, ())
    return HouseholdContacts(household_code=household_code, items=list(map(HouseholdContact.of, found)))
