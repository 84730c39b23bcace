"""Situations of patrols."""

from shared.errors import Invalid
from shared.records.errors import Contradicts


class PatrolInvalid(Invalid):
    """The patrol is readable but cannot have been."""

    code = "patrol-invalid"


class PatrolContradicts(Contradicts, thing="patrol"):
    """The reference was used before for another patrol."""
