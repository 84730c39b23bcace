"""When facts changed last: their own moments, and those of the risks they led to."""

from collections.abc import Collection, Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.models import Fact, RiskFact
from shared.db.base import table_of
from shared.db.rows import execute_rows
from shared.db.unit_of_work import UnitOfWork

_FACTS = table_of(Fact)
_STAMP = (
    sa.update(_FACTS)
    .where(_FACTS.c.id == sa.bindparam("of_fact", type_=_FACTS.c.id.type))
    .values(updated_at=sa.bindparam("updated_at"))
)


def stamp_facts(uow: UnitOfWork, fact_ids: Iterable[UUID]) -> None:
    """Something changed about these facts: whoever asks for what is new finds them."""
    rows = [{"of_fact": fact_id, "updated_at": uow.stamp()} for fact_id in fact_ids]
    execute_rows(uow.connection, _STAMP, rows)


def stamp_facts_of(uow: UnitOfWork, risk_ids: Collection[UUID]) -> None:
    """What became of these risks changed: so did the answer to the facts that led to them."""
    if risk_ids:
        asked = sa.select(col(RiskFact.fact_id)).where(col(RiskFact.risk_id).in_(risk_ids)).distinct()
        stamp_facts(uow, sorted(uow.connection.scalars(asked)))
