"""Routes of products."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.consumption import queries
from services.consumption.commands.register import put_product
from services.consumption.errors import ProducerNotFound, ProductNotFound
from services.consumption.schemas import ProductCode, ProductIn, ProductOut
from shared.http.dependencies import Call, calling
from shared.http.pagination import Page, PageRequest, page_of, page_request
from shared.http.problems import responses
from shared.regions import RegionFilter
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/products", tags=["products 产品"])
READ, WRITE = "consumption:read", "consumption:write"


def _wanted(
    region_code: RegionFilter | None = None,
    available: Annotated[bool | None, Query(description="Something of it can still be ordered")] = None,
) -> queries.ProductFilter:
    return queries.ProductFilter(region_code, available)


@router.put(
    "/{product_code}",
    summary="Offer a product, or make it what the body says",
    responses={
        201: {"model": ProductOut, "description": "New"},
        **responses(ProducerNotFound, ProductNotFound),
    },
)
async def put(
    product_code: Annotated[ProductCode, Path()],
    body: ProductIn,
    call: Annotated[Call, calling(WRITE)],
    response: Response,
) -> ProductOut:
    """`stock` is what can be ordered from now on; orders placed before keep what they reserved, and their price."""
    done = await call.command(put_product, product_code, body)
    response.status_code = 201 if done.created else 200
    return done.product


@router.get("", summary="Products of your region, by code", responses=responses(RegionNotAllowed))
async def list_products(
    call: Annotated[Call, calling(READ)],
    wanted: Annotated[queries.ProductFilter, Depends(_wanted)],
    page: Annotated[PageRequest, Depends(page_request)],
) -> Page[ProductOut]:
    """What a partner city browses. Filter by the producer's region, or by what can be ordered."""
    return page_of(await call.query(queries.products, wanted, page), page, queries.product_key)


@router.get("/{product_code}", summary="A product as it can be ordered now", responses=responses(ProductNotFound))
async def get(product_code: Annotated[ProductCode, Path()], call: Annotated[Call, calling(READ)]) -> ProductOut:
    """Its price, and how much of it is available."""
    return await call.query(queries.product, product_code)
