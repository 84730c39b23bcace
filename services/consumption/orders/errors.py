"""Situations about orders."""

from shared.errors import Conflict, Invalid, NotFound


class OrderNotFound(NotFound):
    """No order by that id that this client buys or supplies."""

    code, title = "order-not-found", "No such order"


class OrderContradicts(Conflict):
    """The buyer's number was used before for another content."""

    code, title = "order-contradicts", "The order number belongs to another order"


class PriceChanged(Conflict):
    """The product costs something else by now; ``line_no``, ``seen`` and ``price`` name both."""

    code, title = "price-changed", "The price is another one by now"


class QuantityNotSold(Conflict):
    """The product is not sold in this quantity; ``line_no``, ``minimum`` and ``step`` say in which."""

    code, title = "quantity-not-sold", "The product is not sold in this quantity"


class OrderInvalid(Invalid):
    """The order is readable but does not fit its products, or what arrived does not fit the order."""

    code, title = "order-invalid", "The order is not valid"
