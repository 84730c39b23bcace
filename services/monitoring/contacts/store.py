"""Rows of contacts: whom each looks after, and who looks after whom."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

import sqlalchemy as sa

from services.monitoring.contacts.errors import ContactNotFound
from services.monitoring.contacts.rules import ContactOfHousehold, regions_around, serves
from services.monitoring.models.contacts import Contact, ContactHousehold
from services.monitoring.models.households import Household
from shared.codes.monitoring import ContactRole
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.words.said import says

_CONTACTS, _NAMED, _HOUSEHOLDS = table_of(Contact), table_of(ContactHousehold), table_of(Household)
_NAMES_SOMEBODY = sa.exists().where(_NAMED.c.contact_code == _CONTACTS.c.code)
_SELECT_REGIONS = sa.select(_HOUSEHOLDS.c.code, _HOUSEHOLDS.c.region_code).where(is_one_of(_HOUSEHOLDS.c.code, "codes"))
_SELECT_NAMING = (
    sa.select(_NAMED.c.household_code, _CONTACTS.c.code, _CONTACTS.c.role, _CONTACTS.c.area, _CONTACTS.c.region_code)
    .join(_CONTACTS, _CONTACTS.c.code == _NAMED.c.contact_code)
    .where(is_one_of(_NAMED.c.household_code, "codes"))
)
_SELECT_OF_REGIONS = sa.select(_CONTACTS.c.code, _CONTACTS.c.role, _CONTACTS.c.area, _CONTACTS.c.region_code).where(
    is_one_of(_CONTACTS.c.region_code, "regions"), ~_NAMES_SOMEBODY
)
_SELECT_NAMED = (
    sa.select(_NAMED.c.contact_code, _NAMED.c.household_code)
    .where(is_one_of(_NAMED.c.contact_code, "codes"))
    .order_by(_NAMED.c.contact_code, _NAMED.c.household_code)
)


def contacts_of(reading: Reading, household_codes: Collection[str]) -> Mapping[str, Sequence[ContactOfHousehold]]:
    """Who looks after each of these households: whoever names it, and whoever looks after all of its region, by code.

    A household that moved out of a contact's region is looked after by that contact no more.
    """
    homes = load_homes(reading, household_codes)
    found: defaultdict[str, list[ContactOfHousehold]] = defaultdict(list)
    for household_code, *contact in reading.connection.execute(_SELECT_NAMING, {"codes": list(homes)}):
        named = ContactOfHousehold(*contact)
        if serves(named.region_code, homes[household_code]):
            found[household_code].append(named)
    of_regions = _load_of_regions(reading, homes.values())
    for household_code, region_code in homes.items():
        found[household_code] += chain.from_iterable(of_regions.get(one, ()) for one in regions_around(region_code))
    return {household_code: sorted(contacts) for household_code, contacts in found.items()}


def demand_contact(reading: Reading, contact_code: str) -> Contact:
    """A contact of the caller's region. Raises ContactNotFound."""
    contact = reading.session.get(Contact, contact_code)
    if contact is None or not reading.actor.sees(contact.region_code):
        place = reading.actor.place
        raise ContactNotFound(says("none-of-that-code", thing="contact", code=contact_code, region=place))
    return contact


def is_contact_of(
    reading: Reading,
    contact_code: str,
    household_code: str,
    region_code: str,
    role: ContactRole = ContactRole.MONITOR_CONTACT,
) -> bool:
    """Whether somebody is a contact of this role, by default a 监测联系人, of a household that lives in this region."""
    contact = reading.session.get(Contact, contact_code)
    if contact is None or contact.role != role or not serves(contact.region_code, region_code):
        return False
    named = load_named(reading, [contact_code]).get(contact_code, ())
    return not named or household_code in named


def load_homes(reading: Reading, household_codes: Collection[str]) -> dict[str, str]:
    """Where each of these households lives; nothing of those that are not registered."""
    found = reading.connection.execute(_SELECT_REGIONS, {"codes": list(household_codes)})
    return {row.code: row.region_code for row in found}


def load_named(reading: Reading, contact_codes: Collection[str]) -> Mapping[str, Sequence[str]]:
    """The households that each of these contacts looks after by name; nothing of those that look after a region."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for contact_code, household_code in reading.connection.execute(_SELECT_NAMED, {"codes": list(contact_codes)}):
        found[contact_code].append(household_code)
    return found


def write_named(uow: UnitOfWork, contact_code: str, before: Collection[str], after: Sequence[str]) -> None:
    """Keep these households as those that a contact looks after by name, in the place of those before."""
    gone = [code for code in before if code not in after]
    if gone:
        leaving = (_NAMED.c.contact_code == contact_code) & is_one_of(_NAMED.c.household_code, "gone")
        uow.connection.execute(sa.delete(_NAMED).where(leaving), {"gone": gone})
    new = [code for code in after if code not in before]
    insert_rows(uow.connection, _NAMED, [{"contact_code": contact_code, "household_code": code} for code in new])


def _load_of_regions(reading: Reading, regions: Collection[str]) -> Mapping[str, Sequence[ContactOfHousehold]]:
    """Those who look after all of a region, by its full code; none of those that name households."""
    around = sorted({code for region in regions for code in regions_around(region)})
    found: defaultdict[str, list[ContactOfHousehold]] = defaultdict(list)
    for row in reading.connection.execute(_SELECT_OF_REGIONS, {"regions": around}):
        found[row.region_code].append(ContactOfHousehold(*row))
    return found
