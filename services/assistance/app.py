"""Assistance, put together."""

from pathlib import Path

from fastapi import APIRouter

from services.assistance.disbursements import api as disbursements
from services.assistance.handlers import HANDLERS
from services.assistance.households import api as households
from services.assistance.imports import IMPORTS
from services.assistance.jobs import JOBS
from services.assistance.measures import api as measures
from services.assistance.models import METADATA, SYSTEM_TABLES
from services.assistance.tasks import api as tasks
from services.assistance.tasks.procedure import DEADLINE_WORKDAYS
from services.assistance.tasks.queries import counts
from shared.house import HouseDefinition
from shared.imports.api import imports_router
from shared.imports.kinds import sheets_of
from shared.imports.taking import importing

ROUTER = APIRouter()
ROUTER.include_router(tasks.router)
ROUTER.include_router(measures.router)
ROUTER.include_router(disbursements.router)
ROUTER.include_router(households.router)
ROUTER.include_router(imports_router("assistance", IMPORTS))

ASSISTANCE = HouseDefinition(
    name="assistance",
    title="assistance 帮扶",
    summary="Tasks opened for each risk, what they ask for, what was paid, and what came of it",
    metadata=METADATA,
    system_tables=SYSTEM_TABLES,
    migrations=Path(__file__).parent / "migrations",
    router=ROUTER,
    handlers=HANDLERS,
    long_work=importing("assistance", IMPORTS),
    file_paths=frozenset({"/imports"}),
    files_in=sheets_of(IMPORTS),
    jobs=JOBS,
    needs=(DEADLINE_WORKDAYS,),
    counts=counts,
)
