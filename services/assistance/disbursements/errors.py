"""Situations of disbursements that callers are told about."""

from shared.errors import Conflict, Invalid, NotFound


class MeasureNotTransfer(Conflict):
    """Cash answers a measure that asked for cash; another house answers the rest."""

    code, title = "measure-not-transfer", "The measure does not ask for cash"


class DisbursementInvalid(Invalid):
    """The disbursement is readable but cannot be true."""

    code, title = "disbursement-invalid", "The disbursement is not valid"


class DisbursementContradicts(Conflict):
    """The reference was used before for another content."""

    code, title = "disbursement-contradicts", "The reference belongs to another disbursement"


class SupersededNotFound(NotFound):
    """The disbursement to be superseded is not known for this household."""

    code, title = "superseded-disbursement-not-found", "No such disbursement to supersede"


class AlreadySuperseded(Conflict):
    """The disbursement to be superseded was corrected before by another one."""

    code, title = "disbursement-already-superseded", "The disbursement has a correction already"


class MeasurePaid(Conflict):
    """The measure asked for less, or was paid already; ``left`` says how much of it is left, in yuan."""

    code, title = "measure-paid", "The measure is paid"


class DisbursementNotFound(NotFound):
    """No disbursement by that id within the caller's region."""

    code, title = "disbursement-not-found", "No such disbursement"


class AlreadyWithdrawn(Conflict):
    """The disbursement was withdrawn before, in other words, and nothing corrects it any more."""

    code, title = "disbursement-already-withdrawn", "The disbursement is withdrawn"
