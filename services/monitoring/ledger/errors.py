"""Situations of the ledger."""

from shared.errors import NotFound


class HouseholdNotFound(NotFound):
    """No household by that code within the caller's region."""

    code = "household-not-found"
    pointer = "/household_code"


class HouseholdAwaited(HouseholdNotFound):
    """Another house speaks of a household that nobody has registered yet: it waits, and enters once somebody has."""

    passes_with_time = True
