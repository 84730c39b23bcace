"""Situations about workers."""

from shared.errors import NotFound


class WorkerNotFound(NotFound):
    """No worker by that id within the caller's region."""

    code, title = "worker-not-found", "No such worker"
