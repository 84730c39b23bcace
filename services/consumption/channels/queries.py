"""What can be asked about channels."""

from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from services.consumption.channels.errors import ChannelNotFound
from services.consumption.channels.schemas import ChannelOut
from services.consumption.channels.sheets import CHANNEL_LIST
from services.consumption.models import Channel
from shared.codes.consumption import ChannelKind
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import UpdatedAfter
from shared.lists.filters import holds
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.registers.plain import find_entry

_CHANNELS = table_of(Channel)


def _is_live(reading: Reading) -> sa.ColumnElement[bool]:
    not_over = _CHANNELS.c.valid_to.is_(None) | (_CHANNELS.c.valid_to >= reading.today())
    return (_CHANNELS.c.valid_from <= reading.today()) & not_over


class ChannelList(ListQuery):
    """Which channels are asked for, by code."""

    order = by("code")
    sheet = CHANNEL_LIST
    region_code: RegionFilter | None = None
    kind: ChannelKind | None = None
    live: Annotated[bool | None, holds(_is_live)] = Field(None, description="It goes on today")
    updated_after: UpdatedAfter = None


def channel(reading: Reading, code: str) -> ChannelOut:
    """A channel of the caller's region. Raises ChannelNotFound."""
    return ChannelOut.of(find_entry(reading, Channel, "channel", code, ChannelNotFound))


def channels(reading: Reading, asked: ChannelList) -> Page[ChannelOut]:
    """Those of the caller's region."""
    return asked.page(reading, sa.select(_CHANNELS), AsKept(ChannelOut))
