"""Content codings (RFC 9110 §8.4): bodies may come packed with gzip, and large answers leave so where asked for.

A body is unpacked part by part as it is read, so that whoever counts what was read stops a bomb after the limit, and
no more of it is ever unpacked.
"""

import asyncio
import zlib
from collections.abc import Iterator
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipResponder, IdentityResponder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import MalformedRequest, UnsupportedEncoding
from shared.words.said import says

SMALLEST_PACKED: Final = 1024
"""Bytes below which an answer leaves as it is: packing costs more than sending them."""
_GZIP: Final = frozenset({"gzip", "x-gzip"})
_AS_GZIP: Final = 16 + zlib.MAX_WBITS
_PART: Final = 128 * 1024
"""Bytes that are unpacked at once; other requests are served in between."""
_LEVEL: Final = 4
"""Of rows as JSON or CSV, levels above take twice the time for a twentieth less."""
_PACKED_ALREADY: Final = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
    "application/pdf",
    "image/*",
)


def accepts_gzip(header: str | None) -> bool:
    """Whether an `Accept-Encoding` allows gzip: by name, else by `*`, with a weight above nothing."""
    if not header:
        return False
    weights = dict(_weighed(header))
    named = [weight for name, weight in weights.items() if name in _GZIP]
    return max(named) > 0 if named else weights.get("*", 0) > 0


class Packing:
    """Packs the answers of an app for whoever accepts that. Small ones and such as are packed already pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        await self._app(scope, receive, _Answer(scope, send).send)


class _Answer:
    """One answer. One that says its length is kept back until its only part shows whether it is small, as most are."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._start: Message | None = None
        self._sending: Send | None = None

    async def send(self, message: Message) -> None:
        """Send a part of it."""
        if self._sending is not None:
            await self._sending(message)
        elif self._start is None:
            self._start = message
            if all(name != b"content-length" for name, _ in message.get("headers", ())):  # a stream
                self._sending = self._large()
                await self._sending(message)
        else:
            small = not message.get("more_body", False) and len(message.get("body", b"")) < SMALLEST_PACKED
            self._sending = self._send if small else self._large()
            await self._sending(self._start)
            await self._sending(message)

    def _large(self) -> Send:
        asked = Headers(scope=self._scope).get("accept-encoding")
        responder = (
            GZipResponder(_nothing, SMALLEST_PACKED, _LEVEL, exclude_content_types=_PACKED_ALREADY)
            if accepts_gzip(asked)
            else IdentityResponder(_nothing, SMALLEST_PACKED, exclude_content_types=_PACKED_ALREADY)
        )
        responder.send = self._send
        return responder.send_with_compression


async def _nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """The app of a responder that is handed its answer."""


def unpacked(receive: Receive, coding: str) -> Receive:
    """What a body says, of whatever coding it comes in: the app reads on as if nobody had packed it.

    The reading raises UnsupportedEncoding for another coding than gzip, and MalformedRequest for a body that is not
    what it says.
    """
    if not coding:
        return receive
    codings = [name for part in coding.split(",") if (name := part.strip().lower()) and name != "identity"]
    if not codings:
        return receive
    return _Gzip(receive).receive if len(codings) == 1 and codings[0] in _GZIP else _refused


async def _refused() -> Message:
    raise UnsupportedEncoding(says("send-gzip"))


class _Gzip:
    """A body in gzip: one member after the other, as RFC 1952 allows, and nothing behind them."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._member = zlib.decompressobj(_AS_GZIP)
        self._packed = b""
        """What has come and is not unpacked."""
        self._begun = False
        self._all_came = False

    async def receive(self) -> Message:
        """The next part."""
        while True:
            if self._packed:
                await asyncio.sleep(0)
                if part := self._unpack():
                    return self._message(part)
            elif self._all_came:
                return self._end()
            else:
                message = await self._receive()
                if message["type"] != "http.request":
                    return message
                self._packed, self._all_came = message.get("body", b""), not message.get("more_body", False)

    def _unpack(self) -> bytes:
        if self._member.eof:
            self._member = zlib.decompressobj(_AS_GZIP)
        self._begun = True
        try:
            part = self._member.decompress(self._packed, _PART)
        except zlib.error as error:
            raise _broken() from error
        self._packed = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
        return part

    def _end(self) -> Message:
        if self._begun and not self._member.eof:
            if rest := self._member.decompress(b"", _PART):
                return self._message(rest)
            raise _broken()
        return {"type": "http.request", "body": b"", "more_body": False}

    def _message(self, part: bytes) -> Message:
        return {"type": "http.request", "body": part, "more_body": True}


def _broken() -> MalformedRequest:
    return MalformedRequest(says("body-not-gzip"))


def _weighed(header: str) -> Iterator[tuple[str, float]]:
    """Each coding of an `Accept-Encoding` with its weight; one that cannot be read weighs nothing."""
    for part in header.split(","):
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                weight = _number(value.strip())
        if name:
            yield name, weight


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
