"""Free TCP ports on the loopback interface."""

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
"""The only address the local servers listen on."""

_EPHEMERAL_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST_PORT = 15000
_ATTEMPTS = 500


class NoFreePortError(RuntimeError):
    """No port could be bound on the loopback interface."""


def free_ports(count: int) -> list[int]:
    """Return ``count`` different ports nobody listens on.

    They lie below the range the kernel hands to outgoing connections. A client which keeps knocking at the port of a
    stopped server could otherwise be given that very port and keep the server from coming back.

    Raises:
        NoFreePortError: when too few ports could be bound.
    """
    candidates = random.sample(range(_LOWEST_PORT, _ephemeral_start()), _ATTEMPTS)
    found: list[int] = []
    for port in candidates:
        if len(found) == count:
            break
        if is_free(port):
            found.append(port)
    if len(found) < count:
        raise NoFreePortError(f"only {len(found)} of {count} free ports found on {LOOPBACK}")
    return found


def free_port() -> int:
    """Return one port nobody listens on."""
    return free_ports(1)[0]


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of the loopback interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _ephemeral_start() -> int:
    try:
        start = int(_EPHEMERAL_RANGE.read_text().split()[0])
    except (OSError, ValueError):
        return 32768
    return start if start > _LOWEST_PORT + _ATTEMPTS else 65536
