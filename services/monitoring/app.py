"""Monitoring, put together."""

from pathlib import Path

from services.monitoring.api import router
from services.monitoring.api.facts import HOT_ROUTES
from services.monitoring.commands.facts import record_facts
from services.monitoring.handlers import HANDLERS
from services.monitoring.jobs import JOBS, OPERATIONS
from services.monitoring.models import FLOOR, METADATA
from services.monitoring.queries.waiting import counts
from services.monitoring.rules.parameters import INCOME_LINE, RULE_KEYS
from shared.house import HouseDefinition

MONITORING = HouseDefinition(
    name="monitoring",
    title="monitoring 监测",
    summary="Households, their income ledger, and every verdict with its reasons",
    metadata=METADATA,
    floor=FLOOR,
    migrations=Path(__file__).parent / "migrations",
    router=router,
    handlers=HANDLERS,
    jobs=JOBS,
    operations=OPERATIONS,
    hot_routes=HOT_ROUTES,
    batch_paths=frozenset({"/facts"}),
    lanes=(record_facts,),
    needs=tuple(key for key in RULE_KEYS if key != INCOME_LINE),
    counts=counts,
)
