"""Keeping producers and the shares of the households behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.consumption.models import Producer, ProducerLink
from services.consumption.producers.errors import ProducerInvalid, ProducerNotFound
from services.consumption.producers.schemas import LinkIn, ProducerIn, ProducerOut
from services.consumption.producers.store import load_links
from services.consumption.requests.store import HOUSEHOLDS
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.spelling import refuse_other_spelling
from shared.db.unit_of_work import UnitOfWork
from shared.helping.households import HouseholdUnknown
from shared.regions import regions
from shared.shares import format_share
from shared.versions import ExpectedVersion, demand_version

_LINKS, _PRODUCERS = table_of(ProducerLink), table_of(Producer)


@dataclass(frozen=True, slots=True)
class PutProducer:
    """A producer after it was put, and whether it is new."""

    producer: ProducerOut
    created: bool


def put_producer(uow: UnitOfWork, code: str, body: ProducerIn, expected: ExpectedVersion | None = None) -> PutProducer:
    """Register a producer, or make it what ``body`` says. The same again changes nothing.

    Orders placed before keep the shares they were placed with. Raises HouseholdHasEnded where what is new or changed
    would link a household that is no more.
    """
    uow.actor.demand_region(body.region_code)
    if regions().nearest_local(body.region_code) is None:
        raise ProducerInvalid.at("/region_code", "no county, township or village has this code")
    _check_households(uow, body.links)
    refuse_other_spelling(uow, _PRODUCERS.c.code, code)
    producer = uow.session.get(Producer, code, with_for_update=True)
    if producer is not None and not uow.actor.sees(producer.region_code):
        raise ProducerNotFound(f"no producer {code} in region {uow.actor.place}")
    demand_version(expected, producer.version if producer else None)
    fields: dict[str, Any] = body.model_dump(exclude={"links"})
    if producer is None:
        producer = Producer(code=code, version=1, **fields)
        uow.session.add(producer)
        return PutProducer(_write(uow, producer, body.links, before=None), created=True)
    before = ProducerOut.of(producer, load_links(uow, producer.code))
    linked = [link.model_dump() for link in before.links]
    if producer.model_dump(include=set(fields)) == fields and linked == [link.model_dump() for link in body.links]:
        return PutProducer(before, created=False)
    producer.sqlmodel_update(fields | {"version": producer.version + 1})
    return PutProducer(_write(uow, producer, body.links, before), created=False)


def _check_households(uow: UnitOfWork, links: Sequence[LinkIn]) -> None:
    codes = {link.household_code for link in links}
    unknown = sorted(codes - HOUSEHOLDS.find(uow, codes).keys())
    if unknown:
        raise HouseholdUnknown(f"no household {unknown[0]} in region {uow.actor.place}", household_codes=unknown)


def _write(uow: UnitOfWork, producer: Producer, links: Sequence[LinkIn], before: ProducerOut | None) -> ProducerOut:
    HOUSEHOLDS.demand_living(uow, {link.household_code for link in links})
    uow.session.flush()  # flush: links refer to the producer
    uow.connection.execute(sa.delete(_LINKS).where(_LINKS.c.producer_code == producer.code))
    rows = [
        {
            "producer_code": producer.code,
            "household_code": link.household_code,
            "branch": link.kind,
            "share": link.share,
        }
        for link in links
    ]
    insert_rows(uow.connection, _LINKS, rows)
    after = ProducerOut.of(producer, load_links(uow, producer.code))
    uow.audit("producer.put", producer.code, before=_audit_view(before) if before else None, after=_audit_view(after))
    uow.note("producer.put", producer=producer.code, region=producer.region_code, links=len(links))
    return after


def _audit_view(producer: ProducerOut) -> dict[str, Any]:
    """What the audit keeps of a producer: no name, which may be a person's."""
    links = [[link.household_code, str(link.kind), format_share(link.share)] for link in producer.links]
    return {"kind": str(producer.kind), "uscc": producer.uscc, "region_code": producer.region_code, "links": links}
