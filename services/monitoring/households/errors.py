"""Situations of households."""

from shared.errors import Conflict, Invalid


class HouseholdInvalid(Invalid):
    """The household is readable but cannot be true."""

    code, title = "household-invalid", "The household is not valid"


class MaskedValue(Invalid):
    """A value came back as it was masked; leave it out, and what is stored stays."""

    code, title = "masked-value", "A masked value cannot be stored"


class EndInvalid(Invalid):
    """The household cannot have ended on that day."""

    code, title = "household-end-invalid", "The household cannot have ended so"


class EndContradicts(Conflict):
    """The household ended before, on another day or for another reason."""

    code, title = "household-end-contradicts", "The household ended in another way"
