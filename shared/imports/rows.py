"""How rows become what commands take, and what commands answer becomes what is said of the rows."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel, Field, create_model

from shared.codes.operations import RowStatus
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError
from shared.imports.kinds import Document, ImportKind, Sender, Taken
from shared.records.kinds import reference_of_content
from shared.records.outcomes import Outcome
from shared.registers.commands import Put
from shared.sheets.columns import Sheet

RecordT = TypeVar("RecordT", bound=BaseModel)
ItemT = TypeVar("ItemT")
ONE_BY_ONE: Final = 200
"""Rows of one transaction, of commands that do one row at a time."""
_NOT_GIVEN: Final = "row"


def _everything(record: BaseModel) -> str:
    return record.model_dump_json(exclude={"source_ref"})


def read_record(
    model: type[RecordT], sender: Sender, document: Document, content_of: Callable[[RecordT], str] = _everything
) -> RecordT:
    """A record that its sender says, or whom the row names; where no reference is given it has one of its content."""
    by = {} if sender.source is None else {"source": sender.source}
    said = {"source_ref": _NOT_GIVEN, **by, **document}
    if "supersedes" in document:
        said["supersedes"] = {**by, **document["supersedes"], **_source_said(document)}
    record = model.model_validate(said)
    if "source_ref" in document:
        return record
    content = hashlib.sha256(content_of(record).encode()).hexdigest()
    record.__dict__["source_ref"] = reference_of_content(content)  # nobody has it yet: a copy would cost as much again
    return record


def _source_said(document: Document) -> Document:
    return {"source": document["source"]} if "source" in document else {}


def record_taken(outcome: Outcome[Any]) -> Taken:
    """What is said of a row that is a record."""
    if outcome.error is not None:
        return Taken.refused(outcome.error)
    return Taken(RowStatus.ACCEPTED if outcome.result == "stored" else RowStatus.DUPLICATE)


def each(take: Callable[[UnitOfWork, ItemT], Taken]) -> Callable[[UnitOfWork, Sender, Sequence[ItemT]], list[Taken]]:
    """Do a command for one thing after the other; one that is refused leaves nothing behind."""

    def take_one(uow: UnitOfWork, item: ItemT) -> Taken:
        try:
            with uow.savepoint():
                return take(uow, item)
        except DomainError as error:
            return Taken.refused(error)

    return lambda uow, _, items: [take_one(uow, item) for item in items]


def register_import(
    sheet: Sheet, scope: str, code: Any, model: type[BaseModel], command: Callable[[UnitOfWork, str, Any], Put[Any]]
) -> ImportKind:
    """The kind of file of a register: its first column is the code 编码, of this type, the others are of the body."""
    [key, *_] = sheet.columns
    coded: type[BaseModel] = create_model("Coded", code=(code, Field(alias=key.place)))

    def read(_: Sender, document: Document) -> tuple[str, Any]:
        known = coded.model_validate(document).model_dump()["code"]
        body = {name: value for name, value in document.items() if name != key.place}
        return known, model.model_validate(body)

    def take(uow: UnitOfWork, item: tuple[str, Any]) -> Taken:
        done = command(uow, *item)
        return Taken(RowStatus.ACCEPTED if done.changed else RowStatus.DUPLICATE)

    return ImportKind(sheet, (scope,), read=read, take=each(take), rows_at_once=ONE_BY_ONE, has_source=False)
