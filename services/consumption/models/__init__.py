"""Tables of consumption, one file for each topic.

The store of `requests` adds the tables that every helping house has: known households and requests.
"""

from services.consumption.models.agreements import Agreement
from services.consumption.models.base import METADATA, PROCEDURE_STEP, SYSTEM_TABLES
from services.consumption.models.batches import Batch, BatchContribution, BatchInspection
from services.consumption.models.buyers import Buyer, BuyerClient, Quota
from services.consumption.models.commodities import Commodity
from services.consumption.models.demands import Demand, DemandOrder
from services.consumption.models.listings import Listing
from services.consumption.models.orders import (
    Adjustment,
    AdjustmentLine,
    Delivery,
    DeliveryCredit,
    DeliveryKept,
    DeliveryLine,
    Order,
    OrderDay,
    OrderLine,
    OrderReturn,
    OrderShare,
    ReturnLine,
    ValueEntry,
)
from services.consumption.models.payments import Payment
from services.consumption.models.places import Channel, Fair, GrowingBase, Outlet
from services.consumption.models.producers import CooperativeLink, Producer, ProducerLink
from services.consumption.models.products import Product, StockMove
from services.consumption.models.recognitions import Recognition
from services.consumption.models.series import PriceReport, SaleSeries, SupplyReport
from services.consumption.models.slow_sales import SlowSale, SlowSaleCall, SlowSaleExposure
from services.consumption.models.submissions import SUBMISSIONS
from services.consumption.models.withdrawals import Withdrawal

__all__ = [
    "METADATA",
    "PROCEDURE_STEP",
    "SUBMISSIONS",
    "SYSTEM_TABLES",
    "Adjustment",
    "AdjustmentLine",
    "Agreement",
    "Batch",
    "BatchContribution",
    "BatchInspection",
    "Buyer",
    "BuyerClient",
    "Channel",
    "Commodity",
    "CooperativeLink",
    "Delivery",
    "DeliveryCredit",
    "DeliveryKept",
    "DeliveryLine",
    "Demand",
    "DemandOrder",
    "Fair",
    "GrowingBase",
    "Listing",
    "Order",
    "OrderDay",
    "OrderLine",
    "OrderReturn",
    "OrderShare",
    "Outlet",
    "Payment",
    "PriceReport",
    "Producer",
    "ProducerLink",
    "Product",
    "Quota",
    "Recognition",
    "ReturnLine",
    "SaleSeries",
    "SlowSale",
    "SlowSaleCall",
    "SlowSaleExposure",
    "StockMove",
    "SupplyReport",
    "ValueEntry",
    "Withdrawal",
]
