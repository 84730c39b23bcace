"""Tables of requests for data: who asks the villages for what."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import KEPT_BY_KEY, Base
from shared.codes.monitoring import DataRequestStatus
from shared.db.base import UtcDateTime, closed_code
from shared.http.fields import MAX_REMARK


class DataRequest(Base, table=True):
    """A request for data 报表数据需求 of a region, and where it stands."""

    __tablename__ = "data_request"
    __table_args__ = (
        sa.Index("ix_data_request_requested_at_id", "requested_at", "id"),
        sa.Index("ix_data_request_updated_at_id", "updated_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    requester: str = Field(max_length=64)
    """The department 需求部门 that asks."""
    purpose: str = Field(max_length=MAX_REMARK)
    region_code: str = Field(max_length=12)
    """The prefix of the region."""
    collect: bool
    """Whether the fields are to be collected 采集, or else taken from what is held."""
    status: DataRequestStatus = Field(sa_type=closed_code(DataRequestStatus))
    version: int
    """Grows by one with every step."""
    requested_by: str = Field(max_length=128)
    requested_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class DataRequestField(Base, table=True):
    """A field 数据项 that a request asks for."""

    __tablename__ = "data_request_field"
    __table_args__ = (sa.Index("ix_data_request_field_field", "field"), KEPT_BY_KEY)

    request_id: UUID = Field(primary_key=True, foreign_key="data_request.id")
    place: int = Field(primary_key=True)
    """Where the requester named it."""
    field: str = Field(max_length=64)
