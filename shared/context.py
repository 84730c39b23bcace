"""Which chain of cause and effect a line, a row or an event belongs to."""

import re
from random import getrandbits
from typing import NamedTuple

from shared.ids import new_id

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")
_CORRELATION = re.compile(r"^[A-Za-z0-9._:-]{1,64}$")


class Context(NamedTuple):
    """One step of a chain: the correlation id is the same from the first request to the last effect.

    ``traceparent`` is W3C Trace Context; ``causation_id`` names the event that led here, if one did.
    """

    correlation_id: str
    traceparent: str
    causation_id: str | None = None

    def in_chain(self, correlation_id: str) -> "Context":
        """The same step as part of an earlier chain: an answer belongs to whoever asked."""
        return self._replace(correlation_id=correlation_id)


def new_traceparent(parent: str | None = None) -> str:
    """Continue the trace of ``parent`` with a new span, or begin a new trace when there is none to continue."""
    match = _TRACEPARENT.match(parent) if parent else None
    trace_id = match.group(1) if match else f"{getrandbits(128):032x}"
    return f"00-{trace_id}-{getrandbits(64):016x}-01"


def new_context(correlation_id: str | None = None, traceparent: str | None = None) -> Context:
    """Begin a chain, or join the one a caller named; an ill-formed name is replaced, never passed on."""
    named = correlation_id if correlation_id and _CORRELATION.match(correlation_id) else str(new_id())
    return Context(named, new_traceparent(traceparent))


def read_context(correlation_id: str, traceparent: str, causation_id: str | None) -> Context:
    """The step that a record of the bus names. Raises ValueError where it names none that a house could have made."""
    if not _CORRELATION.match(correlation_id):
        raise ValueError("the correlation id is ill-formed")
    return Context(correlation_id, traceparent, causation_id)
