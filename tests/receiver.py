"""A receiver of webhooks as another process: it answers as it was told, and keeps what it got.

A name in the path is a receiver of its own. `PUT /<name>/answers` takes the answers it gives, one after the other and
the last for ever; `PUT /<name>/secrets` what it knows signatures by; `GET /<name>/got` is what it was sent, and
`GET /<name>/arrived/<first>` when, by the monotonic clock of the machine, from this one on.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.local.ports import LOOPBACK, free_ports

Answer = dict[str, Any]
"""`status`, `headers`, `body`, or `hang`; `of` names the subjects it is for, the others are answered 204."""
HANG: Answer = {"hang": True}
BOUND_SECONDS = 30
"""How long a test waits for the receivers' own answers."""


class Request(NamedTuple):
    """What was asked: the first part of the path is the name of the receiver."""

    method: str
    name: str
    rest: Sequence[str]
    headers: dict[str, str]
    body: bytes


@dataclass
class _Named:
    answers: list[Answer] = field(default_factory=lambda: [{"status": 204}])
    secrets: list[str] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)

    def answer(self, subject: str) -> Answer:
        first = self.answers[0]
        if subject not in first.get("of", [subject]):
            return {"status": 204}
        return self.answers.pop(0) if len(self.answers) > 1 else first

    def handle(self, request: Request) -> Answer:
        if request.method == "GET":
            shown: Any = self.got if request.rest[0] == "got" else self.arrived[int(request.rest[1]) :]
            return {"status": 200, "body": json.dumps(shown)}
        if request.method == "PUT":
            setattr(self, request.rest[0], json.loads(request.body))
            return {"status": 204}
        self.arrived.append(time.monotonic())
        headers, body, item = request.headers, request.body, json.loads(request.body)
        known_by = [number for number, secret in enumerate(self.secrets) if is_signed(secret, body, headers)]
        answer = self.answer(item["subject"])
        told = {"headers": headers, "item": item, "body": body.decode(), "known_by": known_by}
        self.got.append({**told, "answered": answer.get("status")})
        return answer


def is_signed(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    """Whether a message is signed with this secret."""
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


async def serve_answers(port: int, answer: Callable[[Request], Awaitable[Answer]]) -> None:
    """Answer requests on this port for ever; a ConnectionError of ``answer`` closes the connection without one."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await _write(writer, await answer(await _read(reader))):
                pass
        writer.close()

    server = await asyncio.start_server(connected, LOOPBACK, port, backlog=512)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    request, *lines = head.strip().split("\r\n")
    method, path, _ = request.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    _, name, *rest = path.partition("?")[0].split("/")
    return Request(method, name, rest, headers, body)


async def _write(writer: asyncio.StreamWriter, answer: Answer) -> bool:
    """Answer, and tell whether the connection goes on."""
    if answer.get("hang"):
        await asyncio.Event().wait()
    content = str(answer.get("body", "")).encode()
    written = {"Content-Length": str(len(content)), **answer.get("headers", {})}
    written_lines = "".join(f"{name}: {value}\r\n" for name, value in written.items())
    writer.write(f"HTTP/1.1 {answer['status']} said\r\n{written_lines}\r\n".encode() + content)
    await writer.drain()
    return "close" not in written.get("Connection", "")


@dataclass(frozen=True, slots=True)
class Receivers:
    """The process, from outside."""

    url: str
    client: httpx.AsyncClient

    def url_of(self, name: str) -> str:
        return f"{self.url}/{name}/hook"

    async def answers(self, name: str, *answers: Answer) -> None:
        (await self.client.put(f"/{name}/answers", json=answers)).raise_for_status()

    async def knows(self, name: str, *secrets: str) -> None:
        (await self.client.put(f"/{name}/secrets", json=secrets)).raise_for_status()

    async def got(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.client.get(f"/{name}/got")).json()
        return found

    async def arrived(self, name: str, first: int = 0) -> list[float]:
        """When each message came, by the monotonic clock of the machine, from this one on."""
        found: list[float] = (await self.client.get(f"/{name}/arrived/{first}")).json()
        return found

    async def versions(self, name: str, household: str = "DJ-0001") -> list[int]:
        """The versions of a household that were told, in the order in which they came."""
        return [one["item"]["data"]["version"] for one in await self.got(name) if one["item"]["subject"] == household]


async def started(module: str, *arguments: str) -> asyncio.subprocess.Process:
    """A process of this module that answers already."""
    words = [sys.executable, "-m", module, *arguments]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receivers]:
    """Receivers in a process of their own."""
    [port] = free_ports(1)
    process = await started("tests.receiver", str(port))
    try:
        url = f"http://{LOOPBACK}:{port}"
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=BOUND_SECONDS) as client:
            yield Receivers(url, client)
    finally:
        process.kill()
        await process.wait()


async def _receive(port: int) -> None:
    receivers: defaultdict[str, _Named] = defaultdict(_Named)

    async def answer(request: Request) -> Answer:
        return receivers[request.name].handle(request)

    await serve_answers(port, answer)


def main(arguments: Sequence[str]) -> None:
    asyncio.run(_receive(int(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
