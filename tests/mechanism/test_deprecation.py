"""A route that will end says so in every answer, whatever the answer is; the others say nothing of it."""

import datetime as dt

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from starlette.responses import Response

from shared.errors import Conflict
from shared.http.deprecation import ending
from shared.http.middleware import Edge
from shared.http.problems import install_problem_handlers
from shared.words.said import Said

ENDING = [ending(since=dt.date(2027, 1, 1), sunset=dt.date(2028, 1, 1), instead="/probe/v2/things")]


def app() -> FastAPI:
    made = FastAPI()
    install_problem_handlers(made, "probe")

    @made.get("/probe/v1/things", deprecated=True, dependencies=ENDING)
    async def things() -> Response:
        return Response("[]", media_type="application/json")

    @made.post("/probe/v1/things", deprecated=True, dependencies=ENDING)
    async def refuse() -> None:
        raise Conflict(Said.of("there is one already"))

    @made.get("/probe/v2/things")
    async def things_again() -> list[str]:
        return []

    return made


async def test_every_answer_of_a_route_that_will_end_says_since_when_until_when_and_what_instead() -> None:
    async with AsyncClient(transport=ASGITransport(Edge(app(), max_body_bytes=1024)), base_url="http://test") as client:
        answers = [await client.get("/probe/v1/things"), await client.post("/probe/v1/things")]
        stays = await client.get("/probe/v2/things")
    assert [answer.status_code for answer in answers] == [200, 409]
    for answer in answers:
        assert answer.headers["deprecation"] == "@1798761600"
        assert answer.headers["sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
        assert answer.headers["link"] == '</probe/v2/things>; rel="successor-version"'
    assert not {"deprecation", "sunset", "link"} & set(stays.headers)
