"""Situations of risks."""

from shared.errors import NotFound


class RiskNotFound(NotFound):
    """No risk by that id within the caller's region."""

    code = "risk-not-found"
