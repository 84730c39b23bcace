"""Code lists of consumption 消费协作: who sells and buys, registers, recognitions and orders."""

from shared.codes.code import Code


class ProducerKind(Code):
    """Who supplies a product 经营主体类型."""

    HOUSEHOLD = "household", "农户", "household"
    COOPERATIVE = "cooperative", "合作社", "cooperative"
    FIRM = "firm", "龙头企业", "leading firm"


class LinkForm(Code):
    """How a household or cooperative is tied to who sells 利益联结方式."""

    ORDER = "order", "订单收购", "bought under an order"
    WORK = "work", "就业务工", "work"
    DIVIDEND = "dividend", "入股分红", "dividend on shares"
    LAND = "land", "土地流转", "land transferred"
    SERVICE = "service", "社会化服务", "services"
    REBATE = "rebate", "盈余返还", "rebate of the surplus"


class BuyerKind(Code):
    """Who buys 采购单位类型."""

    BUDGET_UNIT = "budget_unit", "预算单位", "budget unit"
    UNION = "union", "工会", "trade union"
    ARMY = "army", "军队", "army"
    MARKET = "market", "批发市场", "wholesale market"
    FIRM = "firm", "企业", "firm"
    SOCIAL = "social", "社会组织", "social organisation"
    PERSONAL = "personal", "个人", "persons"


class Canteen(Code):
    """What canteen a budget unit has 食堂类型: one without, or with a shared one, has no quota."""

    OWN = "own", "自办食堂", "own canteen"
    SHARED = "shared", "合用食堂", "shared canteen", "another unit fills in its total"
    OUTSOURCED = "outsourced", "外包食堂", "outsourced canteen"
    NONE = "none", "无食堂", "no canteen"


class PurchaseWay(Code):
    """How a buyer takes part in the cooperation 消费协作方式; the two are counted apart everywhere."""

    PURCHASE = "purchase", "采购", "purchase", "the buyer pays; it alone fulfils a quota"
    HELP_SELL = "help_sell", "帮助销售", "help to sell", "others buy by its help"


class OutletKind(Code):
    """A place of its own for goods of the cooperation 三专."""

    COUNTER = "counter", "专柜", "counter"
    HALL = "hall", "专馆", "hall"
    ZONE = "zone", "专区", "zone"
    FLAGSHIP = "flagship", "旗舰店", "flagship store"
    CENTRE = "centre", "展销中心", "sales centre"


class ChannelKind(Code):
    """A channel of steady sales 渠道类型."""

    WHOLESALE = "wholesale", "批发市场", "wholesale market"
    RETAIL = "retail", "商超", "shops"
    CANTEEN = "canteen", "食堂直供", "canteens"
    UNION = "union", "工会采购", "trade unions"
    ARMY = "army", "军队采购", "army"
    ONLINE = "online", "电商平台", "online shop"
    GROUP = "group", "社区团购", "group buying"
    PROCESSOR = "processor", "加工企业", "processors"
    OTHER = "other", "其他", "other"


class ListingSubject(Code):
    """What a listing is about 名单对象."""

    SERVICE_UNIT = "service_unit", "技术服务单位", "service unit"
    PRODUCER = "producer", "经营主体", "producer"
    BUYER = "buyer", "采购单位", "buyer"


class ListingColour(Code):
    """Which list 名单类别."""

    BLACK = "black", "黑名单", "black list"
    WHITE = "white", "白名单", "white list"


class AppealOutcome(Code):
    """What became of an appeal against a listing 申诉结果."""

    PENDING = "pending", "审理中", "pending"
    UPHELD = "upheld", "申诉成立", "upheld", "the listing holds no longer"
    DISMISSED = "dismissed", "申诉不成立", "dismissed"


class RecognitionStatus(Code):
    """Where the recognition of a product stands 重点产品认定状态."""

    APPLIED = "applied", "已申请", "applied"
    REVIEWED = "reviewed", "已初审", "reviewed", "by the township"
    ENDORSED = "endorsed", "已复审", "endorsed", "by the line department"
    DECIDED = "decided", "已审定", "decided", "by the county"
    PUBLISHED = "published", "公示中", "published"
    RECOGNISED = "recognised", "已认定", "recognised"
    REFUSED = "refused", "未通过", "refused"
    REVOKED = "revoked", "已撤销", "revoked"
    EXPIRED = "expired", "已到期", "expired"


class RecognitionAction(Code):
    """What is done with a recognition 重点产品认定操作."""

    REVIEW = "review", "初审", "review"
    ENDORSE = "endorse", "复审", "endorse"
    DECIDE = "decide", "审定", "decide"
    PUBLISH = "publish", "公示", "publish"
    OBJECT = "object", "提出异议", "object"
    RECOGNISE = "recognise", "认定", "recognise"
    REFUSE = "refuse", "不予通过", "refuse"
    REVOKE = "revoke", "撤销", "revoke"


