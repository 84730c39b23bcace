"""Keeping producers and the shares of the households behind them."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.consumption.models import Producer, ProducerLink
from services.consumption.producers.errors import ProducerInvalid, ProducerNotFound
from services.consumption.producers.schemas import LinkOut, ProducerIn, ProducerOut
from services.consumption.producers.store import load_links, show_producer
from services.consumption.requests.store import HOUSEHOLDS
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.helping.households import HouseholdUnknown
from shared.regions import regions
from shared.registers.commands import Parts, Put, Register, put
from shared.registers.entries import owned_by_region
from shared.shares import format_share
from shared.versions import ExpectedVersion
from shared.words.said import says

_LINKS = table_of(ProducerLink)


def put_producer(
    uow: UnitOfWork, code: str, body: ProducerIn, expected: ExpectedVersion | None = None
) -> Put[ProducerOut]:
    """Register a producer, or make it what ``body`` says. The same again changes nothing.

    Orders placed before keep the shares they were placed with. Raises HouseholdHasEnded where what is new or changed
    would link a household that is no more.
    """
    return put(uow, _REGISTER, code, body, expected)


def _check(uow: UnitOfWork, body: ProducerIn) -> None:
    uow.actor.demand_region(body.region_code)
    if regions().nearest_local(body.region_code) is None:
        raise ProducerInvalid.at("/region_code", says("no-such-division"))
    codes = {link.household_code for link in body.links}
    unknown = sorted(codes - HOUSEHOLDS.find(uow, codes).keys())
    if unknown:
        said = says("no-household-in-region", household=unknown[0], region=uow.actor.place)
        raise HouseholdUnknown(said, household_codes=unknown)


def _fields(_uow: UnitOfWork, body: ProducerIn, _producer: Producer | None) -> dict[str, Any]:
    return body.model_dump(exclude={"links"})


def _said_links(_uow: UnitOfWork, body: ProducerIn, _before: list[LinkOut]) -> list[LinkOut]:
    return [LinkOut.model_validate(link.model_dump()) for link in body.links]


def _demand_living(uow: UnitOfWork, links: Sequence[LinkOut]) -> None:
    HOUSEHOLDS.demand_living(uow, {link.household_code for link in links})


def _write_links(uow: UnitOfWork, code: str, _before: Sequence[LinkOut], links: Sequence[LinkOut]) -> None:
    uow.connection.execute(sa.delete(_LINKS).where(_LINKS.c.producer_code == code))
    rows = [
        {"producer_code": code, "household_code": link.household_code, "branch": link.kind, "share": link.share}
        for link in links
    ]
    insert_rows(uow.connection, _LINKS, rows)


def _audit_view(producer: Producer, links: Sequence[LinkOut]) -> dict[str, Any]:
    """What the audit keeps of a producer: no name, which may be a person's."""
    shares = [[link.household_code, str(link.kind), format_share(link.share)] for link in links]
    return {"kind": str(producer.kind), "uscc": producer.uscc, "region_code": producer.region_code, "links": shares}


def _log_fields(producer: Producer, links: Sequence[LinkOut]) -> dict[str, Any]:
    return {"producer": producer.code, "region": producer.region_code, "links": len(links)}


_REGISTER: Final = Register(
    model=Producer,
    guard=owned_by_region("producer", ProducerNotFound),
    fields=_fields,
    audit_view=_audit_view,
    log_fields=_log_fields,
    shown=show_producer,
    entered="producer.put",
    changed="producer.put",
    check=_check,
    parts=Parts(load_links, _said_links, _write_links, _demand_living),
)
