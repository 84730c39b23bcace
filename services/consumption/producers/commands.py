"""Keeping producers, and the shares of the households and cooperatives behind them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.consumption.models import Producer
from services.consumption.producers.errors import ProducerInvalid, ProducerNotFound
from services.consumption.producers.schemas import LinkIn, LinkOut, ProducerIn, ProducerOut
from services.consumption.producers.store import COOPERATIVE_LINKS, LINKS, load_links, show_producer
from services.consumption.requests.store import HOUSEHOLDS
from shared.codes.consumption import ProducerKind
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork
from shared.helping.households import HouseholdUnknown
from shared.registers.commands import Parts, Put, Register, put
from shared.registers.entries import owned_by_region
from shared.registers.plain import demand_place
from shared.versions import ExpectedVersion
from shared.words.said import says

_PRODUCERS = table_of(Producer)
_SELECT_KINDS_FOR_UPDATE = (
    sa.select(_PRODUCERS.c.code, _PRODUCERS.c.kind)
    .where(is_one_of(_PRODUCERS.c.code, "codes"))
    .order_by(_PRODUCERS.c.code)
    .with_for_update()
)
_SELECT_FIRM = (
    sa.select(COOPERATIVE_LINKS.c.producer_code)
    .where(COOPERATIVE_LINKS.c.cooperative_code == sa.bindparam("of_producer"))
    .limit(1)
)


def put_producer(
    uow: UnitOfWork, code: str, body: ProducerIn, expected: ExpectedVersion | None = None
) -> Put[ProducerOut]:
    """Register a producer, or make it what ``body`` says. The same again changes nothing.

    Orders placed before keep the shares they were placed with. Raises HouseholdHasEnded where what is new or changed
    would link a household that is no more, and ProducerInvalid where links would go over more than one level, or to a
    household under the code of the producer: every buyer sees that one.
    """
    _demand_code_of_its_own(code, body)
    known = _lock(uow, {code, *_codes(body.links, "producer_code")})
    _demand_one_level(uow, code, body, known)
    return put(uow, _REGISTER, code, body, expected)


def _demand_code_of_its_own(code: str, body: ProducerIn) -> None:
    for index, link in enumerate(body.links):
        if link.household_code is not None and link.household_code.casefold() == code.casefold():
            raise ProducerInvalid.at(f"/links/{index}/household_code", says("producer-code-is-seen"))


def _lock(uow: UnitOfWork, codes: set[str]) -> dict[str, ProducerKind]:
    """The kinds of these producers, locked by code: of two that link to each other, the second sees the first."""
    rows = uow.connection.execute(_SELECT_KINDS_FOR_UPDATE, {"codes": sorted(codes)})
    return {row.code: row.kind for row in rows}


def _codes(links: Sequence[LinkIn], name: str) -> set[str]:
    return {code for link in links if (code := getattr(link, name)) is not None}


def _demand_one_level(uow: UnitOfWork, code: str, body: ProducerIn, known: Mapping[str, ProducerKind]) -> None:
    """A firm is bound to cooperatives, these to households 双绑: there is one level between, and no ring."""
    for index, link in enumerate(body.links):
        if link.producer_code is None:
            continue
        if body.kind is not ProducerKind.FIRM:
            raise ProducerInvalid.at(f"/links/{index}/producer_code", says("cooperatives-of-a-firm"))
        if link.producer_code == code or known.get(link.producer_code) is not ProducerKind.COOPERATIVE:
            said = says("no-such-cooperative", producer=link.producer_code)
            raise ProducerInvalid.at(f"/links/{index}/producer_code", said)
    if body.kind is not ProducerKind.COOPERATIVE and uow.connection.scalar(_SELECT_FIRM, {"of_producer": code}):
        raise ProducerInvalid.at("/kind", says("firms-are-bound-to-it"))


def _check(uow: UnitOfWork, body: ProducerIn) -> None:
    demand_place(uow, ProducerInvalid, body.region_code)
    codes = _codes(body.links, "household_code")
    unknown = sorted(codes - HOUSEHOLDS.find(uow, codes).keys())
    if unknown:
        said = says("no-household-in-region", household=unknown[0], region=uow.actor.place)
        raise HouseholdUnknown(said, household_codes=unknown)


def _fields(_uow: UnitOfWork, body: ProducerIn, _producer: Producer | None) -> dict[str, Any]:
    return body.model_dump(exclude={"links"})


def _said_links(_uow: UnitOfWork, body: ProducerIn, _before: list[LinkOut]) -> list[LinkOut]:
    said = [LinkOut.model_validate(link.model_dump()) for link in body.links]
    return sorted(said, key=LinkOut.place)


def _demand_living(uow: UnitOfWork, links: Sequence[LinkOut]) -> None:
    HOUSEHOLDS.demand_living(uow, {link.household_code for link in links if link.household_code is not None})


def _write_links(uow: UnitOfWork, code: str, _before: Sequence[LinkOut], links: Sequence[LinkOut]) -> None:
    for table in (LINKS, COOPERATIVE_LINKS):
        uow.connection.execute(sa.delete(table).where(table.c.producer_code == code))
    households = [link for link in links if link.household_code is not None]
    insert_rows(uow.connection, LINKS, [_row(code, link, household_code=link.household_code) for link in households])
    cooperatives = [link for link in links if link.producer_code is not None]
    rows = [_row(code, link, cooperative_code=link.producer_code) for link in cooperatives]
    insert_rows(uow.connection, COOPERATIVE_LINKS, rows)


def _row(code: str, link: LinkOut, **to: str | None) -> dict[str, Any]:
    branch = {} if link.kind is None else {"branch": link.kind}
    term = {name: getattr(link, name) for name in ("share", "form", "valid_from", "valid_to")}
    return {"producer_code": code, **to, **branch, **term}


def _audit_view(producer: Producer, links: Sequence[LinkOut]) -> dict[str, Any]:
    """What the audit keeps of a producer: no name, which may be a person's."""
    shares = [link.model_dump(mode="json", exclude_none=True) for link in links]
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
