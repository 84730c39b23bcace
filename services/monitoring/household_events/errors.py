"""Situations of household events."""

from shared.errors import Conflict, Invalid
from shared.records import errors as records


class HouseholdEventInvalid(Invalid):
    """The event is readable but cannot have happened so."""

    code = "household-event-invalid"


class HouseholdEventContradicts(records.Contradicts, thing="household-event"):
    """The reference was used before for another content."""


class HouseholdCodeTaken(Conflict):
    """Another household is registered under the code that a new one is to have."""

    code = "household-code-taken"
    pointer = "/new/household_code"
