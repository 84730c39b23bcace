"""The same audit route in every house, for operations: who did or saw what, when and why."""

import datetime as dt
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.audit.chain import BEGINNING
from shared.db.system_tables import SystemTables
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
    prev: str | None = Field(None, description="`hash` of the row before it in the chain; null until it is sealed")
    hash: str | None = Field(
        None,
        description="SHA-256 of the RFC 8785 JSON of this row without `hash`, as `monitoring:pii` sees it; null until"
        " it is sealed, within seconds",
    )


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
    return asked.page(
        reading, _with_seals(reading.system_tables), lambda found: [AuditRow(**row._asdict() | hidden) for row in found]
    )


def _with_seals(tables: SystemTables) -> sa.Select[Any]:
    """The rows with what holds them in the chain."""
    seal, before = tables.audit_seal, tables.audit_seal.alias("seal_before")
    prev = sa.case((seal.c.place == 1, BEGINNING), else_=before.c.hash)
    rows = sa.outerjoin(tables.audit, seal, seal.c.seq == tables.audit.c.seq)
    rows = rows.outerjoin(before, before.c.place == seal.c.place - 1)
    return sa.select(tables.audit, prev.label("prev"), seal.c.hash).select_from(rows)
