"""The commands that change the record of a client, by request and by command line alike.

One at a time changes the records of a data folder; the others wait. With a change comes its line for the audit, in the
same write of the same file: it stays there until the audit of the house has it.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, TypeVar

import structlog

from shared.clock import unix_now, written, written_now
from shared.findings import WrongValue
from shared.ids import new_id
from shared.partners.errors import (
    ClientInOtherSpelling,
    ClientNotFound,
    KeyNameTaken,
    KeyNotFound,
    KeyRefused,
    OwnRecord,
    RightsNotYours,
    SecretNotFound,
)
from shared.security.actor import EVERY, OPERATE, Actor
from shared.security.assertions import public_key
from shared.security.clients import (
    ALL_SCOPES,
    EVERYWHERE,
    Book,
    Client,
    ClientKey,
    Permit,
    Secret,
    bare_name,
    hash_of,
    read_book,
    write_book,
)
from shared.security.files import locked
from shared.versions import ExpectedVersion, demand_version
from shared.words.said import says

PROOFS_AT_A_TIME: Final = 2
"""So many secrets, and so many keys, hold at a time: one is rotated while the other is in use."""
T = TypeVar("T")
log = structlog.get_logger()


class Author(NamedTuple):
    """Who changes a record."""

    actor: Actor
    correlation_id: str
    client_id: str | None = None
    """The caller's own record."""
    address: str | None = None
    """Where the caller calls from."""


def operator_of_the_machine(correlation_id: str) -> Author:
    """Whoever types commands at the machine of the data folder: may give whatever there is."""
    actor = Actor("operator", frozenset(ALL_SCOPES), ("",), sources=frozenset({EVERY}))
    return Author(actor, correlation_id)


class Done(NamedTuple, Generic[T]):
    """What stands after a command, and whether it is new."""

    shown: T
    created: bool


class NewSecret(NamedTuple):
    """A secret, in the clear this once."""

    kept: Secret
    secret: str


def list_clients(data: Path, actor: Actor) -> list[Client]:
    """The records that lie within the actor's regions, by name."""
    clients = read_book(data).clients
    return [clients[name] for name in sorted(clients) if _seen(actor, clients[name])]


def find_client(data: Path, client_id: str, actor: Actor) -> Client:
    """The record of a client. Raises ClientNotFound, also for one that reaches beyond the actor's regions."""
    return _known(read_book(data), client_id, actor)


def put_client(data: Path, wanted: Client, author: Author, expected: ExpectedVersion | None = None) -> Done[Client]:
    """Make the record of a client what it is said to be; its proofs stay. The same again changes nothing.

    Raises:
        ClientInOtherSpelling: another client has a name that looks the same.
        VersionChanged: another version is kept than the one the caller changed.
        RightsNotYours: the caller would give what it does not have.
        OwnRecord: the caller would shut out itself.
    """
    return change_client(data, wanted.client_id, lambda _: wanted, author, expected)


def change_client(
    data: Path,
    client_id: str,
    change: Callable[[Client | None], Client],
    author: Author,
    expected: ExpectedVersion | None = None,
) -> Done[Client]:
    """As `put_client`, by what the record was."""
    with locked(_folder(data)):
        book = read_book(data)
        before = book.clients.get(client_id)
        if before is None:
            _refuse_other_spelling(book, client_id)
        elif not _seen(author.actor, before):
            raise _not_found(client_id, author.actor)
        demand_version(expected, None if before is None else before.version)
        after = _renewed(change(before), before, _next_moment(book))
        if after == before:
            write_book(data, book)
            return Done(before, created=False)
        demand_givable(author.actor, _given(before, after))
        _refuse_own_end(author, after)
        action = "client.entered" if before is None else "client.changed"
        viewed = None if before is None else _view(before)
        _write(data, book, after, author, action, viewed, _view(after))
        return Done(after, created=before is None)


