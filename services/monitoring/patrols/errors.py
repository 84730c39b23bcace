"""Situations of patrols."""

from shared.errors import Invalid, NotFound
from shared.records.errors import AlreadySuperseded, AlreadyWithdrawn, Contradicts, SupersededNotFound


class PatrolInvalid(Invalid):
    """The patrol is readable but cannot have been."""

    code = "patrol-invalid"


class PatrolContradicts(Contradicts, thing="patrol"):
    """The reference was used before for another patrol."""


class PatrolNotFound(NotFound):
    """No patrol by that id of a contact within the caller's region."""

    code = "patrol-not-found"


class SupersededPatrolNotFound(SupersededNotFound, thing="patrol"):
    """The patrol to be superseded is not known of this contact."""


class PatrolAlreadySuperseded(AlreadySuperseded, thing="patrol"):
    """The patrol was corrected before by another one."""


class PatrolAlreadyWithdrawn(AlreadyWithdrawn, thing="patrol"):
    """The patrol was withdrawn: it cannot be corrected."""
