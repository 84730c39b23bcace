"""What was said of people goes with them from one household to another."""

from collections.abc import Sequence

from services.monitoring.evidence.store import CountingFact
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.postings import post, take_back
from services.monitoring.ledger.store import (
    load_dossiers,
    load_reports,
    refresh_stale_windows,
    write_postings,
    write_windows,
)
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.db.unit_of_work import UnitOfWork


def pass_facts(uow: UnitOfWork, left: str, to: str, facts: Sequence[CountingFact]) -> None:
    """Take facts out of the ledger of one household and enter them into that of another; both are locked.

    The facts stay as they were said. Whoever calls has both households judged.
    """
    dossiers = load_dossiers(uow, [left, to], lock=True)
    load_reports(uow, dossiers, [one.fact for one in facts], lambda _: dossiers)
    before, after = dossiers[left], dossiers[to]
    orders = [_source_order(uow, dossier) for dossier in (before, after)]
    for one in facts:
        take_back(before, one.fact_id, one.fact, one.person_id, orders[0])
        post(after, one.fact_id, one.fact, one.person_id, orders[1])
        after.window_stale = True
    write_postings(uow, [before, after])
    refresh_stale_windows(uow, [before, after])
    write_windows(uow, [before, after])


def _source_order(uow: UnitOfWork, dossier: HouseholdDossier) -> Sequence[str]:
    return rule_parameters(uow.policy, dossier.region_code, uow.today()).source_order
