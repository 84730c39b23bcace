"""Situations about payments."""

from shared.errors import Invalid
from shared.records.errors import Contradicts


class PaymentContradicts(Contradicts, thing="payment"):
    """The reference was used before for another payment."""


class PaymentInvalid(Invalid):
    """The payment is readable but cannot have been made."""

    code = "payment-invalid"
