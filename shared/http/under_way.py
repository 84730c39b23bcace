"""The requests that were begun and are not answered: a request that hangs is counted nowhere else."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from shared import metrics

UNDER_WAY = "under_way"
"""In the state of a request: itself, as it is counted here."""
_begun: defaultdict[str, dict["Request", float]] = defaultdict(dict)
"""By house, when each came; the time in which it waited as asked does not count."""


@contextmanager
def under_way(house: str, began: float) -> Iterator["Request"]:
    """A request of this house, begun at this moment of `time.perf_counter`, is under way inside this block."""
    requests = _begun[house]
    if house not in _shown:
        _show(house)
    request = Request(house)
    requests[request] = began
    try:
        yield request
    finally:
        del requests[request]


class Request:
    """One request that is under way."""

    def __init__(self, house: str) -> None:
        self._house = house
        self.waited = 0.0
        """Seconds in which it waited because its caller asked for that."""

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """It waits as asked inside this block: it does not hang, and nobody is slow."""
        requests = _begun[self._house]
        began = requests.pop(self)
        since = time.perf_counter()
        try:
            yield
        finally:
            now = time.perf_counter()
            self.waited += now - since
            requests[self] = began + self.waited


def oldest_seconds(house: str) -> float:
    """How long the request that came first has been under way; zero where none is."""
    first = min(_begun[house].values(), default=None)
    return 0.0 if first is None else time.perf_counter() - first


_shown: set[str] = set()


def _show(house: str) -> None:
    _shown.add(house)
    metrics.REQUESTS_UNDER_WAY.labels(house).set_function(partial(_number, house))
    metrics.REQUEST_OLDEST_SECONDS.labels(house).set_function(partial(oldest_seconds, house))


def _number(house: str) -> float:
    return float(len(_begun[house]))
