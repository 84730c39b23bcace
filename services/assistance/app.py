"""Assistance, put together."""

from pathlib import Path

from services.assistance.api import router
from services.assistance.handlers import HANDLERS
from services.assistance.jobs import JOBS
from services.assistance.models import FLOOR, METADATA
from services.assistance.queries import counts
from services.assistance.rules import DEADLINE_WORKDAYS
from shared.house import HouseDefinition

ASSISTANCE = HouseDefinition(
    name="assistance",
    title="assistance 帮扶",
    summary="Tasks opened for each risk, what they ask for, what was paid, and what came of it",
    metadata=METADATA,
    floor=FLOOR,
    migrations=Path(__file__).parent / "migrations",
    router=router,
    handlers=HANDLERS,
    jobs=JOBS,
    needs=(DEADLINE_WORKDAYS,),
    counts=counts,
)
