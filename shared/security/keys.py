"""The keys of an outside OIDC issuer, fetched over HTTP and kept until a token names one that is not known."""

import time
from typing import Any

import jwt
from jwt import PyJWK, PyJWKSet

from shared.http.client import fetch_json

_REFETCH_SECONDS = 60.0


class JwksKeys:
    """Public keys by `kid`. An unknown `kid` causes a fetch, at most once a minute."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at = float("-inf")

    def __call__(self, token: str) -> Any:
        """The key this token names. Raises jwt.PyJWTError when there is none."""
        kid = jwt.get_unverified_header(token).get("kid", "")
        if kid not in self._keys and time.monotonic() - self._fetched_at > _REFETCH_SECONDS:
            self._fetched_at = time.monotonic()
            self._keys = {key.key_id or "": key for key in PyJWKSet.from_dict(fetch_json(self._url)).keys}
        if kid not in self._keys:
            raise jwt.InvalidKeyError("the token is signed with an unknown key")
        return self._keys[kid].key
