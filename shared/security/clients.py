"""Clients 接入方 and what is kept of each: what it may do, from where, how much, until when, and how it proves itself.

Whoever runs the services takes partners on as such records. `clients.json` holds them whole, with the argon2id hashes
of their secrets, and belongs to the issuer alone. `issuer-public/clients.json` holds the part that says what a client
may: every process that checks tokens reads it, at most a second after it changed, so that a change holds for tokens
already given.
"""

import datetime as dt
import hmac
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from shared.clock import BUSINESS_ZONE
from shared.contracts.catalogue import HOUSES
from shared.findings import WrongValue
from shared.security.files import Watched, read_private, write_private, write_public
from shared.security.signing import PUBLIC_FOLDER
from shared.words.said import says

CLIENTS_FILE: Final = "clients.json"
"""In the data folder: the records. In `issuer-public`: the part that is no secret."""
DISABLED_FILE: Final = "disabled-clients.json"
"""Names that were shut out, as releases before the records kept them; taken over at the first change or start."""
FORMAT: Final = 2
MAX_SUBJECT_LENGTH: Final = 64
RESERVED_SUBJECTS: Final = frozenset({*HOUSES, "system", "operator", "demo"})
"""Names under which the machine itself and its operators are audited."""
EVERYWHERE: Final = "*"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

READ_SCOPES = tuple(f"{house}:read" for house in HOUSES)
WRITE_SCOPES = tuple(f"{house}:write" for house in HOUSES)
ALL_SCOPES = (
    *READ_SCOPES,
    *WRITE_SCOPES,
    *(f"{house}:approve" for house in HOUSES),
    "monitoring:pii",
    "monitoring:backfill",
    "monitoring:match",
    "consumption:order",
    "ops:admin",
)


def scopes_of(house: str) -> tuple[str, ...]:
    """Every scope that lets a client do something in a house."""
    others = (scope for scope in ALL_SCOPES if scope.startswith(f"{house}:"))
    return tuple(dict.fromkeys((f"{house}:read", *others)))


