"""Routes of the fact ledger: one fact, or a batch."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.table import EVIDENCE, FACT, read_fact
from services.monitoring.facts import queries
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_batch, record_facts
from services.monitoring.facts.errors import (
    AlreadySuperseded,
    AlreadyWithdrawn,
    AmountImplausible,
    FactContradicts,
    FactInvalid,
    FactNotFound,
    SupersededNotFound,
    WithdrawalIsFinal,
)
from services.monitoring.facts.schemas import (
    FactBatchAnswer,
    FactBatchDocument,
    FactBatchIn,
    FactItem,
    FactOut,
    FactStored,
)
from services.monitoring.facts.store import FACT_KIND
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.persons.errors import PersonAmbiguous, PersonUnknown
from shared.codes.monitoring import FactMode
from shared.db.trouble import Busy, HouseholdBusy
from shared.db.unit_of_work import Patience, UnitOfWork
from shared.errors import DomainError, HouseholdHasEnded, Invalid
from shared.house import HotRoute
from shared.http.batches import RETURN, Returned, Wanted, items_answered, read_each, returned, text_of
from shared.http.body import demand_few_members, json_body
from shared.http.dependencies import Call, IdempotencyKey, Purpose, calling
from shared.http.idempotency import Answer
from shared.http.openapi import json_body_of
from shared.http.problems import invalid_from, problem_document, responses
from shared.lists.page import Page
from shared.records.api import STATUS
from shared.records.outcomes import Outcome
from shared.security.actor import RegionNotAllowed, SourceNotYours
from shared.words.said import says

router = APIRouter(tags=["facts 上报信息"])
READ, WRITE, BACKFILL = "monitoring:read", "monitoring:write", "monitoring:backfill"
T = TypeVar("T")
_Name = tuple[str | None, str | None]
_NAMED_OF_A_FACT = 20
_OF_THE_TYPE = frozenset({"union_tag_not_found", "union_tag_invalid"})


@router.post(
    "/facts",
    operation_id="recordFacts",
    summary="Record a fact",
    status_code=201,
    response_model=FactStored,
    responses={
        200: {"model": FactStored, "description": "The same again"},
        **responses(
            HouseholdNotFound,
            HouseholdHasEnded,
            PersonUnknown,
            PersonAmbiguous,
            SupersededNotFound,
            FactContradicts,
            AlreadySuperseded,
            AlreadyWithdrawn,
            WithdrawalIsFinal,
            FactInvalid,
            AmountImplausible,
            SourceNotYours,
            HouseholdBusy,
        ),
    },
    openapi_extra=json_body_of(FACT),
)
async def post(
    call: Annotated[Call, calling(WRITE)], wanted: Returned = "all", idempotency_key: IdempotencyKey = None
) -> Response:
    """201 stored and judged; 200 the same again; 409 the reference belongs to another fact.

    A fact names its household, or with `monitoring:match` a person by identity number: 404 nobody of it is registered
    in your region, 409 in several households. A batch is taken here as it is at `/facts/batch`.
    """
    return await _record(call, idempotency_key, wanted)


@router.post(
    "/facts/batch",
    operation_id="recordFactBatch",
    summary="Record up to 1,000 facts",
    response_model=FactBatchAnswer,
    responses=responses(HouseholdBusy),
    openapi_extra=json_body_of(TypeAdapter(FactBatchDocument)),
)
async def post_batch(
    call: Annotated[Call, calling(WRITE)], wanted: Returned = "all", idempotency_key: IdempotencyKey = None
) -> Response:
    """Each is answered as it would be alone; one that is refused does not sink the others unless `atomic`."""
    return await _record_all(call, idempotency_key, await json_body(call.request), wanted)


async def post_hot(call: Call) -> Response:
    """The same route, called before the framework routes it."""
    return await _record(call, call.idempotency_key, returned(call.request))


async def post_batch_hot(call: Call) -> Response:
    """The route of batches, called before the framework routes it."""
    return await _record_all(call, call.idempotency_key, await json_body(call.request), returned(call.request))


async def _record(call: Call, idempotency_key: str | None, wanted: Wanted) -> Response:
    body = await json_body(call.request)
    if isinstance(body, dict) and "facts" in body:
        return await _record_all(call, idempotency_key, body, wanted)
    item = FactToRecord(_fact(body), FactMode.LIVE, call.actor, call.context)
    if idempotency_key is not None:
        response = await call.answer(idempotency_key, _record_one, item)
    else:
        response = _one_answer(await call.submit(record_facts, item)).response()
    response.headers["Location"] = f"/monitoring/v1/facts/{FACT_KIND.id_of(item.fact)}"
    return response


class _Batch(NamedTuple):
    """A batch that was read, and how it is answered."""

    entries: Sequence[FactToRecord | DomainError]
    names: Sequence[_Name]
    """By what the sender knows each."""
    atomic: bool
    wanted: Wanted


async def _record_all(call: Call, key: str | None, body: Any, wanted: Wanted) -> Response:
    """Record a batch. Where some of its households are held by others, the rest is stored and those are busy.

    One that stands or falls as a whole, and one whose answer is kept, is refused instead.
    """
    batch = await _read(call, body, wanted)
    try:
        return await call.answer(key, _record_batch, batch)
    except Busy:
        if key is not None or batch.atomic:
            raise
    answer = await call.command(_record_batch, batch, patience=Patience.LEAVES_OUT)
    return answer.response()


async def _read(call: Call, body: Any, wanted: Wanted) -> _Batch:
    if isinstance(body, dict):
        demand_few_members(body | {"facts": None})
    sent = _valid(FactBatchIn.model_validate, body)
    if sent.mode is FactMode.BACKFILL:
        call.actor.demand(BACKFILL)
    entries = await read_each(
        sent.facts, lambda document: FactToRecord(_fact(document), sent.mode, call.actor, call.context)
    )
    names = [(text_of(document, "source"), text_of(document, "source_ref")) for document in sent.facts]
    return _Batch(entries, names, sent.atomic, wanted)


@router.get(
    "/facts",
    operation_id="listFacts",
    summary="Facts of your region, the last changed first",
    responses=responses(RegionNotAllowed),
    response_model=Page[FactOut],
)
async def list_facts(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.FactList, Query()],
    _purpose: Purpose = None,
) -> Page[FactOut] | Response:
    """Each with what became of it. Ask with the greatest `updated_at` you have seen, and nothing is missed."""
    return await call.page(queries.facts, asked, looks=_seen_ill)


@router.get(
    "/facts/{fact_id:beside_batches}",
    operation_id="getFact",
    summary="A fact, and what it led to",
    responses=responses(FactNotFound),
)
async def get_fact(fact_id: UUID, call: Annotated[Call, calling(READ)], _purpose: Purpose = None) -> FactOut:
    """Whether it stands, and the risks it led to with what the visit found."""
    shown = await call.query(queries.fact, fact_id)
    await call.record_looks(_seen_ill([shown]))
    return shown


def _seen_ill(shown: Sequence[FactOut]) -> set[str]:
    """The households of which whoever sees these in full learns who is ill, and of what."""
    return {fact.household_code for fact in shown if queries.tells_of_health(fact)}


HOT_ROUTES = (
    HotRoute("POST", "/facts", WRITE, post_hot, frozenset({RETURN})),
    HotRoute("POST", "/facts/batch", WRITE, post_batch_hot, frozenset({RETURN})),
)


def _record_one(uow: UnitOfWork, item: FactToRecord) -> Answer:
    return _one_answer(record_facts(uow, [item])[0])


def _record_batch(uow: UnitOfWork, batch: _Batch) -> Answer:
    return _batch_answer(record_batch(uow, batch.entries, batch.atomic), batch)


def _one_answer(outcome: Outcome[UUID]) -> Answer:
    fact_id, result = outcome.accepted(), outcome.result
    return Answer(STATUS[result], f'{{"fact_id":"{fact_id}","status":"{result}"}}')


def _batch_answer(outcomes: Sequence[Outcome[UUID]], batch: _Batch) -> Answer:
    results = Counter(outcome.result for outcome in outcomes)
    each = enumerate(zip(outcomes, batch.names, strict=True))
    answer = FactBatchAnswer(
        accepted=results["stored"],
        duplicate=results["duplicate"],
        rejected=results["refused"],
        items=items_answered([_item(index, outcome, name) for index, (outcome, name) in each], batch.wanted),
    )
    return Answer(200, answer.model_dump_json())


def _item(index: int, outcome: Outcome[UUID], name: _Name) -> FactItem:
    error = outcome.error
    status = STATUS[outcome.result] if error is None else error.status
    problem = None if error is None else problem_document("monitoring", error)
    source, source_ref = name
    return FactItem.model_construct(
        index=index, source=source, source_ref=source_ref, status=status, fact_id=outcome.shown, problem=problem
    )


def _fact(document: Any) -> ReportedFact:
    demand_few_members(document)
    return _valid(read_fact, document)


def _valid(validate: Callable[[Any], T], document: Any) -> T:
    try:
        return validate(document)
    except ValidationError as error:
        if error.error_count() > _NAMED_OF_A_FACT:
            raise Invalid(says("is-this-a-fact", wrong=error.error_count())) from error
        found = error.errors(include_url=False, include_input=False)
        raise invalid_from([{**item, "loc": _place_of(item)} for item in found]) from error


def _place_of(error: ErrorDetails) -> tuple[int | str, ...]:
    """The place of an error without the fact type that the union puts in front; at a type that there is not."""
    location = error["loc"]
    if error["type"] in _OF_THE_TYPE:
        return (*location, "type")
    return location[1:] if location and location[0] in EVIDENCE else location
