"""Bearer tokens: EdDSA or ES256 JWTs with issuer, audience and expiry, checked once and remembered until then."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import jwt

from shared.errors import Unauthenticated
from shared.security.actor import Actor

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
        region = claims.get("region", "")
        if not isinstance(region, str) or not region.isdigit():
            raise TokenInvalid("the access token names no region")
        if not 1 <= len(claims["sub"]) <= _MAX_SUBJECT_LENGTH:
            raise TokenInvalid(f"the subject of an access token has 1 to {_MAX_SUBJECT_LENGTH} characters")
        scopes = frozenset(str(claims.get("scope", "")).split())
        return Actor(id=str(claims["sub"]), scopes=scopes, region=region), float(claims["exp"])
