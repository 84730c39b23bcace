"""Clients of the built-in issuer: what they may do, their secrets as argon2id hashes, and which are disabled.

`clients.json` belongs to the issuer alone. `issuer-public/disabled-clients.json` is read by every process that checks
tokens, at most a second after it changed: that is how disabling holds for tokens already given.
"""

import contextlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from shared.contracts.catalogue import HOUSES
from shared.findings import WrongValue
from shared.regions import region_prefix
from shared.security.files import Watched, locked, read_private, write_private, write_public
from shared.security.signing import PUBLIC_FOLDER
from shared.words.said import says

CLIENTS_FILE: Final = "clients.json"
DISABLED_FILE: Final = "disabled-clients.json"
MAX_SUBJECT_LENGTH: Final = 64
RESERVED_SUBJECTS: Final = frozenset({*HOUSES, "system", "operator", "demo"})
"""Names under which the machine itself and its operators are audited."""
_SECRETS_AT_A_TIME: Final = 2
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

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Secrets are random and long, so hashing protects a stolen file and need not be slower than that."""


class ClientRefused(ValueError):
    """A client that cannot be kept as it was described; the message says why."""


def check_subject(name: str) -> str:
    """A name to act under. Raises WrongValue for reserved names in any spelling and for characters nobody sees."""
    if not 1 <= len(name) <= MAX_SUBJECT_LENGTH:
        raise WrongValue(says("client-name-length", most=MAX_SUBJECT_LENGTH))
    if any(unicodedata.category(character) in _UNSEEN for character in name) or name != name.strip():
        raise WrongValue(says("client-name-unseen"))
    if "".join(unicodedata.normalize("NFKC", name).split()).casefold() in RESERVED_SUBJECTS:
        raise WrongValue(says("client-name-reserved"))
    return name


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the built-in issuer."""

    client_id: str
    client_secret: str
    """In the clear, for the demonstration alone; empty where only hashes are kept."""
    scopes: tuple[str, ...]
    region: str | tuple[str, ...]
    """A division code of any level, several, or `*`."""
    sources: tuple[str, ...] | None = None
    """Whom it may report as; `*` is everybody, none is itself alone."""
    buyers: tuple[str, ...] | None = None
    """The buyer codes it orders under; none where it is no buyer's client."""
    secret_hashes: tuple[str, ...] = ()
    """argon2id, the newest first: two are valid at a time after a rotation."""

    def holds(self, secret: str) -> bool:
        """Whether this is a secret of the client. Takes some milliseconds where it is hashed."""
        if self.client_secret:
            return hmac.compare_digest(self.client_secret.encode(), secret.encode())
        return any(_matches(known, secret) for known in self.secret_hashes)


def _matches(known: str, secret: str) -> bool:
    try:
        return _hasher.verify(known, secret)
    except Argon2Error:
        return False


def add_client(
    data: Path,
    client_id: str,
    *,
    region: Collection[str],
    scopes: Collection[str],
    sources: Collection[str] | None = None,
    buyers: Collection[str] | None = None,
) -> str:
    """Keep a new client; returns its secret, which is shown once and kept as a hash. Raises ClientRefused."""
    try:
        check_subject(client_id)
        places = tuple(code if code == "*" else region_prefix(code) for code in region)
    except ValueError as error:
        raise ClientRefused(str(error)) from error
    if not places:
        raise ClientRefused("a client needs a region: a division code, several, or *")
    if unknown := sorted(set(scopes) - set(ALL_SCOPES)):
        raise ClientRefused(f"unknown scopes: {' '.join(unknown)}; known are {' '.join(ALL_SCOPES)}")
    if not scopes:
        raise ClientRefused("a client needs at least one scope")
    with _changing(data) as clients:
        if client_id in clients:
            raise ClientRefused(f"there is a client {client_id} already: rotate or enable it")
        secret = secrets.token_urlsafe(32)
        clients[client_id] = Client(
            client_id,
            "",
            tuple(scopes),
            places[0] if len(places) == 1 else places,
            None if sources is None else tuple(sources),
            None if buyers is None else tuple(buyers),
            (_hasher.hash(secret),),
        )
        return secret


def rotate_client(data: Path, client_id: str) -> str:
    """Give a client a new secret; the one before stays valid until the next rotation. Raises ClientRefused."""
    with _changing(data) as clients:
        client = _known(clients, client_id)
        secret = secrets.token_urlsafe(32)
        hashes = (_hasher.hash(secret), *client.secret_hashes)[:_SECRETS_AT_A_TIME]
        clients[client_id] = replace(client, secret_hashes=hashes)
        return secret


def disable_client(data: Path, client_id: str, *, disabled: bool = True) -> None:
    """Shut a client out, with the tokens it has, or let it in again; of whatever issuer it is."""
    _make_folders(data)
    with locked(data):
        names = disabled_clients(data)
        changed = names | {client_id} if disabled else names - {client_id}
        write_public(data / PUBLIC_FOLDER / DISABLED_FILE, _json({"disabled": sorted(changed)}))


def disabled_clients(data: Path) -> frozenset[str]:
    """The names of the clients that are shut out."""
    path = data / PUBLIC_FOLDER / DISABLED_FILE
    return _read_disabled(path) if path.exists() else frozenset()


def list_clients(data: Path) -> list[Client]:
    """All clients that are kept, by name."""
    clients = _read_clients(data / CLIENTS_FILE) if (data / CLIENTS_FILE).exists() else {}
    return [clients[name] for name in sorted(clients)]


def watched_clients(data: Path) -> Watched[Mapping[str, Client]]:
    """The clients at present."""
    return Watched[Mapping[str, Client]](data / CLIENTS_FILE, _read_clients, {})


def watched_disabled(data: Path) -> Watched[frozenset[str]]:
    """The names of the clients that are shut out at present. Raises ValueError for a file that names none."""
    disabled_clients(data)
    return Watched(data / PUBLIC_FOLDER / DISABLED_FILE, _read_disabled, frozenset())


@contextlib.contextmanager
def _changing(data: Path) -> Iterator[dict[str, Client]]:
    """The clients of a folder, to be changed; written whole when the block ends well."""
    _make_folders(data)
    with locked(data):
        clients = {client.client_id: client for client in list_clients(data)}
        yield clients
        write_private(data / CLIENTS_FILE, _json({"clients": [asdict(client) for client in clients.values()]}))


def _make_folders(data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    (data / PUBLIC_FOLDER).mkdir(mode=0o700, exist_ok=True)


def _known(clients: Mapping[str, Client], client_id: str) -> Client:
    if client_id not in clients:
        raise ClientRefused(f"there is no client {client_id}")
    return clients[client_id]


def _read_clients(path: Path) -> Mapping[str, Client]:
    found = json.loads(read_private(path))["clients"]
    return {each["client_id"]: client_from(each) for each in found}


def client_from(document: Mapping[str, Any]) -> Client:
    """A client as it is written in a file."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
    }
    return Client(**fields)


def _read_disabled(path: Path) -> frozenset[str]:
    return frozenset(json.loads(path.read_bytes())["disabled"])


def _json(document: Any) -> bytes:
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
