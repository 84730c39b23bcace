"""Consumption, put together."""

from pathlib import Path

from fastapi import APIRouter

from services.consumption.buyers import api as buyers
from services.consumption.buyers.queries import changes_seen
from services.consumption.handlers import HANDLERS
from services.consumption.imports import IMPORTS
from services.consumption.models import METADATA, SYSTEM_TABLES
from services.consumption.orders import api as orders
from services.consumption.producers import api as producers
from services.consumption.products import api as products
from services.consumption.requests import api as requests
from shared.house import HouseDefinition
from shared.imports.api import imports_router
from shared.imports.taking import importing

router = APIRouter()
router.include_router(producers.router)
router.include_router(products.router)
router.include_router(buyers.router)
router.include_router(orders.router)
router.include_router(requests.router)
router.include_router(imports_router("consumption", IMPORTS))

CONSUMPTION = HouseDefinition(
    name="consumption",
    title="consumption 消费协作",
    summary="Partner-city procurement: producers, products, orders, settlement",
    metadata=METADATA,
    system_tables=SYSTEM_TABLES,
    migrations=Path(__file__).parent / "migrations",
    router=router,
    handlers=HANDLERS,
    seeing=changes_seen,
    long_work=importing(IMPORTS),
    file_paths=frozenset({"/imports"}),
)
