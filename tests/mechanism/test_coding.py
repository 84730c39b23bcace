"""Bodies that come packed and answers that leave packed, on a real server."""

import asyncio
import csv
import gzip
import io
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any, Final

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from services.monitoring.app import MONITORING
from shared.errors import MalformedRequest
from shared.http.application import process_app
from shared.http.coding import SMALLEST_PACKED, Packing, accepts_gzip, unpacked
from tests.builders import household, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_SQLITE
from tests.mechanism.wire import served
from tests.problems import assert_problem

HOME, FACTS, IMPORTS = "/monitoring/v1/households/DJ-0001", "/monitoring/v1/facts", "/monitoring/v1/imports"
BODY_LIMIT, BATCH_LIMIT, FILE_LIMIT = 64 * 1024, 256 * 1024, 512 * 1024
PACKED: Final = {"content-encoding": "gzip", "content-type": "application/json"}


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a real server that accepts no packed answers by itself."""
    house = await open_house(MONITORING)
    token = client_for(house).headers["authorization"]
    app = process_app([house], None, max_body_bytes=BODY_LIMIT, max_batch_bytes=BATCH_LIMIT, max_file_bytes=FILE_LIMIT)
    async with served(app) as url, client_of(url, authorization=token) as client:
        yield client


@asynccontextmanager
async def client_of(url: str, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, headers={"accept-encoding": "identity", **headers}) as client:
        yield client


def packed(document: Any, *, members: int = 1) -> bytes:
    text = json.dumps(document).encode()
    size = -(-len(text) // members)
    return b"".join(gzip.compress(text[start : start + size]) for start in range(0, len(text), size))


async def in_parts(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


@ON_SQLITE
async def test_a_packed_body_is_read_as_the_same_plain(monitoring: httpx.AsyncClient) -> None:
    put = await monitoring.put(HOME, content=packed(household()), headers=PACKED)
    assert put.status_code == 201
    assert (await monitoring.put(HOME, json=household())).json() == put.json()
    fact = income_fact("2026-05", "100.00")
    stored = await monitoring.post(FACTS, content=packed(fact, members=3), headers=PACKED)
    assert (stored.status_code, (await monitoring.post(FACTS, json=fact)).status_code) == (201, 200)
    batch = {"facts": [income_fact("2026-06", "100.00") | {"source_ref": f"b-{number}"} for number in range(200)]}
    answers = await monitoring.post(
        FACTS, content=in_parts(packed(batch), 50), headers=PACKED | {"content-encoding": "x-gzip"}
    )
    assert answers.json()["accepted"] == 200, answers.text[:700]
    assert (await monitoring.put(HOME, json=household(), headers={"content-encoding": "identity"})).status_code == 200


@ON_SQLITE
async def test_a_file_may_come_packed(monitoring: httpx.AsyncClient) -> None:
    await monitoring.put(HOME, json=household())
    text = "户编号,收入类型,月份,金额（元）,发现日期\r\n" + "DJ-0001,工资性收入,2026-05,100.00,2026-11-02\r\n"
    form: dict[str, Any] = {
        "kind": (None, "income"),
        "mode": (None, "preview"),
        "source": (None, "village-report"),
        "file": ("income.csv", text.encode(), "text/csv"),
    }
    plain = monitoring.build_request("POST", IMPORTS, files=form)
    body = gzip.compress(plain.read())
    taken = await monitoring.post(
        IMPORTS, content=body, headers={"content-type": plain.headers["content-type"], "content-encoding": "gzip"}
    )
    assert taken.status_code == 202, taken.text


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "limit"), [(HOME, BODY_LIMIT), (FACTS, BATCH_LIMIT), (IMPORTS, FILE_LIMIT)], ids=["body", "batch", "file"]
)
async def test_a_bomb_is_refused_before_it_is_unpacked(
    monitoring: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str, limit: int
) -> None:
    came_out = 0
    make = zlib.decompressobj

    class Counted:
        def __init__(self, bits: int) -> None:
            self._member = make(bits)

        def decompress(self, data: bytes, most: int) -> bytes:
            nonlocal came_out
            part = self._member.decompress(data, most)
            came_out += len(part)
            return part

        def __getattr__(self, name: str) -> Any:
            return getattr(self._member, name)

    monkeypatch.setattr(zlib, "decompressobj", Counted)
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    kind = "multipart/form-data; boundary=x" if path == IMPORTS else "application/json"
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' if path == IMPORTS else b""
    refused = await monitoring.request(
        "PUT" if path == HOME else "POST",
        path,
        content=gzip.compress(head) + bomb,
        headers=PACKED | {"content-type": kind},
    )
    assert_problem(refused, 413, "payload-too-large")
    assert limit < came_out <= limit + 256 * 1024


@ON_SQLITE
@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        packed(household())[:-1],
        packed(household())[:40],
        packed(household()) + b"more",
        packed(household())[:-8] + bytes(8),
        b"\x1f\x8b",
    ],
    ids=["plain", "cut off", "cut off early", "with a tail", "wrong sum", "no more than its mark"],
)
async def test_a_body_that_is_no_gzip_is_refused(monitoring: httpx.AsyncClient, body: bytes) -> None:
    for method, path in (("PUT", HOME), ("POST", FACTS)):
        problem = assert_problem(
            await monitoring.request(method, path, content=body, headers=PACKED), 400, "malformed-request"
        )
        assert "gzip" in problem["detail"]
    assert (await monitoring.get(HOME)).status_code == 404


@ON_SQLITE
@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "br, gzip", "nonsense"])
async def test_another_coding_is_refused_with_the_one_that_is_read(monitoring: httpx.AsyncClient, coding: str) -> None:
    for method, path in (("PUT", HOME), ("POST", FACTS), ("POST", IMPORTS)):
        kind = "multipart/form-data; boundary=x" if path == IMPORTS else "application/json"
        headers = {"content-encoding": coding, "content-type": kind}
        refused = await monitoring.request(method, path, content=b"--x--", headers=headers)
        assert_problem(refused, 415, "unsupported-encoding")
        assert refused.headers["accept-encoding"] == "gzip"


@ON_SQLITE
async def test_nothing_is_unpacked_for_whoever_may_not_send_it(monitoring: httpx.AsyncClient) -> None:
    anonymous = {"authorization": "Bearer nonsense"}
    for method, path in (("PUT", HOME), ("POST", FACTS)):
        answer = await monitoring.request(method, path, content=b"no gzip", headers=PACKED | anonymous)
        assert_problem(answer, 401, "token-invalid")


@ON_SQLITE
async def test_large_answers_leave_packed_for_whoever_accepts_it(monitoring: httpx.AsyncClient) -> None:
    await monitoring.put(HOME, json=household())
    facts = [income_fact("2026-06", "100.00") | {"source_ref": f"b-{number}"} for number in range(20)]
    assert (await monitoring.post(FACTS, json={"facts": facts})).json()["accepted"] == 20
    plain = await monitoring.get(FACTS)
    assert len(plain.content) > SMALLEST_PACKED
    assert plain.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in plain.headers
    asked = await monitoring.get(FACTS, headers={"accept-encoding": "br;q=1.0, gzip;q=0.5"})
    assert (asked.headers["content-encoding"], asked.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(asked.headers["content-length"]) < len(plain.content) / 2
    assert asked.json() == plain.json()
    refused = await monitoring.get(FACTS, headers={"accept-encoding": "gzip;q=0, *;q=1"})
    assert "content-encoding" not in refused.headers
    small = await monitoring.get("/healthz", headers={"accept-encoding": "gzip"})
    assert not {"content-encoding", "vary"} & set(small.headers)


@ON_SQLITE
async def test_a_list_leaves_as_a_packed_stream_and_excel_as_it_is(monitoring: httpx.AsyncClient) -> None:
    await monitoring.put(HOME, json=household())
    facts = [income_fact("2026-06", "100.00") | {"source_ref": f"b-{number}"} for number in range(20)]
    assert (await monitoring.post(FACTS, json={"facts": facts})).json()["accepted"] == 20
    asking = {"accept-encoding": "gzip"}
    table = await monitoring.get(FACTS, params={"format": "csv"}, headers=asking)
    assert (table.headers["content-encoding"], table.headers["transfer-encoding"]) == ("gzip", "chunked")
    assert len(list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))) == 21
    book = await monitoring.get(FACTS, params={"format": "xlsx"}, headers=asking)
    assert "content-encoding" not in book.headers
    assert book.content.startswith(b"PK")


async def test_a_stream_is_packed_part_by_part_and_none_is_held_back() -> None:
    taken = asyncio.Event()
    parts = [bytes(str(number), "ascii") * 5000 for number in range(3)]

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/csv")]})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await taken.wait()
            taken.clear()
        await send({"type": "http.response.body", "body": b""})

    found = zlib.decompressobj(16 + zlib.MAX_WBITS)
    came = b""
    async with (
        served(Packing(app)) as url,
        client_of(url) as client,
        client.stream("GET", "/", headers={"accept-encoding": "gzip"}) as answer,
    ):
        async for raw in answer.aiter_raw():
            came += found.decompress(raw)
            if len(came) % 5000 == 0:
                taken.set()
    assert came == b"".join(parts)
    assert found.eof


async def test_a_stream_that_breaks_never_looks_whole() -> None:
    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/csv")]})
        await send({"type": "http.response.body", "body": b"a" * 5000, "more_body": True})
        raise RuntimeError("the rows end here")

    async with served(Packing(app)) as url, client_of(url) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/", headers={"accept-encoding": "gzip"})


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("deflate, gzip;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("identity, *;q=0", False),
        ("br", False),
        ("gzippy", False),
        ("gzip;q=often", False),
        (",;,=,", False),
    ],
)
def test_who_accepts_gzip(header: str | None, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def read_whole(body: bytes, cuts: list[int]) -> bytes:
    """What a packed body says that comes in parts of these sizes."""
    places = sorted({min(cut, len(body)) for cut in cuts} | {0, len(body)})
    parts = [body[first:last] for first, last in pairwise(places)] or [b""]
    coming: list[Message] = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)} for number, part in enumerate(parts, 1)
    ]

    async def receive() -> Message:
        return coming.pop(0)

    async def read() -> bytes:
        take, said = unpacked(receive, "gzip"), bytearray()
        while True:
            message = await take()
            said += message["body"]
            if not message["more_body"]:
                return bytes(said)

    return asyncio.run(read())


@given(
    said=st.lists(st.binary(max_size=300) | st.integers(1, 400_000).map(bytes), min_size=1, max_size=4),
    cuts=st.lists(st.integers(0, 2000), max_size=6),
)
def test_however_a_body_is_cut_it_says_the_same(said: list[bytes], cuts: list[int]) -> None:
    assert read_whole(b"".join(map(gzip.compress, said)), cuts) == b"".join(said)


@given(said=st.binary(max_size=300), cuts=st.lists(st.integers(0, 400), max_size=4), data=st.data())
def test_a_body_that_is_cut_off_is_never_taken_for_a_whole_one(
    said: bytes, cuts: list[int], data: st.DataObject
) -> None:
    body = gzip.compress(said)
    kept = data.draw(st.integers(1, len(body) - 1))
    with pytest.raises(MalformedRequest):
        read_whole(body[:kept], cuts)
