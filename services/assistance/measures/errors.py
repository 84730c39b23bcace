"""Situations of measures that callers are told about."""

from shared.errors import Conflict, NotFound


class MeasureNotFound(NotFound):
    """No measure by that id for this household."""

    code = "measure-not-found"
    pointer = "/measure_id"


class AlreadyRequested(Conflict):
    """The same is asked for the household already, and ``measure_id`` waits for its answer."""

    code = "already-requested"
