"""Situations consumption tells its callers about."""

from shared.errors import Conflict, Forbidden, Invalid, NotFound


class ProducerNotFound(NotFound):
    """No producer by that code within the caller's region."""

    code, title = "producer-not-found", "No such producer"


class ProductNotFound(NotFound):
    """No product by that code; ``line_no`` names the line of an order."""

    code, title = "product-not-found", "No such product"


class BuyerNotFound(NotFound):
    """No buyer by that code."""

    code, title = "buyer-not-found", "No such buyer"


class OrderNotFound(NotFound):
    """No order by that id that this client buys or supplies."""

    code, title = "order-not-found", "No such order"


class BuyerOfAnotherClient(Forbidden):
    """The client does not order for this buyer: neither its token nor the register of buyers says so."""

    code, title = "buyer-of-another-client", "The client does not order for this buyer"


class OrderContradicts(Conflict):
    """The buyer's number was used before for another content."""

    code, title = "order-contradicts", "The order number belongs to another order"


class NotEnoughStock(Conflict):
    """Less is there than is asked for; ``product_code``, ``available`` and, in an order, ``line_no`` name it."""

    code, title = "not-enough-stock", "Not enough stock"


class PriceChanged(Conflict):
    """The product costs something else by now; ``line_no``, ``seen`` and ``price`` name both."""

    code, title = "price-changed", "The price is another one by now"


class QuantityNotSold(Conflict):
    """The product is not sold in this quantity; ``line_no``, ``minimum`` and ``step`` say in which."""

    code, title = "quantity-not-sold", "The product is not sold in this quantity"


class StockChanged(Conflict):
    """The stock is another one than was sent, by orders or otherwise; ``stock`` is what there is."""

    code, title = "stock-changed", "The stock is another one by now"


class UnitInUse(Conflict):
    """Some of the product is there in its unit; ``unit`` and ``stock`` say how much."""

    code, title = "unit-in-use", "What is in stock is counted in another unit"


class ProducerInvalid(Invalid):
    """The producer is readable but cannot be where it says."""

    code, title = "producer-invalid", "The producer is not valid"


class StockInvalid(Invalid):
    """The stock would be more than a product can have."""

    code, title = "stock-invalid", "The stock is not valid"


class OrderInvalid(Invalid):
    """The order is readable but does not fit its products, or what arrived does not fit the order."""

    code, title = "order-invalid", "The order is not valid"
