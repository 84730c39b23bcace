"""Batches: many things in one request, each read, done and answered by itself."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Final, Literal, Protocol, TypeVar

from fastapi import Query, Request
from pydantic import TypeAdapter, ValidationError
from starlette.convertors import StringConvertor, register_url_convertor

from shared.errors import DomainError
from shared.http.problems import invalid_from, keep_first_problems

MAX_ITEMS: Final = 1000
"""Things of one batch."""
RETURN: Final = "return"
BATCH: Final = "batch"
"""The last part of the path of batches. A thing beside them, whose path ends with its name, cannot be called so."""
EXEMPTIONS: Final = "exemptions"
"""The last part of the path that exempts many findings at once."""
_IN_ONE_GO: Final = 50
ItemT = TypeVar("ItemT")


class _BesideBatches(StringConvertor):
    """`{code:beside_batches}` in a path: every name but that of the route of batches."""

    regex = f"(?!{BATCH}(?:/|$))[^/]+"


class _BesideExemptions(StringConvertor):
    """`{finding_id:beside_exemptions}` in a path: the same, beside the route that exempts many at once."""

    regex = f"(?!{EXEMPTIONS}(?:/|$))[^/]+"


register_url_convertor("beside_batches", _BesideBatches())
register_url_convertor("beside_exemptions", _BesideExemptions())


class Answered(Protocol):
    """The answer to one thing of a batch."""

    @property
    def problem(self) -> dict[str, Any] | None:
        """Why it was refused."""


AnswerT = TypeVar("AnswerT", bound=Answered)
Wanted = Literal["all", "rejected"]
"""Which items of a batch are answered; the counts are always there."""
_WANTED: TypeAdapter[Wanted] = TypeAdapter(Wanted)
Returned = Annotated[
    Wanted,
    Query(alias=RETURN, description="Of a batch: `rejected` answers the items that were refused, beside the counts"),
]


def returned(request: Request) -> Wanted:
    """The query parameter of a route that reads its own. Raises Invalid."""
    try:
        return _WANTED.validate_python(request.query_params.get(RETURN, "all"))
    except ValidationError as error:
        raise invalid_from([{**found, "loc": (RETURN,)} for found in error.errors(include_url=False)]) from error


async def read_each(documents: Sequence[Any], read: Callable[[Any], ItemT]) -> list[ItemT | DomainError]:
    """The things of a batch, each read or refused; other requests are answered in between."""
    entries: list[ItemT | DomainError] = []
    for number, document in enumerate(documents, start=1):
        try:
            entries.append(read(document))
        except DomainError as error:
            entries.append(error)
        if number % _IN_ONE_GO == 0:
            await asyncio.sleep(0)
    return entries


def chunks(entries: Sequence[ItemT], size: int) -> Iterator[Sequence[ItemT]]:
    """The things of a batch, so many at a time."""
    for first in range(0, len(entries), size):
        yield entries[first : first + size]


def text_of(document: Any, name: str) -> str | None:
    """What a thing says under a name, as far as it can be read: by what the sender knows it."""
    said = document.get(name) if isinstance(document, dict) else None
    return said if isinstance(said, str) else None


def items_answered(items: Sequence[AnswerT], wanted: Wanted) -> list[AnswerT]:
    """The items of an answer that are wanted; of all their problems the first are named in full."""
    keep_first_problems(item.problem for item in items if item.problem is not None)
    return [item for item in items if wanted == "all" or item.problem is not None]
