"""Registering who looks after which households."""

from collections.abc import Sequence
from typing import Any, Final

from services.monitoring.contacts.errors import ContactInvalid, ContactNotFound
from services.monitoring.contacts.rules import serves
from services.monitoring.contacts.schemas import ContactIn, ContactOut
from services.monitoring.contacts.store import load_homes, load_named, write_named
from services.monitoring.models.contacts import Contact
from shared.db.unit_of_work import UnitOfWork
from shared.findings import Finding
from shared.regions import region_prefix, regions
from shared.registers.commands import Parts, Put, Register, put
from shared.registers.entries import owned_by_region
from shared.versions import ExpectedVersion
from shared.words.said import says


def put_contact(
    uow: UnitOfWork, contact_code: str, body: ContactIn, expected: ExpectedVersion | None = None
) -> Put[ContactOut]:
    """Register who looks after which households, or change it. The same again changes nothing.

    Raises:
        RegionNotAllowed: the region lies outside the caller's own.
        ContactInvalid: there is no such region, or a household named does not live in it.
        ContactNotFound: the code belongs to another region.
        CodeInOtherSpelling, VersionChanged: see `shared.registers`.
    """
    known = uow.session.get(Contact, contact_code)
    if known is not None:  # whose it is comes before what is wrong with the body
        _REGISTER.guard(uow, known)
    return put(uow, _REGISTER, contact_code, body, expected)


def _check(uow: UnitOfWork, body: ContactIn) -> None:
    uow.actor.demand_region(region_prefix(body.region_code))
    if regions().nearest_local(body.region_code) is None:
        raise ContactInvalid.at("/region_code", says("no-such-division"))
    homes = load_homes(uow, body.household_codes)
    strangers = [
        Finding(f"/household_codes/{index}", says("household-lives-elsewhere", household=code))
        for index, code in enumerate(body.household_codes)
        if code not in homes or not serves(body.region_code, homes[code])
    ]
    if strangers:
        raise ContactInvalid.of(strangers)


def _fields(_: UnitOfWork, body: ContactIn, _contact: Contact | None) -> dict[str, Any]:
    return body.model_dump(include={"role", "region_code", "area"})


def _load(uow: UnitOfWork, contact_code: str) -> list[str]:
    return list(load_named(uow, [contact_code]).get(contact_code, ()))


def _audit_view(contact: Contact, named: Sequence[str]) -> dict[str, Any]:
    return {"role": contact.role, "region": contact.region_code, "households": list(named)}


def _log_fields(contact: Contact, named: Sequence[str]) -> dict[str, Any]:
    return {"contact": contact.code, "role": contact.role, "households": len(named)}


_REGISTER: Final[Register[Contact, ContactIn, str, ContactOut]] = Register(
    model=Contact,
    guard=owned_by_region("contact", ContactNotFound),
    fields=_fields,
    audit_view=_audit_view,
    log_fields=_log_fields,
    shown=lambda _uow, contact, named: ContactOut.of(contact, named),
    entered="contact.put",
    changed="contact.put",
    check=_check,
    parts=Parts(load=_load, said=lambda _uow, body, _before: sorted(set(body.household_codes)), write=write_named),
)
