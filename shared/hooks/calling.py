"""Calling a receiver: one POST over a connection to an address that was looked at, and what came of it.

No redirect is followed, no proxy of the environment is asked, and nothing of an answer is unpacked.
"""

import asyncio
import contextlib
import datetime as dt
import socket
import ssl
from collections.abc import AsyncGenerator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final, NamedTuple

import httpcore

from shared import VERSION
from shared.findings import WrongValue
from shared.hooks.addresses import Address, Destination, Reach, read_address
from shared.hooks.retries import asked_pause
from shared.identity import mask_text
from shared.words.said import Said, says

ANSWER_SECONDS: Final = 10.0
"""A receiver that has not answered by then has not taken the message."""
AT_ONCE: Final = 16
"""So many messages are on their way to one receiver."""
_IDLE_SECONDS: Final = 4.0
"""A connection that was idle for longer may have been closed by the other side meanwhile: many close after five."""
_MOST_ADDRESSES: Final = 4
_LONGEST_ANSWER: Final = 64 * 1024
"""Bytes of an answer that are read so that the connection can be used again; the rest is not waited for."""
_SHOWN: Final = 200
"""Characters of a refusal that are kept."""
_GONE: Final = 410
_FOR_ALL: Final = frozenset({429, 502, 503, 504})
"""What is answered whatever the message says."""


class AddressRefused(Exception):
    """The host of a receiver resolves to an address that this process does not call."""


class Outcome(NamedTuple):
    """What came of a message."""

    status: int | None
    """What the receiver answered; None where it answered nothing."""
    error: Said | None
    """Why it is not delivered; None where it is."""
    retry_after: dt.timedelta | None = None
    """How long the receiver asks to be left alone."""

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return self.error is None

    @property
    def unreached(self) -> bool:
        """Whether nobody looked at it: no answer, or one that is given before anybody does."""
        return self.status is None or self.status in _FOR_ALL

    @property
    def gone(self) -> bool:
        """Whether the receiver wants nothing any more."""
        return self.status == _GONE


class _Looking(httpcore.AsyncNetworkBackend):
    """Connects to an address that was looked at, and to no other: a second look-up could answer otherwise."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._backend = httpcore.AnyIOBackend()
        self._resolver = ThreadPoolExecutor(1, thread_name_prefix="webhook-host")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the host. Raises AddressRefused, and ConnectError where nobody answers."""
        failure: Exception = httpcore.ConnectError("the host has no address")
        for address in (await self.addresses(host))[:_MOST_ADDRESSES]:
            try:
                return await self._backend.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def addresses(self, host: str) -> list[Address]:
        """What the host resolves to. Raises AddressRefused where one of that is not called, ConnectError for none."""
        try:
            found = [read_address(host)]
        except ValueError:
            found = await self._resolve(host)
        if not all(map(self._reach.allows, found)):
            raise AddressRefused(host)
        return found

    async def _resolve(self, host: str) -> list[Address]:
        """Asked in a thread of this receiver's own: a name server that hangs keeps nobody else waiting."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._resolver, _look_up, host)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the host is not known") from error
        return [read_address(text) for text in dict.fromkeys(found)]

    def close(self) -> None:
        """Look up nothing more."""
        self._resolver.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str) -> list[str]:
    return [str(answer[4][0]) for answer in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities this machine trusts; `SSL_CERT_FILE` names others."""
    return ssl.create_default_context()


class Receiver:
    """The server that one webhook leads to."""

    def __init__(self, url: str, reach: Reach) -> None:
        self._url, self._reach = url, reach
        self._looking = _Looking(reach)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_trusted() if url.startswith("https:") else None,
            max_connections=AT_ONCE,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=self._looking,
        )

    async def send(self, headers: Mapping[str, str], body: str, now: dt.datetime) -> Outcome:
        """Send a message; never raises but where it is cancelled."""
        try:
            destination = self._reach.destination(self._url)
        except WrongValue as error:
            return Outcome(None, error.said)
        content = body.encode()
        sent = {
            "Host": destination.authority,
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            "User-Agent": f"ShouXian/{VERSION}",
            **headers,
        }
        wire = [(name.encode(), value.encode()) for name, value in sent.items()]
        request = httpcore.Request(b"POST", _url_of(destination), headers=wire, content=content)
        deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._pool.handle_async_request(request)
            return await _outcome(response, now, deadline)
        except TimeoutError:
            return Outcome(None, says("webhook-silent", seconds=int(ANSWER_SECONDS)))
        except AddressRefused:
            return Outcome(None, says("webhook-address-refused"))
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            return Outcome(None, says("webhook-not-reached", error=type(error).__name__))

    async def aclose(self) -> None:
        """Close the connections."""
        self._looking.close()
        await self._pool.aclose()


def _url_of(destination: Destination) -> httpcore.URL:
    """The parts that were looked at, and not the text: nobody reads it in another way."""
    scheme = b"https" if destination.secure else b"http"
    host, target = destination.host.encode(), destination.target.encode()
    return httpcore.URL(scheme=scheme, host=host, port=destination.port, target=target)


async def _outcome(response: httpcore.Response, now: dt.datetime, deadline: float) -> Outcome:
    """What an answer says. Its status counts even where the rest of it does not come."""
    begun, status = b"", response.status
    with contextlib.suppress(httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, TimeoutError):
        async with asyncio.timeout_at(deadline):
            begun = await _read(response)
    if 200 <= status < 300:  # noqa: PLR2004
        return Outcome(status, None)
    answer = mask_text(_plain(begun))
    said = says("webhook-refused", status=status, answer=answer) if answer else says("webhook-refuses", status=status)
    asked = next((value.decode("latin-1") for name, value in response.headers if name.lower() == b"retry-after"), None)
    return Outcome(status, said, asked_pause(asked, now))


async def _read(response: httpcore.Response) -> bytes:
    """The beginning of an answer. The connection is closed where there is more than anybody needs."""
    kept, length = b"", 0
    async with contextlib.aclosing(_parts(response)) as parts:
        async for part in parts:
            length += len(part)
            kept = (kept + part)[: _SHOWN * 4]
            if length > _LONGEST_ANSWER:
                break
    return kept


async def _parts(response: httpcore.Response) -> AsyncGenerator[bytes, None]:
    try:
        async for part in response.aiter_stream():
            yield part
    finally:
        await response.aclose()


def _plain(begun: bytes) -> str:
    """The text of a refusal, on one line."""
    text = "".join(character if character.isprintable() else " " for character in begun.decode(errors="replace"))
    return " ".join(text.split())[:_SHOWN]


async def demand_reach(reach: Reach, url: str) -> None:
    """Raise WrongValue for a url that leads to an address this process does not call, or to none."""
    looking = _Looking(reach)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await looking.addresses(reach.destination(url).host)
    except AddressRefused as error:
        raise WrongValue(says("webhook-address-not-open")) from error
    except (httpcore.ConnectError, TimeoutError) as error:
        raise WrongValue(says("webhook-host-unknown")) from error
    finally:
        looking.close()
