"""Bearer tokens: signed JWTs with issuer, audience and expiry, checked once a minute and remembered meanwhile."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple, TypedDict

import jwt
from jwt import PyJWK

from shared.errors import Unauthenticated
from shared.findings import WrongValue
from shared.regions import region_prefix
from shared.security.actor import EVERY, Actor
from shared.security.clients import Permit, check_subject
from shared.security.keys import algorithms_of
from shared.security.narrowing import narrowed
from shared.spelling import source_spelling
from shared.words.said import says

LEEWAY_SECONDS: Final = 30
"""How far the clock of an issuer may differ from ours."""
_BUILT_IN: Final = ("EdDSA", "ES256")
_REMEMBERED: Final = 4096
_REMEMBERED_SECONDS: Final = 60.0
"""After this a token is checked again: a key may have been withdrawn."""


class TokenMissing(Unauthenticated):
    """No bearer token came with the request."""

    code = "token-missing"


class TokenExpired(Unauthenticated):
    """The token was good once."""

    code = "token-expired"


class TokenInvalid(Unauthenticated):
    """The token is not one of ours: wrong signature, issuer, audience, algorithm or form."""

    code = "token-invalid"


class ClientDisabled(Unauthenticated):
    """The client was shut out, or its time is over; its tokens hold no longer."""

    code = "client-disabled"


KeyLookup = Callable[[str], Any]
"""Finds the public key for a token, by its `kid`."""
FetchKeys = Callable[[str], Awaitable[None]]
"""Sees to it that the key of a token can be looked up."""


class Names(TypedDict):
    """What the claims `iss` and `aud` of a token have to say."""

    issuer: str
    audience: str


class Recognised(NamedTuple):
    """Who holds a token, as the record of the client lets it."""

    actor: Actor
    client_id: str
    """The client as its record names it. Tokens of an outside issuer may have another subject."""
    permit: Permit | None
    """What is kept of the client here; None where nothing is."""


class _Known(NamedTuple):
    told: Recognised
    """As the token says it, narrowed by nothing."""
    expires: float
    check_again_at: float


def no_permits() -> Mapping[str, Permit]:
    """What is known of clients where no records are kept."""
    return {}


class TokenVerifier:
    """Turns a token into an actor."""

    def __init__(
        self,
        key_for: KeyLookup,
        *,
        issuer: str,
        audience: str,
        fetch_for: FetchKeys | None = None,
        permits: Callable[[], Mapping[str, Permit]] = no_permits,
    ) -> None:
        self._key_for = key_for
        self._fetch_for = fetch_for
        self._issuer = issuer
        self._audience = audience
        self._permits = permits
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._narrowed: OrderedDict[str, Recognised] = OrderedDict()
        """What the record of a client leaves of a token, while the record is the same."""

    async def recognise(self, token: str) -> Recognised:
        """As `recognised`; where a key has to be fetched first, it is waited for."""
        if self._fetch_for is not None:
            known = self._known.get(token)
            if known is None or known.check_again_at <= time.monotonic():
                try:
                    await self._fetch_for(token)
                except jwt.PyJWTError as error:
                    raise TokenInvalid(says("token-not-valid-here")) from error
        return self.recognised(token)

    def actor(self, token: str) -> Actor:
        """Who holds this token. Raises as `recognised`."""
        return self.recognised(token).actor

    def recognised(self, token: str) -> Recognised:
        """Who holds this token, and what is kept of the client.

        Raises TokenExpired, TokenInvalid, ClientDisabled, or RegionNotAllowed where the record leaves no region of it.
        """
        known = self._known.get(token)
        if known is None or known.check_again_at <= time.monotonic():
            self._known.pop(token, None)
            known = self._verify(token)
            self._known[token] = known
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        if known.expires <= time.time():
            self._known.pop(token, None)
            raise TokenExpired(says("token-has-expired"))
        if self.is_shut_out(known.told.client_id):
            raise ClientDisabled(says("client-is-disabled"))
        permit = self.permit_of(known.told.client_id)
        if permit is None:
            return known.told
        found = self._narrowed.get(token)
        if found is None or found.permit is not permit:
            found = Recognised(narrowed(known.told.actor, permit), known.told.client_id, permit)
            self._narrowed[token] = found
            if len(self._narrowed) > _REMEMBERED:
                self._narrowed.popitem(last=False)
        return found

    def is_shut_out(self, client_id: str) -> bool:
        """Whether a client was disabled, or its last day is over: none of its tokens holds any more."""
        permit = self.permit_of(client_id)
        return permit is not None and not permit.holds(time.time())

    def permit_of(self, client_id: str) -> Permit | None:
        """What the record of a client lets it do; none where it has no record."""
        return self._permits().get(client_id)

    def _verify(self, token: str) -> _Known:
        try:
            key = self._key_for(token)
            named, algorithms = (key.key, algorithms_of(key)) if isinstance(key, PyJWK) else (key, _BUILT_IN)
            claims = jwt.decode(
                token,
                named,
                algorithms=list(algorithms),
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            expires = float(claims["exp"]) + LEEWAY_SECONDS
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired(says("token-has-expired")) from error
        except (jwt.PyJWTError, TypeError, ValueError, OverflowError) as error:  # TypeError: another algorithm's key
            raise TokenInvalid(says("token-not-valid-here")) from error
        actor = _actor_of(claims)
        told = Recognised(actor, _client_of(claims, actor), None)
        return _Known(told, expires, time.monotonic() + _REMEMBERED_SECONDS)


def _client_of(claims: Mapping[str, Any], actor: Actor) -> str:
    """The client as an issuer names it: `azp` (OpenID Connect), `client_id` (RFC 9068), else the subject."""
    named = claims.get("azp") or claims.get("client_id") or actor.id
    return named if isinstance(named, str) else actor.id


def _actor_of(claims: Mapping[str, Any]) -> Actor:
    """The actor these claims describe. Raises TokenInvalid."""
    try:
        subject = check_subject(claims["sub"])
    except WrongValue as error:
        raise TokenInvalid(says("token-subject-refused", why=error.said)) from error
    return Actor(
        id=subject,
        scopes=_scopes(claims.get("scope", claims.get("scp", ""))),
        regions=_regions(claims.get("region")),
        sources=_names(claims, "sources", fold=True),
        buyers=_names(claims, "buyers"),
    )


def _scopes(claim: Any) -> frozenset[str]:
    """The scopes of the claim `scope`, or `scp`: a text with blanks between them, or a list."""
    return frozenset(str(scope) for scope in claim) if isinstance(claim, list) else frozenset(str(claim).split())


def _regions(claim: Any) -> tuple[str, ...]:
    """The prefixes of the claim `region`: a division code, a list of them, or `*`. Raises TokenInvalid."""
    if claim == EVERY:
        return ("",)
    codes = claim if isinstance(claim, list) else [claim]
    try:
        prefixes = tuple(dict.fromkeys(region_prefix(code) for code in codes))
    except (ValueError, TypeError, AttributeError) as error:
        raise TokenInvalid(says("token-region-ill-formed")) from error
    if not prefixes:
        raise TokenInvalid(says("token-without-region"))
    return prefixes


def _names(claims: Mapping[str, Any], claim: str, *, fold: bool = False) -> frozenset[str] | None:
    """The names in a claim that lists some; None where the token does not have it. Raises TokenInvalid."""
    names = claims.get(claim)
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TokenInvalid(says("token-claim-is-a-list", claim=claim))
    return frozenset(str(source_spelling(name)) if fold else name for name in names)
