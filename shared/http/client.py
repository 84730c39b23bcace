"""Outgoing HTTP: the only file that knows the client library. Bounded in time, retried with jitter."""

from typing import Any

import httpx
import stamina

_TIMEOUT_SECONDS = 3.0


@stamina.retry(on=httpx.TransportError, attempts=3, timeout=2 * _TIMEOUT_SECONDS)
def fetch_json(url: str) -> Any:
    """Fetch a JSON document. Blocks for a few seconds at most; meant for rare, cached look-ups such as keys."""
    answer = httpx.get(url, timeout=_TIMEOUT_SECONDS, follow_redirects=False)
    answer.raise_for_status()
    return answer.json()
