"""Code lists of consumption 消费协作: producers and orders."""

from shared.codes.code import Code


class ProducerKind(Code):
    """Who supplies a product 经营主体类型."""

    HOUSEHOLD = "household", "农户", "household"
    COOPERATIVE = "cooperative", "合作社", "cooperative"
    FIRM = "firm", "龙头企业", "leading firm"


class OrderStatus(Code):
    """Where an order stands 订单状态."""

    PLACED = "placed", "已下单", "placed", "stock is reserved"
    ACCEPTED = "accepted", "已接单", "accepted"
    SHIPPED = "shipped", "已发货", "shipped"
    RECEIVED = "received", "已收货", "received", "what arrived is known line by line"
    DISPUTED = "disputed", "有争议", "disputed", "what arrived is contested"
    SETTLED = "settled", "已结算", "settled", "the money is split and on its way home"
    CANCELLED = "cancelled", "已取消", "cancelled", "the stock is given back"


class OrderAction(Code):
    """What is done with an order 订单操作."""

    ACCEPT = "accept", "接单", "accept"
    SHIP = "ship", "发货", "ship"
    RECEIVE = "receive", "收货", "receive"
    SETTLE = "settle", "结算", "settle"
    CANCEL = "cancel", "取消", "cancel"
    DISPUTE = "dispute", "提出争议", "raise a dispute"
