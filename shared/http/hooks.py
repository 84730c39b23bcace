"""The same routes of webhooks in every house: where a client wants to be told of changes."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator, BaseModel, Field

from shared.codes.operations import DeliveryStatus, PauseCause, WebhookState
from shared.db.unit_of_work import Reading
from shared.errors import Invalid
from shared.findings import WrongValue
from shared.hooks.addresses import MAX_URL
from shared.hooks.calling import demand_reach
from shared.hooks.commands import Asked, delete_webhook, put_webhook, resend, rotate_secret
from shared.hooks.errors import ChangeNotKept, DeliveryNotFound, TooManyWebhooks, WebhookNotFound
from shared.hooks.owners import Owners
from shared.hooks.queries import no_such_delivery, owned, signing_of, visible
from shared.hooks.signing import check_secret
from shared.hooks.store import COUNTED_AT_MOST, is_retrying, waiting
from shared.hooks.trials import try_webhook
from shared.http.dependencies import Call, calling
from shared.http.fields import Body, Code, check_event_types
from shared.http.problems import responses
from shared.http.sheets import DELIVERY_LIST, WEBHOOK_LIST
from shared.lists.filters import Columns
from shared.lists.order import Order, by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.security.actor import OPERATE
from shared.words.said import Said

_MAX_TYPES = 200
_WHOSE = "Whose webhook it is, for operations; without it, your own"


def _known_type(name: str) -> str:
    check_event_types([name])
    return name


EventType = Annotated[str, Field(max_length=96), AfterValidator(_known_type)]
Secret = Annotated[str, Field(max_length=128), AfterValidator(check_secret)]


class WebhookIn(Body):
    """Where a client wants to be told, and of what."""

    url: str = Field(max_length=MAX_URL, examples=["https://partner.example/shouxian"])
    types: list[EventType] = Field([], max_length=_MAX_TYPES, description="Types of events; none for all")
    active: bool = Field(True, description="False pauses it; true takes it up again where it stood")
    secret: Secret | None = Field(None, description="`whsec_` and base64 of 24 to 64 bytes; null to have one made")


class WebhookOut(BaseModel):
    """A webhook 推送地址: where a client is told of changes, and how that stands."""

    code: str
    client_id: str = Field(description="The client it belongs to")
    url: str
    types: list[str]
    active: bool
    state: WebhookState
    paused_because: PauseCause | None
    waiting: int = Field(description=f"Changes that are to be delivered, counted up to {COUNTED_AT_MOST}")
    oldest_waiting_at: dt.datetime | None = Field(description="When the oldest of them happened")
    behind_since: dt.datetime | None = Field(
        description="When the feed lost changes that were not delivered: read the lists, then set it up again"
    )
    failures: int = Field(description="Tries that failed since the last one that did not")
    next_try_at: dt.datetime | None = Field(description="Before then nothing is tried; null where nothing is held back")
    last_delivered_at: dt.datetime | None
    last_failed_at: dt.datetime | None
    last_error: str | None
    two_secrets_until: dt.datetime | None = Field(description="Until then the secret before signs as well")
    created_at: dt.datetime
    set_up_at: dt.datetime = Field(description="When its owner last changed it")


class WebhookSetOut(WebhookOut):
    """A webhook as it was set up, with its secret where that is new."""

    secret: str | None = Field(description="Shown this once; null where it stays as it was")


class TriedOut(BaseModel):
    """What came of a message that was sent to try a webhook."""

    id: str = Field(description="`webhook-id` of the message")
    delivered: bool
    status: int | None = Field(description="What the receiver answered; null where it answered nothing")
    error: str | None
    seconds: float


class DeliveryOut(BaseModel):
    """What became of one change that a webhook tells 投递记录."""

    id: UUID = Field(description="Id of the change, and `webhook-id` of its messages")
    seq: int = Field(description="Its place in the feed of the house")
    type: str
    subject: str
    status: DeliveryStatus
    attempts: int
    first_tried_at: dt.datetime | None = Field(description="When it first failed")
    next_try_at: dt.datetime | None
    answered: int | None = Field(description="Status of the last answer; null where there was none")
    error: str | None
    changed_at: dt.datetime


class WebhookList(ListQuery):
    """Which webhooks are asked for, by client and code."""

    order = by("client_id", "code")
    sheet = WEBHOOK_LIST
    region = None
    client_id: str | None = Field(None, max_length=64, description="Whose, for operations")

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """A client sees its own; operations see all."""
        return visible(reading, columns["client_id"])


class DeliveryList(ListQuery):
    """Which deliveries of a webhook are asked for, the newest change first."""

    order = Order(("seq",), descending=True)
    sheet = DELIVERY_LIST
    region = None
    status: DeliveryStatus | None = None
    type: str | None = Field(None, max_length=96)
    client_id: str | None = Field(None, max_length=64, description=_WHOSE)


WebhookCode = Annotated[Code, Path()]
ClientId = Annotated[str | None, Query(max_length=64, description=_WHOSE)]


def webhooks_router(house: str) -> APIRouter:
    """Routes of the webhooks of one house. A client has to do with its own; operations with those of all."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])
    scopes = (f"{house}:read", OPERATE)
    unknown = responses(WebhookNotFound)

    @router.get("", operation_id="listWebhooks", summary="Your webhooks, by code", response_model=Page[WebhookOut])
    async def list_all(
        call: Annotated[Call, calling(*scopes)], asked: Annotated[WebhookList, Query()]
    ) -> Page[WebhookOut] | Response:
        """Each with how it stands. Operations see those of all clients."""
        return await call.page(_webhooks, asked, call.house.owners)

    @router.put(
        "/{webhook_code}",
        operation_id="setUpWebhook",
        summary="Be told of changes at a url, or change that",
        responses={
            201: {"model": WebhookSetOut, "description": "New: it is told what happens from now on"},
            **responses(TooManyWebhooks),
        },
    )
    async def put(
        webhook_code: WebhookCode, body: WebhookIn, call: Annotated[Call, calling(f"{house}:read")], response: Response
    ) -> WebhookSetOut:
        """It is told what you see by the token that you send this with. A paused one goes on where it stood."""
        await _demand_reach(call, body.url)
        asked = Asked(body.url, body.types, body.active, body.secret, call.client_id)
        done = await call.command(put_webhook, webhook_code, asked)
        response.status_code = 201 if done.created else 200
        return await _with_secret(call, webhook_code, done.secret)

    @router.get("/{webhook_code}", operation_id="getWebhook", summary="A webhook, and how it stands", responses=unknown)
    async def get_one(
        webhook_code: WebhookCode, call: Annotated[Call, calling(*scopes)], client_id: ClientId = None
    ) -> WebhookOut:
        """What waits, what failed last, and why nothing is sent where it is paused."""
        return await call.query(_webhook, client_id, webhook_code, call.house.owners)

    @router.delete(
        "/{webhook_code}",
        operation_id="deleteWebhook",
        summary="Be told no more",
        status_code=204,
        responses=unknown,
    )
    async def delete(
        webhook_code: WebhookCode, call: Annotated[Call, calling(*scopes)], client_id: ClientId = None
    ) -> None:
        """What waits is told no more either."""
        await call.command(delete_webhook, client_id, webhook_code)

    @router.post(
        "/{webhook_code}/rotate",
        operation_id="rotateWebhookSecret",
        summary="A new secret, shown once; the one before signs beside it for 24 hours",
        responses=unknown,
    )
    async def rotate(webhook_code: WebhookCode, call: Annotated[Call, calling(f"{house}:read")]) -> WebhookSetOut:
        """Take both for a day: each message carries a signature by either."""
        secret = await call.command(rotate_secret, None, webhook_code)
        return await _with_secret(call, webhook_code, secret)

    @router.post(
        "/{webhook_code}/test",
        operation_id="tryWebhook",
        summary="Send a message that tells of nothing, now",
        responses=unknown,
    )
    async def post_test(
        webhook_code: WebhookCode, call: Annotated[Call, calling(*scopes)], client_id: ClientId = None
    ) -> TriedOut:
        """It is formed and signed like every other, also where the webhook is paused, and not tried again."""
        url, secrets, now = await call.query(signing_of, client_id, webhook_code)
        tried = await try_webhook(house, webhook_code, url, secrets, now, call.house.reach)
        outcome = tried.outcome
        error = None if outcome.error is None else outcome.error.text
        return TriedOut(
            id=tried.message_id, delivered=outcome.delivered, status=outcome.status, error=error, seconds=tried.seconds
        )

    @router.get(
        "/{webhook_code}/deliveries",
        operation_id="listDeliveries",
        summary="What became of the changes that a webhook tells, the newest first",
        response_model=Page[DeliveryOut],
        responses=unknown,
    )
    async def list_deliveries(
        webhook_code: WebhookCode, call: Annotated[Call, calling(*scopes)], asked: Annotated[DeliveryList, Query()]
    ) -> Page[DeliveryOut] | Response:
        """What was delivered lately, what waits for another try or behind one, and what is exhausted."""
        return await call.page(_deliveries, asked, webhook_code)

    @router.post(
        "/{webhook_code}/deliveries/{change_id}/resend",
        operation_id="resendDelivery",
        summary="Have a change sent again",
        status_code=202,
        responses=responses(WebhookNotFound, DeliveryNotFound, ChangeNotKept),
    )
    async def post_resend(
        webhook_code: WebhookCode,
        change_id: UUID,
        call: Annotated[Call, calling(*scopes)],
        client_id: ClientId = None,
    ) -> DeliveryOut:
        """As soon as it may be; later changes of its subject wait for it."""
        await call.command(resend, client_id, webhook_code, change_id)
        return await call.query(_delivery, client_id, webhook_code, change_id)

    return router


