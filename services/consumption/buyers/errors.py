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


class NotSupplying(Forbidden):
    """The step is one of the supply side, and the client is one of a buyer: its token names those it orders for."""

    code = "not-supplying"


class BuyerInvalid(Invalid):
    """The buyer is readable but cannot be where it says, or cannot count with the unit it names."""

    code = "buyer-invalid"
