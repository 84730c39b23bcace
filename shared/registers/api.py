"""The answer to a PUT of a register: 201 or 200, with the version as its `ETag`."""

from typing import Protocol, TypeVar

from fastapi import Response

from shared.errors import DomainError
from shared.http.problems import Responses, responses
from shared.http.versions import tag
from shared.registers.commands import Put


class Versioned(Protocol):
    """An answer that names the version it shows."""

    @property
    def version(self) -> int:
        """Grows with every change."""


Shown = TypeVar("Shown", bound=Versioned)


def put_responses(shown: type[Versioned], *errors: type[DomainError]) -> Responses:
    """The `responses=` of a PUT that may refuse in these ways."""
    return {201: {"model": shown, "description": "New"}, **responses(*errors)}


def answered(response: Response, done: Put[Shown]) -> Shown:
    """The body of the answer, once status and `ETag` are set."""
    response.status_code = 201 if done.created else 200
    tag(response, done.shown.version)
    return done.shown
