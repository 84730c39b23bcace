"""Routes of household events."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import TypeAdapter, ValidationError

from services.monitoring.household_events.commands.record import record_household_events
from services.monitoring.household_events.errors import (
    HouseholdCodeTaken,
    HouseholdEventContradicts,
    HouseholdEventInvalid,
)
from services.monitoring.household_events.schemas import (
    HOUSEHOLD_EVENT,
    HouseholdEventBatchAnswer,
    HouseholdEventBatchDocument,
    HouseholdEventBatchIn,
    HouseholdEventIn,
    HouseholdEventItem,
    HouseholdEventStored,
)
from services.monitoring.households.errors import HouseholdInvalid, MaskedValue
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.persons.errors import MemberElsewhere
from shared.db.spelling import CodeInOtherSpelling
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError, HouseholdHasEnded
from shared.http.batches import Returned, Wanted, chunks, items_answered, read_each, text_of
from shared.http.body import demand_few_members, json_body
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.idempotency import Answer
from shared.http.openapi import json_body_of
from shared.http.problems import invalid_from, problem_document
from shared.records.api import STATUS, record_responses
from shared.records.batches import take_batch
from shared.records.outcomes import Outcome
from shared.security.actor import RegionNotAllowed, SourceNotYours

router = APIRouter(prefix="/household-events", tags=["household events 农户变动"])
_AT_ONCE = 50
"""Events of one transaction of a batch that does not stand or fall as a whole."""


class _Batch(NamedTuple):
    """A batch that was read, and how it is answered."""

    entries: Sequence[HouseholdEventIn | DomainError]
    names: Sequence[tuple[str | None, str | None]]
    """By what the sender knows each."""
    wanted: Wanted
    atomic: bool


@router.post(
    "",
    operation_id="recordHouseholdEvents",
    summary="Record what happened to a household: split, merge, move, death, leave, join, end",
    status_code=201,
    response_model=HouseholdEventStored,
    responses=record_responses(
        HouseholdEventStored,
        HouseholdNotFound,
        HouseholdHasEnded,
        HouseholdEventContradicts,
        HouseholdCodeTaken,
        CodeInOtherSpelling,
        MemberElsewhere,
        HouseholdEventInvalid,
        HouseholdInvalid,
        MaskedValue,
        RegionNotAllowed,
        SourceNotYours,
    ),
    openapi_extra=json_body_of(HOUSEHOLD_EVENT),
)
async def post(
    call: Annotated[Call, calling("monitoring:write")], wanted: Returned = "all", idempotency_key: IdempotencyKey = None
) -> Response:
    """201 recorded and carried out; 200 the same again; 409 the reference belongs to another event.

    A batch is taken here as it is at `/household-events/batch`.
    """
    body = await json_body(call.request)
    if isinstance(body, dict) and "events" in body:
        return await _record_all(call, idempotency_key, body, wanted)
    return await call.answer(idempotency_key, _record_one, _event(body))


@router.post(
    "/batch",
    operation_id="recordHouseholdEventBatch",
    summary="Record up to 1,000 household events",
    response_model=HouseholdEventBatchAnswer,
    openapi_extra=json_body_of(TypeAdapter(HouseholdEventBatchDocument)),
)
async def post_batch(
    call: Annotated[Call, calling("monitoring:write")], wanted: Returned = "all", idempotency_key: IdempotencyKey = None
) -> Response:
    """Each is answered as it would be alone, in the order sent; one that is refused sinks no other unless `atomic`."""
    return await _record_all(call, idempotency_key, await json_body(call.request), wanted)


async def _record_all(call: Call, key: str | None, body: Any, wanted: Wanted) -> Response:
    batch = await _read(body, wanted)
    if key is not None or batch.atomic:
        return await call.answer(key, _record_batch, batch)
    parts = [await call.command(_record_part, part) for part in chunks(batch.entries, _AT_ONCE)]
    return _batch_answer([outcome for part in parts for outcome in part], batch).response()


async def _read(body: Any, wanted: Wanted) -> _Batch:
    if isinstance(body, dict):
        demand_few_members(body | {"events": None})
    try:
        sent = HouseholdEventBatchIn.model_validate(body)
    except ValidationError as error:
        raise invalid_from(error.errors(include_url=False, include_input=False)) from error
    names = [(text_of(document, "source"), text_of(document, "source_ref")) for document in sent.events]
    return _Batch(await read_each(sent.events, _event), names, wanted, sent.atomic)


def _event(document: Any) -> HouseholdEventIn:
    demand_few_members(document)
    try:
        return HOUSEHOLD_EVENT.validate_python(document)
    except ValidationError as error:
        raise invalid_from(
            [_placed(found) for found in error.errors(include_url=False, include_input=False)]
        ) from error


def _placed(found: Any) -> Any:
    """What is wrong, without the kind of event that the union puts in front; at a kind that there is not."""
    location = found["loc"]
    if found["type"].startswith("union_tag"):
        return {**found, "loc": (*location, "event")}
    return {**found, "loc": location[1:]} if location else found


def _record_one(uow: UnitOfWork, event: HouseholdEventIn) -> Answer:
    [outcome] = record_household_events(uow, [event])
    stored = HouseholdEventStored.model_validate({"event_id": outcome.accepted(), "status": outcome.result})
    return Answer(STATUS[outcome.result], stored.model_dump_json())


def _record_batch(uow: UnitOfWork, batch: _Batch) -> Answer:
    return _batch_answer(take_batch(uow, batch.entries, record_household_events, atomic=batch.atomic), batch)


def _record_part(uow: UnitOfWork, entries: Sequence[HouseholdEventIn | DomainError]) -> list[Outcome[UUID]]:
    return take_batch(uow, entries, record_household_events, atomic=False)


def _batch_answer(outcomes: Sequence[Outcome[UUID]], batch: _Batch) -> Answer:
    counted = Counter(outcome.result for outcome in outcomes)
    each = enumerate(zip(outcomes, batch.names, strict=True))
    answer = HouseholdEventBatchAnswer(
        accepted=counted["stored"],
        duplicate=counted["duplicate"],
        rejected=counted["refused"],
        items=items_answered([_item(index, outcome, *name) for index, (outcome, name) in each], batch.wanted),
    )
    return Answer(200, answer.model_dump_json())


def _item(index: int, outcome: Outcome[UUID], source: str | None, source_ref: str | None) -> HouseholdEventItem:
    error = outcome.error
    return HouseholdEventItem(
        index=index,
        source=source,
        source_ref=source_ref,
        status=STATUS[outcome.result] if error is None else error.status,
        event_id=outcome.shown,
        problem=None if error is None else problem_document("monitoring", error),
    )
