"""`If-Match` names the version a caller changed; another one is there by now, and nothing is written."""

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from shared.http.problems import install_problem_handlers
from shared.http.versions import IfMatch, version_tag
from shared.versions import demand_version

REGISTERED = 3


def client() -> AsyncClient:
    app = FastAPI()
    install_problem_handlers(app, "probe")

    @app.put("/things/{there}")
    async def put(there: bool, expected: IfMatch) -> None:
        demand_version(expected, REGISTERED if there else None)

    return AsyncClient(transport=ASGITransport(app), base_url="http://test")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 200),
        ('"3"', 200),
        ('W/"3"', 200),
        ('"1", "3"', 200),
        ("*", 200),
        ('"2"', 412),
        ('"1","2"', 412),
        ('"three"', 412),
        ("3", 400),
        ('"3', 400),
        ("", 412),
    ],
)
async def test_only_the_version_that_was_read_is_changed(header: str | None, status: int) -> None:
    async with client() as asking:
        answer = await asking.put("/things/true", headers={} if header is None else {"If-Match": header})
    assert answer.status_code == status
    if status == 412:
        document = answer.json()
        assert (document["type"], document["version"]) == ("urn:problem:probe:version-changed", REGISTERED)


@pytest.mark.parametrize("header", ["*", '"1"'])
async def test_what_is_not_registered_has_no_version_to_match(header: str) -> None:
    async with client() as asking:
        assert (await asking.put("/things/false", headers={"If-Match": header})).status_code == 412


def test_a_version_stands_in_quotation_marks() -> None:
    assert version_tag(12) == '"12"'
