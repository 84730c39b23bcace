"""Tables of sources."""

import datetime as dt

from sqlmodel import Field

from services.monitoring.models.base import Base
from shared.db.base import UtcDateTime


class SourceHeard(Base, table=True):
    """When a source brought its last fact 数据源."""

    __tablename__ = "source_heard"

    source: str = Field(primary_key=True, max_length=64)
    last_at: dt.datetime = Field(sa_type=UtcDateTime)
