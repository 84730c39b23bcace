"""Situations about buyers."""

from shared.errors import Forbidden, NotFound


class BuyerNotFound(NotFound):
    """No buyer by that code."""

    code, title = "buyer-not-found", "No such buyer"


class BuyerOfAnotherClient(Forbidden):
    """The client does not order for this buyer: neither its token nor the register of buyers says so."""

    code, title = "buyer-of-another-client", "The client does not order for this buyer"
