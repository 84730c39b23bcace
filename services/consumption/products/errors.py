"""Situations about products and their stock."""

from shared.errors import Conflict, Invalid, NotFound


class ProductNotFound(NotFound):
    """No product by that code; ``line_no`` names the line of an order."""

    code = "product-not-found"
    pointer = "/product_code"


class NotEnoughStock(Conflict):
    """Less is there than is asked for; ``product_code``, ``available`` and, in an order, ``line_no`` name it."""

    code = "not-enough-stock"


class StockChanged(Conflict):
    """The stock is another one than was sent, by orders or otherwise; ``stock`` is what there is."""

    code = "stock-changed"
    pointer = "/stock"


class UnitInUse(Conflict):
    """Some of the product is there in its unit; ``unit`` and ``stock`` say how much."""

    code = "unit-in-use"
    pointer = "/unit"


class StockInvalid(Invalid):
    """The stock would be more than a product can have."""

    code = "stock-invalid"


class ProductInvalid(Invalid):
    """The product is readable but of a commodity or a base that is not registered."""

    code = "product-invalid"
