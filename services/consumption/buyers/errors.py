"""Situations about buyers."""

from shared.errors import Forbidden, Invalid, NotFound


class BuyerNotFound(NotFound):
    """No buyer by that code."""

    code = "buyer-not-found"
    pointer = "/buyer_code"


class BuyerOfAnotherClient(Forbidden):
    """The client does not order for this buyer: neither its token nor the register of buyers says so."""

    code = "buyer-not-yours"
    pointer = "/buyer_code"


class BuyerInvalid(Invalid):
    """The buyer is readable but cannot be where it says, or cannot count with the unit it names."""

    code = "buyer-invalid"
