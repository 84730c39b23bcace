"""Situations monitoring tells its callers about."""

from shared.errors import Conflict, Invalid, NotFound


class HouseholdNotFound(NotFound):
    """No household by that code within the caller's region."""

    code, title = "household-not-found", "No such household"


class EndContradicts(Conflict):
    """The household ended before, on another day or for another reason."""

    code, title = "household-end-contradicts", "The household ended in another way"


class FactNotFound(NotFound):
    """No fact by that id within the caller's region."""

    code, title = "fact-not-found", "No such fact"


class RiskNotFound(NotFound):
    """No risk by that id within the caller's region."""

    code, title = "risk-not-found", "No such risk"


class FactContradicts(Conflict):
    """The reference was used before for another content."""

    code, title = "fact-contradicts", "The reference belongs to another fact"


class SupersededNotFound(NotFound):
    """The fact to be superseded is not known for this household."""

    code, title = "superseded-fact-not-found", "No such fact to supersede"


class AlreadySuperseded(Conflict):
    """The fact to be superseded was corrected before by another one."""

    code, title = "fact-already-superseded", "The fact has a correction already"


class AlreadyWithdrawn(Conflict):
    """The fact to be superseded was withdrawn: it counts no more. What is right now is a fact of its own."""

    code, title = "fact-already-withdrawn", "The fact was withdrawn"


class WithdrawalIsFinal(Conflict):
    """A withdrawal is neither corrected nor withdrawn. What is right now is a fact of its own."""

    code, title = "withdrawal-is-final", "A withdrawal cannot be taken back"


class BatchRefused(Conflict):
    """The fact itself was fine, but its batch was atomic and another fact of it was refused."""

    code, title = "batch-refused", "Another item of the atomic batch was refused"


class FactInvalid(Invalid):
    """The fact is readable but cannot be true or does not fit its household."""

    code, title = "fact-invalid", "The fact is not valid"


class AmountImplausible(FactInvalid):
    """An income of one month that hardly anybody has: a slip, unless `confirmed` says why it is right."""

    code, title = "amount-implausible", "The amount looks like a slip"


class HouseholdInvalid(Invalid):
    """The household is readable but cannot be true."""

    code, title = "household-invalid", "The household is not valid"


class MaskedValue(Invalid):
    """A value came back as it was masked; leave it out, and what is stored stays."""

    code, title = "masked-value", "A masked value cannot be stored"


class EndInvalid(Invalid):
    """The household cannot have ended on that day."""

    code, title = "household-end-invalid", "The household cannot have ended so"
