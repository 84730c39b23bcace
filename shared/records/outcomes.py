"""What became of a record, alone or in a batch."""

from collections.abc import Callable, Sequence
from typing import Generic, Literal, NamedTuple, TypeVar

from shared.errors import DomainError

Shown = TypeVar("Shown")
Item = TypeVar("Item")


class Outcome(NamedTuple, Generic[Shown]):
    """What became of one record: stored, known before and the same, or refused for this error."""

    result: Literal["stored", "duplicate", "refused"]
    shown: Shown | None
    error: DomainError | None = None

    def accepted(self) -> Shown:
        """The record; raises what it was refused for."""
        if self.shown is None:
            raise self.refusal()
        return self.shown

    def refusal(self) -> DomainError:
        """What the record was refused for."""
        assert self.error is not None, "a record that is not refused is shown"
        return self.error


def take_each(take: Callable[[Item], Outcome[Shown]], items: Sequence[Item]) -> list[Outcome[Shown]]:
    """Take the records of a batch in order; one that is refused sinks no other."""
    return [_take(take, item) for item in items]


def in_place(
    entries: Sequence[Item | DomainError], record: Callable[[Sequence[Item]], Sequence[Outcome[Shown]]]
) -> list[Outcome[Shown]]:
    """Record the entries of a batch that can be read; one that stands as the error that says so is refused for it."""
    recorded = iter(record([entry for entry in entries if not isinstance(entry, DomainError)]))
    return [Outcome("refused", None, entry) if isinstance(entry, DomainError) else next(recorded) for entry in entries]


def _take(take: Callable[[Item], Outcome[Shown]], item: Item) -> Outcome[Shown]:
    try:
        return take(item)
    except DomainError as error:
        return Outcome("refused", None, error)
