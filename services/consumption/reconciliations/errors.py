"""Situations about reconciliation files."""

from shared.errors import NotFound


class ReconciliationNotFound(NotFound):
    """No file of a day that has not begun."""

    code = "reconciliation-not-found"
