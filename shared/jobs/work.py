"""What a kind of long work is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.db.unit_of_work import Reading, UnitOfWork

Document = Mapping[str, Any]


class Standing(NamedTuple):
    """How far a job is, before its next part."""

    asked: Document
    """What was asked for."""
    position: Any
    """Where the next part begins; None before the first one."""
    result: Document
    """The result so far."""


class Part(NamedTuple):
    """What one transaction did of a job. Position and result are JSON."""

    position: Any
    done: int
    """How many items this part saw to."""
    result: Document
    """The result so far, this part included."""
    ended: bool
    """Whether nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of long work: how many items there are, and how a bounded part of them is done.

    A part is committed together with the place where the next one begins, so that a job that is killed does no item
    twice and leaves none out. It takes a second or so: others wait no longer for what it locks.
    """

    total: Callable[[Reading, Document], int]
    do_part: Callable[[UnitOfWork, Standing], Part]


Kinds = Mapping[str, Work]
"""The kinds of long work of a house, by name."""
