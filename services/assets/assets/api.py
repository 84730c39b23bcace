"""Routes of assets and the rights in them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.assets.assets import queries
from services.assets.assets.commands import put_asset
from services.assets.assets.errors import AssetInvalid, AssetNotFound
from services.assets.assets.schemas import AssetCode, AssetIn, AssetOut, AssetSummary
from shared.db.spelling import CodeInOtherSpelling
from shared.http.dependencies import Call, calling
from shared.http.fields import Day
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.lists.page import Page
from shared.registers.api import answered, put_responses
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(prefix="/assets", tags=["assets 资产"])
READ, WRITE = "assets:read", "assets:write"
Code = Annotated[AssetCode, Path()]


@router.put(
    "/{asset_code}",
    operation_id="registerAsset",
    summary="Enter an asset, or make it what the body says",
    responses=put_responses(
        AssetOut, AssetInvalid, AssetNotFound, RegionNotAllowed, CodeInOtherSpelling, VersionChanged
    ),
)
async def put(
    asset_code: Code, body: AssetIn, call: Annotated[Call, calling(WRITE)], expected: IfMatch, response: Response
) -> AssetOut:
    """The whole asset every time; the same again changes nothing. Changed rights begin today."""
    return answered(response, await call.command(put_asset, asset_code, body, expected))


@router.get(
    "",
    operation_id="listAssets",
    summary="Assets of your region, by code",
    responses=responses(RegionNotAllowed),
    response_model=Page[AssetSummary],
)
async def list_assets(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.AssetList, Query()],
) -> Page[AssetSummary] | Response:
    """Filter by region or class. With `updated_after` they come in the order in which they changed."""
    return await call.page(queries.assets, asked)


@router.get(
    "/{asset_code}",
    operation_id="getAsset",
    summary="An asset with the rights in it",
    responses=responses(AssetNotFound),
)
async def get_asset(
    asset_code: Code,
    call: Annotated[Call, calling(READ)],
    response: Response,
    as_of: Annotated[Day | None, Query(description="The rights of which day; default the business date")] = None,
) -> AssetOut:
    """The rights of a day, and the history of all."""
    found = await call.query(queries.asset, asset_code, as_of)
    tag(response, found.version)
    return found
