"""The apps of a process, each able to describe itself: made once, they answer by what the state of a request names."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from fastapi import Request

from shared import VERSION
from shared.house import House, HouseDefinition
from shared.http import oauth, operations
from shared.http.audit import audit_router
from shared.http.changes import changes_router
from shared.http.clients import api as clients
from shared.http.codes import codes_router
from shared.http.dead_letters import dead_letter_router
from shared.http.hooks import webhooks_router
from shared.http.jobs import jobs_router
from shared.http.lists import lists_in
from shared.http.one_document import one_document
from shared.http.openapi import DocumentedApp
from shared.http.pages import pages_router
from shared.http.problems import install_problem_handlers
from shared.http.usage import usage_router
from shared.mappings.applying import demand_usable
from shared.mappings.reading import shipped
from shared.security.issuer import TOKEN_PATH


@cache
def described_house(definition: HouseDefinition, *, token_url: str = TOKEN_PATH, pages: bool = False) -> DocumentedApp:
    """Everything under `/<house>`; it answers a request whose state names the house.

    Raises MappingRefused where a mapping of its files cannot be used.
    """
    name = definition.name
    app = DocumentedApp(
        name,
        token_url=token_url,
        title=f"ShouXian {definition.title}",
        summary=definition.summary,
        openapi_url=f"/{name}/openapi.json",
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


class _Front(DocumentedApp):
    """What belongs to no house, with a document of the whole process."""

    def __init__(self, houses: Sequence[DocumentedApp], **kwargs: Any) -> None:
        super().__init__("system", **kwargs)
        self._houses = houses

    def openapi(self) -> dict[str, Any]:
        """Everything the process serves."""
        documents = {app.house: app.openapi() for app in self._houses}
        return one_document(super().openapi(), documents) if documents else super().openapi()


@cache
def described_front(*houses: DocumentedApp, gives_tokens: bool, keeps_clients: bool, pages: bool) -> DocumentedApp:
    """What belongs to no house: operations, docs and, where the process has them, token endpoint and clients."""
    app = _Front(
        houses,
        title="ShouXian 守线",
        summary="Keeps rural households from falling back into poverty: tokens, health and metrics of the process",
        openapi_url="/openapi.json",
    )
    install_problem_handlers(app, "system")
    app.include_router(operations.router)
    if pages:
        app.include_router(pages_router("", app.title))
    app.add_api_route("/", _index, include_in_schema=False)
    if gives_tokens:
        app.include_router(oauth.router)
    if keeps_clients:
        app.include_router(clients.router)
    return app


async def _index(request: Request) -> dict[str, Any]:
    houses: Sequence[House] = request.state.houses
    pages = {house.name: f"/{house.name}/docs" for house in houses if house.settings.shows_docs}
    return {"name": "ShouXian 守线", "version": VERSION, "docs": pages}
