"""Which fact explains which risk: for the answer to whoever brought it, and for what a withdrawal leaves unfounded."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.store import stamp_facts
from services.monitoring.evidence.table import withdraws
from services.monitoring.models.risks import Risk, RiskFact
from shared.codes.monitoring import RiskStatus
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.unit_of_work import UnitOfWork

_LINKS, _RISKS = table_of(RiskFact), table_of(Risk)


def write_links(uow: UnitOfWork, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """Keep which fact explains which risk, once."""
    rows = [{"risk_id": risk_id, "fact_id": fact_id} for risk_id, fact_id in pairs]
    execute_rows(uow.connection, _insert_links(uow.connection.dialect.name), rows)


@cache
def _insert_links(dialect: str) -> Any:
    return insert_into(_LINKS, dialect).on_conflict_do_nothing()


def pass_links_on(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """What a corrected fact explained, its correction explains too."""
    corrected = {row["supersedes_id"]: row["id"] for row in rows if row["supersedes_id"] and not withdraws(row["type"])}
    before = dict(corrected)
    while before:
        explained = uow.connection.execute(
            sa.select(_LINKS.c.risk_id, _LINKS.c.fact_id).where(_LINKS.c.fact_id.in_(before))
        ).all()
        write_links(uow, [(risk_id, before[fact_id]) for risk_id, fact_id in explained])
        before = {new: corrected[new] for new in before.values() if new in corrected}


def load_risks_without_evidence(
    uow: UnitOfWork, rows: Sequence[Mapping[str, Any]], codes: Collection[str]
) -> frozenset[UUID]:
    """Open risks of these households that one of the withdrawn facts explained, or that no single fact explains."""
    withdrawals = [row for row in rows if withdraws(row["type"])]
    if not withdrawals:
        return frozenset()
    of_risk = _LINKS.c.risk_id == _RISKS.c.id
    withdrawn = _LINKS.c.fact_id.in_([row["supersedes_id"] for row in withdrawals])
    asked = sa.select(_RISKS.c.id).where(
        _RISKS.c.household_code.in_(codes),
        _RISKS.c.status == RiskStatus.OPEN,
        sa.exists().where(of_risk, withdrawn) | ~sa.exists().where(of_risk),
    )
    return frozenset(uow.connection.scalars(asked))


def stamp_facts_of(uow: UnitOfWork, risk_ids: Collection[UUID]) -> None:
    """What became of these risks changed: so did the answer to the facts that led to them."""
    if risk_ids:
        asked = sa.select(_LINKS.c.fact_id).where(_LINKS.c.risk_id.in_(risk_ids)).distinct()
        stamp_facts(uow, sorted(uow.connection.scalars(asked)))
