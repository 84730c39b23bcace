"""Routes of products."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.consumption.buyers.rules import SUPPLYING
from services.consumption.producers.errors import ProducerNotFound
from services.consumption.products import queries
from services.consumption.products.commands import move_stock, put_product
from services.consumption.products.errors import (
    NotEnoughStock,
    ProductInvalid,
    ProductNotFound,
    StockChanged,
    StockInvalid,
    UnitInUse,
)
from services.consumption.products.schemas import ProductCode, ProductIn, ProductOut, StockIn, StockMoveOut
from shared.db.spelling import CodeInOtherSpelling
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.lists.page import Page
from shared.registers.api import answered, put_responses
from shared.versions import VersionChanged

router = APIRouter(prefix="/products", tags=["products 产品"])
READ, WRITE = "consumption:read", "consumption:write"
Code = Annotated[ProductCode, Path()]


@router.put(
    "/{product_code}",
    operation_id="offerProduct",
    summary="Offer a product, or make the offer what the body says",
    responses=put_responses(
        ProductOut,
        ProducerNotFound,
        ProductNotFound,
        ProductInvalid,
        CodeInOtherSpelling,
        StockChanged,
        UnitInUse,
        VersionChanged,
    ),
)
async def put(
    product_code: Code, body: ProductIn, call: Annotated[Call, calling(WRITE)], expected: IfMatch, response: Response
) -> ProductOut:
    """`stock` is for the first time only. Orders placed before keep the product as it was, and what they reserved."""
    return answered(response, await call.command(put_product, product_code, body, expected))


@router.get(
    "", operation_id="listProducts", summary="Products of all regions, by code", response_model=Page[ProductOut]
)
async def list_products(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.ProductList, Query()],
) -> Page[ProductOut] | Response:
    """What a partner city browses. Filter by where it comes from, what it is, what can be ordered, or by words."""
    return await call.page(queries.products, asked)


@router.get(
    "/{product_code}",
    operation_id="getProduct",
    summary="A product as it can be ordered now",
    responses=responses(ProductNotFound),
)
async def get(product_code: Code, call: Annotated[Call, calling(READ)], response: Response) -> ProductOut:
    """Its price, and how much of it is available."""
    found = await call.query(queries.product, product_code)
    tag(response, found.version)
    return found


@router.post(
    "/{product_code}/stock",
    operation_id="moveStock",
    status_code=201,
    summary="Say what was counted, or what came in or went beside orders",
    response_model=StockMoveOut,
    responses=responses(ProductNotFound, NotEnoughStock, StockInvalid),
)
async def post_stock(
    product_code: Code,
    body: StockIn,
    call: Annotated[Call, calling(WRITE)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """What is ordered already is kept apart. Send an `Idempotency-Key`, so that a change sent again counts once."""
    return await call.once(idempotency_key, 201, move_stock, product_code, body)


@router.get(
    "/{product_code}/stock",
    operation_id="listStockMovements",
    summary="How a stock moved beside orders, the latest first",
    responses=responses(ProductNotFound),
    response_model=Page[StockMoveOut],
)
async def list_stock(
    product_code: Code,
    call: Annotated[Call, calling(WRITE, SUPPLYING)],
    asked: Annotated[queries.StockMoveList, Query()],
) -> Page[StockMoveOut] | Response:
    """Who said so, and why. For the supply side of its region."""
    return await call.page(queries.stock_moves, asked, product_code)
