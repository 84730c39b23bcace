"""Situations about workers."""

from shared.errors import NotFound


class WorkerNotFound(NotFound):
    """No worker by that id within the caller's region."""

    code = "worker-not-found"
