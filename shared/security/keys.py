"""The keys of an outside OIDC issuer, fetched over HTTP and kept until a token names one that is not known."""

import threading
import time
from collections.abc import Callable
from typing import Any

import jwt
import structlog
from jwt import PyJWK, PyJWKSet

from shared.errors import Unavailable
from shared.http.client import FetchFailed, fetch_json

_REFETCH_SECONDS = 60.0
_RETRY_SECONDS = 5.0

log = structlog.get_logger()


class KeysUnavailable(Unavailable):
    """The issuer's keys could not be fetched, so nobody can tell whether the token holds."""

    code, title = "keys-unavailable", "The issuer's keys cannot be fetched"


class JwksKeys:
    """Public keys by `kid`. An unknown `kid` causes a fetch: at most once a minute, sooner after one that failed."""

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._monotonic = monotonic
        self._keys: dict[str, PyJWK] = {}
        self._next_fetch_at = float("-inf")
        self._answered = True
        self._fetching = threading.Lock()

    def __call__(self, token: str) -> Any:
        """The key this token names; may block for a fetch. Raises jwt.PyJWTError or KeysUnavailable."""
        kid = jwt.get_unverified_header(token).get("kid", "")
        if kid not in self._keys:
            with self._fetching:
                if kid not in self._keys and self._monotonic() > self._next_fetch_at:
                    self._fetch()
        if kid in self._keys:
            return self._keys[kid].key
        if not self._answered:
            raise KeysUnavailable("the keys of the token's issuer cannot be fetched; try again")
        raise jwt.InvalidKeyError("the token is signed with an unknown key")

    def _fetch(self) -> None:
        try:
            fetched = PyJWKSet.from_dict(fetch_json(self._url))
        except (FetchFailed, jwt.PyJWTError, AttributeError) as error:
            self._answered = False
            self._next_fetch_at = self._monotonic() + _RETRY_SECONDS
            log.warning("keys.not_fetched", error=str(error))
        else:
            self._answered = True
            self._next_fetch_at = self._monotonic() + _REFETCH_SECONDS
            self._keys = {key.key_id or "": key for key in fetched.keys}
