"""The routes of one kind of report: record a batch, each answered by itself; list them; withdraw one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, TypeAdapter, ValidationError

from services.consumption.series.commands import ReportKind, Reports
from services.consumption.series.errors import ReportAlreadySuperseded, ReportInvalid, ReportNotFound
from services.consumption.series.schemas import ReportBatchAnswer, ReportBatchIn, ReportIn, ReportItem
from services.consumption.withdrawals.schemas import WithdrawalIn, WithdrawalOut
from shared.db.unit_of_work import UnitOfWork
from shared.http.batches import Returned, Wanted, items_answered, read_each, text_of
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.idempotency import Answer
from shared.http.openapi import json_body_of
from shared.http.problems import invalid_from, problem_document, responses
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.records.api import STATUS, record_responses, recorded
from shared.records.batches import take_batch
from shared.records.errors import WithdrawalContradicts
from shared.records.outcomes import Outcome
from shared.security.actor import RegionNotAllowed, SourceNotYours

WRITE: Final = "consumption:write"
_READ: Final = (WRITE, "consumption:approve")
_Name = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDoor:
    """What the routes of one kind of report are made of. One of them is called by its kind, `<kind>_id`."""

    kind: ReportKind
    zh: str
    """What people call them."""
    body: TypeAdapter[Any]
    document: TypeAdapter[Any]
    """A batch of them, as the description of the interface shows it."""
    shown: type[BaseModel]
    asked: type[ListQuery]
    record: Callable[[UnitOfWork, Reports], list[Outcome[Any]]]
    page: Callable[..., Page[Any]]
    withdraw: Callable[..., Outcome[WithdrawalOut]]


def reports_router(door: ReportDoor) -> APIRouter:
    """The routes of one kind of report, for the supply side."""
    name = door.kind.record.thing
    said, named = name.replace("_", " "), name.title().replace("_", "")
    router = APIRouter(prefix=f"/{name.replace('_', '-')}s", tags=[f"{said}s {door.zh}"])

    async def post(
        body: ReportBatchIn,
        call: Annotated[Call, calling(WRITE)],
        wanted: Returned = "all",
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Each is answered as it would be alone.

        A live one has its series judged at once, a backfill raises nothing.
        """
        return await _answer_reports(call, idempotency_key, door, body, wanted)

    async def list_reports(call: Annotated[Call, calling(*_READ)], asked: Any) -> Any:
        """Filter by region, commodity, status, or by what changed since a moment. For the supply side."""
        return await call.page(door.page, asked)

    async def post_withdrawal(
        report_id: Any,
        body: WithdrawalIn,
        call: Annotated[Call, calling(WRITE)],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """The series is judged as if it had never been: of a live report at once.

        `report_id` is in the answer to it.
        """
        return await recorded(call, idempotency_key, door.withdraw, report_id, body)

    list_reports.__annotations__ |= {"asked": Annotated[door.asked, Query()]}
    post_withdrawal.__annotations__ |= {"report_id": Annotated[UUID, Path(alias=f"{name}_id")]}
    router.post(
        "",
        operation_id=f"record{named}s",
        summary=f"Record up to 1,000 {said}s",
        response_model=ReportBatchAnswer,
        openapi_extra=json_body_of(door.document),
    )(post)
    paged: Any = Page[door.shown]  # type: ignore[name-defined]
    router.get(
        "",
        operation_id=f"list{named}s",
        summary=f"{said.capitalize()}s of your region, the newest first",
        responses=responses(RegionNotAllowed),
        response_model=paged,
    )(list_reports)
    router.post(
        f"/{{{name}_id}}/withdrawal",
        operation_id=f"withdraw{named}",
        summary=f"Withdraw a {said} that should never have been sent",
        status_code=201,
        response_model=WithdrawalOut,
        responses=record_responses(
            WithdrawalOut,
            *(ReportNotFound, ReportInvalid, SourceNotYours, WithdrawalContradicts, ReportAlreadySuperseded),
        ),
    )(post_withdrawal)
    return router


async def _answer_reports(
    call: Call, key: str | None, door: ReportDoor, sent: ReportBatchIn, wanted: Wanted
) -> Response:
    """Record a batch of reports; what cannot be read is refused by itself."""
    entries = await read_each(sent.items, lambda document: _valid(door.body, document))
    names = [(text_of(document, "source"), text_of(document, "source_ref")) for document in sent.items]

    def record(uow: UnitOfWork, items: Sequence[ReportIn]) -> list[Outcome[Any]]:
        return door.record(uow, Reports(door.kind, sent.mode, items))

    def answer(uow: UnitOfWork) -> Answer:
        return _answered(take_batch(uow, entries, record, atomic=sent.atomic), names, wanted)

    return await call.answer(key, answer)


def _valid(body: TypeAdapter[Any], document: Any) -> Any:
    try:
        return body.validate_python(document)
    except ValidationError as error:
        raise invalid_from(error.errors(include_url=False, include_input=False)) from error


def _answered(outcomes: Sequence[Outcome[Any]], names: Sequence[_Name], wanted: Wanted) -> Answer:
    results = Counter(outcome.result for outcome in outcomes)
    items = [_item(index, outcome, name) for index, (outcome, name) in enumerate(zip(outcomes, names, strict=True))]
    answer = ReportBatchAnswer(
        accepted=results["stored"],
        duplicate=results["duplicate"],
        rejected=results["refused"],
        items=items_answered(items, wanted),
    )
    return Answer(200, answer.model_dump_json())


def _item(index: int, outcome: Outcome[Any], name: _Name) -> ReportItem:
    error = outcome.error
    status = STATUS[outcome.result] if error is None else error.status
    problem = None if error is None else problem_document("consumption", error)
    source, source_ref = name
    return ReportItem(
        index=index, source=source, source_ref=source_ref, status=status, report_id=outcome.shown, problem=problem
    )
