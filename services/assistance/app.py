"""Assistance, put together."""

from pathlib import Path

from services.assistance.api import router
from services.assistance.models import FLOOR, METADATA
from shared.house import HouseDefinition

ASSISTANCE = HouseDefinition(
    name="assistance",
    title="assistance 帮扶",
    summary="Labour transfer: workers, vacancies, placements, wages",
    metadata=METADATA,
    floor=FLOOR,
    migrations=Path(__file__).parent / "migrations",
    router=router,
)