def give_secret(data: Path, client_id: str, author: Author) -> NewSecret:
    """Give a client one more secret; of three the oldest holds no longer. Raises ClientNotFound or RightsNotYours."""
    with locked(_folder(data)):
        book = read_book(data)
        client = _in_hand(book, client_id, author.actor)
        secret = secrets.token_urlsafe(32)
        kept = Secret(secrets.token_hex(6), hash_of(secret), written_now())
        dropped = [one.id for one in client.secrets[PROOFS_AT_A_TIME - 1 :]]
        after = replace(client, secrets=(kept, *client.secrets)[:PROOFS_AT_A_TIME])
        _write(data, book, after, author, "client.secret-given", None, {"id": kept.id, "dropped": dropped})
        return NewSecret(kept, secret)


def drop_secret(data: Path, client_id: str, secret_id: str, author: Author) -> None:
    """Have a secret hold no longer. Raises ClientNotFound, SecretNotFound, RightsNotYours or OwnRecord."""
    with locked(_folder(data)):
        book = read_book(data)
        client = _in_hand(book, client_id, author.actor)
        left = tuple(one for one in client.secrets if one.id != secret_id)
        if left == client.secrets:
            raise SecretNotFound(says("no-such-secret", client=client_id, secret=secret_id))
        after = replace(client, secrets=left)
        _refuse_own_last_proof(author, after)
        _write(data, book, after, author, "client.secret-dropped", {"id": secret_id}, {})


def give_key(data: Path, client_id: str, jwk: Mapping[str, Any], author: Author) -> Done[ClientKey]:
    """Let a client sign for itself with one more key; of three the oldest holds no longer. The same again is no change.

    Raises ClientNotFound, RightsNotYours, KeyRefused, or KeyNameTaken.
    """
    try:
        public = public_key(jwk)
    except WrongValue as error:
        raise KeyRefused.at("/", error.said) from error
    with locked(_folder(data)):
        book = read_book(data)
        client = _in_hand(book, client_id, author.actor)
        known = next((one for one in client.keys if one.kid == public["kid"]), None)
        if known is not None and known.jwk == public:
            return Done(known, created=False)
        if known is not None:
            raise KeyNameTaken(says("key-name-taken", key=known.kid))
        kept = ClientKey(public["kid"], public, written_now())
        dropped = [one.kid for one in client.keys[PROOFS_AT_A_TIME - 1 :]]
        after = replace(client, keys=(kept, *client.keys)[:PROOFS_AT_A_TIME])
        _write(data, book, after, author, "client.key-given", None, {"kid": kept.kid, "dropped": dropped})
        return Done(kept, created=True)


def drop_key(data: Path, client_id: str, kid: str, author: Author) -> None:
    """Have a key hold no longer. Raises ClientNotFound, KeyNotFound, RightsNotYours or OwnRecord."""
    with locked(_folder(data)):
        book = read_book(data)
        client = _in_hand(book, client_id, author.actor)
        left = tuple(one for one in client.keys if one.kid != kid)
        if left == client.keys:
            raise KeyNotFound(says("no-such-key", client=client_id, key=kid))
        after = replace(client, keys=left)
        _refuse_own_last_proof(author, after)
        _write(data, book, after, author, "client.key-dropped", {"kid": kid}, {})


def demand_givable(actor: Actor, given: Permit) -> None:
    """Raise RightsNotYours unless the actor has every scope and region that is given."""
    if beyond := sorted(set(given.scopes or ()) - actor.scopes):
        raise RightsNotYours(says("scopes-not-yours", scopes=beyond))
    if beyond := [region or EVERY for region in given.prefixes or () if not actor.sees(region)]:
        raise RightsNotYours(says("regions-not-yours", regions=beyond, place=actor.place))


def _folder(data: Path) -> Path:
    data.mkdir(parents=True, exist_ok=True)
    return data


def _seen(actor: Actor, client: Client) -> bool:
    """Whether all regions of a record lie within the actor's. A record that names none is for whoever is everywhere."""
    return all(actor.sees(region) for region in client.prefixes or ("",))