class RecognitionCriterion(Code):
    """What is looked at before a product is recognised 认定条件."""

    GOODS_VALUE = "goods_value", "货值", "goods value", "settled in the last twelve months"
    LINKS = "links", "联农带农", "links", "households that get a part of what is paid for it"
    TRACEABLE_BATCH = "traceable_batch", "可追溯批次", "traceable batch", "that failed no inspection last"


class OrderStatus(Code):
    """Where an order stands 订单状态."""

    PRE_ORDERED = "pre_ordered", "已预订", "pre-ordered", "stock is reserved until it is confirmed or lapses"
    PLACED = "placed", "已下单", "placed", "stock is reserved"
    ACCEPTED = "accepted", "已接单", "accepted"
    PARTLY_SHIPPED = "partly_shipped", "部分发货", "partly shipped", "more is to come"
    SHIPPED = "shipped", "已发货", "shipped"
    RECEIVED = "received", "已收货", "received", "what arrived is known line by line"
    DISPUTED = "disputed", "有争议", "disputed", "what arrived is contested"
    SETTLED = "settled", "已结算", "settled", "the money is split and on its way home"
    CLOSED = "closed", "已关闭", "closed", "the days for returns are over"
    CANCELLED = "cancelled", "已取消", "cancelled", "the stock is given back"


class OrderAction(Code):
    """What is done with an order 订单操作."""

    ACCEPT = "accept", "接单", "accept"
    SHIP = "ship", "发货", "ship"
    RECEIVE = "receive", "收货", "receive"
    SETTLE = "settle", "结算", "settle"
    CANCEL = "cancel", "取消", "cancel"
    DISPUTE = "dispute", "提出争议", "raise a dispute"
    CONFIRM = "confirm", "确认预订", "confirm"
    FINISH = "finish", "短交结束", "finish", "the rest will not come"
    ADJUST = "adjust", "提出调价", "propose another price"
    AGREE = "agree", "同意调价", "agree to the price"
    DECLINE = "decline", "不同意调价", "decline the price"
    RETURN = "return", "申请退货", "ask for a return"
    ACCEPT_RETURN = "accept_return", "同意退货", "accept a return"
    REFUSE_RETURN = "refuse_return", "不同意退货", "refuse a return"


class OrderChange(Code):
    """What time does to an order 订单变动."""

    OVERDUE = "overdue", "逾期", "overdue"
    LAPSE = "lapse", "预订失效", "lapse"
    CLOSE = "close", "关闭", "close"


class OrderMode(Code):
    """How an order is placed 下单方式."""

    DIRECT = "direct", "直接下单", "direct"
    PRE = "pre", "预订", "pre-order", "reserved until the buyer confirms it"


class CancelReason(Code):
    """Why an order came to nothing 取消原因."""

    BUYER = "buyer", "采购方取消", "by the buyer"
    SUPPLIER = "supplier", "供应方取消", "by the supplier"
    LAPSED = "lapsed", "预订到期未确认", "lapsed"


class OrderDeliveryStatus(Code):
    """Where a delivery stands 交付状态."""

    SHIPPED = "shipped", "已发货", "shipped"
    RECEIVED = "received", "已收货", "received"
    SETTLED = "settled", "已结算", "settled"


class DefectReason(Code):
    """Why goods are refused at the door, or come back 拒收退货原因."""

    DAMAGED = "damaged", "破损", "damaged"
    ROTTEN = "rotten", "腐烂变质", "rotten"
    RESIDUE = "residue", "农残超标", "residue"
    GRADE = "grade", "等级不符", "grade"
    OTHER = "other", "其他", "other"


class ReturnStatus(Code):
    """Where a return stands 退货状态."""

    REQUESTED = "requested", "待处理", "requested"
    ACCEPTED = "accepted", "已同意", "accepted", "the goods have left the value"
    REFUSED = "refused", "不同意", "refused"


class AdjustmentStatus(Code):
    """Where a price difference stands 调价状态."""

    OPEN = "open", "待答复", "open"
    AGREED = "agreed", "已同意", "agreed"
    DECLINED = "declined", "不同意", "declined"


class RestatementCause(Code):
    """Why a settled value changed 重述原因."""

    RETURN = "return", "退货", "return"
    PRICE = "price", "调价", "price"
    RECEIPT = "receipt", "更正收货", "receipt"


