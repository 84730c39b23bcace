"""Registering the demo households at the first start, through the commands that the API uses."""

from services.demo.households import DEMO_HOUSEHOLDS, history, household_document
from services.monitoring.app import MONITORING
from services.monitoring.evidence.table import read_fact
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_batch
from services.monitoring.households.commands.register import put_household
from services.monitoring.households.schemas import HouseholdIn
from services.monitoring.models.households import Household
from shared.clock import SystemClock
from shared.codes.monitoring import FactMode
from shared.context import new_context
from shared.db.database import Database
from shared.db.unit_of_work import Resources, UnitOfWork
from shared.months import month_of
from shared.policy.loader import PolicyBook
from shared.security.actor import EVERY, Actor
from shared.security.vault import open_vault
from shared.settings import Settings

DEMO = Actor(id="demo", scopes=frozenset(), regions=("52",), sources=frozenset({EVERY}))
"""Who registers the demo households: they stand under this name in the audit."""


async def register_demo_households(settings: Settings) -> int:
    """Register the demo households that are not there yet, each with its history; returns how many that were.

    One transaction: after a start that was cut short either all are there or none. A household that is there stays as
    it is, whatever was done with it. The history is recorded as backfill, so it raises nothing.
    """
    resources = Resources(
        MONITORING.system_tables,
        SystemClock(settings.today),
        PolicyBook.load(development=True),
        vault=open_vault(settings),
    )
    database = Database(settings.database_url_of(MONITORING.name), resources)
    try:
        return await database.write(_register_missing, actor=DEMO, context=new_context())
    finally:
        await database.close()


def _register_missing(uow: UnitOfWork) -> int:
    missing = [household for household in DEMO_HOUSEHOLDS if uow.session.get(Household, household.code) is None]
    facts: list[FactToRecord] = []
    for household in missing:
        put_household(uow, household.code, HouseholdIn.model_validate(household_document(household)))
        facts += [
            FactToRecord(read_fact(document), FactMode.BACKFILL, DEMO, uow.context)
            for document in history(household, month_of(uow.today()) - 1)
        ]
    for outcome in record_batch(uow, facts, atomic=True):
        outcome.accepted()
    return len(missing)
