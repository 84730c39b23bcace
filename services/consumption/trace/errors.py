"""Situations about trace codes."""

from shared.errors import NotFound


class TraceCodeNotFound(NotFound):
    """No batch has that trace code."""

    code = "trace-code-not-found"
