"""How a client of the cluster is connected and let go of: where it is, what it is secured by, what is waited for."""

import asyncio
import ssl
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from aiokafka.errors import KafkaError

from shared.bus.interface import TransportUnavailable

REQUEST_SECONDS = 5.0
RETRY_BACKOFF_MS = 100
METADATA_MAX_AGE_MS = 5000

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

    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Disconnect."""


async def start_client(client: Client) -> None:
    """Connect; a client that does not come up leaves nothing open."""
    try:
        await client.start()
    except KafkaError as error:
        await to_end(client.stop(), REQUEST_SECONDS)
        raise TransportUnavailable(f"{type(error).__name__}: {error}") from error
    except asyncio.CancelledError:
        await to_end(client.stop(), REQUEST_SECONDS)
        raise


async def to_end(closing: Awaitable[object], seconds: float) -> None:
    """Let go of something, for so long at most; what goes wrong with that is nobody's trouble any more.

    It is done in a task of its own: the library cancels what it waits for when it closes, and a cancellation that
    strays out of that must not end whoever asked for the closing.
    """
    task = asyncio.ensure_future(closing)
    task.add_done_callback(_take_note)
    try:
        await asyncio.wait([task], timeout=seconds)
    finally:
        task.cancel()


def _take_note(task: asyncio.Future[object]) -> None:
    if not task.cancelled():
        task.exception()
