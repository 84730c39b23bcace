"""How a client of the cluster is connected and let go of: where it is, what it is secured by, what is waited for."""

import asyncio
import contextlib
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from aiokafka.errors import KafkaError

from shared.bus.interface import TransportUnavailable

REQUEST_SECONDS = 5.0
RETRY_BACKOFF_MS = 100
METADATA_MAX_AGE_MS = 5000

T = TypeVar("T")
SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True)
class KafkaSecurity:
    """How the connection is encrypted and who is behind it."""

    protocol: SecurityProtocol = "PLAINTEXT"
    mechanism: SaslMechanism | None = None
    ca_file: Path | None = None
    """Of the authority that signed the brokers' certificates; none: those the machine trusts."""
    user: str = ""
    password: str = field(default="", repr=False)

    def options(self) -> dict[str, Any]:
        """What the client library is given. Raises OSError where the file of the authority cannot be read."""
        given: dict[str, Any] = {"security_protocol": self.protocol}
        if self.protocol.endswith("SSL"):
            given["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        if self.protocol.startswith("SASL"):
            given["sasl_mechanism"] = self.mechanism
            given["sasl_plain_username"], given["sasl_plain_password"] = self.user, self.password
        return given


PLAINTEXT = KafkaSecurity()


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """What every client of one process is opened with."""

    bootstrap: str
    client_id: str
    security: KafkaSecurity = PLAINTEXT

    def options(self) -> dict[str, Any]:
        """What the client library is given."""
        return {
            "bootstrap_servers": self.bootstrap,
            "client_id": self.client_id,
            "retry_backoff_ms": RETRY_BACKOFF_MS,
            "metadata_max_age_ms": METADATA_MAX_AGE_MS,
            **self.security.options(),
        }


class Client(Protocol):
    """A producer, a consumer."""

    def start(self) -> Coroutine[Any, Any, None]:
        """Connect."""

    def stop(self) -> Coroutine[Any, Any, None]:
        """Disconnect."""


async def start_client(client: Client) -> None:
    """Connect; a client that does not come up leaves nothing open."""
    try:
        await client.start()
    except KafkaError as error:
        await to_end(REQUEST_SECONDS, client.stop())
        raise TransportUnavailable(f"{type(error).__name__}: {error}") from error
    except asyncio.CancelledError:
        await to_end(REQUEST_SECONDS, client.stop())
        raise


async def within(seconds: float, asking: Coroutine[Any, Any, T]) -> T:
    """What the library answers within so long. Raises TimeoutError.

    It is asked in a task of its own: the library cancels tasks of its own and swallows cancellations, and neither must
    reach whoever asks.
    """
    task = asyncio.ensure_future(asking)
    task.add_done_callback(_take_note)
    try:
        await asyncio.wait([task], timeout=seconds)
    finally:
        task.cancel()
    if not task.done() or task.cancelled():
        raise TimeoutError("the cluster does not answer")
    return task.result()


async def to_end(seconds: float, closing: Coroutine[Any, Any, object]) -> None:
    """Let go of something, for so long at most; what goes wrong with that is nobody's trouble any more."""
    with contextlib.suppress(KafkaError, TimeoutError, OSError):
        await within(seconds, closing)


def _take_note(task: asyncio.Future[Any]) -> None:
    if not task.cancelled():
        task.exception()
