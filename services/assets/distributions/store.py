"""Distributions 收益分配 in the database, with their lines and what of them was withdrawn."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assets.distributions.errors import DistributionNotFound
from services.assets.distributions.procedure import TRANSITIONS
from services.assets.distributions.rules import credit_id
from services.assets.models import PROCEDURE_STEP, Distribution, DistributionLine, LineWithdrawal
from shared.codes.assets import DistributionStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.procedures.rows import Steps
from shared.procedures.showing import with_steps
from shared.words.said import says

STEPS = Steps(PROCEDURE_STEP, "distribution")
_LINES, _WITHDRAWALS = table_of(DistributionLine), table_of(LineWithdrawal)


def lock_distribution(uow: UnitOfWork, distribution_id: UUID) -> Distribution:
    """A distribution of the caller's region, locked: its steps and withdrawals come one after the other."""
    distribution = uow.session.get(Distribution, distribution_id, with_for_update=True)
    if distribution is None or not uow.actor.sees(distribution.region_code):
        raise DistributionNotFound(says("no-such-distribution", distribution=distribution_id, region=uow.actor.place))
    return distribution


def load_lines(reading: Reading, distribution_id: UUID) -> Sequence[sa.Row[Any]]:
    """The lines of a distribution by their numbers."""
    mine = sa.select(_LINES).where(_LINES.c.distribution_id == distribution_id)
    return reading.connection.execute(mine.order_by(_LINES.c.line_no)).all()


def with_lines(reading: Reading, distribution: Mapping[Any, Any]) -> Mapping[str, Any]:
    """The row of a distribution with its history and its lines; each shows its credit once paid, and its withdrawal."""
    paid = distribution["status"] is DistributionStatus.PAID
    withdrawn = _load_withdrawals(reading, distribution["id"]) if paid else {}
    lines = [
        {
            **line._asdict(),
            "credit_id": credit_id(line.distribution_id, line.line_no) if paid else None,
            "withdrawal": withdrawn.get(line.line_no),
        }
        for line in load_lines(reading, distribution["id"])
    ]
    return {**with_histories(reading, [distribution])[0], "lines": lines}


def with_histories(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """Rows of distributions, each with the steps taken and with what the caller may do."""
    return with_steps(reading, TRANSITIONS, STEPS, rows)


def audit_view(distribution: Distribution) -> dict[str, Any]:
    """What the audit keeps of a distribution."""
    ends_on = distribution.publicity_ends_on
    return {
        "status": str(distribution.status),
        "publicity_ends_on": ends_on and ends_on.isoformat(),
        "version": distribution.version,
    }


def _load_withdrawals(reading: Reading, distribution_id: UUID) -> dict[int, Mapping[str, Any]]:
    """The withdrawals of a distribution, by line."""
    rows = reading.connection.execute(sa.select(_WITHDRAWALS).where(_WITHDRAWALS.c.distribution_id == distribution_id))
    return {row["line_no"]: dict(row) for row in rows.mappings()}
