"""The same three dead-letter routes in every house, for operations."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from shared.bus.dead_letters import DeadLetterNotFound, drop, list_dead_letters, replay
from shared.codes.operations import DeadLetterState
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.pagination import Page, PageRequest, not_given_out, page_of, page_request
from shared.http.problems import responses
from shared.security.actor import OPERATE


class DeadLetter(BaseModel):
    """A record that could not be applied, or that waits behind one."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    event_id: str
    event_type: str | None
    state: DeadLetterState
    topic: str
    partition: int
    offset: int
    key: str
    error: str = Field(description="Class and masked text of the last error")
    attempts: int
    first_seen_at: dt.datetime
    last_tried_at: dt.datetime


class ReplayRequest(BaseModel):
    """Which dead letters to try again."""

    model_config = ConfigDict(extra="forbid")

    ids: list[UUID] = Field(min_length=1, max_length=1000)
    dry_run: StrictBool = Field(True, description="Only tell what would happen")


class ReplayItem(BaseModel):
    """What became of one."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    outcome: Literal["applied", "would_apply", "failed", "not_found"]
    error: str | None


class ReplayAnswer(BaseModel):
    """What became of all."""

    dry_run: bool
    items: list[ReplayItem]


def dead_letter_router() -> APIRouter:
    """Routes to list, replay and drop the dead letters of one house."""
    router = APIRouter(prefix="/dead-letters", tags=["operations"])

    @router.get("", operation_id="listDeadLetters", summary="List dead letters, oldest first")
    async def list_all(
        call: Annotated[Call, calling(OPERATE)], page: Annotated[PageRequest, Depends(page_request)]
    ) -> Page[DeadLetter]:
        rows = await call.query(list_dead_letters, _after(page), page.limit + 1)
        return page_of([DeadLetter(**row) for row in rows], page, key=lambda letter: (str(letter.id),))

    @router.post(
        "/replay",
        operation_id="replayDeadLetters",
        summary="Try dead letters again; a dry run first is the default",
        response_model=ReplayAnswer,
    )
    async def replay_some(
        body: ReplayRequest, call: Annotated[Call, calling(OPERATE)], idempotency_key: IdempotencyKey = None
    ) -> Response:
        return await call.once(idempotency_key, 200, _replay, body, call.house.consumer.apply_record)

    @router.delete(
        "/{letter_id:uuid}",
        operation_id="dropDeadLetter",
        status_code=204,
        summary="Give a dead letter up; what is parked behind it goes on",
        responses=responses(DeadLetterNotFound),
    )
    async def drop_one(letter_id: UUID, call: Annotated[Call, calling(OPERATE)]) -> None:
        await call.command(drop, letter_id, call.house.consumer.apply_record)

    return router


def _replay(uow: Any, body: ReplayRequest, apply: Any) -> ReplayAnswer:
    outcomes = replay(uow, body.ids, body.dry_run, apply)
    return ReplayAnswer(dry_run=body.dry_run, items=[ReplayItem.model_validate(outcome) for outcome in outcomes])


def _after(page: PageRequest) -> UUID | None:
    if page.after is None:
        return None
    try:
        [letter_id] = page.after
        return UUID(letter_id)
    except ValueError as error:
        raise not_given_out() from error
