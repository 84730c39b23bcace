"""How long a connection to PostgreSQL may wait for anything, and how many connections a house may hold."""

import socket
from dataclasses import dataclass
from typing import Any

_PROBES = 3
"""Keepalive probes that go unanswered before a connection is given up."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The time limits of every connection, in seconds, and the budget of connections. SQLite knows none of them."""

    connect_seconds: float = 5.0
    """A connection that does not stand by then is given up: the database is unreachable."""
    lock_seconds: float = 2.0
    """A statement waits so long for a row that another transaction holds."""
    idle_seconds: float = 12.0
    """The server ends a session whose transaction does nothing for so long: its process hangs or its host is gone."""
    command_seconds: float = 10.0
    """A statement that is not answered for so long has a silent connection, which is given up."""
    silence_seconds: float = 10.0
    """TCP gives a connection up whose other side acknowledges nothing for so long, on both sides."""
    lease_seconds: float = 6.0
    """A relay that does not look at its outbox for so long loses the right to relay."""
    connections: int = 20
    """What the pools of a house hold together in one process; a relay has one more."""

    @property
    def for_commands(self) -> int:
        """The connections that commands share."""
        return self.connections // 2

    @property
    def for_queries(self) -> int:
        """The connections that queries share."""
        return self.connections - self.for_commands

    @property
    def moment_seconds(self) -> float:
        """The server ends a transaction that does nothing for so long after it was given a moment of change.

        All who change rows of the house wait for it: they must not give up before.
        """
        return 0.75 * self.lock_seconds

    def server_settings(self) -> dict[str, str]:
        """The session settings by which the server keeps these limits; they travel with the first message."""
        return {
            "lock_timeout": milliseconds(self.lock_seconds),
            "idle_in_transaction_session_timeout": milliseconds(self.idle_seconds),
            **self.keepalive_settings(),
        }

    def keepalive_settings(self) -> dict[str, str]:
        """How the server notices that this side is gone."""
        return {
            "tcp_keepalives_idle": str(self._probe_seconds),
            "tcp_keepalives_interval": str(self._probe_seconds),
            "tcp_keepalives_count": str(_PROBES),
            "tcp_user_timeout": milliseconds(self.silence_seconds),
        }

    def lease_settings(self) -> dict[str, str]:
        """The settings of a relay's connection: the server ends the session that holds the right and does nothing."""
        return {**self.server_settings(), "idle_session_timeout": milliseconds(self.lease_seconds)}

    def connect_arguments(self, server_settings: dict[str, str]) -> dict[str, Any]:
        """What the driver is given for each connection."""
        return {
            "server_settings": server_settings,
            "timeout": self.connect_seconds,
            "command_timeout": self.command_seconds,
        }

    def migration_arguments(self) -> dict[str, Any]:
        """What the driver is given to migrate: a change of many rows may take long, one that hangs is ended."""
        idle = {"idle_in_transaction_session_timeout": milliseconds(self.idle_seconds)}
        return {"server_settings": {**idle, **self.keepalive_settings()}, "timeout": self.connect_seconds}

    def watch(self, driver: Any) -> None:
        """Have this side notice that the server is gone. The driver has no public way to its socket."""
        found = driver._transport.get_extra_info("socket")  # noqa: SLF001
        if found.family not in {socket.AF_INET, socket.AF_INET6}:
            return
        found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (
            ("TCP_KEEPIDLE", self._probe_seconds),
            ("TCP_KEEPINTVL", self._probe_seconds),
            ("TCP_KEEPCNT", _PROBES),
            ("TCP_USER_TIMEOUT", round(self.silence_seconds * 1000)),
        ):
            if hasattr(socket, option):
                found.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)

    @property
    def _probe_seconds(self) -> int:
        return max(1, round(self.silence_seconds / (_PROBES + 1)))


def milliseconds(seconds: float) -> str:
    """A time as a setting of the server names it."""
    return f"{round(seconds * 1000)}ms"
