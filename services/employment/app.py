"""Employment, put together."""

from pathlib import Path

from services.employment.api import router
from services.employment.handlers import HANDLERS
from services.employment.models import FLOOR, METADATA
from shared.house import HouseDefinition

EMPLOYMENT = HouseDefinition(
    name="employment",
    title="employment 就业",
    summary="Labour transfer: workers, vacancies, placements, wages",
    metadata=METADATA,
    floor=FLOOR,
    migrations=Path(__file__).parent / "migrations",
    router=router,
    handlers=HANDLERS,
)