class EntryKind(Code):
    """What an entry of a statement is 对账单项目."""

    SETTLED = "settled", "结算", "settled"
    RESTATED = "restated", "重述", "restated"
    PAID = "paid", "付款", "paid"


class InspectionResult(Code):
    """What an inspection found 检验结论."""

    PASS = "pass", "合格", "pass"
    FAIL = "fail", "不合格", "fail"


class TraceStep(Code):
    """A step of goods on their way 流通环节."""

    HARVESTED = "harvested", "采收", "harvested"
    SHIPPED = "shipped", "发货", "shipped"
    RECEIVED = "received", "到货", "received"


class DemandStatus(Code):
    """Where a demand stands 采购需求状态."""

    OPEN = "open", "待响应", "open"
    ADOPTED = "adopted", "已采纳建议", "adopted", "orders were made of what was proposed"
    OVERRULED = "overruled", "已另行安排", "overruled", "orders were made otherwise than proposed, and it was said why"
    CLOSED = "closed", "已关闭", "closed", "nobody answers it any more"


class DemandAction(Code):
    """What is done with a demand 采购需求操作."""

    ADOPT = "adopt", "采纳建议", "adopt"
    OVERRULE = "overrule", "另行安排", "overrule"
    CLOSE = "close", "关闭", "close"


class OfferReason(Code):
    """Why a product is proposed, or is not 推荐或未推荐理由."""

    OPEN_REQUEST = "open_request", "其农户有待响应的销售帮扶需求", "a household behind it waits for a buyer"
    CHEAPEST = "cheapest", "价格较低", "nothing left costs less"
    NEEDS_NOT_MET = "needs_not_met", "不符合采购要求", "it is not what is needed"
    OUT_OF_SEASON = "out_of_season", "交付时不当季", "it is not in season by then"
    NOT_FRESH = "not_fresh", "交付时已过保质期", "it does not stay fresh until then"
    BARRED = "barred", "供应主体在黑名单", "its producer is on the black list"
    TOO_EXPENSIVE = "too_expensive", "高于最高限价", "it costs more than is paid"
    NOTHING_LEFT = "nothing_left", "库存不足起订量", "less is left than is sold at once"
    NOT_NEEDED = "not_needed", "需求已满足", "the others are enough"


class SalesReportKind(Code):
    """A report of sales 消费协作报表 that a region owes on a day."""

    WEEKLY = "weekly-sales", "消费协作周报", "sales of a week"
    MONTHLY = "monthly-sales", "消费协作月报", "sales of a month"
    QUARTERLY = "quarterly-sales", "消费协作季报", "sales of a quarter"
    ANNUAL = "annual-sales", "消费协作年报", "sales of a year"
    AD_HOC = "ad-hoc-sales", "消费协作随时报", "sales at any time"


class PeriodFigure(Code):
    """What was settled within the period of a report 本期数."""

    ORDERS = "orders_in_period", "本期结算订单数", "Orders settled in the period"
    BUYERS = "buyers_in_period", "本期采购单位数", "Buyers in the period"
    PRODUCTS = "products_in_period", "本期销售产品数", "Products in the period"
    PURCHASED = "purchased_in_period", "本期采购额", "Purchased in the period"
    HELPED_TO_SELL = "helped_in_period", "本期帮助销售额", "Helped to sell in the period"


class ConsumptionIndicator(Code):
    """What the ledgers of consumption are counted for 消费协作指标."""

    PURCHASED = "purchased", "采购额", "Purchased", "settled since the first of January, with what was not returned"
    HELPED_TO_SELL = "helped_to_sell", "帮助销售额", "Helped to sell", "settled since the first of January"
    RESERVE_FULFILMENT = "reserve_fulfilment", "预留份额完成率", "Fulfilment of what is reserved"
    BASKET_BASES = "basket_bases", "菜篮子认定基地数", "Certified bases", "whose certificate holds"
    CHANNELS = "channels", "稳定销售渠道数", "Channels of sales", "that go on"
    OUTLETS = "outlets", "专柜专馆专区数", "Outlets", "that are open"
    FAIRS = "fairs", "展销会场次", "Fairs", "begun since the first of January"
    RECOGNISED = "recognised", "重点产品数", "Recognised products", "whose recognition holds"
    SLOW_SALES_HANDLED = (
        "slow_sales_handled",
        "滞销预警处置率",
        "Slow sales that were closed",
        "of those opened this year",
    )
    SLOW_SALE_DAYS = "slow_sale_days", "滞销预警平均处置天数", "Days until a slow sale is closed"
    JOIN_RATE = "join_rate", "入社率", "Households bound to a cooperative"
    FIRM_BIND_RATE = "firm_bind_rate", "龙头企业绑定合作社率", "Firms bound to a cooperative"
