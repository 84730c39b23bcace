"""The kinds of files that consumption takes."""

from typing import Final

from services.consumption.orders.commands.imports import IMPORT_CHANNEL_SALES, IMPORT_ORDERS
from services.consumption.products.commands import offer_product
from services.consumption.products.schemas import ProductCode, ProductIn
from services.consumption.products.sheets import PRODUCTS
from shared.imports.kinds import kinds_by_name
from shared.imports.rows import register_import

IMPORTS: Final = kinds_by_name(
    register_import(PRODUCTS, "consumption:write", ProductCode, ProductIn, offer_product),
    IMPORT_ORDERS,
    IMPORT_CHANNEL_SALES,
)
