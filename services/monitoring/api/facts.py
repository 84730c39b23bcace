"""Routes of the fact ledger: one fact, or a batch."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Response
from pydantic import TypeAdapter, ValidationError

from services.monitoring.commands.facts import FactOutcome, FactToRecord, record_batch, record_facts
from services.monitoring.errors import (
    AlreadySuperseded,
    FactContradicts,
    FactInvalid,
    HouseholdNotFound,
    SupersededNotFound,
)
from services.monitoring.models import FactMode
from services.monitoring.schemas import (
    FACT,
    FACT_TYPES,
    FactBatch,
    FactBatchAnswer,
    FactBatchDocument,
    FactIn,
    FactItem,
    FactStored,
)
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError, Invalid
from shared.house import HotRoute
from shared.http.body import demand_few_members, json_body
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.idempotency import Answer
from shared.http.openapi import json_body_of
from shared.http.problems import invalid_from, keep_first_problems, problem_document, responses

router = APIRouter(tags=["facts 事实"])
WRITE = "monitoring:write"
T = TypeVar("T")
_IN_ONE_GO = 50
_NAMED_OF_A_FACT = 20
_STATUS = {"stored": 201, "duplicate": 200}


@router.post(
    "/facts",
    summary="Record one fact, or up to 1,000 in a batch",
    status_code=201,
    response_model=FactStored,
    responses={
        200: {"model": FactStored | FactBatchAnswer, "description": "The same again, or a batch"},
        **responses(
            HouseholdNotFound,
            SupersededNotFound,
            FactContradicts,
            AlreadySuperseded,
            FactInvalid,
        ),
    },
    openapi_extra=json_body_of(TypeAdapter(FactIn | FactBatchDocument)),
)
async def post(call: Annotated[Call, calling(WRITE)], idempotency_key: IdempotencyKey = None) -> Response:
    """201 stored and judged; 200 the same again; 409 the reference belongs to another fact."""
    return await _record(call, idempotency_key)


async def post_hot(call: Call) -> Response:
    """The same route, called before the framework routes it."""
    return await _record(call, call.idempotency_key)


async def _record(call: Call, idempotency_key: str | None) -> Response:
    body = await json_body(call.request)
    if isinstance(body, dict) and "facts" in body:
        demand_few_members(body | {"facts": None})
        batch = _valid(FactBatch.model_validate, body)
        entries = await _entries(call, batch)
        return await call.answer(idempotency_key, _record_batch, entries, batch.atomic)
    item = FactToRecord(_fact(body), FactMode.LIVE, call.actor, call.context)
    if idempotency_key is not None:
        return await call.answer(idempotency_key, _record_one, item)
    return _one_answer(await call.submit(record_facts, item)).response()


HOT_ROUTES = (HotRoute("POST", "/facts", WRITE, post_hot),)


def _record_one(uow: UnitOfWork, item: FactToRecord) -> Answer:
    return _one_answer(record_facts(uow, [item])[0])


def _record_batch(uow: UnitOfWork, entries: Sequence[FactToRecord | DomainError], atomic: bool) -> Answer:
    return _batch_answer(record_batch(uow, entries, atomic))


def _one_answer(outcome: FactOutcome) -> Answer:
    if outcome.error is not None:
        raise outcome.error
    return Answer(_STATUS[outcome.result], f'{{"fact_id":"{outcome.fact_id}","status":"{outcome.result}"}}')


def _batch_answer(outcomes: Sequence[FactOutcome]) -> Answer:
    results = Counter(outcome.result for outcome in outcomes)
    answer = FactBatchAnswer(
        accepted=results["stored"],
        duplicate=results["duplicate"],
        rejected=results["refused"],
        items=[_item(index, outcome) for index, outcome in enumerate(outcomes)],
    )
    keep_first_problems(item.problem for item in answer.items if item.problem is not None)
    return Answer(200, answer.model_dump_json())


def _item(index: int, outcome: FactOutcome) -> FactItem:
    error = outcome.error
    status = _STATUS[outcome.result] if error is None else error.status
    problem = None if error is None else problem_document("monitoring", error)
    return FactItem.model_construct(index=index, status=status, fact_id=outcome.fact_id, problem=problem)


async def _entries(call: Call, batch: FactBatch) -> list[FactToRecord | DomainError]:
    """The facts of a batch, each valid or refused; others are answered in between."""
    entries = []
    for number, document in enumerate(batch.facts, start=1):
        entries.append(_entry(call, document, batch.mode))
        if number % _IN_ONE_GO == 0:
            await asyncio.sleep(0)
    return entries


def _entry(call: Call, document: Any, mode: FactMode) -> FactToRecord | DomainError:
    try:
        return FactToRecord(_fact(document), mode, call.actor, call.context)
    except DomainError as error:
        return error


def _fact(document: Any) -> Any:
    demand_few_members(document)
    return _valid(FACT.validate_python, document)


def _valid(validate: Callable[[Any], T], document: Any) -> T:
    try:
        return validate(document)
    except ValidationError as error:
        if error.error_count() > _NAMED_OF_A_FACT:
            raise Invalid(f"{error.error_count()} fields are wrong, too many to name: is this a fact?") from error
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise invalid_from([{**item, "loc": _without_tag(item["loc"])} for item in found]) from error


def _without_tag(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The place of an error without the fact type that the union puts in front of it."""
    return location[1:] if location and location[0] in FACT_TYPES else location
