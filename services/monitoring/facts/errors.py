"""Situations of facts."""

from shared.errors import Conflict, Invalid, NotFound
from shared.records import errors as records


class FactNotFound(NotFound):
    """No fact by that id within the caller's region."""

    code, title = "fact-not-found", "No such fact"


class FactContradicts(records.Contradicts, thing="fact"):
    """The reference was used before for another content."""


class SupersededNotFound(records.SupersededNotFound, thing="fact"):
    """The fact to be superseded is not known for this household."""


class AlreadySuperseded(records.AlreadySuperseded, thing="fact"):
    """The fact to be superseded was corrected before by another one."""


class AlreadyWithdrawn(records.AlreadyWithdrawn, thing="fact"):
    """The fact to be superseded was withdrawn: it counts no more. What is right now is a fact of its own."""


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