def _known(book: Book, client_id: str, actor: Actor) -> Client:
    client = book.clients.get(client_id)
    if client is None or not _seen(actor, client):
        raise _not_found(client_id, actor)
    return client


def _not_found(client_id: str, actor: Actor) -> ClientNotFound:
    return ClientNotFound(says("no-such-client", client=client_id, region=actor.place))


def _in_hand(book: Book, client_id: str, actor: Actor) -> Client:
    """The record of a client whose proofs the actor may change: who makes one could use it."""
    client = _known(book, client_id, actor)
    demand_givable(actor, client)
    return client


def _refuse_other_spelling(book: Book, client_id: str) -> None:
    for known in book.clients:
        if bare_name(known) == bare_name(client_id):
            raise ClientInOtherSpelling(says("client-spelled-otherwise", client=known))


def _next_moment(book: Book) -> str:
    """The moment of a change: later than that of every change before, also where the clock was set back."""
    latest = max((client.updated_at for client in book.clients.values()), default="")
    now = written_now()
    return now if now > latest else written(dt.datetime.fromisoformat(latest) + dt.timedelta(microseconds=1))


def _renewed(wanted: Client, before: Client | None, now: str) -> Client:
    """The record as it is to be kept: as its next version where it differs, else as it stands."""
    if before is None:
        return replace(wanted, secrets=(), keys=(), version=1, created_at=now, updated_at=now)
    same = replace(
        wanted,
        secrets=before.secrets,
        keys=before.keys,
        version=before.version,
        created_at=before.created_at,
        updated_at=before.updated_at,
    )
    return before if same == before else replace(same, version=before.version + 1, updated_at=now)


def _given(before: Client | None, after: Client) -> Permit:
    """What the change adds to what the client may: narrowing and stopping give nothing.

    A client that is new, or let in again, is given all that it may. A record that leaves tokens as they are gives all.
    """
    scopes = ALL_SCOPES if after.scopes is None else after.scopes
    regions = (EVERYWHERE,) if after.regions is None else after.regions
    now = unix_now()
    if before is None or (after.holds(now) and not before.holds(now)):
        return replace(after, scopes=scopes, regions=regions)
    had_scopes = ALL_SCOPES if before.scopes is None else before.scopes
    had = ("",) if before.prefixes is None else before.prefixes
    return replace(
        after,
        scopes=tuple(scope for scope in scopes if scope not in had_scopes),
        regions=tuple(region for region in regions if not region.removeprefix(EVERYWHERE).startswith(had)),
    )


def _refuse_own_end(author: Author, after: Client) -> None:
    """Nobody shuts out itself by a request: whoever means that says it at the machine, or has another do it."""
    if author.client_id != after.client_id:
        return
    if not after.holds(unix_now()):
        raise OwnRecord(says("own-record-ends"))
    if after.scopes is not None and OPERATE not in after.scopes:
        raise OwnRecord(says("own-record-without-scope", scope=OPERATE))
    if not after.lets_in(author.address):
        raise OwnRecord(says("own-record-elsewhere", address=str(author.address)))


def _refuse_own_last_proof(author: Author, after: Client) -> None:
    if author.client_id == after.client_id and not after.signs_in:
        raise OwnRecord(says("own-record-without-proof"))


def _view(client: Client) -> dict[str, Any]:
    return {"title": client.title, **client.as_document(), "version": client.version}


def _write(
    data: Path,
    book: Book,
    after: Client,
    author: Author,
    action: str,
    was: Mapping[str, Any] | None,
    became: Mapping[str, Any],
) -> None:
    change = {
        "id": str(new_id()),
        "at": written_now(),
        "actor": author.actor.id,
        "action": action,
        "subject": after.client_id,
        "before": was,
        "after": became,
        "correlation_id": author.correlation_id,
    }
    write_book(data, Book({**book.clients, after.client_id: after}, (*book.changes, change)))
    by, chain = author.actor.id, author.correlation_id
    log.info("client.record_changed", action=action, client=after.client_id, by=by, correlation_id=chain)
