"""Consumption, put together."""

from pathlib import Path

from services.consumption.api import router
from services.consumption.handlers import HANDLERS
from services.consumption.models import FLOOR, METADATA
from shared.house import HouseDefinition

CONSUMPTION = HouseDefinition(
    name="consumption",
    title="consumption 消费协作",
    summary="Partner-city procurement: producers, products, orders, settlement",
    metadata=METADATA,
    floor=FLOOR,
    migrations=Path(__file__).parent / "migrations",
    router=router,
    handlers=HANDLERS,
)
