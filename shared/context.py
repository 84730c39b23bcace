"""Which chain of cause and effect a line, a row or an event belongs to."""

import re
from typing import NamedTuple

from shared.ids import new_id
from shared.tracing import Step

_CORRELATION = re.compile(r"^[A-Za-z0-9._:-]{1,64}$")


class Context(NamedTuple):
    """One step of a chain: the correlation id is the same from the first request to the last effect.

    ``causation_id`` names the event that led here, if one did.
    """

    correlation_id: str
    step: Step
    causation_id: str | None = None

    @property
    def traceparent(self) -> str:
        """What names this step to whatever follows from it (W3C Trace Context)."""
        return self.step.traceparent

    def in_chain(self, correlation_id: str) -> "Context":
        """The same step as part of an earlier chain: an answer belongs to whoever asked."""
        return self._replace(correlation_id=correlation_id)


def chain_named(correlation_id: str | None) -> str:
    """The chain a caller named, or a new one; an ill-formed name is replaced, never passed on."""
    return correlation_id if correlation_id and _CORRELATION.match(correlation_id) else str(new_id())


def new_context(correlation_id: str | None = None) -> Context:
    """Begin a chain, or join the one a caller named, with a trace of its own."""
    return Context(chain_named(correlation_id), Step())


def read_context(correlation_id: str, traceparent: str, causation_id: str | None) -> Context:
    """The step that a record of the bus names. Raises ValueError where it names none that a house could have made."""
    if not _CORRELATION.match(correlation_id):
        raise ValueError("the correlation id is ill-formed")
    return Context(correlation_id, Step(traceparent), causation_id)
