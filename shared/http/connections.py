"""What a connection may cost before anything of it is understood: bytes, header lines, time and connections.

The server counts while it parses, because a limit behind the parser comes too late: a header of 200 MB is quadratic
work by then. Refusals are problem documents like all others. One look a second at the open connections finds the late
ones, so that a request in time pays for no timer.
"""

import asyncio
import json
import resource
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared import metrics
from shared.settings import Settings

_SLICE_BYTES = 16 * 1024
_FILES_KEPT = 200
"""Open files left for databases, the bus and logs when the number of connections is bounded by the process's own."""
_REFUSING = 64
"""Connections over the limit that are told so; more than that are closed without a word."""
_LINGER_SECONDS = 2.0
"""How long a refused connection is read and thrown away: who is cut off at once never sees why."""
_THROWN_AWAY_BYTES = 2 * 1024 * 1024
"""How much of it is read: more than that is no mistake that its sender would understand."""
_LOOK_SECONDS = 1.0
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
LATE = "late"
"""In the state of a request whose body did not come in time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process grants a connection; times in seconds."""

    header_bytes: int
    headers: int
    header_seconds: float
    body_seconds: float
    connections: int

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """As the settings say, and never more connections than the process may open files."""
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return cls(
            header_bytes=settings.max_header_bytes,
            headers=settings.max_headers,
            header_seconds=settings.header_seconds,
            body_seconds=settings.body_seconds,
            connections=max(1, min(settings.max_connections, files - _FILES_KEPT)),
        )


def server_config(app: Any, settings: Settings, *, grace_seconds: int) -> uvicorn.Config:
    """How every process of ours serves HTTP."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=guarded(settings),
        ws="none",
        access_log=False,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=grace_seconds,
        timeout_keep_alive=settings.keep_alive_seconds,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
    )


def guarded(settings: Settings) -> Any:
    """The `http=` of a server that holds its connections to the limits of these settings."""
    return partial(Connection, watch=Watch(Limits.of(settings)))


class Watch:
    """The open connections of one server, looked at once a second while there are any."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._connections: set[Connection] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: "Connection") -> int:
        """Look after this connection too; returns how many that makes."""
        self._connections.add(connection)
        if self._timer is None:
            self._timer = connection.loop.call_later(_LOOK_SECONDS, self._look, connection.loop)
        return self._counted()

    def discard(self, connection: "Connection") -> None:
        """It has ended."""
        self._connections.discard(connection)
        self._counted()

    def _counted(self) -> int:
        metrics.CONNECTIONS.set(len(self._connections))
        return len(self._connections)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in list(self._connections):
            connection.look(now)
        self._timer = loop.call_later(_LOOK_SECONDS, self._look, loop) if self._connections else None


