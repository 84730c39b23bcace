"""Clients as requests describe them and answers show them."""

from collections.abc import Sequence
from ipaddress import IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from shared.findings import WrongValue
from shared.http.fields import Body, Day, Identifier, Moment, Source, Text
from shared.http.usage import UsageOut
from shared.lists.page import DEFAULT_LIMIT, MAX_LIMIT
from shared.regions import region_prefix
from shared.security.clients import ALL_SCOPES, EVERYWHERE, Client, ClientKey, Network, Secret
from shared.words.said import says

_MOST_REQUESTS = 10**9
_MANY = 200


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
    updated_after: Moment | None = Field(None, description="Those changed later, in that order")


class AllUsageOut(UsageOut):
    """What a client used of the houses of this process."""

    houses: list[str] = Field(description="Those whose counts are in the answer")
    elsewhere: dict[str, str] = Field(description="The others, each with the address that answers for it")