async def _demand_reach(call: Call, url: str) -> None:
    try:
        await demand_reach(call.house.reach, url)
    except WrongValue as error:
        raise Invalid.at("/url", error.said) from error


async def _with_secret(call: Call, code: str, secret: str | None) -> WebhookSetOut:
    shown = await call.query(_webhook, None, code, call.house.owners)
    return WebhookSetOut(**shown.model_dump(), secret=secret)


def _webhook(reading: Reading, client_id: str | None, code: str, owners: Owners) -> WebhookOut:
    return _shown(reading, owned(reading, client_id, code), owners)


def _webhooks(reading: Reading, asked: WebhookList, owners: Owners) -> Page[WebhookOut]:
    rows = sa.select(reading.system_tables.webhook)
    return asked.page(reading, rows, lambda found: [_shown(reading, row, owners) for row in found])


def _shown(reading: Reading, row: Any, owners: Owners) -> WebhookOut:
    number, oldest = waiting(reading, row, owners.sight(reading, row))
    cause = row.paused_because or owners.pause_of(row)
    working = WebhookState.FAILING if is_retrying(reading, row) else WebhookState.ACTIVE
    told = row._asdict()
    rotating = row.former_until is not None and row.former_until > reading.now()
    return WebhookOut(
        active=cause is None,
        state=WebhookState.PAUSED if cause else working,
        waiting=number,
        oldest_waiting_at=oldest,
        two_secrets_until=row.former_until if rotating else None,
        **{**{name: told[name] for name in _AS_KEPT}, "paused_because": cause, "last_error": _said(row.last_error)},
    )


