"""The answer to whoever records or withdraws: 201 stored, 200 the same again."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import Response
from pydantic import BaseModel

from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError
from shared.http.dependencies import Call
from shared.http.idempotency import Answer
from shared.http.problems import Responses, responses
from shared.records.outcomes import Outcome

STATUS: Final = {"stored": 201, "duplicate": 200}
"""What answers a record that was not refused, by what became of it."""


def record_responses(shown: type[BaseModel], *errors: type[DomainError]) -> Responses:
    """The `responses=` of a route that records or withdraws, and may refuse in these ways."""
    return {200: {"model": shown, "description": "The same again"}, **responses(*errors)}


async def recorded(call: Call, key: str | None, command: Callable[..., Outcome[Any]], *args: Any) -> Response:
    """Run a command and answer with its outcome; under an Idempotency-Key, only the first time."""

    def answer(uow: UnitOfWork) -> Answer:
        outcome = command(uow, *args)
        shown: BaseModel = outcome.accepted()
        return Answer(STATUS[outcome.result], shown.model_dump_json())

    return await call.answer(key, answer)
