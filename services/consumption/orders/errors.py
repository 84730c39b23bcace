"""Situations about orders."""

from shared.errors import Conflict, Invalid, NotFound


class OrderNotFound(NotFound):
    """No order by that id that this client buys or supplies."""

    code = "order-not-found"


class OrderContradicts(Conflict):
    """The buyer's number was used before for another content."""

    code = "order-contradicts"


class PriceChanged(Conflict):
    """The product costs something else by now; ``line_no``, ``seen`` and ``price`` name both."""

    code = "price-changed"


class QuantityNotSold(Conflict):
    """The product is not sold in this quantity; ``line_no``, ``minimum`` and ``step`` say in which."""

    code = "quantity-not-sold"


class OrderInvalid(Invalid):
    """The order is readable but does not fit its products, or what arrived does not fit the order."""

    code = "order-invalid"
