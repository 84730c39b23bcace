"""The same audit route in every house, for operations: who did or saw what, when and why."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from shared.db.audit import AuditFilter, list_audit
from shared.http.dependencies import Call, calling
from shared.http.fields import Moment
from shared.http.pagination import Page, PageRequest, page_of, page_request, whole_number_after
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


def audit_router() -> APIRouter:
    """The route that shows the audit of one house."""
    router = APIRouter(prefix="/audit", tags=["operations"])

    @router.get("", operation_id="listAudit", summary="Who did or saw what, the newest first")
    async def list_all(
        call: Annotated[Call, calling(OPERATE)],
        page: Annotated[PageRequest, Depends(page_request)],
        subject: Annotated[str | None, Query(max_length=128, description="What it is about: a code or an id")] = None,
        actor: Annotated[str | None, Query(max_length=128, description="Who it was")] = None,
        since: Annotated[Moment | None, Query(alias="from", description="Not before this moment")] = None,
        until: Annotated[Moment | None, Query(alias="to", description="Before this moment")] = None,
    ) -> Page[AuditRow]:
        wanted = AuditFilter(subject, actor, since, until)
        rows = await call.query(list_audit, wanted, whole_number_after(page), page.limit + 1)
        hidden = {} if call.actor.may(PERSONAL) else {"before": None, "after": None}
        return page_of([AuditRow(**row | hidden) for row in rows], page, key=lambda row: (str(row.seq),))

    return router