_AS_KEPT = (
    "code",
    "client_id",
    "url",
    "types",
    "behind_since",
    "failures",
    "next_try_at",
    "last_delivered_at",
    "last_failed_at",
    "created_at",
    "set_up_at",
)


def _deliveries(reading: Reading, asked: DeliveryList, code: str) -> Page[DeliveryOut]:
    webhook = owned(reading, asked.client_id, code)
    table = reading.system_tables.webhook_delivery
    whose = sa.literal(webhook.client_id).label("client_id")
    rows = sa.select(table, whose).where(table.c.webhook_id == webhook.id)
    return asked.page(reading, rows, lambda found: [_delivery_shown(row) for row in found])


def _delivery(reading: Reading, client_id: str | None, code: str, change_id: UUID) -> DeliveryOut:
    webhook = owned(reading, client_id, code)
    table = reading.system_tables.webhook_delivery
    found = sa.select(table).where(table.c.webhook_id == webhook.id, table.c.event_id == change_id)
    row = reading.connection.execute(found.order_by(table.c.seq.desc()).limit(1)).one_or_none()
    if row is None:
        raise DeliveryNotFound(no_such_delivery(change_id))
    return _delivery_shown(row)


def _delivery_shown(row: Any) -> DeliveryOut:
    return DeliveryOut(id=row.event_id, **{**row._asdict(), "error": _said(row.error)})


def _said(kept: Any) -> str | None:
    return None if kept is None else Said.of(kept).text
