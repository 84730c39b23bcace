"""What clients used of a house, over HTTP."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, Field, model_validator

from shared.clock import day_of, unix_now
from shared.findings import WrongValue
from shared.http.dependencies import Call, calling
from shared.http.fields import Body, Day
from shared.partners.usage import Used, total_of, usage_of
from shared.security.actor import OPERATE
from shared.security.clients import check_subject
from shared.words.said import says

LONGEST_SPAN = 400
"""Days that can be asked for at once."""
_FIRST_SPAN = 30
ClientId = Annotated[str, Field(examples=["hospital-a"]), AfterValidator(check_subject)]
"""The name of a client."""


class DaysAsked(Body):
    """The days that are asked for, both included; without them, the last thirty."""

    from_: Day | None = Field(None, alias="from", description="First business day")
    to: Day | None = Field(None, description="Last business day")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = self.span
        if not 0 <= (last - first).days < LONGEST_SPAN:
            raise WrongValue(says("days-out-of-order", most=LONGEST_SPAN))
        return self

    @property
    def span(self) -> tuple[dt.date, dt.date]:
        """The first and the last day."""
        last = self.to or max(day_of(unix_now()), self.from_ or dt.date.min)
        return self.from_ or last - dt.timedelta(days=min(_FIRST_SPAN - 1, (last - dt.date.min).days)), last


class UsageAsked(DaysAsked):
    """Whose usage is asked for, and of which days."""

    client_id: ClientId | None = Field(None, description="Without it, the caller's own")


class UsageTotal(BaseModel):
    """Requests that were answered."""

    requests: int = Field(description="All, whatever the answer")
    errors: int = Field(description="Of them, those answered 400 or above, without the rejected ones")
    rejected: int = Field(description="Of them, those answered 429 because a limit of the client was used up")


class UsageItem(UsageTotal):
    """What a client used of a group of routes on a business day."""

    day: dt.date
    house: str
    route_group: str = Field(examples=["facts"], description="What stands behind the version in the path")


class UsageOut(BaseModel):
    """Usage 用量 of a client. Counts are up to five seconds behind; a kill loses no more than these."""

    client_id: str
    first_day: dt.date
    last_day: dt.date
    total: UsageTotal
    items: list[UsageItem] = Field(description="By house, day and group of routes")


def items_of(house: str, used: Sequence[Used]) -> list[UsageItem]:
    """What a house counted, as it is answered."""
    return [UsageItem(house=house, **one._asdict()) for one in used]


def usage_router() -> APIRouter:
    """The route of one house."""
    router = APIRouter(tags=["operations"])

    @router.get("/usage", operation_id="getUsage", summary="What a client used of this house, by day and route group")
    async def usage(call: Annotated[Call, calling(OPERATE)], asked: Annotated[UsageAsked, Query()]) -> UsageOut:
        first, last = asked.span
        client_id = asked.client_id or call.client_id
        used = await call.query(usage_of, client_id, first, last)
        return UsageOut(
            client_id=client_id,
            first_day=first,
            last_day=last,
            total=UsageTotal(**total_of(used)),
            items=items_of(call.house.name, used),
        )

    return router
