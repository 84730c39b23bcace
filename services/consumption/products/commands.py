"""Keeping products, and their stock beside orders."""

from collections.abc import Sequence
from typing import Any, Final

from services.consumption.models import Commodity, GrowingBase, Producer, Product, StockMove
from services.consumption.producers.errors import ProducerNotFound
from services.consumption.products.errors import (
    NotEnoughStock,
    ProductInvalid,
    ProductNotFound,
    StockChanged,
    StockInvalid,
    UnitInUse,
)
from services.consumption.products.rules import MAX_QUANTITY, format_quantity
from services.consumption.products.schemas import ProductIn, ProductOut, StockIn, StockMoveOut
from services.consumption.products.store import PRODUCTS, select_products, show_products
from shared.contracts.consumption import ProductChanged
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.money import format_yuan
from shared.registers.commands import Put, Register, put
from shared.versions import ExpectedVersion
from shared.words.said import says

_MOVES = table_of(StockMove)
_SAID_OF_IT: Final = (
    "commodity_code",
    "unit_code",
    "grade",
    "season_from",
    "season_to",
    "shelf_life_days",
    "cold_chain",
    "base_code",
)


def put_product(
    uow: UnitOfWork, code: str, body: ProductIn, expected: ExpectedVersion | None = None
) -> Put[ProductOut]:
    """Offer a product, or make the offer what ``body`` says; its stock is set when it is first offered, and only then.

    Orders placed before keep the product as it was, and what they reserved.

    Raises:
        StockChanged: the stock sent is not the one there is.
        UnitInUse: the unit changes while some of the product is there.
    """
    done = put(uow, _REGISTER, code, body, expected)
    if done.changed:
        shown = done.shown
        uow.emit(
            ProductChanged(
                product_code=code,
                producer_code=shown.producer_code,
                commodity_code=shown.commodity_code,
                version=shown.version,
                changed_on=uow.today(),
            ),
            region=shown.region_code,
        )
    return done


def offer_product(uow: UnitOfWork, code: str, body: ProductIn) -> Put[ProductOut]:
    """Offer a product of a file: the same, but the stock is that of the first offer, and nothing is said of it later.

    So a file can be sent again after orders have taken of the stock.
    """
    known = uow.session.get(Product, code) is not None
    return put_product(uow, code, body.model_copy(update={"stock": None}) if known else body)


def move_stock(uow: UnitOfWork, code: str, body: StockIn) -> StockMoveOut:
    """Say what became of a product's stock beside orders 库存调整: what was counted, or by how much it changed.

    Raises:
        ProductNotFound: it is unknown, or its producer lies outside the caller's region.
        NotEnoughStock: more is taken away than is there.
        StockInvalid: it would be more than a stock can be.
    """
    product = _lock(uow, code)
    if product is None:
        raise _not_found(uow, code)
    _demand_supplied(uow, product)
    before = product.available
    after = body.counted if body.counted is not None else before + (body.change or 0)
    if after < 0:
        available = format_quantity(before)
        said = says("stock-less-than-taken", available=available, product=code)
        raise NotEnoughStock(said, product_code=code, available=available)
    if after > MAX_QUANTITY:
        raise StockInvalid.at("/change", says("stock-too-large", most=format_quantity(MAX_QUANTITY)))
    product.available = after
    row = {
        "id": new_id(),
        "product_code": code,
        "moved_at": uow.now(),
        "moved_by": uow.actor.id,
        "was_counted": body.counted is not None,
        "before": before,
        "after": after,
        "reason": body.reason,
        "updated_at": uow.stamp(),
    }
    insert_rows(uow.connection, _MOVES, [row])
    stood = {"available": format_quantity(before)}
    uow.audit("product.stock", code, before=stood, after={"available": format_quantity(after)})
    uow.log_after_commit("product.stock", product=code, counted=row["was_counted"])
    return StockMoveOut.of(row)


def _lock(uow: UnitOfWork, code: str) -> Product | None:
    return uow.session.get(Product, code, with_for_update=True)


def _demand_supplied(uow: UnitOfWork, product: Product) -> None:
    if not uow.actor.sees(_producer_of(uow, product.producer_code).region_code):
        raise _not_found(uow, product.code)


def _not_found(uow: UnitOfWork, code: str) -> ProductNotFound:
    return ProductNotFound(says("no-such-product-in-region", product=code, region=uow.actor.place))


def _fields(uow: UnitOfWork, body: ProductIn, product: Product | None) -> dict[str, Any]:
    """What is offered; of a new product also what can be ordered of it."""
    if not uow.actor.sees(_producer_of(uow, body.producer_code).region_code):
        raise _producer_not_found(uow, body.producer_code)
    _demand_known(uow, body)
    offered = body.model_dump(exclude={"stock", "season"}) | {
        "season_from": body.season and body.season.first,
        "season_to": body.season and body.season.last,
    }
    if product is None:
        return offered | {"available": body.stock or 0}
    _demand_stock_left_alone(product, body)
    return offered


def _demand_known(uow: UnitOfWork, body: ProductIn) -> None:
    if body.commodity_code is not None and uow.session.get(Commodity, body.commodity_code) is None:
        raise ProductInvalid.at("/commodity_code", says("no-such-commodity", commodity=body.commodity_code))
    if body.base_code is not None and uow.session.get(GrowingBase, body.base_code) is None:
        raise ProductInvalid.at("/base_code", says("no-such-base", base=body.base_code))


def _demand_stock_left_alone(product: Product, body: ProductIn) -> None:
    stock = format_quantity(product.available)
    if body.stock is not None and body.stock != product.available:
        raise StockChanged(says("stock-is-another", stock=stock), stock=stock)
    if body.unit != product.unit and product.available:
        named = {"unit": product.unit, "stock": stock}
        raise UnitInUse(says("stock-in-unit", **named), **named)


def _producer_of(uow: UnitOfWork, code: str) -> Producer:
    producer = uow.session.get(Producer, code)
    if producer is None:
        raise _producer_not_found(uow, code)
    return producer


def _producer_not_found(uow: UnitOfWork, code: str) -> ProducerNotFound:
    return ProducerNotFound(says("none-of-that-code", thing="producer", code=code, region=uow.actor.place))


def _shown(uow: UnitOfWork, product: Product, _parts: Sequence[None]) -> ProductOut:
    row = uow.connection.execute(select_products(uow).where(PRODUCTS.c.code == product.code)).one()
    return show_products(uow, [row])[0]


def _log_fields(product: Product, _parts: Sequence[None]) -> dict[str, Any]:
    return {"product": product.code, "producer": product.producer_code}


def _audit_view(product: Product, _parts: Sequence[None]) -> dict[str, Any]:
    """What the audit keeps of a product: no name, which may be a person's."""
    return {
        "producer_code": product.producer_code,
        "unit": product.unit,
        "specification": product.specification,
        "price": format_yuan(product.price),
        "step": product.step and format_quantity(product.step),
        "minimum": product.minimum and format_quantity(product.minimum),
        "available": format_quantity(product.available),
        **{name: getattr(product, name) for name in _SAID_OF_IT},
    }


_REGISTER: Final = Register(
    model=Product,
    guard=_demand_supplied,
    fields=_fields,
    audit_view=_audit_view,
    log_fields=_log_fields,
    shown=_shown,
    entered="product.put",
    changed="product.put",
)
