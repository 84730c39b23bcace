"""Placements know their steps, as rows of the table of steps: those there are come from the audit."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.procedures.migrations import create_procedure_step_v1, drop_procedure_step_v1, write_steps

revision = "0008"
down_revision = "0007"

_AT_ONCE = 500
_DAYS = {"depart": "departed_on", "start": "started_on", "end": "ended_on"}
_PLACEMENT = sa.table(
    "placement",
    sa.column("id", sa.Uuid()),
    sa.column("end_reason", sa.String()),
    *(sa.column(name, sa.Date()) for name in _DAYS.values()),
)
_AUDIT = sa.table(
    "audit",
    sa.column("seq", sa.BigInteger()),
    sa.column("at", UtcDateTime()),
    sa.column("actor", sa.String()),
    sa.column("action", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("after", sa.JSON()),
)


def upgrade() -> None:
    create_procedure_step_v1()
    told = sa.select(_AUDIT).where(_AUDIT.c.action.startswith("placement.")).order_by(_AUDIT.c.seq).limit(_AT_ONCE)
    page = op.get_bind().execute(told).all()
    while page:
        placements = _placements({UUID(row.subject) for row in page})
        write_steps([_step(row, placements[UUID(row.subject)]) for row in page if UUID(row.subject) in placements])
        page = op.get_bind().execute(told.where(_AUDIT.c.seq > page[-1].seq)).all()


def downgrade() -> None:
    drop_procedure_step_v1()


def _placements(ids: set[UUID]) -> dict[UUID, sa.Row[tuple[object, ...]]]:
    found = op.get_bind().execute(sa.select(_PLACEMENT).where(_PLACEMENT.c.id.in_(ids)))
    return {row.id: row for row in found}


def _step(row: sa.Row[tuple[object, ...]], placement: sa.Row[tuple[object, ...]]) -> dict[str, object]:
    """A step from its audit row; the day stands in the placement."""
    action = row.action.removeprefix("placement.").replace("placed", "place")
    return {
        "thing_kind": "placement",
        "thing_id": placement.id,
        "step_no": row.after["version"],
        "at": row.at,
        "action": action,
        "status": row.after["status"],
        "taken_by": row.actor,
        "taken_on": getattr(placement, _DAYS[action]) if action in _DAYS else None,
        "details": {"reason": placement.end_reason if action == "end" else None},
    }
