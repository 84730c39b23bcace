"""Clients and their proofs, over HTTP: the routes of whoever takes partners on."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi import Path as InPath
from pydantic import AfterValidator, BaseModel, Field

from shared.contracts.catalogue import HOUSES
from shared.findings import WrongValue
from shared.house import House
from shared.http.dependencies import Call, calling
from shared.http.fields import Body, Day, Identifier, Source, Text
from shared.http.problems import responses
from shared.http.usage import ClientId, DaysAsked, UsageItem, UsageOut, UsageTotal, items_of
from shared.http.versions import IfMatch, tag
from shared.lists.cursor import decode, encode, not_given_out
from shared.lists.page import DEFAULT_LIMIT, MAX_LIMIT, Page
from shared.partners.carrying import Carrier
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
from shared.partners.keeping import (
    Author,
    drop_key,
    drop_secret,
    find_client,
    give_key,
    give_secret,
    list_clients,
    put_client,
)
from shared.partners.usage import total_of, usage_of
from shared.regions import region_prefix
from shared.security.actor import OPERATE
from shared.security.clients import ALL_SCOPES, EVERYWHERE, Client, ClientKey, Network, Secret
from shared.versions import VersionChanged
from shared.words.said import says

T = TypeVar("T")
_MOST_REQUESTS = 10**9
_MANY = 200


@dataclass(frozen=True)
class ClientRecords:
    """The records that a process may change: their folder, and the houses that count what clients use."""

    data: Path
    houses: Sequence[House]
    """The first one keeps the audit of the records."""

    @cached_property
    def carrier(self) -> Carrier:
        """What brings their changes into that audit."""
        return Carrier(self.data, self.houses[0].database)


def _region(code: str) -> str:
    return code if code == EVERYWHERE else region_prefix(code)


def _scope(name: str) -> str:
    if name not in ALL_SCOPES:
        raise WrongValue(says("no-such-scope", scope=name, known=list(ALL_SCOPES)))
    return name


def _network(written: str) -> str:
    try:
        network = ip_network(written)
    except ValueError as error:
        raise WrongValue(says("network-ill-formed")) from error
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        raise WrongValue(says("network-ill-formed"))  # addresses inside are IPv4 here
    return str(network)


Region = Annotated[str, AfterValidator(_region)]
Scope = Annotated[str, AfterValidator(_scope)]
WrittenNetwork = Annotated[str, Field(examples=["10.0.0.0/8"]), AfterValidator(_network)]


class ClientIn(Body):
    """A client 接入方 as it is to be."""

    title: Annotated[Text, Field(max_length=100)] = Field(description="Who it is, for people")
    contact: Annotated[Text, Field(max_length=200)] | None = Field(None, description="Whom to call")
    regions: Annotated[list[Region], Field(min_length=1, max_length=_MANY)] | None = Field(
        description="Division codes, or `*`; null leaves the token of an outside issuer as it is"
    )
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=_MANY)] | None = Field(
        description="What it may do; null leaves the token of an outside issuer as it is"
    )
    sources: Annotated[list[Source], Field(max_length=_MANY)] | None = Field(
        [], description="Whom it reports as, `*` for everybody; empty for itself alone"
    )
    buyers: Annotated[list[Annotated[Identifier, Field(max_length=64)]], Field(max_length=_MANY)] | None = Field(
        [], description="The buyer codes it orders under"
    )
    networks: Annotated[list[WrittenNetwork], Field(min_length=1, max_length=_MANY)] | None = Field(
        None, description="Where it may call from; null for anywhere"
    )
    per_minute: Annotated[int, Field(strict=True, ge=1, le=_MOST_REQUESTS)] | None = Field(
        None, description="Requests a minute; null for no limit"
    )
    per_day: Annotated[int, Field(strict=True, ge=1, le=_MOST_REQUESTS)] | None = Field(
        None, description="Requests on a business day; null for no limit"
    )
    active: Annotated[bool, Field(strict=True)] = Field(
        True, description="False shuts it out, with the tokens that it has"
    )
    until: Day | None = Field(None, description="The last business day on which it is let in")

    def as_client(self, client_id: str) -> Client:
        """The record that this describes."""
        networks: tuple[Network, ...] | None = None
        if self.networks is not None:
            networks = tuple(dict.fromkeys(map(ip_network, self.networks)))
        return Client(
            client_id=client_id,
            title=self.title,
            contact=self.contact,
            regions=_kept(self.regions),
            scopes=_kept(self.scopes),
            sources=_kept(self.sources),
            buyers=_kept(self.buyers),
            networks=networks,
            per_minute=self.per_minute,
            per_day=self.per_day,
            active=self.active,
            until=self.until,
        )


def _kept(values: Sequence[str] | None) -> tuple[str, ...] | None:
    """Each value once; None stays."""
    return None if values is None else tuple(dict.fromkeys(values))


class SecretOut(BaseModel):
    """A secret that holds, without itself."""

    id: str
    created_at: str | None = Field(description="RFC 3339; null where an earlier release gave it")

    @classmethod
    def of(cls, kept: Secret) -> "SecretOut":
        """What is told of a secret."""
        return cls(id=kept.id, created_at=kept.created_at or None)


class NewSecretOut(SecretOut):
    """A new secret: it is shown this once, and kept as a hash."""

    secret: str


class KeyOut(BaseModel):
    """A public key by which the client signs for itself."""

    kid: str
    alg: str
    created_at: str

    @classmethod
    def of(cls, kept: ClientKey) -> "KeyOut":
        """What is told of a key."""
        return cls(kid=kept.kid, alg=kept.jwk["alg"], created_at=kept.created_at)


class ClientOut(BaseModel):
    """A client 接入方 with its proofs; no secret is ever shown again."""

    client_id: str
    title: str
    contact: str | None
    regions: list[str] | None
    scopes: list[str] | None
    sources: list[str] | None
    buyers: list[str] | None
    networks: list[str] | None
    per_minute: int | None
    per_day: int | None
    active: bool
    until: str | None
    secrets: list[SecretOut] = Field(description="The newest first, two at most")
    keys: list[KeyOut] = Field(description="The newest first, two at most")
    version: int = Field(description="Grows with every PUT that changed something; the `ETag`")
    created_at: str | None
    updated_at: str | None

    @classmethod
    def of(cls, client: Client) -> "ClientOut":
        """The record as it is shown."""
        return cls(
            **client.as_document(),
            title=client.title,
            contact=client.contact,
            secrets=[SecretOut.of(one) for one in client.secrets],
            keys=[KeyOut.of(one) for one in client.keys],
            version=client.version,
            created_at=client.created_at or None,
            updated_at=client.updated_at or None,
        )


class ClientsAsked(Body):
    """Which page of the clients is asked for."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(None, max_length=512, description="`next_cursor` of the page before")


