"""Bearer tokens: EdDSA or ES256 JWTs with issuer, audience and expiry, checked once and remembered until then."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from shared.errors import Unauthenticated
from shared.regions import region_prefix
from shared.security.actor import EVERY, Actor
from shared.spelling import source_spelling

ALGORITHMS = ("EdDSA", "ES256")
_REMEMBERED = 4096
_MAX_SUBJECT_LENGTH = 64


class TokenMissing(Unauthenticated):
    """No bearer token came with the request."""

    code, title = "token-missing", "An access token is needed"


class TokenExpired(Unauthenticated):
    """The token was good once."""

    code, title = "token-expired", "The access token has expired"


class TokenInvalid(Unauthenticated):
    """The token is not one of ours: wrong signature, issuer, audience, algorithm or form."""

    code, title = "token-invalid", "The access token is not valid"


KeyLookup = Callable[[str], Any]
"""Finds the public key for a token, by its `kid`."""


class TokenVerifier:
    """Turns a token into an actor."""

    def __init__(self, key_for: KeyLookup, *, issuer: str, audience: str) -> None:
        self._key_for = key_for
        self._issuer = issuer
        self._audience = audience
        self._known: OrderedDict[str, tuple[Actor, float]] = OrderedDict()

    async def recognise(self, token: str) -> Actor:
        """As `actor`, without holding up the event loop where a key has to be fetched first."""
        return self.actor(token) if token in self._known else await asyncio.to_thread(self.actor, token)

    def actor(self, token: str) -> Actor:
        """Who holds this token. Raises TokenExpired or TokenInvalid."""
        known = self._known.get(token)
        if known is None:
            known = self._verify(token)
            self._known[token] = known
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        actor, expires = known
        if expires <= time.time():
            self._known.pop(token, None)
            raise TokenExpired("the access token has expired; ask for a new one")
        return actor

    def _verify(self, token: str) -> tuple[Actor, float]:
        try:
            claims = jwt.decode(
                token,
                self._key_for(token),
                algorithms=list(ALGORITHMS),
                issuer=self._issuer,
                audience=self._audience,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired("the access token has expired; ask for a new one") from error
        except (jwt.PyJWTError, TypeError, ValueError) as error:  # TypeError: a key of another algorithm
            raise TokenInvalid("the access token is not valid here") from error
        if not 1 <= len(claims["sub"]) <= _MAX_SUBJECT_LENGTH:
            raise TokenInvalid(f"the subject of an access token has 1 to {_MAX_SUBJECT_LENGTH} characters")
        scopes = frozenset(str(claims.get("scope", "")).split())
        actor = Actor(
            id=str(claims["sub"]),
            scopes=scopes,
            regions=_regions(claims.get("region")),
            sources=_names(claims, "sources", fold=True),
            buyers=_names(claims, "buyers"),
        )
        return actor, float(claims["exp"])


def _regions(claim: Any) -> tuple[str, ...]:
    """The prefixes of the claim `region`: a division code, a list of them, or `*`. Raises TokenInvalid."""
    if claim == EVERY:
        return ("",)
    codes = claim if isinstance(claim, list) else [claim]
    try:
        prefixes = tuple(dict.fromkeys(region_prefix(code) for code in codes))
    except (ValueError, TypeError, AttributeError) as error:
        raise TokenInvalid(
            "the claim `region` of the access token is a division code, a list of them, or `*`"
        ) from error
    if not prefixes:
        raise TokenInvalid("the access token names no region")
    return prefixes


def _names(claims: Mapping[str, Any], claim: str, *, fold: bool = False) -> frozenset[str] | None:
    """The names in a claim that lists some; None where the token does not have it. Raises TokenInvalid."""
    names = claims.get(claim)
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TokenInvalid(f"the claim `{claim}` of the access token is a list of names")
    return frozenset(str(source_spelling(name)) if fold else name for name in names)
