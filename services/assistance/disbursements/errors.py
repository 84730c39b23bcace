"""Situations of disbursements that callers are told about."""

from shared.errors import Conflict, Invalid, NotFound
from shared.records.errors import AlreadySuperseded, AlreadyWithdrawn, Contradicts, SupersededNotFound


class MeasureNotTransfer(Conflict):
    """Cash answers a measure that asked for cash; another house answers the rest."""

    code = "measure-not-transfer"
    pointer = "/measure_id"


class DisbursementInvalid(Invalid):
    """The disbursement is readable but cannot be true."""

    code = "disbursement-invalid"


class DisbursementContradicts(Contradicts, thing="disbursement"):
    """The reference was used before for another disbursement, or for the withdrawal of another one."""


class SupersededDisbursementNotFound(SupersededNotFound, thing="disbursement"):
    """The disbursement to be superseded is not known for this household."""


class DisbursementAlreadySuperseded(AlreadySuperseded, thing="disbursement"):
    """The disbursement was corrected before by another one."""


class MeasurePaid(Conflict):
    """The measure asked for less, or was paid already; ``left`` says how much of it is left, in yuan."""

    code = "measure-paid"
    pointer = "/measure_id"


class DisbursementNotFound(NotFound):
    """No disbursement by that id within the caller's region."""

    code = "disbursement-not-found"


class DisbursementAlreadyWithdrawn(AlreadyWithdrawn, thing="disbursement"):
    """The disbursement was withdrawn before, in other words, and nothing corrects it any more."""
