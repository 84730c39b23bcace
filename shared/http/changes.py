"""The change feed of a house, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, BaseModel, Field
from starlette.responses import Response

from shared.feed.errors import CursorExpired, TooManyWaiting
from shared.feed.queries import Answer, Place, changes_after
from shared.http.dependencies import Call, calling
from shared.http.fields import check_event_types
from shared.http.problems import responses
from shared.http.under_way import UNDER_WAY
from shared.lists.cursor import decode, encode, not_given_out

MAX_WAIT = 30
"""Seconds that a request may wait."""
_MAX_DIGITS = 18


class ChangeOut(BaseModel):
    """One change: an event as clients are told of it."""

    id: UUID = Field(description="Comes again with the same id where it comes again")
    type: str = Field(description="Type of the event, as in the catalogue of events")
    time: str = Field(description="When it happened, RFC 3339")
    subject: str = Field(description="What it is about: the code of a household, or the id of an order")
    region_code: str = Field(description="Where it happened")
    data: dict[str, Any] = Field(description="The payload of the event, without birthdays")


class ChangesOut(BaseModel):
    """What happened after a place of the feed."""

    items: list[ChangeOut] = Field(description="In the order of commits, 2000 at most: ask again for what follows")
    next: str | None = Field(description="Pass as `after`, also where there are no items; null while nothing happened")


def _known_types(types: str) -> str:
    check_event_types(types.split(","))
    return types


class ChangesAsked(BaseModel):
    """What is asked of a feed."""

    after: str | None = Field(None, max_length=512, description="`next` of the answer before; without it, all kept")
    wait: int = Field(0, ge=0, le=MAX_WAIT, description="Seconds to wait where nothing has happened yet")
    types: Annotated[str, Field(max_length=2000), AfterValidator(_known_types)] | None = Field(
        None, description="Types of events with commas between them; without it, all"
    )


def changes_router(house: str) -> APIRouter:
    """The route of one house's feed."""
    router = APIRouter(tags=["changes"])

    @router.get(
        "/changes",
        operation_id="listChanges",
        summary="What happened after a place of the feed, in the order of commits",
        response_model=ChangesOut,
        responses=responses(CursorExpired, TooManyWaiting),
    )
    async def list_changes(
        call: Annotated[Call, calling(f"{house}:read")], asked: Annotated[ChangesAsked, Query()]
    ) -> Response:
        """Ask again with `next`: every change of what you may see comes at least once, none is passed over.

        410 where `after` is older than what is kept: read the lists for how things stand, and begin without `after`.
        """
        found = await _changes(call, asked)
        if asked.wait and not found.items:
            with call.request.scope["state"][UNDER_WAY].waiting():
                found = await call.house.feed.later(call.actor.id, found, asked.wait, lambda: _hung_up(call.request))
        return Response(_written(call, found), media_type="application/json")

    return router


async def _changes(call: Call, asked: ChangesAsked) -> Answer:
    types = None if asked.types is None else frozenset(asked.types.split(","))
    after = None if asked.after is None else _place(call.request.url.path, asked.after)
    try:
        return await call.query(changes_after, after, types, call.house.definition.seeing)
    except CursorExpired:
        call.house.feed.tell_refusal(call.actor.id, "cursor_expired")
        raise


def _place(path: str, cursor: str) -> Place:
    """Where a cursor stands. Raises Invalid for one that this feed did not give out."""
    pointer = "/after"
    try:
        seq, event_id = decode(path, cursor, pointer)
        if not (seq.isascii() and seq.isdecimal() and len(seq) <= _MAX_DIGITS):
            raise not_given_out(pointer)
        return Place(int(seq), UUID(event_id))
    except ValueError as error:
        raise not_given_out(pointer) from error


def _written(call: Call, answer: Answer) -> str:
    place = answer.place
    cursor = "null" if place is None else f'"{encode(call.request.url.path, map(str, place))}"'
    return f'{{"items":[{",".join(answer.items)}],"next":{cursor}}}'


async def _hung_up(request: Request) -> None:
    """Return when the client has hung up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
