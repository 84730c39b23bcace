"""Assets, put together."""

from pathlib import Path

from fastapi import APIRouter

from services.assets.assets import api as assets
from services.assets.distributions import api as distributions
from services.assets.handlers import HANDLERS
from services.assets.imports import IMPORTS
from services.assets.models import METADATA, SYSTEM_TABLES
from services.assets.requests import api as requests
from shared.house import HouseDefinition
from shared.imports.api import imports_router
from shared.imports.kinds import sheets_of
from shared.imports.taking import importing

ROUTER = APIRouter()
ROUTER.include_router(assets.router)
ROUTER.include_router(distributions.router)
ROUTER.include_router(requests.router)
ROUTER.include_router(imports_router("assets", IMPORTS))

ASSETS = HouseDefinition(
    name="assets",
    title="assets 资产",
    summary="Project assets, their five rights, and the distribution of their income",
    metadata=METADATA,
    system_tables=SYSTEM_TABLES,
    migrations=Path(__file__).parent / "migrations",
    router=ROUTER,
    handlers=HANDLERS,
    long_work=importing("assets", IMPORTS),
    file_paths=frozenset({"/imports"}),
    files_in=sheets_of(IMPORTS),
)
