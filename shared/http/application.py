"""Apps: one per house, one front for the process, one edge around both."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import VERSION
from shared.errors import DomainError
from shared.house import House
from shared.http import operations
from shared.http.clients.records import ClientRecords
from shared.http.dependencies import authenticate, needed_scopes, refuse_unknown_parameters
from shared.http.described import described_front, described_house
from shared.http.middleware import Edge, first_segment
from shared.http.oauth import TokenDesk
from shared.http.openapi import NO_TELEMETRY, DocumentedApp
from shared.http.problems import database_problem, install_problem_handlers, problem_response
from shared.security.issuer import Issuer
from shared.words.language import Language


def house_app(house: House) -> ASGIApp:
    """Everything under `/<house>`, answered by this house."""
    return HotRoutes(house, TokenFirst(house, _described(house)))


def _described(house: House) -> DocumentedApp:
    settings = house.settings
    return described_house(house.definition, token_url=settings.public_token_url, pages=settings.shows_docs)


def front_app(houses: Sequence[House], issuer: Issuer | None, records: ClientRecords | None = None) -> ASGIApp:
    """What a process answers beside its houses: what belongs to none of them."""
    described = described_front(
        *map(_described, houses),
        gives_tokens=issuer is not None,
        keeps_clients=records is not None,
        pages=any(house.settings.shows_docs for house in houses),
    )
    front = Knowing(described, houses=houses, tokens=issuer and TokenDesk(issuer), records=records)
    return TokenFirst(houses[0], front) if houses else front


class Knowing:
    """Tells the routes of an app, in the state of each request, what they work with."""

    def __init__(self, app: ASGIApp, **known: Any) -> None:
        self._app = app
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            scope["state"].update(self._known)
        await self._app(scope, receive, send)


class ByFirstSegment:
    """Hands `/monitoring/…` to monitoring and so on; the rest to the front."""

    def __init__(self, houses: Mapping[str, ASGIApp], front: ASGIApp) -> None:
        self._houses = houses
        self._front = front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the connection on."""
        house = first_segment(scope) if scope["type"] == "http" else ""
        await self._houses.get(house, self._front)(scope, receive, send)


class TokenFirst:
    """Names the house that answers, and reads nothing of a body for a caller who may not send it.

    The framework reads and parses a body before it asks for the token. Here the first read asks: the route, and with it
    the scope it needs, is known by then.
    """

    def __init__(self, house: House, app: ASGIApp) -> None:
        self._house = house
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        scope["state"]["house"] = self._house
        asked = False

        async def receive_from_whoever_may_send() -> Message:
            nonlocal asked
            if not asked:
                asked = True
                needed = needed_scopes(scope)
                if needed:
                    request = Request(scope)
                    await authenticate(self._house, request, request.headers.get("authorization"), *needed)
            return await receive()

        await self._app(scope, receive_from_whoever_may_send, send)


class HotRoutes:
    """Answers a house's hot routes itself and hands everything else to its app.

    Same authentication, same problems, same edge; what is left out is the framework's routing and injection, which
    costs more than the fact.
    """

    def __init__(self, house: House, app: ASGIApp) -> None:
        self._house = house
        self._app = app
        self._routes = {(hot.method, f"/{house.name}/v1{hot.path}"): hot for hot in house.definition.hot_routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        hot = self._routes.get((scope["method"], scope["path"]))
        if hot is None:
            await self._app(scope, receive, send)
            return
        scope["state"]["route"] = scope["path"]
        request = Request(scope, receive)
        try:
            call = await authenticate(self._house, request, request.headers.get("authorization"), hot.scope)
            refuse_unknown_parameters(request, lambda: hot.parameters)
            response = await hot.answer(call)
        except DomainError as error:
            response = problem_response(self._house.name, error)
        except sa.exc.SQLAlchemyError as error:
            response = database_problem(self._house.name, error)
        await response(scope, receive, send)


def worker_app(houses: Sequence[House], *, max_body_bytes: int) -> ASGIApp:
    """What a worker serves: health, readiness and metrics, and nothing else."""
    app = FastAPI(
        title="ShouXian", version=VERSION, docs_url=None, redoc_url=None, openapi_url=None, telemetry=NO_TELEMETRY
    )
    install_problem_handlers(app, "system")
    app.include_router(operations.router)
    return Edge(Knowing(app, houses=houses), max_body_bytes=max_body_bytes)


def process_app(
    houses: Sequence[House],
    issuer: Issuer | None,
    *,
    max_body_bytes: int,
    max_batch_bytes: int | None = None,
    max_file_bytes: int | None = None,
    language: Language = Language.EN,
    records: ClientRecords | None = None,
) -> ASGIApp:
    """Everything one process serves. ``records`` are those of clients, where it is the one to change them."""
    apps = {house.name: house_app(house) for house in houses}
    large = {
        f"/{house.name}/v1{path}": most or max_body_bytes
        for house in houses
        for paths, most in (
            (house.definition.batch_paths, max_batch_bytes),
            (house.definition.file_paths, max_file_bytes),
        )
        for path in paths
    }
    return Edge(
        ByFirstSegment(apps, front_app(houses, issuer, records)),
        max_body_bytes=max_body_bytes,
        max_body_bytes_of=large,
        language=language,
    )
