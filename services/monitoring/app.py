"""Monitoring, put together."""

from pathlib import Path

from fastapi import APIRouter

from services.monitoring.cards.api import router as cards
from services.monitoring.cases.api import router as cases
from services.monitoring.clues.api import router as clues
from services.monitoring.clues.commands.record import record_clues
from services.monitoring.contacts.api import router as contacts
from services.monitoring.data_requests.api import router as data_requests
from services.monitoring.exchange.api import router as exchange
from services.monitoring.exchange.sheets import UPLOADS
from services.monitoring.facts.api import HOT_ROUTES
from services.monitoring.facts.api import router as facts
from services.monitoring.facts.commands.record import record_facts
from services.monitoring.findings.api import router as findings
from services.monitoring.handlers import HANDLERS
from services.monitoring.household_events.api import router as household_events
from services.monitoring.households.api import router as households
from services.monitoring.imports import IMPORTS
from services.monitoring.incidents.api import router as incidents
from services.monitoring.incidents.queries import counts as incident_counts
from services.monitoring.indicators.api import router as indicators
from services.monitoring.insurance_ledger.api import router as insurance_ledger
from services.monitoring.jobs import JOBS, LONG_WORK
from services.monitoring.low_income.api import router as low_income
from services.monitoring.models import METADATA, SYSTEM_TABLES
from services.monitoring.models.policy import PolicyValue
from services.monitoring.operations import OPERATIONS
from services.monitoring.patrols.api import router as patrols
from services.monitoring.persons.api import router as persons
from services.monitoring.policy.api import router as policy
from services.monitoring.priority.api import router as priority
from services.monitoring.protections.api import router as protections
from services.monitoring.recomputes.api import router as recomputes
from services.monitoring.report_submissions.api import router as reports
from services.monitoring.reports.api import router as registers
from services.monitoring.risks.api import router as risks
from services.monitoring.risks.rules.parameters import INCOME_LINE, RULE_KEYS
from services.monitoring.school_age.api import router as school_age
from services.monitoring.screenings.api import router as screenings
from services.monitoring.screenings.queries import roll_counts, undecided_counts
from services.monitoring.sources.api import router as feeds
from services.monitoring.sources.queries import overdue_counts, silence_counts
from shared import metrics
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.house import HouseDefinition
from shared.imports.api import imports_router
from shared.imports.kinds import sheets_of
from shared.imports.taking import importing

router = APIRouter()
router.include_router(households)
router.include_router(household_events)
router.include_router(facts)
router.include_router(clues)
router.include_router(persons)
router.include_router(risks)
router.include_router(protections)
router.include_router(cases)
router.include_router(policy)
router.include_router(findings)
router.include_router(feeds)
router.include_router(exchange)
router.include_router(cards)
router.include_router(registers)
router.include_router(school_age)
router.include_router(insurance_ledger)
router.include_router(low_income)
router.include_router(data_requests)
router.include_router(screenings)
router.include_router(recomputes)
router.include_router(incidents)
router.include_router(contacts)
router.include_router(patrols)
router.include_router(priority)
router.include_router(indicators)
router.include_router(reports)
router.include_router(imports_router("monitoring", IMPORTS))


def counts(reading: Reading) -> metrics.Counts:
    """What is counted over the tables of the house."""
    return {
        **undecided_counts(reading),
        **roll_counts(reading),
        **silence_counts(reading),
        **overdue_counts(reading),
        **incident_counts(reading),
    }


MONITORING = HouseDefinition(
    name="monitoring",
    title="monitoring 监测",
    summary="Households, their income ledger, and every verdict with its reasons",
    metadata=METADATA,
    system_tables=SYSTEM_TABLES,
    migrations=Path(__file__).parent / "migrations",
    router=router,
    handlers=HANDLERS,
    jobs=JOBS,
    long_work={**LONG_WORK, **importing("monitoring", IMPORTS)},
    operations=OPERATIONS,
    hot_routes=HOT_ROUTES,
    batch_paths=frozenset(
        {
            "/facts",
            "/facts/batch",
            "/households/batch",
            "/household-events",
            "/household-events/batch",
            "/clues",
            "/clues/verdicts",
        }
    ),
    file_paths=frozenset({"/imports"}),
    files_in=sheets_of(IMPORTS),
    files_out=tuple(UPLOADS.values()),
    lanes=(record_facts, record_clues),
    policy_values=table_of(PolicyValue),
    needs=tuple(key for key in RULE_KEYS if key != INCOME_LINE),
    counts=counts,
)