_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Secrets are random and long, so hashing protects a stolen file and need not be slower than that."""

Network = IPv4Network | IPv6Network


def check_subject(name: str) -> str:
    """A name to act under. Raises WrongValue for reserved names in any spelling and for characters nobody sees."""
    if not 1 <= len(name) <= MAX_SUBJECT_LENGTH:
        raise WrongValue(says("client-name-length", most=MAX_SUBJECT_LENGTH))
    if any(unicodedata.category(character) in _UNSEEN for character in name) or name != name.strip():
        raise WrongValue(says("client-name-unseen"))
    if bare_name(name) in RESERVED_SUBJECTS:
        raise WrongValue(says("client-name-reserved"))
    return name


def bare_name(name: str) -> str:
    """The name without case, width and blanks: two names that are one here are taken for one another."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What a client may, from where, how much and until when. It narrows what a token says, also one given before.

    None leaves what the token says as it is: that is for clients of an outside issuer. The built-in one gives a client
    the scopes and regions that stand here, and no token where none do.
    """

    client_id: str
    regions: tuple[str, ...] | None
    """Prefixes of division codes, or `*`."""
    scopes: tuple[str, ...] | None
    sources: tuple[str, ...] | None = ()
    """Whom it may report as; `*` is everybody, none is itself alone."""
    buyers: tuple[str, ...] | None = ()
    """The buyer codes it orders under."""
    networks: tuple[Network, ...] | None = None
    """Where it may call from; None is anywhere."""
    per_minute: int | None = None
    """Requests a minute."""
    per_day: int | None = None
    """Requests on a business day."""
    active: bool = True
    until: dt.date | None = None
    """The last business day on which it is let in."""
    ends_at: float = field(init=False, compare=False)
    """The moment at which that day is over, in seconds of Unix."""

    def __post_init__(self) -> None:
        ends_at = float("inf")
        if self.until is not None and self.until < dt.date.max:
            over = dt.datetime.combine(self.until + dt.timedelta(days=1), dt.time(), BUSINESS_ZONE)
            ends_at = over.timestamp()
        object.__setattr__(self, "ends_at", ends_at)

    def holds(self, now: float) -> bool:
        """Whether the client is let in at this moment."""
        return self.active and now < self.ends_at

    def lets_in(self, address: str | None) -> bool:
        """Whether the client may call from this address. An IPv4 address inside IPv6 is the IPv4 address."""
        if self.networks is None:
            return True
        try:
            found = ip_address(address or "")
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(found in network for network in self.networks)

    @property
    def prefixes(self) -> tuple[str, ...] | None:
        """The regions as an actor holds them: everywhere is the empty prefix."""
        return None if self.regions is None else tuple("" if code == EVERYWHERE else code for code in self.regions)

    def as_document(self) -> dict[str, Any]:
        """The permit as files and the audit hold it."""
        return {
            "client_id": self.client_id,
            "regions": _listed(self.regions),
            "scopes": _listed(self.scopes),
            "sources": _listed(self.sources),
            "buyers": _listed(self.buyers),
            "networks": None if self.networks is None else [str(network) for network in self.networks],
            "per_minute": self.per_minute,
            "per_day": self.per_day,
            "active": self.active,
            "until": None if self.until is None else self.until.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of a client: what is kept is its argon2id hash."""

    id: str
    hash: str
    created_at: str


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A public key by which a client signs for itself (RFC 7523)."""

    kid: str
    jwk: Mapping[str, Any]
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(Permit):
    """A client with its proofs."""

    client_secret: str = ""
    """In the clear, for the demonstration alone; empty where only hashes are kept."""
    title: str = ""
    contact: str | None = None
    """Whom to call; may name a person, so neither the audit nor other processes hold it."""
    secrets: tuple[Secret, ...] = ()
    """The newest first."""
    keys: tuple[ClientKey, ...] = ()
    """The newest first."""
    version: int = 1
    """Grows with every change of what the client may; secrets and keys leave it."""
    created_at: str = ""
    updated_at: str = ""

    @property
    def signs_in(self) -> bool:
        """Whether it could prove here who it is."""
        return bool(self.client_secret or self.secrets or self.keys)

    def proven_by(self, secret: str) -> bool:
        """Whether this is a secret of the client. Takes some milliseconds where it is hashed."""
        if self.client_secret:
            return hmac.compare_digest(self.client_secret.encode(), secret.encode())
        return any(_matches(known.hash, secret) for known in self.secrets)

    def as_record(self) -> dict[str, Any]:
        """The whole record as the issuer's file holds it."""
        return {
            **self.as_document(),
            "title": self.title,
            "contact": self.contact,
            "secrets": [{"id": one.id, "hash": one.hash, "created_at": one.created_at} for one in self.secrets],
            "keys": [{"kid": one.kid, "jwk": dict(one.jwk), "created_at": one.created_at} for one in self.keys],
            "version": self.version,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return _hasher.hash(secret)


def _matches(known: str, secret: str) -> bool:
    try:
        return _hasher.verify(known, secret)
    except Argon2Error:
        return False


@dataclass(frozen=True, slots=True)
class Book:
    """The records of a data folder, and the changes that the audit has not taken over yet."""

    clients: Mapping[str, Client]
    changes: Sequence[Mapping[str, Any]] = ()


def read_book(data: Path) -> Book:
    """The records as they stand, also as releases before wrote them. Raises InsecureFile."""
    path = data / CLIENTS_FILE
    book = _read_book(path) if path.exists() else Book({})
    old = data / PUBLIC_FOLDER / DISABLED_FILE
    if not old.exists():
        return book
    shut_out = {name: book.clients.get(name) for name in _read_disabled(old)}
    return Book({**book.clients, **{name: _shut_out(name, known) for name, known in shut_out.items()}}, book.changes)


def write_book(data: Path, book: Book) -> None:
    """Write the records, then their public part. Call it under the lock of the folder.

    Each file is written whole or not at all; a cut between the two is mended by the next start or change.
    """
    (data / PUBLIC_FOLDER).mkdir(mode=0o700, exist_ok=True)
    records = [book.clients[name].as_record() for name in sorted(book.clients)]
    _write_changed(data / CLIENTS_FILE, {"format": FORMAT, "clients": records, "changes": list(book.changes)})
    permits = [book.clients[name].as_document() for name in sorted(book.clients)]
    _write_changed(data / PUBLIC_FOLDER / CLIENTS_FILE, {"format": FORMAT, "clients": permits})
    (data / PUBLIC_FOLDER / DISABLED_FILE).unlink(missing_ok=True)


def watched_book(data: Path) -> Watched[Book]:
    """The records at present. Read once here, so that no thread sees them empty before the first look has ended."""
    watched = Watched(data / CLIENTS_FILE, _read_book, Book({}))
    watched()
    return watched


class Permits:
    """What clients may at present, as every process of the folder `issuer-public` sees it."""

    def __init__(self, data: Path) -> None:
        """Raises ValueError for a file that says nothing: a process must not start without it."""
        folder = data / PUBLIC_FOLDER
        for path, read in ((folder / CLIENTS_FILE, _read_permits), (folder / DISABLED_FILE, _read_shut_out)):
            if path.exists():
                read(path)
        self._permits = Watched[Mapping[str, Permit] | None](folder / CLIENTS_FILE, _read_permits, None)
        self._before = Watched[Mapping[str, Permit]](folder / DISABLED_FILE, _read_shut_out, {})

    def __call__(self) -> Mapping[str, Permit]:
        """The permits by client; until the issuer has taken over what a release before kept, those it shut out."""
        found = self._permits()
        return self._before() if found is None else found


def _write_changed(path: Path, document: Mapping[str, Any]) -> None:
    content = json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
    if not path.exists() or path.read_bytes() != content:
        (write_public if path.parent.name == PUBLIC_FOLDER else write_private)(path, content)


def _read_book(path: Path) -> Book:
    found = json.loads(read_private(path))
    read = _client_of if found.get("format") == FORMAT else _client_of_before
    return Book({each["client_id"]: read(each) for each in found["clients"]}, tuple(found.get("changes", ())))


def _client_of(record: Mapping[str, Any]) -> Client:
    return Client(
        **_permit_fields(record),
        title=record["title"],
        contact=record["contact"],
        secrets=tuple(Secret(**each) for each in record["secrets"]),
        keys=tuple(ClientKey(**each) for each in record["keys"]),
        version=record["version"],
        created_at=record["created_at"],
        updated_at=record["updated_at"],
    )


def _client_of_before(record: Mapping[str, Any]) -> Client:
    """A client as releases before the records wrote it."""
    region = record["region"]
    known = enumerate(record["secret_hashes"], start=1)
    return Client(
        client_id=record["client_id"],
        client_secret=record["client_secret"],
        regions=(region,) if isinstance(region, str) else tuple(region),
        scopes=tuple(record["scopes"]),
        sources=tuple(record["sources"] or ()),
        buyers=tuple(record["buyers"] or ()),
        title=record["client_id"],
        secrets=tuple(Secret(f"secret-{number}", kept, "") for number, kept in known),
    )


def _permit_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    networks, until = document["networks"], document["until"]
    return {
        "client_id": document["client_id"],
        **{name: _tupled(document[name]) for name in ("regions", "scopes", "sources", "buyers")},
        "networks": None if networks is None else tuple(ip_network(network) for network in networks),
        "per_minute": document["per_minute"],
        "per_day": document["per_day"],
        "active": document["active"],
        "until": None if until is None else dt.date.fromisoformat(until),
    }


def _read_permits(path: Path) -> Mapping[str, Permit]:
    found = json.loads(path.read_bytes())["clients"]
    return {each["client_id"]: Permit(**_permit_fields(each)) for each in found}


def _read_disabled(path: Path) -> Sequence[str]:
    names: list[str] = json.loads(path.read_bytes())["disabled"]
    return names


def _read_shut_out(path: Path) -> Mapping[str, Permit]:
    return {name: _shut_out(name, None) for name in _read_disabled(path)}


def _shut_out(name: str, known: Client | None) -> Client:
    """The record of a client that a release before shut out; of one that it did not keep, nothing else is said."""
    unsaid = known or narrowing_nothing(name)
    return replace(unsaid, active=False)


def narrowing_nothing(client_id: str) -> Client:
    """The record that leaves a token of an outside issuer as it is."""
    return Client(client_id=client_id, regions=None, scopes=None, sources=None, buyers=None, title=client_id)


def _listed(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else list(values)


def _tupled(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)
