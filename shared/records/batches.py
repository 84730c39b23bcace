"""Batches of records that stand or fall as a whole."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from shared.db.unit_of_work import UnitOfWork
from shared.errors import Conflict, DomainError
from shared.records.outcomes import Outcome, in_place
from shared.words.said import says

ItemT = TypeVar("ItemT")
ShownT = TypeVar("ShownT")


class BatchRefused(Conflict):
    """The record itself was fine, but its batch was atomic and another record of it was refused."""

    code = "batch-refused"


class _NothingIsStored(Exception):
    """An atomic batch is taken back: so each of its records stood."""

    def __init__(self, outcomes: Sequence[Outcome[Any]]) -> None:
        super().__init__()
        self.outcomes = outcomes


def take_batch(
    uow: UnitOfWork,
    entries: Sequence[ItemT | DomainError],
    record: Callable[[UnitOfWork, Sequence[ItemT]], list[Outcome[ShownT]]],
    *,
    atomic: bool,
) -> list[Outcome[ShownT]]:
    """Record a batch whose unreadable entries stand as the error that says so; each is answered in its place.

    With ``atomic`` one refusal refuses all: nothing is stored, and what would have been says why it was not.
    """
    if not atomic:
        return in_place(entries, lambda items: record(uow, items))
    try:
        with uow.savepoint():
            return _demand_all(in_place(entries, lambda items: record(uow, items)))
    except _NothingIsStored as nothing:
        refusal = BatchRefused(says("another-item-refused"))
        return [Outcome("refused", None, outcome.error or refusal) for outcome in nothing.outcomes]


def _demand_all(outcomes: list[Outcome[ShownT]]) -> list[Outcome[ShownT]]:
    if any(outcome.error for outcome in outcomes):
        raise _NothingIsStored(outcomes)
    return outcomes
