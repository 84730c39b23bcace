"""HTTP bodies of requests for data, in and out."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, field_validator

from shared.codes.monitoring import DataRequestAction, DataRequestStatus
from shared.findings import WrongValue
from shared.http.fields import Body, Day, Remark, Text
from shared.regions import RegionFilter
from shared.words.said import says

FieldName = Annotated[Text, Field(max_length=64, examples=["schooling.school_code"])]
"""A field 数据项: one of `GET /fields`, or what is to be collected."""
MAX_FIELDS = 100


class FieldOut(BaseModel):
    """A field 数据项."""

    field: str
    label_zh: str
    held: bool = Field(description="Whether it is held; if not, an open request of your region collects it")


class FieldsOut(BaseModel):
    """All fields that are held, and those that are being collected."""

    items: list[FieldOut]


class DataRequestIn(Body):
    """A request for data 报表数据需求."""

    requester: Annotated[Text, Field(max_length=64)] = Field(
        examples=["县教育局"], description="The department 需求部门"
    )
    purpose: Remark = Field(min_length=1)
    fields: list[FieldName] = Field(min_length=1, max_length=MAX_FIELDS)
    region_code: RegionFilter
    collect: StrictBool = Field(description="Whether the fields are to be collected 采集, or taken from what is held")

    @field_validator("fields")
    @classmethod
    def _are_distinct(cls, fields: list[str]) -> list[str]:
        if len(set(fields)) < len(fields):
            raise WrongValue(says("one-field-twice"))
        return fields


class DataRequestTransitionIn(Body):
    """A step of the procedure."""

    action: DataRequestAction
    on: Day | None = Field(None, description="The day it was done; none: today")
    note: Remark | None = Field(None, min_length=1)


class DataRequestStepOut(BaseModel):
    """One step that was taken with a request."""

    at: dt.datetime
    action: DataRequestAction
    on: dt.date | None
    by: str = Field(description="The client")
    acted_for: str | None = Field(
        None, description="The region level for which a caller of a wider region acted: `village` or `township`"
    )
    status: DataRequestStatus = Field(description="Where the request stood afterwards")
    note: str | None


class DataRequestOut(BaseModel):
    """A request for data with the steps taken."""

    request_id: UUID
    requester: str
    purpose: str
    fields: list[str]
    region_code: str = Field(description="Prefix of the region")
    collect: bool
    status: DataRequestStatus
    requested_by: str
    requested_at: dt.datetime
    updated_at: dt.datetime
    history: list[DataRequestStepOut] = Field(description="The oldest first")
    allowed_actions: list[DataRequestAction] = Field(description="What you may do with it now")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The row of a request with its fields and its history."""
        return cls.model_validate({**row, "request_id": row["id"]})
