"""Situations of incidents."""

from shared.errors import Conflict, NotFound


class IncidentNotFound(NotFound):
    """No incident by that id in the caller's counties."""

    code = "incident-not-found"


class SomebodyWaits(Conflict):
    """An incident does not end while households wait to be told of; ``queued`` says how many."""

    code = "households-queued"
