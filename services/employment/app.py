"""Employment, put together."""

from pathlib import Path

from fastapi import APIRouter

from services.employment.handlers import HANDLERS
from services.employment.imports import IMPORTS
from services.employment.models import METADATA, SYSTEM_TABLES
from services.employment.placements import api as placements
from services.employment.requests import api as requests
from services.employment.vacancies import api as vacancies
from services.employment.wages import api as wages
from services.employment.workers import api as workers
from shared.house import HouseDefinition
from shared.imports.api import imports_router
from shared.imports.kinds import sheets_of
from shared.imports.taking import importing

router = APIRouter()
router.include_router(workers.router)
router.include_router(vacancies.router)
router.include_router(requests.router)
router.include_router(placements.router)
router.include_router(wages.router)
router.include_router(imports_router("employment", IMPORTS))

EMPLOYMENT = HouseDefinition(
    name="employment",
    title="employment 就业",
    summary="Labour transfer: workers, vacancies, placements, wages",
    metadata=METADATA,
    system_tables=SYSTEM_TABLES,
    migrations=Path(__file__).parent / "migrations",
    router=router,
    handlers=HANDLERS,
    long_work=importing("employment", IMPORTS),
    file_paths=frozenset({"/imports"}),
    files_in=sheets_of(IMPORTS),
)
