"""Apps: one per house, one front for the process, one edge around both."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import VERSION
from shared.errors import DomainError
from shared.house import House, HouseDefinition
from shared.http.audit import audit_router
from shared.http.changes import changes_router
from shared.http.clients.api import clients_router
from shared.http.clients.records import ClientRecords
from shared.http.codes import codes_router
from shared.http.dead_letters import dead_letter_router
from shared.http.dependencies import authenticate, needed_scopes, refuse_unknown_parameters
from shared.http.hooks import webhooks_router
from shared.http.jobs import jobs_router
from shared.http.lists import lists_in
from shared.http.middleware import Edge, first_segment
from shared.http.oauth import oauth_router
from shared.http.one_document import one_document
from shared.http.openapi import NO_TELEMETRY, DocumentedApp
from shared.http.pages import pages_router
from shared.http.problems import database_problem, install_problem_handlers, problem_response
from shared.http.usage import usage_router
from shared.mappings.applying import demand_usable
from shared.mappings.reading import shipped
from shared.security.issuer import TOKEN_PATH, Issuer
from shared.words.language import Language

_CONTACT = {"name": "守线 ShouXian: the operators of this installation"}
_SERVERS = [{"url": "/", "description": "This process, or the gateway before it"}]


def house_app(house: House) -> ASGIApp:
    """Everything under `/<house>`, answered by this house."""
    return HotRoutes(house, TokenFirst(house, _described(house)))


def _described(house: House) -> FastAPI:
    settings = house.settings
    return described_app(house.definition, token_url=settings.public_token_url, pages=settings.shows_docs)


@cache
def described_app(definition: HouseDefinition, *, token_url: str = TOKEN_PATH, pages: bool = False) -> FastAPI:
    """Everything under `/<house>`, able to describe itself; it answers a request whose state names the house.

    Raises MappingRefused where a mapping of its files cannot be used.
    """
    name = definition.name
    app = DocumentedApp(
        name,
        token_url=token_url,
        title=f"ShouXian {definition.title}",
        summary=definition.summary,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"/{name}/openapi.json",
        contact=_CONTACT,
        servers=_SERVERS,
    )
    if pages:
        app.include_router(pages_router(f"/{name}", app.title))
    for router in (
        definition.router,
        codes_router(name),
        changes_router(name),
        webhooks_router(name),
        jobs_router(name),
        dead_letter_router(),
        audit_router(),
        usage_router(),
    ):
        app.include_router(router, prefix=f"/{name}/v1")
    install_problem_handlers(app, name)
    lists = [listed.query.sheet for listed in lists_in(app)]
    demand_usable(shipped().values(), name, definition.files_in, [*lists, *definition.files_out])
    return app


class _FrontApp(DocumentedApp):
    """What belongs to no house, with a document of the whole process."""

    def __init__(self, houses: Sequence[House], **kwargs: Any) -> None:
        super().__init__("system", **kwargs)
        self._houses = houses

    def openapi(self) -> dict[str, Any]:
        """Everything the process serves."""
        documents = {house.name: _described(house).openapi() for house in self._houses}
        return one_document(super().openapi(), documents) if documents else super().openapi()


def front_app(houses: Sequence[House], issuer: Issuer | None, records: ClientRecords | None = None) -> FastAPI:
    """What belongs to a process that answers: operations, docs and, where it has them, token endpoint and clients."""
    app = _FrontApp(
        houses,
        title="ShouXian 守线",
        summary="Keeps rural households from falling back into poverty: tokens, health and metrics of the process",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        contact=_CONTACT,
        servers=_SERVERS,
    )
    install_problem_handlers(app, "system")
    app.include_router(_operations(houses))
    if any(house.settings.shows_docs for house in houses):
        app.include_router(pages_router("", app.title))

    @app.get("/", include_in_schema=False)
    async def index() -> dict[str, Any]:
        pages = {house.name: f"/{house.name}/docs" for house in houses if house.settings.shows_docs}
        return {"name": "ShouXian 守线", "version": VERSION, "docs": pages}

    if issuer is not None:
        app.include_router(oauth_router(issuer))
    if records is not None:
        app.include_router(clients_router(records))
    return app


def _operations(houses: Sequence[House]) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", summary="The process is alive")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get(
        "/readyz",
        summary="Every house of the process can do its work",
        responses={503: {"description": "`not_ready` says which house lacks what"}},
    )
    async def readyz() -> JSONResponse:
        missing = {house.name: reasons for house in houses if (reasons := await house.not_ready())}
        document = {"status": "unavailable" if missing else "ok", "not_ready": missing}
        return JSONResponse(document, status_code=503 if missing else 200)

    @router.get(
        "/metrics",
        summary="Prometheus metrics of the process",
        response_class=PlainTextResponse,
        responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}},
    )
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


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
    app.include_router(_operations(houses))
    return Edge(app, max_body_bytes=max_body_bytes)


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
    front: ASGIApp = front_app(houses, issuer, records)
    if houses:
        front = TokenFirst(houses[0], front)
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
        ByFirstSegment(apps, front),
        max_body_bytes=max_body_bytes,
        max_body_bytes_of=large,
        language=language,
    )
