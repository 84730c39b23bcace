"""A line as bad as lines are: answers get lost, calls arrive twice, the other side is away for a while."""

import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final, TypeVar

from services.demo.client import ApiClient, DemoStopped, NotReached, NotThere

_LOST, _DOUBLED = 0.15, 0.15
_PATIENCE_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.1
T = TypeVar("T")


class BadLine:
    """Sends every request until it has an answer, each under a key of its own, so that none is done twice."""

    def __init__(self, api: ApiClient, seed: int) -> None:
        self._api = api
        self._chance = Random(seed)  # noqa: S311  it loses answers, no secret
        self.lost = self.doubled = self.tried_again = 0

    def get(self, path: str, **query: str) -> Any:
        """What stands at a path."""
        return self._until_answered(lambda: self._api.get(path, **query))

    def put(self, path: str, document: Mapping[str, Any]) -> Any:
        """Put a document, as soon as what it names has come to its house."""
        return self._until_answered(lambda: self._api.put(path, document), (NotReached, NotThere))

    def post(self, path: str, document: Mapping[str, Any], *, once: str) -> Any:
        """Post a document; some answers are lost, and some requests come twice."""
        if self._chance.random() < _LOST:
            self.lost += 1
            self._until_answered(lambda: self._api.post(path, document, once=once))
        if self._chance.random() < _DOUBLED:
            self.doubled += 1
            self._until_answered(lambda: self._api.post(path, document, once=once))
        return self._until_answered(lambda: self._api.post(path, document, once=once))

    def _until_answered(self, send: Callable[[], T], for_now: tuple[type[DemoStopped], ...] = (NotReached,)) -> T:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return send()
            except for_now:
                if time.monotonic() > deadline:
                    raise
                self.tried_again += 1
                time.sleep(_PAUSE_SECONDS)
