"""Situations about payments."""

from shared.errors import Invalid, NotFound
from shared.records.errors import AlreadySuperseded, AlreadyWithdrawn, Contradicts, SupersededNotFound


class PaymentNotFound(NotFound):
    """No payment by that id within the caller's region."""

    code = "payment-not-found"


class PaymentContradicts(Contradicts, thing="payment"):
    """The reference was used before for another payment."""


class SupersededPaymentNotFound(SupersededNotFound, thing="payment"):
    """The payment to be superseded is not known in this region."""


class PaymentAlreadySuperseded(AlreadySuperseded, thing="payment"):
    """The payment was corrected before by another one."""


class PaymentWithdrawnBefore(AlreadyWithdrawn, thing="payment"):
    """The payment was withdrawn: it can neither be recorded again under its reference nor be corrected."""


class PaymentInvalid(Invalid):
    """The payment is readable but cannot have been made."""

    code = "payment-invalid"
