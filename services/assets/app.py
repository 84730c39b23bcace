"""Assets, put together."""

from pathlib import Path

from services.assets.api import router
from services.assets.handlers import HANDLERS
from services.assets.models import FLOOR, METADATA
from shared.house import HouseDefinition

ASSETS = HouseDefinition(
    name="assets",
    title="assets 资产",
    summary="Project assets, their five rights, and the distribution of their income",
    metadata=METADATA,
    floor=FLOOR,
    migrations=Path(__file__).parent / "migrations",
    router=router,
    handlers=HANDLERS,
)
