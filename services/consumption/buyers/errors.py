"""Situations about buyers."""

from shared.errors import Forbidden, NotFound


class BuyerNotFound(NotFound):
    """No buyer by that code."""

    code = "buyer-not-found"
    pointer = "/buyer_code"


class BuyerOfAnotherClient(Forbidden):
    """The client does not order for this buyer: neither its token nor the register of buyers says so."""

    code = "buyer-of-another-client"
    pointer = "/buyer_code"
