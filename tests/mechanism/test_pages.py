"""The API pages: shown where that is asked for, from files of the installation, with the address of the real issuer."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.monitoring.app import MONITORING
from shared.http.application import process_app
from shared.settings import Environment, Settings
from tests.conftest import OpenHouse
from tests.mechanism.probe import ON_SQLITE

PAGES = ("/monitoring/docs", "/docs")
LOADED = re.compile(r"""(?:src|href)=["']([^"']+)["']""")


@pytest.fixture
def asked(open_house: OpenHouse, tmp_path: Path) -> Any:
    async def ask(*paths: str, **settings: Any) -> list[httpx.Response]:
        house = await open_house(MONITORING)
        house.settings = Settings(data=tmp_path, **settings)
        app = process_app([house], None, max_body_bytes=1024)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
            return [await client.get(path) for path in paths]

    return ask


@ON_SQLITE
async def test_a_page_loads_nothing_from_elsewhere(asked: Any) -> None:
    """N A.1: the page came from a foreign host, and was blank in a network that reaches none."""
    for page in await asked(*PAGES, env=Environment.DEVELOPMENT):
        assert page.status_code == 200
        loaded = LOADED.findall(page.text)
        assert {address.rpartition(".")[2] for address in loaded} == {"js", "css", "png"}
        assert not re.findall(r"https?://", page.text)
        for answer in await asked(*loaded, env=Environment.DEVELOPMENT):
            assert answer.status_code == 200
            assert len(answer.content) > 100
    [script] = await asked("/monitoring/docs/files/swagger-ui-bundle.js", env=Environment.DEVELOPMENT)
    assert script.headers["content-type"].startswith("text/javascript")
    [other] = await asked("/monitoring/docs/files/redoc.standalone.js", env=Environment.DEVELOPMENT)
    assert other.status_code == 404


@ON_SQLITE
async def test_production_shows_pages_only_where_asked_to(asked: Any) -> None:
    """`audit.md` 9: they were open to everybody."""
    assert [page.status_code for page in await asked(*PAGES)] == [404, 404]
    assert [page.status_code for page in await asked(*PAGES, docs=True)] == [200, 200]
    [index] = await asked("/")
    assert index.json()["docs"] == {}


@ON_SQLITE
@pytest.mark.parametrize(
    ("said", "token_url"),
    [
        ({}, "/oauth2/token"),
        ({"jwks_url": "https://sso.example/certs", "issuer": "https://sso.example"}, "https://sso.example"),
        (
            {"jwks_url": "https://sso.example/certs", "token_url": "https://sso.example/token"},
            "https://sso.example/token",
        ),
    ],
)
async def test_the_document_names_the_issuer_that_gives_tokens(
    asked: Any, said: dict[str, str], token_url: str
) -> None:
    [document] = await asked("/monitoring/openapi.json", **said)
    flows = document.json()["components"]["securitySchemes"]["oauth2"]["flows"]
    assert flows["clientCredentials"]["tokenUrl"] == token_url