class AllUsageOut(UsageOut):
    """What a client used of the houses of this process."""

    houses: list[str] = Field(description="Those whose counts are in the answer")
    elsewhere: dict[str, str] = Field(description="The others, each with the address that answers for it")


InAddress = Annotated[ClientId, InPath()]


def clients_router(records: ClientRecords) -> APIRouter:
    """The routes of the process that keeps the records."""
    router = APIRouter(prefix="/oauth2/clients", tags=["access"])

    async def done(command: Callable[..., T], *args: Any) -> T:
        """Run a command on the files of the folder, and bring what it changed into the audit."""
        result = await asyncio.to_thread(command, records.data, *args)
        await records.carrier.carry()
        return result

    @router.get("", operation_id="listClients", summary="The clients within your regions, by name")
    async def list_all(
        call: Annotated[Call, calling(OPERATE)], asked: Annotated[ClientsAsked, Query()]
    ) -> Page[ClientOut]:
        """Those whose record names a region outside are not shown."""
        path = call.request.url.path
        after = "" if asked.cursor is None else _name_in(path, asked.cursor)
        found = await asyncio.to_thread(list_clients, records.data, call.actor, after)
        shown = found[: asked.limit]
        following = encode(path, [shown[-1].client_id]) if len(found) > len(shown) else None
        return Page(items=[ClientOut.of(client) for client in shown], next_cursor=following)

    @router.get("/{client_id}", operation_id="getClient", summary="One client", responses=responses(ClientNotFound))
    async def get_one(client_id: InAddress, call: Annotated[Call, calling(OPERATE)], response: Response) -> ClientOut:
        client = await asyncio.to_thread(find_client, records.data, client_id, call.actor)
        tag(response, client.version)
        return ClientOut.of(client)

    @router.put(
        "/{client_id}",
        operation_id="putClient",
        summary="Take a client on, or change what it may",
        responses={
            201: {"model": ClientOut, "description": "New"},
            **responses(ClientNotFound, ClientInOtherSpelling, RightsNotYours, OwnRecord, VersionChanged),
        },
    )
    async def put_one(
        client_id: InAddress,
        body: ClientIn,
        call: Annotated[Call, calling(OPERATE)],
        response: Response,
        expected: IfMatch,
    ) -> ClientOut:
        """Holds within a second, also for tokens given before. The same again changes nothing; proofs stay.

        Nobody gives a scope or region that is not their own, and nobody shuts out themselves.
        """
        put = await done(put_client, body.as_client(client_id), _author(call), expected)
        response.status_code = 201 if put.created else 200
        tag(response, put.shown.version)
        return ClientOut.of(put.shown)

    @router.post(
        "/{client_id}/secrets",
        operation_id="giveSecret",
        summary="One more secret, shown this once",
        status_code=201,
        responses=responses(ClientNotFound, RightsNotYours),
    )
    async def give_one_secret(client_id: InAddress, call: Annotated[Call, calling(OPERATE)]) -> NewSecretOut:
        """Two hold at a time; with a third the oldest holds no longer. Each request gives another one."""
        given = await done(give_secret, client_id, _author(call))
        return NewSecretOut(**SecretOut.of(given.kept).model_dump(), secret=given.secret)

    @router.delete(
        "/{client_id}/secrets/{secret_id}",
        operation_id="dropSecret",
        summary="Have a secret hold no longer",
        status_code=204,
        responses=responses(ClientNotFound, SecretNotFound, RightsNotYours, OwnRecord),
    )
    async def drop_one_secret(client_id: InAddress, secret_id: str, call: Annotated[Call, calling(OPERATE)]) -> None:
        """Tokens that were given for it hold on as long as they last."""
        await done(drop_secret, client_id, secret_id, _author(call))

    @router.post(
        "/{client_id}/keys",
        operation_id="giveKey",
        summary="One more public key, by which the client signs for itself",
        status_code=201,
        responses={
            200: {"model": KeyOut, "description": "The same key is kept already"},
            **responses(ClientNotFound, RightsNotYours, KeyRefused, KeyNameTaken),
        },
    )
    async def give_one_key(
        client_id: InAddress, jwk: Mapping[str, Any], call: Annotated[Call, calling(OPERATE)], response: Response
    ) -> KeyOut:
        """A public JWK (RFC 7517): Ed25519, P-256, or RSA of 2048 bits or more.

        Two hold at a time; with a third the oldest holds no longer. Without `kid` it is kept under its thumbprint.
        """
        given = await done(give_key, client_id, jwk, _author(call))
        response.status_code = 201 if given.created else 200
        return KeyOut.of(given.shown)

    @router.delete(
        "/{client_id}/keys/{kid}",
        operation_id="dropKey",
        summary="Have a key hold no longer",
        status_code=204,
        responses=responses(ClientNotFound, KeyNotFound, RightsNotYours, OwnRecord),
    )
    async def drop_one_key(client_id: InAddress, kid: str, call: Annotated[Call, calling(OPERATE)]) -> None:
        """Tokens that were given for it hold on as long as they last."""
        await done(drop_key, client_id, kid, _author(call))

    @router.get(
        "/{client_id}/usage",
        operation_id="getClientUsage",
        summary="What a client used, by house, day and route group",
        responses=responses(ClientNotFound),
    )
    async def usage(
        client_id: InAddress, call: Annotated[Call, calling(OPERATE)], asked: Annotated[DaysAsked, Query()]
    ) -> AllUsageOut:
        """Of the houses that run in this process; `elsewhere` says where the others are asked."""
        await asyncio.to_thread(find_client, records.data, client_id, call.actor)
        return await _usage(records.houses, client_id, asked)

    return router


def _name_in(path: str, cursor: str) -> str:
    """The name behind which a page goes on. Raises Invalid for a cursor that this list did not give out."""
    try:
        [name] = decode(path, cursor)
    except ValueError as error:
        raise not_given_out() from error
    return name


def _author(call: Call) -> Author:
    address = call.request.client.host if call.request.client else None
    return Author(call.actor, call.context.correlation_id, call.client_id, address)


async def _usage(houses: Sequence[House], client_id: str, asked: DaysAsked) -> AllUsageOut:
    first, last = asked.span
    items: list[UsageItem] = []
    totals = []
    for house in houses:
        used = await house.database.read(usage_of, client_id, first, last)
        items += items_of(house.name, used)
        totals.append(total_of(used))
    here = [house.name for house in houses]
    days = f"from={first}&to={last}"
    return AllUsageOut(
        client_id=client_id,
        first_day=first,
        last_day=last,
        total=UsageTotal(**{name: sum(total[name] for total in totals) for name in UsageTotal.model_fields}),
        items=items,
        houses=here,
        elsewhere={
            house: f"/{house}/v1/usage?client_id={quote(client_id)}&{days}" for house in HOUSES if house not in here
        },
    )
