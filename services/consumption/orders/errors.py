"""Situations about orders."""

from shared.errors import Conflict, Forbidden, Invalid, NotFound


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


class DeliveryUnclear(Conflict):
    """Several deliveries could be meant; ``delivery_nos`` names them."""

    code = "delivery-unclear"
    pointer = "/delivery_no"


class DeliveryContradicts(Conflict):
    """A delivery of that number brought something else."""

    code = "delivery-contradicts"
    pointer = "/delivery_no"


class ReturnContradicts(Conflict):
    """A return of that number was asked for with another content."""

    code = "return-contradicts"
    pointer = "/return_no"


class AdjustmentOpen(Conflict):
    """A price difference waits for its answer: nothing is settled, and no other is proposed meanwhile."""

    code = "adjustment-open"


class OwnProposal(Forbidden):
    """The client proposed the price itself; another one answers."""

    code = "own-proposal"


class OrderInvalid(Invalid):
    """The order is readable but does not fit its products, or a step does not fit the order."""

    code = "order-invalid"
