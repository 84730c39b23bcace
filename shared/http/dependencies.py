"""What a route is given: the call, with who calls, in which chain, and the doors to commands and queries."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import unquote

from fastapi import Depends, Header, Request, Security, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from fastapi.security import OAuth2
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Scope

from shared.context import Context
from shared.db.audit import Look, record_looks
from shared.db.unit_of_work import Patience, UnitOfWork
from shared.errors import Invalid
from shared.findings import Finding
from shared.http.files import FileAnswer
from shared.http.idempotency import Answer, answer_once, request_hash
from shared.http.limits import admit
from shared.lists.page import Page
from shared.lists.portions import Portion
from shared.lists.query import ListQuery
from shared.mappings.applying import mapped, refuse_mapping
from shared.security.actor import PERSONAL, Actor
from shared.security.clients import ALL_SCOPES
from shared.security.tokens import TokenMissing
from shared.words.language import speaking
from shared.words.said import says

if TYPE_CHECKING:
    from shared.house import House

T = TypeVar("T")
MAX_KEY_LENGTH = 128
MAX_UNKNOWN_PARAMETERS = 10
MAX_PARAMETER_NAME = 64
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_KEY_LENGTH,
        description="Repeat safely: the first answer is kept",
    ),
]


MAX_PURPOSE_LENGTH = 200
Purpose = Annotated[
    str | None,
    Header(
        alias="X-Purpose",
        max_length=1000,
        description="What a person is looked up for, kept in the audit; percent-encoded UTF-8 where it is not ASCII",
    ),
]
"""The header that says why somebody looks at a person; `Call.query_person` reads it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request."""

    house: "House"
    actor: Actor
    context: Context
    request: Request
    client_id: str
    """The caller as its record names it."""

    @property
    def idempotency_key(self) -> str | None:
        """The `Idempotency-Key` of the request, for routes that read their headers themselves."""
        key = self.request.headers.get("idempotency-key")
        if key is not None and not 1 <= len(key) <= MAX_KEY_LENGTH:
            said = says("idempotency-key-length", most=MAX_KEY_LENGTH)
            raise Invalid(said, [Finding("/Idempotency-Key", said)])
        return key

    async def command(self, command: Callable[..., T], *args: Any, patience: Patience = Patience.WAITS) -> T:
        """Run ``command(uow, *args)`` in one transaction; committed when this returns."""
        write = self.house.database.write
        return await write(command, *args, actor=self.actor, context=self.context, patience=patience)

    async def query(self, query: Callable[..., T], *args: Any) -> T:
        """Run ``query(reading, *args)``."""
        return await self.house.database.read(query, *args, actor=self.actor, context=self.context)

    async def page(
        self,
        query: Callable[..., Page[T]],
        asked: ListQuery,
        *args: Any,
        looks: Callable[[Sequence[T]], Collection[str]] | None = None,
    ) -> Page[T] | Response:
        """Run ``query(reading, asked, *args)`` for a page of the list at this address, or for all of it as a file.

        Where the caller may see persons in clear, a look at each of the subjects that ``looks`` names of what is shown
        is recorded before it is given.
        """
        if asked.format == "json":
            refuse_mapping(asked.mapping)
            return await self._shown(query, asked.at(self.request.url.path), args, looks)
        form, sheet = asked.format, mapped(self.house.name, asked.sheet, asked.mapping)
        asked = asked.in_columns(sheet)
        first = await self._shown(query, asked.from_place(None), args, looks)

        async def portions() -> AsyncIterator[Portion[T]]:
            portion = first
            while isinstance(portion, Portion):
                yield portion
                if portion.key is None:
                    break
                portion = await self._shown(query, asked.from_place(portion.key), args, looks)

        today = self.house.database.resources.clock.today().isoformat()
        return FileAnswer(sheet, form, portions(), speaking.get(), today)

    async def _shown(
        self,
        query: Callable[..., Page[T]],
        asked: ListQuery,
        args: Sequence[Any],
        looks: Callable[[Sequence[T]], Collection[str]] | None,
    ) -> Page[T]:
        shown = await self.query(query, asked, *args)
        if looks is not None:
            await self.record_looks(looks(shown.items))
        return shown

    async def query_person(self, query: Callable[..., T], subject: str, *args: Any) -> T:
        """As `query`, for what names or describes persons: who may see them in clear is recorded as having looked.

        The audit row names the client, the ``subject`` (a household's code), the purpose of the header `X-Purpose` and
        the correlation id; it is committed before the answer is given. Routes declare the header as `Purpose`.
        """
        found = await self.query(query, *args)
        if self.actor.may(PERSONAL):
            await self.record_look(subject)
        return found

    async def record_look(self, subject: str) -> None:
        """Record that the caller saw a person in clear, for routes that find the subject on their way."""
        look = Look(self.actor.id, subject, _purpose(self.request.headers.get("x-purpose")), self.context)
        await self.house.lane(record_looks).submit(look)

    async def record_looks(self, subjects: Collection[str]) -> None:
        """The same for all that an answer shows, of a caller who may see persons in clear."""
        if self.actor.may(PERSONAL):
            await asyncio.gather(*map(self.record_look, sorted(subjects)))

    async def submit(self, command: Callable[[UnitOfWork, Sequence[Any]], Sequence[T]], item: Any) -> T:
        """Have a set-based command do this item together with whatever else is waiting; committed when this returns."""
        outcome: T = await self.house.lane(command).submit(item)
        return outcome

    async def answer(self, key: str | None, command: Callable[..., Answer], *args: Any) -> Response:
        """Run a command that makes the answer; under an Idempotency-Key, only the first time."""
        if key is None:
            answer = await self.command(command, *args)
        else:
            asked = self.request
            target = f"{asked.url.path}?{asked.url.query}".removesuffix("?")
            fingerprint = request_hash(asked.method, target, await asked.body(), self.actor)
            answer = await self.command(answer_once, key, fingerprint, lambda uow: command(uow, *args))
        return answer.response()

    async def once(self, key: str | None, status: int, command: Callable[..., BaseModel], *args: Any) -> Response:
        """Run a command and answer with its result; under an Idempotency-Key, only the first time."""
        return await self.answer(key, lambda uow: Answer(status, command(uow, *args).model_dump_json()))


_SCOPE_MEANING = {
    "read": "Look things up",
    "write": "Record and act",
    "approve": "Approve what others prepared",
    "pii": "See names, identity numbers, birthdays and health",
    "backfill": "Record history that raises nothing by itself",
    "match": "Report about persons by identity number",
    "order": "Order as a buyer",
    "admin": "Operate the services",
}
_SCOPES = {scope: _SCOPE_MEANING[scope.partition(":")[2]] for scope in ALL_SCOPES}
_bearer = OAuth2(
    flows={"clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": _SCOPES}},
    auto_error=False,
    scheme_name="oauth2",
)


def _purpose(header: str | None) -> str | None:
    """The purpose as text of one line."""
    if header is None:
        return None
    text = unquote(header)
    return "".join(character if character.isprintable() else " " for character in text)[:MAX_PURPOSE_LENGTH].strip()


async def authenticate(house: "House", request: Request, authorization: str | None, *scopes: str) -> Call:
    """Who calls, with one of these scopes.

    Raises TokenMissing, TokenExpired, TokenInvalid, ClientDisabled, NetworkNotAllowed, TooManyRequests or ScopeMissing.
    """
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise TokenMissing(says("send-a-token"))
    actor, client_id, permit = await house.verifier.recognise(token)
    state = request.scope["state"]
    state["client"] = actor.id
    await admit(house, request, client_id, permit)
    actor.demand(*scopes)
    return Call(house, actor, state["context"], request, client_id)


def calling(*scopes: str) -> Any:
    """The dependency of a route that needs one of these scopes: answers 401 or 403 before anything is read."""

    async def call(request: Request, authorization: Annotated[str | None, Depends(_bearer)]) -> Call:
        authenticated = await authenticate(request.state.house, request, authorization, *scopes)
        refuse_unknown_parameters(request, lambda: query_parameters(request.scope["route"]))
        return authenticated

    _NEEDED[call] = scopes
    return Security(call, scopes=list(scopes))


_NEEDED: dict[Callable[..., Any], tuple[str, ...]] = {}
"""The scopes of which each dependency made by `calling` asks for one."""


def needed_scopes(scope: Scope) -> tuple[str, ...]:
    """The scopes of which the route that a request was led to asks for one; empty where it asks for no token."""
    route = scope.get("route")
    if not isinstance(route, APIRoute):
        return ()
    return next((_NEEDED[each.call] for each in route.dependant.dependencies if each.call in _NEEDED), ())


def refuse_unknown_parameters(request: Request, known: Callable[[], frozenset[str]]) -> None:
    """Raise Invalid for a query parameter the route does not have: a filter must never be passed over in silence."""
    if not request.scope["query_string"]:
        return
    unknown = sorted(set(request.query_params) - known())
    if unknown:
        shown = [name[:MAX_PARAMETER_NAME] for name in unknown[:MAX_UNKNOWN_PARAMETERS]]
        raise Invalid.of([Finding(f"/{name}", says("no-such-parameter")) for name in shown])


_ELSEWHERE = (params.Path, params.Header, params.Cookie)


def query_parameters(route: APIRoute) -> frozenset[str]:
    """The names of the query parameters that a route has."""
    found = get_flat_params(route.dependant)
    return frozenset(field.alias for field in found if not isinstance(field.field_info, _ELSEWHERE))
