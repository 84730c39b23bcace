"""The same three dead-letter routes in every house, for operations."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from shared.bus.dead_letters import DeadLetterNotFound, drop, replay, select_dead_letters
from shared.codes.operations import DeadLetterState
from shared.db.unit_of_work import Reading
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.http.sheets import DEAD_LETTER_LIST
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.portions import AsKept
from shared.lists.query import ListQuery
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


class DeadLetterList(ListQuery):
    """The dead letters, oldest first."""

    order = by("id")
    sheet = DEAD_LETTER_LIST
    region = None


def dead_letter_router() -> APIRouter:
    """Routes to list, replay and drop the dead letters of one house."""
    router = APIRouter(prefix="/dead-letters", tags=["operations"])

    @router.get(
        "", operation_id="listDeadLetters", summary="List dead letters, oldest first", response_model=Page[DeadLetter]
    )
    async def list_all(
        call: Annotated[Call, calling(OPERATE)], asked: Annotated[DeadLetterList, Query()]
    ) -> Page[DeadLetter] | Response:
        return await call.page(_page, asked)

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


def _page(reading: Reading, asked: DeadLetterList) -> Page[DeadLetter]:
    return asked.page(reading, select_dead_letters(reading), AsKept(DeadLetter))


def _replay(uow: Any, body: ReplayRequest, apply: Any) -> ReplayAnswer:
    outcomes = replay(uow, body.ids, body.dry_run, apply)
    return ReplayAnswer(dry_run=body.dry_run, items=[ReplayItem.model_validate(outcome) for outcome in outcomes])
