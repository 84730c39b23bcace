"""The same audit route in every house, for operations: who did or saw what, when and why."""

import datetime as dt
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.db.unit_of_work import Reading
from shared.http.dependencies import Call, calling
from shared.http.fields import Moment
from shared.http.sheets import AUDIT_LIST
from shared.lists.filters import is_before, is_not_before
from shared.lists.order import Order
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.security.actor import OPERATE, PERSONAL


class AuditRow(BaseModel):
    """One thing somebody did or saw."""

    model_config = ConfigDict(from_attributes=True)

    seq: int = Field(description="The order rows were written in")
    at: dt.datetime
    actor: str = Field(description="A client's id; `system` is the machine, `operator` its own command line")
    action: str = Field(description="`person.read` is a look at a person in clear")
    subject: str
    before: dict[str, Any] | None = Field(description="What it was; null without `monitoring:pii`, like what it became")
    after: dict[str, Any] | None
    reason: str | None = Field(description="Of a look: what the header `X-Purpose` said")
    correlation_id: str


class AuditList(ListQuery):
    """Which rows of the audit are asked for, the newest first."""

    order = Order(("seq",), descending=True)
    sheet = AUDIT_LIST
    region = None
    subject: str | None = Field(None, max_length=128, description="What it is about: a code or an id")
    actor: str | None = Field(None, max_length=128, description="Who it was")
    since: Annotated[Moment | None, is_not_before("at")] = Field(
        None, alias="from", description="Not before this moment"
    )
    until: Annotated[Moment | None, is_before("at")] = Field(None, alias="to", description="Before this moment")


def audit_router() -> APIRouter:
    """The route that shows the audit of one house."""
    router = APIRouter(prefix="/audit", tags=["operations"])

    @router.get(
        "", operation_id="listAudit", summary="Who did or saw what, the newest first", response_model=Page[AuditRow]
    )
    async def list_all(
        call: Annotated[Call, calling(OPERATE)], asked: Annotated[AuditList, Query()]
    ) -> Page[AuditRow] | Response:
        return await call.page(_page, asked)

    return router


def _page(reading: Reading, asked: AuditList) -> Page[AuditRow]:
    hidden = {} if reading.actor.may(PERSONAL) else {"before": None, "after": None}
    rows = sa.select(reading.system_tables.audit)
    return asked.page(reading, rows, lambda found: [AuditRow(**row._asdict() | hidden) for row in found])
