"""Keeping batches, and taking goods out of them."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from services.consumption.batches.errors import (
    BatchExpired,
    BatchHeld,
    BatchInUse,
    BatchInvalid,
    BatchNotFound,
    BatchShort,
)
from services.consumption.batches.rules.freshness import fresh_until, is_held
from services.consumption.batches.schemas import BatchIn, BatchOut, ContributionOut
from services.consumption.batches.store import Parts as BatchParts
from services.consumption.batches.store import load_parts, lock_batches, write_parts, write_shipped
from services.consumption.models import Batch, Producer, Product
from services.consumption.products.errors import ProductNotFound
from services.consumption.products.rules import format_quantity
from services.consumption.requests.store import HOUSEHOLDS
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.helping.households import HouseholdUnknown
from shared.registers.commands import Parts, Put, Register, put
from shared.versions import ExpectedVersion
from shared.words.said import says

TRACE_CODE_BYTES: Final = 16
"""128 bits: nobody guesses one."""
_PRODUCTS, _PRODUCERS = table_of(Product), table_of(Producer)


class Shipped(NamedTuple):
    """What leaves of a batch with one line of a delivery."""

    line_no: int
    batch_code: str
    product_code: str
    quantity: int


def put_batch(uow: UnitOfWork, code: str, body: BatchIn, expected: ExpectedVersion | None = None) -> Put[BatchOut]:
    """Register a batch, or make it what ``body`` says; its trace code is drawn once.

    Raises:
        ProductNotFound: the product is unknown, or its producer lies outside the caller's region.
        BatchNotFound: the batch is one of another region.
        BatchInUse: some of it has been shipped, and it would be another product, or less than that.
        BatchInvalid: it was harvested or inspected in the future, or inspected before it was harvested.
    """
    return put(uow, _REGISTER, code, body, expected)


def ship_batches(uow: UnitOfWork, shipped: Sequence[Shipped]) -> None:
    """Take what leaves out of its batches: all of it, or nothing.

    Raises BatchNotFound, BatchHeld, BatchExpired and BatchShort with the line at which it fails.
    """
    rows = lock_batches(uow, {one.batch_code for one in shipped})
    parts = load_parts(uow, list(rows))
    gone = {code: row.shipped for code, row in rows.items()}
    for one in shipped:
        row = rows.get(one.batch_code)
        if row is None or row.product_code != one.product_code:
            raise BatchNotFound(says("no-such-batch-of-product", batch=one.batch_code, product=one.product_code))
        _demand_good(uow, one, row, parts[one.batch_code])
        gone[one.batch_code] += one.quantity
        _demand_enough(one, row, gone[one.batch_code])
    for code, total in gone.items():
        write_shipped(uow, code, total)


def _demand_good(uow: UnitOfWork, one: Shipped, row: Any, parts: BatchParts) -> None:
    named = {"batch_code": one.batch_code, "line_no": one.line_no}
    if is_held([inspection.result for inspection in parts.inspections]):
        raise BatchHeld(says("batch-failed-inspection", batch=one.batch_code), **named)
    shelf_life = uow.connection.scalar(
        sa.select(_PRODUCTS.c.shelf_life_days).where(_PRODUCTS.c.code == row.product_code)
    )
    last = fresh_until(row.harvested_on, shelf_life)
    if last is not None and uow.today() > last:
        raise BatchExpired(
            says("batch-past-shelf-life", batch=one.batch_code, last=last), fresh_until=str(last), **named
        )


def _demand_enough(one: Shipped, row: Any, gone: int) -> None:
    if gone > row.quantity:
        left = format_quantity(row.quantity - (gone - one.quantity))
        said = says("batch-has-less", batch=one.batch_code, left=left)
        raise BatchShort(said, batch_code=one.batch_code, line_no=one.line_no, left=left)


def _check(uow: UnitOfWork, body: BatchIn) -> None:
    if body.harvested_on > uow.today():
        raise BatchInvalid.at("/harvested_on", says("in-the-future"))
    for place, inspection in enumerate(body.inspections):
        if inspection.on > uow.today():
            raise BatchInvalid.at(f"/inspections/{place}/on", says("in-the-future"))
        if inspection.on < body.harvested_on:
            raise BatchInvalid.at(f"/inspections/{place}/on", says("inspected-before-harvest"))
    _demand_supplied(uow, body.product_code)
    codes = {one.household_code for one in body.contributions}
    unknown = sorted(codes - HOUSEHOLDS.find(uow, codes).keys())
    if unknown:
        said = says("no-household-in-region", household=unknown[0], region=uow.actor.place)
        raise HouseholdUnknown(said, household_codes=unknown)


def _demand_supplied(uow: UnitOfWork, product_code: str) -> None:
    if not uow.actor.sees(_region_of(uow, product_code) or " "):
        raise ProductNotFound(says("no-such-product-in-region", product=product_code, region=uow.actor.place))


def _region_of(uow: UnitOfWork, product_code: str) -> str | None:
    found = sa.select(_PRODUCERS.c.region_code).join_from(_PRODUCTS, _PRODUCERS)
    region: str | None = uow.connection.scalar(found.where(_PRODUCTS.c.code == product_code))
    return region


def _guard(uow: UnitOfWork, batch: Batch) -> None:
    if not uow.actor.sees(_region_of(uow, batch.product_code) or " "):
        raise BatchNotFound(says("none-of-that-code", thing="batch", code=batch.code, region=uow.actor.place))


def _fields(_uow: UnitOfWork, body: BatchIn, batch: Batch | None) -> dict[str, Any]:
    said = body.model_dump(include={"product_code", "harvested_on", "quantity", "base_code"})
    if batch is None:
        return said | {"shipped": 0, "trace_code": secrets.token_urlsafe(TRACE_CODE_BYTES)}
    if batch.shipped and (body.product_code != batch.product_code or body.quantity < batch.shipped):
        shipped = format_quantity(batch.shipped)
        raise BatchInUse(says("batch-shipped-already", shipped=shipped), shipped=shipped)
    return said


def _said_parts(_uow: UnitOfWork, body: BatchIn, _before: list[BatchParts]) -> list[BatchParts]:
    brought = tuple(ContributionOut.model_validate(one.model_dump()) for one in body.contributions)
    return [BatchParts(tuple(body.inspections), brought)]


def _load_parts(uow: UnitOfWork, code: str) -> list[BatchParts]:
    return [load_parts(uow, [code])[code]]


def _write_parts(uow: UnitOfWork, code: str, _before: Sequence[BatchParts], after: Sequence[BatchParts]) -> None:
    write_parts(uow, code, after[0])


def _demand_living(uow: UnitOfWork, parts: Sequence[BatchParts]) -> None:
    HOUSEHOLDS.demand_living(uow, {one.household_code for one in parts[0].contributions})


def _audit_view(batch: Batch, parts: Sequence[BatchParts]) -> Mapping[str, Any]:
    inspections, contributions = parts[0]
    return {
        "product_code": batch.product_code,
        "harvested_on": batch.harvested_on.isoformat(),
        "quantity": format_quantity(batch.quantity),
        "base_code": batch.base_code,
        "inspections": [one.model_dump(mode="json") for one in inspections],
        "contributions": [one.model_dump(mode="json") for one in contributions],
    }


def _log_fields(batch: Batch, parts: Sequence[BatchParts]) -> Mapping[str, Any]:
    return {"batch": batch.code, "product": batch.product_code, "households": len(parts[0].contributions)}


def _shown(_uow: UnitOfWork, batch: Batch, parts: Sequence[BatchParts]) -> BatchOut:
    return BatchOut.of(batch, *parts[0])


_REGISTER: Final = Register(
    model=Batch,
    guard=_guard,
    fields=_fields,
    audit_view=_audit_view,
    log_fields=_log_fields,
    shown=_shown,
    entered="batch.put",
    changed="batch.put",
    check=_check,
    parts=Parts(_load_parts, _said_parts, _write_parts, _demand_living),
)
