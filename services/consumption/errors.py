"""Situations consumption tells its callers about."""

from shared.errors import Conflict, Forbidden, Invalid, NotFound


class ProducerNotFound(NotFound):
    """No producer by that code within the caller's region."""

    code, title = "producer-not-found", "No such producer"


class ProductNotFound(NotFound):
    """No product by that code within the caller's region; ``line_no`` names the line of an order."""

    code, title = "product-not-found", "No such product"


class OrderNotFound(NotFound):
    """No order by that id that this client placed or supplies."""

    code, title = "order-not-found", "No such order"


class BuyerOfAnotherClient(Forbidden):
    """Another client ordered under this buyer code first."""

    code, title = "buyer-of-another-client", "The buyer code belongs to another client"


class OrderContradicts(Conflict):
    """The buyer's number was used before for another content."""

    code, title = "order-contradicts", "The order number belongs to another order"


class NotEnoughStock(Conflict):
    """Less is available than a line asks for; ``line_no``, ``product_code`` and ``available`` name it."""

    code, title = "not-enough-stock", "Not enough stock"


class ProducerInvalid(Invalid):
    """The producer is readable but cannot be where it says."""

    code, title = "producer-invalid", "The producer is not valid"


class OrderInvalid(Invalid):
    """The order is readable but does not fit its products, or what arrived does not fit the order."""

    code, title = "order-invalid", "The order is not valid"
