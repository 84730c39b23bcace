"""Tables of sources."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import KEPT_BY_KEY, Base
from shared.db.base import UtcDateTime
from shared.db.spelling import spelling_index


class SourceHeard(Base, table=True):
    """When a source brought its last fact 数据源."""

    __tablename__ = "source_heard"

    source: str = Field(primary_key=True, max_length=64)
    last_at: dt.datetime = Field(sa_type=UtcDateTime)


class SourceDay(Base, table=True):
    """How many facts of a type a source brought on a business date 数据接收情况."""

    __tablename__ = "source_day"
    __table_args__ = (KEPT_BY_KEY,)

    source: str = Field(primary_key=True, max_length=64)
    type: str = Field(primary_key=True, max_length=32)
    on: dt.date = Field(primary_key=True)
    rows: int = Field(sa_type=sa.BigInteger)


class Feed(Base, table=True):
    """Feed 共享数据: what a source has agreed to bring every month, and by when (数据共享机制)."""

    __table_args__ = (spelling_index("feed"), sa.Index("ix_feed_updated_at_code", "updated_at", "code"))

    code: str = Field(primary_key=True, max_length=64)
    """The source."""
    kinds: list[str] = Field(sa_type=sa.JSON)
    """The types of facts that it brings."""
    due_day: int
    """The day of the month by which they have to be there; the last one of a shorter month."""
    owner: str = Field(max_length=128)
    """Who answers for it 责任单位."""
    agreed_on: dt.date
    """The business date on which it was registered: it is not waited for on earlier due days."""
    bound_in: str = Field(max_length=12)
    """The region of the client that registered it: that region or a wider one changes it."""
    version: int
    """Grows by one with every change."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When it was put last, in the order of commits."""
