"""The keys of an outside OIDC issuer: fetched every minute by a thread of its own, asked for by the name in a token.

A key the issuer withdraws is gone after the next fetch. A token that names an unknown key has them fetched at once,
once a second at most, and waits; whoever brings a known one never waits, also where the issuer hangs. While it does not
answer, the last known keys hold for an hour.
"""

import asyncio
import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import jwt
import structlog
from jwt import PyJWK, PyJWKClient

from shared import metrics
from shared.errors import Unavailable
from shared.words.said import says

REFRESH_SECONDS: Final = 60.0
KEPT_SECONDS: Final = 3600.0
"""How long the last known keys hold while the issuer does not answer."""
_AGAIN_SECONDS: Final = 1.0
_AFTER_FAILURE_SECONDS: Final = 5.0
_TIMEOUT_SECONDS: Final = 3.0
_PATIENCE_SECONDS: Final = 5.0
_ABSENT: Final = 1024
_RSA: Final = ("RS256", "PS256")
_ELLIPTIC: Final = {"P-256": "ES256"}
_EDWARDS: Final = {"Ed25519": "EdDSA"}

log = structlog.get_logger()


class KeysUnavailable(Unavailable):
    """The issuer's keys could not be fetched, so nobody can tell whether the token holds."""

    code = "keys-unavailable"


def algorithms_of(key: PyJWK) -> Sequence[str]:
    """What tokens signed with this key may name: its own algorithm, or those of its kind where it names none."""
    kind, named = key.key_type, key._jwk_data.get("alg")  # noqa: SLF001  the library keeps no public copy
    fitting: Sequence[str] = ()
    if kind == "RSA":
        fitting = _RSA
    elif kind in {"EC", "OKP"}:
        curve = str(key._jwk_data.get("crv"))  # noqa: SLF001
        found = (_ELLIPTIC if kind == "EC" else _EDWARDS).get(curve)
        fitting = (found,) if found else ()
    return fitting if named is None else tuple(name for name in fitting if name == named)


class JwksKeys:
    """Public keys by `kid`."""

    def __init__(self, url: str, *, refresh_seconds: float = REFRESH_SECONDS) -> None:
        self._client = PyJWKClient(url, cache_jwk_set=False, timeout=_TIMEOUT_SECONDS)
        self._refresh_seconds = refresh_seconds
        self._keys: Mapping[str, PyJWK] = {}
        self._fetched_at = float("-inf")
        self._ended_at = float("-inf")
        self._answered = False
        self._absent: OrderedDict[str, float] = OrderedDict()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def __call__(self, token: str) -> PyJWK:
        """The key this token names, of those fetched. Raises jwt.PyJWTError or KeysUnavailable."""
        kid = _kid(token)
        if self._knows(kid):
            return self._keys[kid]
        if not self._answered:
            raise KeysUnavailable(says("keys-not-fetched"))
        raise jwt.InvalidKeyError("the token is signed with an unknown key")

    async def fetch_for(self, token: str) -> None:
        """Have the keys fetched where this token names one that is not known, and wait for that."""
        kid = _kid(token)
        now = time.monotonic()
        if self._knows(kid) or now - self._absent.get(kid, float("-inf")) < self._refresh_seconds:
            return
        if not self._answered and now - self._ended_at < _AFTER_FAILURE_SECONDS:
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._next_fetch()
        except TimeoutError:
            self._answered = False
        if self._answered and kid not in self._keys:
            self._absent[kid] = time.monotonic()
            while len(self._absent) > _ABSENT:
                self._absent.popitem(last=False)

    def close(self) -> None:
        """End the thread; it is not waited for, because an issuer may hang."""
        self._closed = True
        with self._lock:
            self._wanted.set()

    def _knows(self, kid: str) -> bool:
        return kid in self._keys and time.monotonic() - self._fetched_at < KEPT_SECONDS

    async def _next_fetch(self) -> None:
        loop = asyncio.get_running_loop()
        fetched: asyncio.Future[None] = loop.create_future()
        with self._lock:
            self._waiting.append((loop, fetched))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="issuer-keys", daemon=True)
                self._thread.start()
            self._wanted.set()
        await fetched

    def _run(self) -> None:
        while not self._closed:
            self._fetch()
            self._ended_at = time.monotonic()
            with self._lock:
                waiting, self._waiting = self._waiting, []
                self._wanted.clear()
            for loop, fetched in waiting:
                with contextlib.suppress(RuntimeError):  # that loop has ended meanwhile
                    loop.call_soon_threadsafe(_done, fetched)
            time.sleep(_AGAIN_SECONDS)
            self._wanted.wait(self._refresh_seconds if self._answered else _AFTER_FAILURE_SECONDS)

    def _fetch(self) -> None:
        try:
            found = {str(key.key_id): key for key in self._client.get_signing_keys()}
        except (jwt.PyJWTError, ValueError, AttributeError, TypeError, OSError) as error:
            self._answered = False
            metrics.ISSUER_KEYS_FETCHES.labels("failed").inc()
            log.warning("keys.not_fetched", error=f"{type(error).__name__}: {error}")
        else:
            self._keys = found
            self._fetched_at = time.monotonic()
            self._answered = True
            metrics.ISSUER_KEYS_FETCHES.labels("fetched").inc()


def _done(fetched: asyncio.Future[None]) -> None:
    if not fetched.done():
        fetched.set_result(None)


def _kid(token: str) -> str:
    kid: Any = jwt.get_unverified_header(token).get("kid", "")
    return kid if isinstance(kid, str) else ""
