"""Outgoing HTTP: the only file that knows the client library. Bounded in time, retried with jitter."""

from typing import Any

import httpx
import stamina

_TIMEOUT_SECONDS = 3.0


class FetchFailed(Exception):
    """No answer, no success or no JSON."""


def fetch_json(url: str) -> Any:
    """Fetch a JSON document. Blocks for a few seconds at most; meant for rare, cached look-ups such as keys."""
    try:
        return _fetch(url)
    except (httpx.HTTPError, ValueError) as error:
        raise FetchFailed(f"{type(error).__name__}: {error}") from error


@stamina.retry(on=httpx.TransportError, attempts=3, timeout=2 * _TIMEOUT_SECONDS)
def _fetch(url: str) -> Any:
    answer = httpx.get(url, timeout=_TIMEOUT_SECONDS, follow_redirects=False)
    answer.raise_for_status()
    return answer.json()
