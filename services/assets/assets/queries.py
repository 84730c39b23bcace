"""What can be asked of assets. Every answer is limited to the caller's region."""

import datetime as dt

import sqlalchemy as sa
from pydantic import Field

from services.assets.assets.errors import AssetNotFound
from services.assets.assets.schemas import AssetOut, AssetSummary
from services.assets.assets.sheets import ASSET_LIST
from services.assets.assets.store import load_rights, with_rights
from services.assets.models import Asset
from shared.codes.assets import AssetClass
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.words.said import says


class AssetList(ListQuery):
    """Which assets 资产 are asked for, by code."""

    order = by("code")
    sheet = ASSET_LIST
    region_code: RegionFilter | None = None
    asset_class: AssetClass | None = Field(None, alias="class", description="资产类别")
    updated_after: UpdatedAfter = None


def asset(reading: Reading, code: str, as_of: dt.date | None) -> AssetOut:
    """An asset with the rights of a day, and their history."""
    table = table_of(Asset)
    row = reading.connection.execute(sa.select(table).where(table.c.code == code)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise AssetNotFound(says("none-of-that-code", thing="asset", code=code, region=reading.actor.place))
    return AssetOut.of(with_rights(row, load_rights(reading, code), as_of or reading.today()))


def assets(reading: Reading, asked: AssetList) -> Page[AssetSummary]:
    """Assets without the rights in them."""
    rows = sa.select(table_of(Asset))
    return asked.page(reading, rows, AsKept(AssetSummary))
