"""Routes of clues."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter, ValidationError

from services.monitoring.clues import queries
from services.monitoring.clues.commands.answer import answer_clues
from services.monitoring.clues.commands.items import ClueTaken, ClueToRecord, VerdictToGive, verdict_of
from services.monitoring.clues.commands.record import record_clues
from services.monitoring.clues.commands.transition import transition_clue
from services.monitoring.clues.errors import (
    AlreadyAnswered,
    ClueContradicts,
    ClueInvalid,
    ClueNotFound,
    ClueWithoutHousehold,
)
from services.monitoring.clues.procedure import TRANSITIONS
from services.monitoring.clues.schemas import (
    ClueBatchAnswer,
    ClueBatchDocument,
    ClueBatchIn,
    ClueIn,
    ClueItem,
    ClueOut,
    ClueStatistics,
    ClueStored,
    ClueTransitionIn,
    VerdictIn,
    VerdictItem,
    VerdictsAnswer,
    VerdictsDocument,
    VerdictsIn,
)
from services.monitoring.clues.store import tells_of_persons
from services.monitoring.ledger.errors import HouseholdNotFound
from shared.db.trouble import HouseholdBusy
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError, HouseholdHasEnded
from shared.http.batches import Returned, Wanted, items_answered, read_each, text_of
from shared.http.body import demand_few_members, json_body
from shared.http.dependencies import Call, IdempotencyKey, Purpose, calling
from shared.http.idempotency import Answer
from shared.http.openapi import json_body_of
from shared.http.problems import invalid_from, problem_document, responses
from shared.lists.page import Page
from shared.procedures.drawing import describe
from shared.procedures.errors import LevelTooLow, TransitionNotAllowed
from shared.records.api import STATUS
from shared.records.batches import take_batch
from shared.records.outcomes import Outcome, in_place
from shared.security.actor import RegionNotAllowed, SourceNotYours

router = APIRouter(prefix="/clues", tags=["clues 线索"])
READ, WRITE = "monitoring:read", "monitoring:write"
T = TypeVar("T")


@router.post(
    "",
    operation_id="recordClues",
    summary="Send a clue, or up to 1,000",
    status_code=201,
    response_model=ClueStored,
    responses={
        200: {"model": ClueStored | ClueBatchAnswer, "description": "The same again, or the answer to a batch"},
        **responses(
            HouseholdNotFound,
            HouseholdHasEnded,
            ClueContradicts,
            ClueInvalid,
            SourceNotYours,
            RegionNotAllowed,
            HouseholdBusy,
        ),
    },
    openapi_extra=json_body_of(TypeAdapter(ClueIn | ClueBatchDocument)),
)
async def post(
    call: Annotated[Call, calling(WRITE)], wanted: Returned = "all", idempotency_key: IdempotencyKey = None
) -> Response:
    """201 taken; 200 the same again; 409 the reference belongs to another clue. A clue opens no task.

    It names a household, or with `monitoring:match` or `monitoring:pii` a person by identity number; whom nobody is
    registered under waits in its region. A body with `clues` is a batch, and each is answered as it would be alone.
    """
    body = await json_body(call.request)
    if isinstance(body, dict) and "clues" in body:
        return await _record_all(call, idempotency_key, body, wanted)
    item = ClueToRecord(_valid(ClueIn, body), call.actor, call.context)
    if idempotency_key is not None:
        return await call.answer(idempotency_key, lambda uow: _one_answer(record_clues(uow, [item])[0]))
    return _one_answer(await call.submit(record_clues, item)).response()


@router.post(
    "/verdicts",
    operation_id="answerClues",
    summary="Answer up to 1,000 clues",
    response_model=VerdictsAnswer,
    responses=responses(HouseholdBusy),
    openapi_extra=json_body_of(TypeAdapter(VerdictsDocument)),
)
async def post_verdicts(
    call: Annotated[Call, calling(WRITE)], wanted: Returned = "all", idempotency_key: IdempotencyKey = None
) -> Response:
    """Each is answered by itself: 200, also for the same again, or 403, 404, 409, 422."""
    body = await json_body(call.request)
    sent = _valid(VerdictsIn, body)
    entries = await read_each(sent.verdicts, lambda document: verdict_of(_valid(VerdictIn, document)))
    return await call.answer(idempotency_key, _give_verdicts, entries, wanted)


@router.get(
    "",
    operation_id="listClues",
    summary="Clues of your region, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[ClueOut],
)
async def list_clues(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.ClueList, Query()], _purpose: Purpose = None
) -> Page[ClueOut] | Response:
    """What was sent, where it stands, and the answer to it: by source and reference, household, channel or status.

    Whoever asks for a `source` of its own reads what it sent also about a household that has left its region since:
    what it said, and the answer, and nothing else of the household.
    """
    return await call.page(queries.clues, asked, looks=_seen_in_clear)


@router.get(
    "/statistics",
    operation_id="countClues",
    summary="What became of clues, by source",
    responses=responses(RegionNotAllowed),
)
async def get_statistics(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.StatisticsQuery, Query()]
) -> ClueStatistics:
    """Those that came in within some days, as they stand now, and without `region_code` all that you sent yourself."""
    return await call.query(queries.statistics, asked)


@router.get(
    "/{clue_id:uuid}", operation_id="getClue", summary="A clue with its history", responses=responses(ClueNotFound)
)
async def get_clue(clue_id: UUID, call: Annotated[Call, calling(READ)], _purpose: Purpose = None) -> ClueOut:
    """What was sent, who checks it by when, and the answer; of your own also outside of your region.

    Who sees it in clear is audited.
    """
    shown = await call.query(queries.clue, clue_id)
    await call.record_looks(_seen_in_clear([shown]))
    return shown


@router.post(
    "/{clue_id}/transitions",
    operation_id="takeClueStep",
    summary="Answer a clue, match it with a household, or take it back",
    description=describe(
        TRANSITIONS,
        "A verdict answers every open clue of the household. A clue by `child_line` is for the county. Whoever sent a"
        " clue takes it back. 409 tells in `allowed_actions` what you may do instead.",
    ),
    response_model=ClueOut,
    responses=responses(
        ClueNotFound,
        TransitionNotAllowed,
        LevelTooLow,
        AlreadyAnswered,
        ClueWithoutHousehold,
        ClueInvalid,
        SourceNotYours,
        HouseholdNotFound,
        HouseholdHasEnded,
        HouseholdBusy,
    ),
)
async def post_transition(
    clue_id: UUID,
    body: ClueTransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_clue, clue_id, body)


async def _record_all(call: Call, key: str | None, body: dict[str, Any], wanted: Wanted) -> Response:
    demand_few_members(body | {"clues": None})
    sent = _valid(ClueBatchIn, body)
    entries = await read_each(
        sent.clues, lambda document: ClueToRecord(_valid(ClueIn, document), call.actor, call.context)
    )
    names = [(text_of(document, "source"), text_of(document, "source_ref")) for document in sent.clues]

    def record(uow: UnitOfWork) -> Answer:
        return _batch_answer(take_batch(uow, entries, record_clues, atomic=sent.atomic), names, wanted)

    return await call.answer(key, record)


def _one_answer(outcome: Outcome[ClueTaken]) -> Answer:
    taken = outcome.accepted()
    warnings = [warning.as_warning() for warning in taken.warnings]
    stored = ClueStored.model_validate({"clue_id": taken.clue_id, "status": outcome.result, "warnings": warnings})
    return Answer(STATUS[outcome.result], stored.model_dump_json())


def _batch_answer(
    outcomes: Sequence[Outcome[ClueTaken]], names: Sequence[tuple[str | None, str | None]], wanted: Wanted
) -> Answer:
    results = Counter(outcome.result for outcome in outcomes)
    each = enumerate(zip(outcomes, names, strict=True))
    answer = ClueBatchAnswer(
        accepted=results["stored"],
        duplicate=results["duplicate"],
        rejected=results["refused"],
        items=items_answered([_item(index, outcome, *name) for index, (outcome, name) in each], wanted),
    )
    return Answer(200, answer.model_dump_json())


def _item(index: int, outcome: Outcome[ClueTaken], source: str | None, source_ref: str | None) -> ClueItem:
    taken, error = outcome.shown, outcome.error
    return ClueItem.model_construct(
        index=index,
        source=source,
        source_ref=source_ref,
        status=STATUS[outcome.result] if error is None else error.status,
        clue_id=taken and taken.clue_id,
        warnings=[warning.as_warning() for warning in taken.warnings] if taken else [],
        problem=None if error is None else problem_document("monitoring", error),
    )


def _give_verdicts(uow: UnitOfWork, entries: Sequence[VerdictToGive | DomainError], wanted: Wanted) -> Answer:
    outcomes = in_place(entries, lambda verdicts: answer_clues(uow, verdicts))
    results = Counter(outcome.result for outcome in outcomes)
    named = [None if isinstance(entry, DomainError) else entry.clue_id for entry in entries]
    each = enumerate(zip(outcomes, named, strict=True))
    answer = VerdictsAnswer(
        accepted=results["stored"],
        duplicate=results["duplicate"],
        rejected=results["refused"],
        items=items_answered([_given(index, outcome, clue_id) for index, (outcome, clue_id) in each], wanted),
    )
    return Answer(200, answer.model_dump_json())


def _given(index: int, outcome: Outcome[UUID], clue_id: UUID | None) -> VerdictItem:
    error = outcome.error
    return VerdictItem.model_construct(
        index=index,
        clue_id=clue_id,
        status=200 if error is None else error.status,
        problem=None if error is None else problem_document("monitoring", error),
    )


def _valid(model: type[T], document: Any) -> T:
    demand_few_members(document)
    validate: Callable[[Any], T] = model.model_validate  # type: ignore[attr-defined]
    try:
        return validate(document)
    except ValidationError as error:
        raise invalid_from(error.errors(include_url=False, include_input=False)) from error


def _seen_in_clear(shown: Sequence[ClueOut]) -> set[str]:
    """The households of which whoever sees these in full learns something about persons."""
    return {clue.household_code for clue in shown if clue.household_code is not None and tells_of_persons(clue)}
