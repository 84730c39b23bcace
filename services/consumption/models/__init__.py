"""Tables of consumption, one file for each topic.

The store of `requests` adds the tables that every helping house has: known households and requests.
"""

from services.consumption.models.base import METADATA, PROCEDURE_STEP, SYSTEM_TABLES
from services.consumption.models.buyers import Buyer
from services.consumption.models.orders import LineShare, Order, OrderLine
from services.consumption.models.producers import Producer, ProducerLink
from services.consumption.models.products import Product, StockMove

__all__ = [
    "METADATA",
    "PROCEDURE_STEP",
    "SYSTEM_TABLES",
    "Buyer",
    "LineShare",
    "Order",
    "OrderLine",
    "Producer",
    "ProducerLink",
    "Product",
    "StockMove",
]
