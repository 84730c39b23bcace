"""Routes of the household registry."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, TypeAdapter, ValidationError

from services.monitoring.households import queries
from services.monitoring.households.commands.end import end_household
from services.monitoring.households.commands.register import (
    AT_ONCE,
    HouseholdToPut,
    PutHousehold,
    put_household,
    put_households,
)
from services.monitoring.households.errors import EndContradicts, EndInvalid, HouseholdInvalid, MaskedValue
from services.monitoring.households.queries import household_for
from services.monitoring.households.schemas import (
    EndIn,
    HouseholdBatchAnswer,
    HouseholdBatchDocument,
    HouseholdBatchIn,
    HouseholdIn,
    HouseholdInBatch,
    HouseholdItem,
    HouseholdListed,
    HouseholdOut,
    IncomeOut,
    JurisdictionOut,
    VerdictsOut,
)
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.persons.errors import MemberElsewhere
from services.monitoring.risks.queries import ordered_risks
from services.monitoring.risks.schemas import OrderedRisksOut
from shared.codes.monitoring import Matter
from shared.db.spelling import CodeInOtherSpelling
from shared.db.trouble import Busy
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError, HouseholdHasEnded
from shared.http.batches import Returned, Wanted, chunks, items_answered, read_each, text_of
from shared.http.body import demand_few_members, json_body
from shared.http.dependencies import Call, IdempotencyKey, Purpose, calling
from shared.http.fields import AsOf, HouseholdCode
from shared.http.idempotency import Answer
from shared.http.openapi import json_body_of
from shared.http.problems import invalid_from, problem_document, responses
from shared.http.versions import IfMatch, tag
from shared.lists.page import Page
from shared.policy.parameters import PolicyValueMissing
from shared.records.outcomes import Outcome, in_place
from shared.registers.api import answered, put_responses
from shared.security.actor import PERSONAL, RegionNotAllowed
from shared.versions import ExpectedVersion, VersionChanged, VersionOutdated

router = APIRouter(prefix="/households", tags=["households 农户"])
READ, WRITE = "monitoring:read", "monitoring:write"
Code = Annotated[HouseholdCode, Path()]
ModelT = TypeVar("ModelT", bound=BaseModel)


@router.get(
    "",
    operation_id="listHouseholds",
    summary="Households of your region; masked unless you hold monitoring:pii",
    responses=responses(RegionNotAllowed),
    response_model=Page[HouseholdListed],
)
async def list_households(
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.HouseholdList, Query()],
    _purpose: Purpose = None,
) -> Page[HouseholdListed] | Response:
    """By region and code. One that is no more stays, with its `ended_on`; one that moved is listed where it lives now.

    Who sees them unmasked is audited. The county that a household left hears of it by the feed of changes.
    """
    return await call.page(queries.households, asked, looks=lambda shown: {one.household_code for one in shown})


@router.post(
    "/batch",
    operation_id="registerHouseholds",
    summary="Register or change up to 1,000 households",
    response_model=HouseholdBatchAnswer,
    openapi_extra=json_body_of(TypeAdapter(HouseholdBatchDocument)),
)
async def post_batch(
    call: Annotated[Call, calling(WRITE)], wanted: Returned = "all", idempotency_key: IdempotencyKey = None
) -> Response:
    """Each as by `PUT`, in the order sent, and answered by itself: one that is refused sinks no other.

    The same again is `unchanged`. An item may name the `version` that it changes. Without an `Idempotency-Key` the
    batch is stored a hundred at a time: whoever gets no answer sends it again.
    """
    body = await json_body(call.request)
    if isinstance(body, dict):
        demand_few_members(body | {"households": None})
    documents = _valid(HouseholdBatchIn, body).households
    entries = await read_each(documents, _to_put)
    codes = [text_of(document, "household_code") for document in documents]
    if idempotency_key is not None:
        return await call.answer(idempotency_key, lambda uow: _batch_answer(_put_in_place(uow, entries), codes, wanted))
    outcomes = [outcome for part in chunks(entries, AT_ONCE) for outcome in await _put_part(call, part)]
    return _batch_answer(outcomes, codes, wanted).response()


async def _put_part(call: Call, entries: Sequence[HouseholdToPut | DomainError]) -> list[Outcome[PutHousehold]]:
    """Put some of a batch in a transaction of their own: nobody else waits for the others, or they for who is held."""
    try:
        return await call.command(_put_in_place, entries)
    except Busy as busy:
        return [Outcome("refused", None, busy) for _ in entries]


def _put_in_place(uow: UnitOfWork, entries: Sequence[HouseholdToPut | DomainError]) -> list[Outcome[PutHousehold]]:
    return in_place(entries, lambda items: put_households(uow, items))


def _to_put(document: Any) -> HouseholdToPut:
    demand_few_members(document)
    told = _valid(HouseholdInBatch, document)
    expected = None if told.version is None else ExpectedVersion(frozenset({told.version}), VersionOutdated)
    return HouseholdToPut(told.household_code, told, expected)


def _valid(model: type[ModelT], document: Any) -> ModelT:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise invalid_from(error.errors(include_url=False, include_input=False)) from error


def _batch_answer(outcomes: Sequence[Outcome[PutHousehold]], codes: Sequence[str | None], wanted: Wanted) -> Answer:
    items = [_item(index, code, outcome) for index, (code, outcome) in enumerate(zip(codes, outcomes, strict=True))]
    counted = Counter(item.result for item in items)
    answer = HouseholdBatchAnswer(
        created=counted["created"],
        changed=counted["changed"],
        unchanged=counted["unchanged"],
        rejected=counted[None],
        items=items_answered(items, wanted),
    )
    return Answer(200, answer.model_dump_json())


def _item(index: int, code: str | None, outcome: Outcome[PutHousehold]) -> HouseholdItem:
    if outcome.shown is None:
        error = outcome.refusal()
        return HouseholdItem(
            index=index,
            household_code=code,
            status=error.status,
            result=None,
            version=None,
            warnings=[],
            problem=problem_document("monitoring", error),
        )
    done = outcome.shown
    return HouseholdItem(
        index=index,
        household_code=code,
        status=201 if done.created else 200,
        result=done.result,
        version=done.shown.version,
        warnings=done.shown.warnings,
        problem=None,
    )


@router.put(
    "/{household_code:beside_batches}",
    operation_id="registerHousehold",
    summary="Register a household, or make it what the body says",
    responses=put_responses(
        HouseholdOut,
        HouseholdInvalid,
        MaskedValue,
        HouseholdNotFound,
        HouseholdHasEnded,
        MemberElsewhere,
        CodeInOtherSpelling,
        VersionChanged,
        RegionNotAllowed,
    ),
)
async def put(
    household_code: Code,
    body: HouseholdIn,
    call: Annotated[Call, calling(WRITE)],
    response: Response,
    version: IfMatch,
    _purpose: Purpose = None,
) -> HouseholdOut:
    """The whole household every time, but for what you may not see: leave it out, and it stays."""
    done = await call.command(put_household, household_code, body, version)
    if done.shows_more_than_told and call.actor.may(PERSONAL):
        await call.record_look(household_code)
    return household_for(call.actor, answered(response, done))


@router.get(
    "/{household_code:beside_batches}",
    operation_id="getHousehold",
    summary="A household; masked unless you hold monitoring:pii",
    responses=responses(HouseholdNotFound),
)
async def get(
    household_code: Code,
    call: Annotated[Call, calling(READ)],
    response: Response,
    as_of: AsOf = None,
    _purpose: Purpose = None,
) -> HouseholdOut:
    """The registered state; with `as_of` who lived there on that day. Who sees persons unmasked is audited.

    The purpose is named in `X-Purpose`.
    """
    found = await call.query_person(queries.household, household_code, household_code, as_of)
    return _shown(call, found, response)


@router.post(
    "/{household_code:beside_batches}/end",
    operation_id="endHousehold",
    summary="End a household that is no more",
    responses={
        201: {"model": HouseholdOut, "description": "Ended"},
        **responses(EndInvalid, HouseholdNotFound, EndContradicts),
    },
)
async def end(
    household_code: Code,
    body: EndIn,
    call: Annotated[Call, calling(WRITE)],
    response: Response,
    _purpose: Purpose = None,
) -> HouseholdOut:
    """Its risks clear, nothing is judged any more, its ledger and history stay. The same again answers 200."""
    done = await call.command(end_household, household_code, body)
    response.status_code = 201 if done.ended else 200
    if call.actor.may(PERSONAL):
        await call.record_look(household_code)
    return _shown(call, done.household, response)


def _shown(call: Call, household: HouseholdOut, response: Response) -> HouseholdOut:
    tag(response, household.version)
    return household_for(call.actor, household)


@router.get(
    "/{household_code:beside_batches}/income",
    operation_id="getHouseholdIncome",
    summary="Income in the window of a date, beside the line of that date",
    responses=responses(HouseholdNotFound, PolicyValueMissing),
)
async def income(household_code: Code, call: Annotated[Call, calling(READ)], as_of: AsOf = None) -> IncomeOut:
    """Net income by branch, per head, with the months that are not known."""
    return await call.query(queries.income, household_code, as_of)


@router.get(
    "/{household_code:beside_batches}/jurisdiction",
    operation_id="getHouseholdJurisdiction",
    summary="Which place cares for a household in a matter",
    responses=responses(HouseholdNotFound, PolicyValueMissing),
)
async def jurisdiction(household_code: Code, call: Annotated[Call, calling(READ)], matter: Matter) -> JurisdictionOut:
    """Where its land is, for what belongs to the land of a household that moved and kept it; else where it lives."""
    return await call.query(queries.jurisdiction, household_code, matter)


@router.get(
    "/{household_code:beside_batches}/risks",
    operation_id="orderHouseholdRisks",
    summary="Open risks of a household, the most pressing first",
    responses=responses(HouseholdNotFound),
)
async def risks(household_code: Code, call: Annotated[Call, calling(READ)]) -> OrderedRisksOut:
    """At most five in order, as official forms hold them; the rest by kind."""
    return await call.query(ordered_risks, household_code)


@router.get(
    "/{household_code:beside_batches}/verdicts",
    operation_id="explainVerdicts",
    summary="What every rule says, and why",
    responses=responses(HouseholdNotFound, PolicyValueMissing),
)
async def verdicts(
    household_code: Code, call: Annotated[Call, calling(READ)], as_of: AsOf = None, _purpose: Purpose = None
) -> VerdictsOut:
    """Explains; changes nothing. Who sees whose diagnosis a verdict rests on is audited."""
    return await call.query_person(queries.verdicts, household_code, household_code, as_of)
