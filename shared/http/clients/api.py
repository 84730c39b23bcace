"""The routes of the process that keeps the records of clients."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath

from shared.clock import written
from shared.contracts.catalogue import HOUSES
from shared.house import House
from shared.http.clients.records import ClientRecords
from shared.http.clients.schemas import (
    AllUsageOut,
    ClientIn,
    ClientOut,
    ClientsAsked,
    KeyOut,
    NewSecretOut,
    SecretOut,
)
from shared.http.dependencies import Call, calling
from shared.http.problems import responses
from shared.http.usage import ClientId, DaysAsked, UsageItem, UsageTotal, items_of
from shared.http.versions import IfMatch, tag
from shared.lists.cursor import decode, encode, not_given_out
from shared.lists.page import Page
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
from shared.security.actor import OPERATE
from shared.security.clients import Client
from shared.versions import VersionChanged

InAddress = Annotated[ClientId, InPath()]


router = APIRouter(prefix="/oauth2/clients", tags=["access"])


def _records(request: Request) -> ClientRecords:
    records: ClientRecords = request.state.records
    return records


Records = Annotated[ClientRecords, Depends(_records)]
Operating = Annotated[Call, calling(OPERATE)]


@router.get("", operation_id="listClients", summary="The clients within your regions, by name")
async def list_all(call: Operating, records: Records, asked: Annotated[ClientsAsked, Query()]) -> Page[ClientOut]:
    """Those whose record names a region outside are not shown."""
    found = await asyncio.to_thread(list_clients, records.data, call.actor)
    return _page(call.request.url.path, asked, found)


@router.get("/{client_id}", operation_id="getClient", summary="One client", responses=responses(ClientNotFound))
async def get_one(client_id: InAddress, call: Operating, records: Records, response: Response) -> ClientOut:
    """Its rights, limits and proofs; never a secret."""
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
    call: Operating,
    records: Records,
    response: Response,
    expected: IfMatch,
) -> ClientOut:
    """Holds within a second, also for tokens given before. The same again changes nothing; proofs stay.

    Nobody gives a scope or region that is not their own, and nobody shuts out themselves.
    """
    put = await records.change(put_client, body.as_client(client_id), _author(call), expected)
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
async def give_one_secret(client_id: InAddress, call: Operating, records: Records) -> NewSecretOut:
    """Two hold at a time; with a third the oldest holds no longer. Each request gives another one."""
    given = await records.change(give_secret, client_id, _author(call))
    return NewSecretOut(**SecretOut.of(given.kept).model_dump(), secret=given.secret)


@router.delete(
    "/{client_id}/secrets/{secret_id}",
    operation_id="dropSecret",
    summary="Have a secret hold no longer",
    status_code=204,
    responses=responses(ClientNotFound, SecretNotFound, RightsNotYours, OwnRecord),
)
async def drop_one_secret(client_id: InAddress, secret_id: str, call: Operating, records: Records) -> None:
    """Tokens that were given for it hold on as long as they last."""
    await records.change(drop_secret, client_id, secret_id, _author(call))


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
    client_id: InAddress, jwk: Mapping[str, Any], call: Operating, records: Records, response: Response
) -> KeyOut:
    """A public JWK (RFC 7517): Ed25519, P-256, or RSA of 2048 bits or more.

    Two hold at a time; with a third the oldest holds no longer. Without `kid` it is kept under its thumbprint.
    """
    given = await records.change(give_key, client_id, jwk, _author(call))
    response.status_code = 201 if given.created else 200
    return KeyOut.of(given.shown)


@router.delete(
    "/{client_id}/keys/{kid}",
    operation_id="dropKey",
    summary="Have a key hold no longer",
    status_code=204,
    responses=responses(ClientNotFound, KeyNotFound, RightsNotYours, OwnRecord),
)
async def drop_one_key(client_id: InAddress, kid: str, call: Operating, records: Records) -> None:
    """Tokens that were given for it hold on as long as they last."""
    await records.change(drop_key, client_id, kid, _author(call))


@router.get(
    "/{client_id}/usage",
    operation_id="getClientUsage",
    summary="What a client used, by house, day and route group",
    responses=responses(ClientNotFound),
)
async def usage(
    client_id: InAddress, call: Operating, records: Records, asked: Annotated[DaysAsked, Query()]
) -> AllUsageOut:
    """Of the houses that run in this process; `elsewhere` says where the others are asked."""
    await asyncio.to_thread(find_client, records.data, client_id, call.actor)
    return await _usage(records.houses, client_id, asked)


def _page(path: str, asked: ClientsAsked, clients: Sequence[Client]) -> Page[ClientOut]:
    """A page of these clients: by name or, of those changed after a moment, by when they were, each at its own."""

    def key(client: Client) -> str:
        return client.client_id if asked.updated_after is None else client.updated_at

    begin = "" if asked.updated_after is None else written(asked.updated_after)
    if asked.cursor is not None:
        begin = _key_in(path, asked.cursor)
    found = sorted((client for client in clients if key(client) > begin), key=key)
    shown = found[: asked.limit]
    following = encode(path, [key(shown[-1])]) if len(found) > len(shown) else None
    return Page(items=[ClientOut.of(client) for client in shown], next_cursor=following)


def _key_in(path: str, cursor: str) -> str:
    """What a page goes on behind. Raises Invalid for a cursor that this list did not give out."""
    try:
        [key] = decode(path, cursor)
    except ValueError as error:
        raise not_given_out() from error
    return key


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
