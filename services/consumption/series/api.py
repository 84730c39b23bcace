"""How a batch of reports is read and answered, each by itself."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from fastapi import Response
from pydantic import TypeAdapter, ValidationError

from services.consumption.series.commands import ReportKind, Reports
from services.consumption.series.schemas import ReportBatchAnswer, ReportBatchIn, ReportIn, ReportItem
from shared.db.unit_of_work import UnitOfWork
from shared.http.batches import Wanted, items_answered, read_each, text_of
from shared.http.dependencies import Call
from shared.http.idempotency import Answer
from shared.http.problems import invalid_from, problem_document
from shared.records.api import STATUS
from shared.records.outcomes import Outcome

ReportT = TypeVar("ReportT", bound=ReportIn)
_Name = tuple[str | None, str | None]
Record = Callable[[UnitOfWork, Reports], Sequence[Outcome[Any]]]


class ReportDoor(NamedTuple):
    """How one kind of report comes in."""

    kind: ReportKind
    body: TypeAdapter[Any]
    record: Record


async def answer_reports(
    call: Call, key: str | None, door: ReportDoor, sent: ReportBatchIn, wanted: Wanted
) -> Response:
    """Record a batch of reports; what cannot be read is refused by itself."""
    entries = await read_each(sent.items, lambda document: _valid(door.body, document))
    names = [(text_of(document, "source"), text_of(document, "source_ref")) for document in sent.items]

    def answer(uow: UnitOfWork) -> Answer:
        outcomes = door.record(uow, Reports(door.kind, sent.mode, entries))
        if sent.atomic:
            _demand_all(outcomes)
        return _answered(outcomes, names, wanted)

    return await call.answer(key, answer)


def _demand_all(outcomes: Sequence[Outcome[Any]]) -> None:
    for outcome in outcomes:
        outcome.accepted()


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
