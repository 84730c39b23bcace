"""Situations of households."""

from shared.errors import Conflict, Invalid


class HouseholdInvalid(Invalid):
    """The household is readable but cannot be true."""

    code = "household-invalid"


class MaskedValue(Invalid):
    """A value came back as it was masked; leave it out, and what is stored stays."""

    code = "masked-value"


class EndInvalid(Invalid):
    """The household cannot have ended on that day."""

    code = "household-end-invalid"


class EndContradicts(Conflict):
    """The household ended before, on another day or for another reason."""

    code = "household-end-contradicts"
