"""Keeping producers and their products."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.consumption.errors import ProducerInvalid, ProducerNotFound, ProductNotFound
from services.consumption.models import HOUSEHOLDS, Producer, ProducerLink, Product
from services.consumption.rules import format_quantity
from services.consumption.schemas import LinkIn, LinkOut, ProducerIn, ProducerOut, ProductIn, ProductOut
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.helping.households import HouseholdUnknown
from shared.money import format_yuan
from shared.regions import regions
from shared.shares import format_share

_LINKS = table_of(ProducerLink)


@dataclass(frozen=True, slots=True)
class PutProducer:
    """A producer after it was put, and whether it is new."""

    producer: ProducerOut
    created: bool


@dataclass(frozen=True, slots=True)
class PutProduct:
    """A product after it was put, and whether it is new."""

    product: ProductOut
    created: bool


def put_producer(uow: UnitOfWork, code: str, body: ProducerIn) -> PutProducer:
    """Register a producer, or make it what ``body`` says. The same again changes nothing.

    Orders placed before keep the shares they were placed with.
    """
    uow.actor.demand_region(body.region_code)
    if regions().nearest_local(body.region_code) is None:
        raise ProducerInvalid.at("/region_code", "no county, township or village has this code")
    _check_households(uow, body.links)
    producer = uow.session.get(Producer, code, with_for_update=True)
    if producer is not None and not uow.actor.sees(producer.region_code):
        raise ProducerNotFound(f"no producer {code} in region {uow.actor.place}")
    before = None if producer is None else show_producer(uow, producer)
    fields: dict[str, Any] = body.model_dump(exclude={"links"})
    if producer is None:
        producer = Producer(code=code, **fields)
        uow.session.add(producer)
    producer.sqlmodel_update(fields)
    uow.session.flush()  # flush: links refer to the producer
    if before is None or [link.model_dump() for link in before.links] != [link.model_dump() for link in body.links]:
        _write_links(uow, code, body.links)
    after = show_producer(uow, producer)
    if after != before:
        uow.audit("producer.put", code, before=_standing(before) if before else None, after=_standing(after))
        uow.note("producer.put", producer=code, region=body.region_code, links=len(body.links))
    return PutProducer(after, created=before is None)


def put_product(uow: UnitOfWork, code: str, body: ProductIn) -> PutProduct:
    """Offer a product, or make it what ``body`` says, with the stock that can be ordered from now on.

    Orders placed before keep their price and what they reserved.
    """
    product = uow.session.get(Product, code, with_for_update=True)
    if product is not None and not uow.actor.sees(_producer_of(uow, product.producer_code).region_code):
        raise ProductNotFound(f"no product {code} in region {uow.actor.place}")
    producer = _producer_of(uow, body.producer_code)
    if not uow.actor.sees(producer.region_code):
        raise ProducerNotFound(f"no producer {body.producer_code} in region {uow.actor.place}")
    before = None if product is None else _offer(product)
    fields = body.model_dump(exclude={"stock"}) | {"available": body.stock}
    same = product is not None and product.model_dump(include=set(fields)) == fields
    if product is None:
        product = Product(code=code, **fields)
        uow.session.add(product)
    product.sqlmodel_update(fields)
    if not same:
        uow.audit("product.put", code, before=before, after=_offer(product))
        uow.note("product.put", product=code, producer=body.producer_code)
    shown = ProductOut.model_validate(product.model_dump() | {"region_code": producer.region_code})
    return PutProduct(shown, created=before is None)


def show_producer(reading: Reading, producer: Any) -> ProducerOut:
    """A producer with its links."""
    rows = reading.connection.execute(sa.select(_LINKS).where(_LINKS.c.producer_code == producer.code))
    links = [LinkOut(household_code=row.household_code, share=row.share, kind=row.branch) for row in rows]
    return ProducerOut(
        producer_code=producer.code,
        name=producer.name,
        kind=producer.kind,
        uscc=producer.uscc,
        region_code=producer.region_code,
        links=sorted(links, key=lambda link: (link.household_code, link.kind)),
    )


def _check_households(uow: UnitOfWork, links: Sequence[LinkIn]) -> None:
    codes = {link.household_code for link in links}
    unknown = sorted(codes - HOUSEHOLDS.find(uow, codes).keys())
    if unknown:
        raise HouseholdUnknown(f"no household {unknown[0]} in region {uow.actor.place}", household_codes=unknown)


def _write_links(uow: UnitOfWork, code: str, links: Sequence[LinkIn]) -> None:
    uow.connection.execute(sa.delete(_LINKS).where(_LINKS.c.producer_code == code))
    rows = [
        {"producer_code": code, "household_code": link.household_code, "branch": link.kind, "share": link.share}
        for link in links
    ]
    insert_rows(uow.connection, _LINKS, rows)


def _producer_of(uow: UnitOfWork, code: str) -> Producer:
    producer = uow.session.get(Producer, code)
    if producer is None:
        raise ProducerNotFound(f"no producer {code} in region {uow.actor.place}")
    return producer


def _standing(producer: ProducerOut) -> dict[str, Any]:
    """What the audit keeps of a producer: no name, which may be a person's."""
    links = [[link.household_code, str(link.kind), format_share(link.share)] for link in producer.links]
    return {"kind": str(producer.kind), "uscc": producer.uscc, "region_code": producer.region_code, "links": links}


def _offer(product: Product) -> dict[str, Any]:
    """What the audit keeps of a product: no name, which may be a person's."""
    return {
        "producer_code": product.producer_code,
        "unit": product.unit,
        "price": format_yuan(product.price),
        "available": format_quantity(product.available),
    }