class Connection(HttpToolsProtocol):
    """One connection, held to the limits."""

    def __init__(self, *args: Any, watch: Watch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watch = watch
        self._limits = watch.limits
        self._head_open = True
        self._head_bytes = 0
        self._oversized = False
        self._body_open = False
        self._unread_bytes = 0
        self._waiting_since = self.loop.time()
        self._refused = False
        self._thrown_away = 0
        self._framing: list[bytes] = []
        """The lines of the head that say where the body ends."""
        self._told_before = False
        """Whether the head that is parsed was handed on before."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, unless there are too many."""
        super().connection_made(transport)
        excess = self._watch.add(self) - self._limits.connections
        if excess > _REFUSING:
            metrics.CONNECTIONS_REFUSED.labels("too_many").inc()
            self._refused = True
            transport.abort()
        elif excess > 0:
            self._refuse(503, "too_many", "too-many-connections", "too many connections are open; try again")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        self._watch.discard(self)

    def data_received(self, data: bytes) -> None:
        """Parse in slices while they stay within the limits; what comes after a refusal is thrown away."""
        if len(data) <= _SLICE_BYTES:
            self._parse(data)
            return
        view = memoryview(data)
        for start in range(0, len(view), _SLICE_BYTES):
            self._parse(view[start : start + _SLICE_BYTES])

    def _parse(self, data: bytes | memoryview) -> None:
        if self._refused or self.parser is None:
            self._throw_away(len(data))
            return
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.send_400_response("")
        except httptools.HttpParserUpgrade as asked:
            self._stay_with_http_1(data[asked.args[0] :])
            return
        self._unread_bytes += len(data)
        # What the parser has taken without handing anything on: an unfinished line of the head or behind the body.
        if self._unread_bytes > self._limits.header_bytes + _SLICE_BYTES and (self._head_open or self._body_open):
            self._refuse_head()

    def _stay_with_http_1(self, rest: bytes | memoryview) -> None:
        """Pass over the wish for another protocol (RFC 9110, 7.8), as Java's client has it of every plain connection.

        The parser leaves the body to that protocol. A new one is told where the body ends, and reads on.
        """
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        if self._body_open and not self._refused:
            self._told_before = True
            self.parser.feed_data(b"".join([b"POST / HTTP/1.1\r\n", *self._framing, b"\r\n"]))
            self._told_before = False
        if rest:
            self._parse(rest)

    def _throw_away(self, size: int) -> None:
        self._thrown_away += size
        if self._thrown_away > _THROWN_AWAY_BYTES and self._refused:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """A request begins."""
        if self._told_before:
            return
        self._framing = []
        super().on_message_begin()
        self._head_open = True
        self._head_bytes = 0
        self._oversized = False
        self._unread_bytes = 0
        self._waiting_since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        """Count the path with the headers."""
        if self._told_before:
            return
        self._head_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count what a line takes; what is too much is not kept."""
        if self._told_before:
            return
        self._head_bytes += len(name) + len(value)
        if len(self.headers) >= self._limits.headers or self._head_bytes > self._limits.header_bytes:
            self._oversized = True
        else:
            super().on_header(name, value)
            if name.lower() in _FRAMING:
                self._framing.append(b"%s: %s\r\n" % (name, value))

    def on_headers_complete(self) -> None:
        """Hand the request on if its head is within the limits."""
        if self._told_before:
            return
        self._head_open = False
        if self._refused:
            return
        if self._oversized or self._head_bytes > self._limits.header_bytes:
            self._refuse_head()
            return
        self._body_open = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._unread_bytes = 0
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole, unless the parser passes over its body with the wish for another protocol."""
        if self.parser.should_upgrade() and self._framing:
            return
        self._body_open = False
        if not self._refused:
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        if not self._refused:
            self._refuse(400, "malformed", "malformed-request", "this is not HTTP/1.1")

    def look(self, now: float) -> None:
        """End what has waited too long: a refused connection, a head, a body."""
        waited = now - self._waiting_since
        if self._refused:
            if waited > _LINGER_SECONDS:
                self.transport.abort()
        elif self._head_open:
            if waited > self._limits.header_seconds:
                self._refuse(408, "head_late", "request-timeout", "path and headers did not come in time")
        elif self._body_open and waited > self._limits.body_seconds:
            self._end_late_body()

    def _end_late_body(self) -> None:
        """Tell whoever reads the body, which answers; where the answer is given already, nothing more is read."""
        self._body_open = False
        metrics.CONNECTIONS_REFUSED.labels("body_late").inc()
        if self.cycle.response_complete:
            self.transport.close()
            return
        self.cycle.scope["state"][LATE] = True
        self.cycle.keep_alive = False
        self.cycle.message_event.set()

    def _refuse_head(self) -> None:
        detail = f"path and headers may hold {self._limits.header_bytes} bytes and {self._limits.headers} lines"
        self._refuse(431, "head_too_large", "headers-too-large", detail)

    def _refuse(self, status: int, reason: str, code: str, detail: str) -> None:
        """Answer at once and understand nothing more; the transport is closed when the other side has, or soon."""
        self._refused = True
        self._waiting_since = self.loop.time()
        metrics.CONNECTIONS_REFUSED.labels(reason).inc()
        self._unset_keepalive_if_required()
        if self.transport.is_closing():
            return
        under_way = self.cycle is not None and not self.cycle.response_complete
        if not under_way or not self.cycle.response_started:
            self.transport.write(_refusal(status, code, detail))
        if under_way:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.transport.can_write_eof():
            self.transport.write_eof()


def _refusal(status: int, code: str, detail: str) -> bytes:
    phrase = HTTPStatus(status).phrase
    document = {"type": f"urn:problem:system:{code}", "title": phrase, "status": status, "detail": detail}
    body = json.dumps(document).encode()
    lines = [
        f"HTTP/1.1 {status} {phrase}",
        "content-type: application/problem+json",
        f"content-length: {len(body)}",
        "connection: close",
    ]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        lines.append("retry-after: 1")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def raise_file_limit() -> None:
    """Let the process open as many files as it is allowed to: a connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
