"""Situations of the ledger."""

from shared.errors import NotFound


class HouseholdNotFound(NotFound):
    """No household by that code within the caller's region."""

    code = "household-not-found"
    pointer = "/household_code"
