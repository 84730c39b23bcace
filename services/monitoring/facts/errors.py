"""Situations of facts."""

from shared.errors import Conflict, Invalid, NotFound
from shared.records import errors as records


class FactNotFound(NotFound):
    """No fact by that id within the caller's region."""

    code = "fact-not-found"


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

    code = "withdrawal-is-final"


class FactInvalid(Invalid):
    """The fact is readable but cannot be true or does not fit its household."""

    code = "fact-invalid"


class AmountImplausible(FactInvalid):
    """An income of one month that hardly anybody has: a slip, unless `confirmed` says why it is right."""

    code = "amount-implausible"
