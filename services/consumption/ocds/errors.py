"""Situations about contracting processes."""

from shared.errors import NotFound


class ProcessNotFound(NotFound):
    """No contracting process by that id that the caller may see: before it is accepted an order is none."""

    code = "process-not-found"
