"""Households laid into the register with their history, set by set: the rows that a register and a batch would write.

Nothing is asked that is known here: that these households are new, that what is told of them is new and true.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.facts.rules import content_hash_of
from services.monitoring.facts.store import FACT_KIND, count_received, write_facts
from services.monitoring.findings.commands.check import OF_THE_REGISTER, check_findings, inputs_changed
from services.monitoring.households.commands.change import enter_households
from services.monitoring.households.commands.register import new_household
from services.monitoring.households.schemas import HouseholdIn
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.postings import post
from services.monitoring.ledger.store import load_dossiers, write_postings, write_windows
from services.monitoring.persons.commands import newcomers
from services.monitoring.persons.rules import MemberOfHousehold
from services.monitoring.protections.commands import renew_protections
from services.monitoring.protections.rules import were_spoken_of
from services.monitoring.risks.store.verdicts import rule_parameters
from services.population.prefecture import Home
from shared.codes.monitoring import FactMode
from shared.db.base import JsonText
from shared.db.unit_of_work import UnitOfWork

AT_ONCE: Final = {True: 2000, False: 500}
"""Households of one transaction on SQLite, where the more there are the less often a page of an index is written, and
on PostgreSQL, where a statement has a time limit."""
_CACHE_KIB, _CHECKPOINT_PAGES = 1_048_576, 100_000


def lay_homes(uow: UnitOfWork, homes: Sequence[Home]) -> None:
    """Register these households with their history; the screening of a later day is the first to judge them."""
    _prepare(uow)
    members = {home.code: newcomers(home.code, 1, home.members) for home in homes}
    households = [new_household(uow, home.code, _body(home), home.members) for home in homes]
    enter_households(uow, households, members)
    dossiers = load_dossiers(uow, [home.code for home in homes], lock=True)
    rows = [row for home in homes for row in _tell(uow, dossiers[home.code], home, members[home.code])]
    write_facts(uow, rows)
    count_received(uow, rows)
    write_postings(uow, dossiers.values())
    write_windows(uow, dossiers.values())
    renew_protections(uow, were_spoken_of(dossiers.values()))
    check_findings(uow, sorted(dossiers), OF_THE_REGISTER | _inputs_told(homes))


def _prepare(uow: UnitOfWork) -> None:
    """Write faster, and think longer, than a house that also serves."""
    if uow.connection.dialect.name == "postgresql":
        uow.stamp()
        uow.connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    else:
        uow.connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
        uow.connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")


def _body(home: Home) -> HouseholdIn:
    """What is registered beside the members; nothing of it has to be checked."""
    return HouseholdIn.model_construct(
        region_code=home.region_code,
        category=home.category,
        relocated=home.relocated,
        dibao=home.dibao,
        registered_on=home.registered_on,
        members=[],
    )


def _tell(
    uow: UnitOfWork, dossier: HouseholdDossier, home: Home, members: Sequence[MemberOfHousehold]
) -> list[dict[str, Any]]:
    """Enter the history of a household into its dossier; the rows of the facts."""
    persons: dict[int | None, UUID] = {one.member.member_no: one.person_id for one in members}
    rows = [_posted(uow, dossier, fact, persons.get(fact.member_no)) for fact in home.history]
    dossier.is_due_after(uow.today())
    return rows


def _inputs_told(homes: Sequence[Home]) -> frozenset[str]:
    """What rules of findings look at of what is told."""
    told = {(fact.type, fact.has_rivals()) for home in homes for fact in home.history}
    return frozenset().union(
        *(inputs_changed(kind, corrects=None, confirmed=False, has_rivals=rivals) for kind, rivals in told)
    )


def _posted(uow: UnitOfWork, dossier: HouseholdDossier, fact: ReportedFact, person_id: UUID | None) -> dict[str, Any]:
    """Enter a fact into the dossier; its row."""
    fact_id, payload = FACT_KIND.id_of(fact), fact.said()
    post(dossier, fact_id, fact, person_id, rule_parameters(uow.policy, dossier.region_code, uow.today()).source_order)
    return {
        "id": fact_id,
        "source": fact.source,
        "source_ref": fact.source_ref,
        "household_code": fact.household_code,
        "member_no": fact.member_no,
        "person_id": person_id,
        "type": fact.type,
        "observed_on": fact.observed_on,
        "payload": JsonText(payload),
        "confirmed": None,
        "content_hash": content_hash_of(fact, payload),
        "mode": FactMode.BACKFILL,
        "supersedes_id": None,
        "recorded_at": uow.now(),
        "recorded_by": uow.actor.id,
        "correlation_id": uow.context.correlation_id,
    }
