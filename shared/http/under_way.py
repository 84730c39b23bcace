"""The requests that were begun and are not answered: a request that hangs is counted nowhere else."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from shared import metrics

_begun: defaultdict[str, dict[object, float]] = defaultdict(dict)
"""By house, in the order they came."""


@contextmanager
def under_way(house: str, began: float) -> Iterator[None]:
    """A request of this house, begun at this moment of `time.perf_counter`, is under way inside this block."""
    requests = _begun[house]
    if house not in _shown:
        _show(house)
    request = object()
    requests[request] = began
    try:
        yield
    finally:
        del requests[request]


def oldest_seconds(house: str) -> float:
    """How long the request that came first has been under way; zero where none is."""
    first = next(iter(_begun[house].values()), None)
    return 0.0 if first is None else time.perf_counter() - first


_shown: set[str] = set()


def _show(house: str) -> None:
    _shown.add(house)
    metrics.REQUESTS_UNDER_WAY.labels(house).set_function(partial(_number, house))
    metrics.REQUEST_OLDEST_SECONDS.labels(house).set_function(partial(oldest_seconds, house))


def _number(house: str) -> float:
    return float(len(_begun[house]))
