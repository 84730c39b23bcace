"""Where a webhook may lead: an outside address, or one of the networks that the operator names.

A client names a url and the house calls it: without these walls it would reach what only the house can reach.
"""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from shared.findings import WrongValue
from shared.words.said import says

MAX_URL: Final = 2000
_PORTS: Final = {"http": 80, "https": 443}
_is_printable: Final = re.compile(r"[!-~]+").fullmatch
_is_host: Final = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}").fullmatch
_TRANSLATED: Final = (
    IPv6Network("::/96"),
    IPv6Network("::ffff:0:0/96"),
    IPv6Network("::ffff:0:0:0/96"),
    IPv6Network("64:ff9b::/96"),
)
"""IPv6 addresses whose last 32 bits are the IPv4 address that a packet ends at."""
_NEVER: Final[Sequence[IPv4Network | IPv6Network]] = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv4Network("224.0.0.0/3"),
    IPv6Network("::/128"),
    IPv6Network("fd00:ec2::254/128"),
    IPv6Network("fe80::/10"),
    IPv6Network("ff00::/8"),
)
"""No network of an operator opens these: what tells a machine its own secrets, and what is no single machine."""
_NOT_PUBLIC: Final[Sequence[IPv4Network | IPv6Network]] = (
    IPv4Network("192.88.99.0/24"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2001::/23"),
    IPv6Network("2002::/16"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
    IPv6Network("fec0::/10"),
)
"""Beside what `ipaddress` knows: tunnels, whose other end nobody sees, and what is of no use outside a site."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Destination(NamedTuple):
    """A url in parts, as it is called."""

    secure: bool
    host: str
    port: int
    target: str
    """Path and query."""

    @property
    def authority(self) -> str:
        """The host as the header of this name has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"


class Reach:
    """What this process may call."""

    def __init__(self, networks: Sequence[Network] = (), *, development: bool = False) -> None:
        self._networks = networks
        self._development = development

    def destination(self, url: str) -> Destination:
        """The parts of a url. Raises WrongValue for one that is not to be called, whatever its host resolves to."""
        if len(url) > MAX_URL or not _is_printable(url):
            raise WrongValue(says("webhook-url-ill-formed"))
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError as error:
            raise WrongValue(says("webhook-url-ill-formed")) from error
        if not host or not _is_host(host) or "\\" in url:
            raise WrongValue(says("webhook-url-ill-formed"))
        if parts.scheme != "https" and not (parts.scheme == "http" and self._development):
            raise WrongValue(says("webhook-url-not-https"))
        if "@" in parts.netloc or "#" in url:
            raise WrongValue(says("webhook-url-with-secrets"))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Destination(parts.scheme == "https", host, port, target)

    def allows(self, address: Address) -> bool:
        """Whether an address may be called; of one that is translated, whether what it is translated to may be."""
        return all(self._allows(one) for one in _ends(address))

    def _allows(self, address: Address) -> bool:
        if _lies_in(address, _NEVER):
            return False
        if address.is_loopback:
            return self._development
        return _lies_in(address, self._networks) or (address.is_global and not _lies_in(address, _NOT_PUBLIC))


def read_address(text: str) -> Address:
    """An address as a resolver gives it. A zone names an interface of this machine and is passed over."""
    return ip_address(text.partition("%")[0])


def _ends(address: Address) -> Iterator[Address]:
    if isinstance(address, IPv6Address) and int(address) > 1 and _lies_in(address, _TRANSLATED):
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
    else:
        yield address


def _lies_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
