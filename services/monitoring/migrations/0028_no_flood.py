"""No flood: risks know why they cleared, which incident they belong to, and whether they were told.

What was raised before was told at once. What visits found to be no risk before is cleared here; its tasks are closed
already, so that no event is needed.
"""

import re

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.check_migrations import rewrite_table

revision = "0028"
down_revision = "0027"

_STATUS = sa.Enum("open", "closed", name="incidentstatus", native_enum=False, create_constraint=True, length=32)
_REFERENCE = ", CONSTRAINT fk_risk_incident_id_incident FOREIGN KEY(incident_id) REFERENCES incident (id)"
_OF_A_FLOOD = sa.text("flood IS NOT NULL")
_QUEUED = sa.text("released_at IS NULL AND status = 'open'")
_OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("status", _STATUS, nullable=False),
        sa.Column("founded_at", UtcDateTime(), nullable=False),
        sa.Column("hours_told", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index(
        "uq_incident_open", "incident", ["region_code", "kind"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_incident_founded_at_id", "incident", ["founded_at", "id"])
    op.create_index("ix_incident_updated_at_id", "incident", ["updated_at", "id"])
    op.add_column("risk", sa.Column("cleared_because", sa.String(32), nullable=True))
    op.add_column("risk", sa.Column("dismissal", sa.JSON(), nullable=True))
    op.add_column("risk", sa.Column("flood", sa.String(32), nullable=True))
    _refer_to_incidents()
    op.add_column("risk", sa.Column("released_at", UtcDateTime(), nullable=True))
    op.add_column("risk", sa.Column("told_on", sa.Date(), nullable=True))
    op.add_column("risk", sa.Column("clue", sa.JSON(), nullable=True))
    op.execute("UPDATE risk SET released_at = opened_at")
    op.create_index("ix_risk_incident_id", "risk", ["incident_id"])
    op.create_index(
        "ix_risk_flood_opened_at",
        "risk",
        ["flood", "opened_at"],
        sqlite_where=_OF_A_FLOOD,
        postgresql_where=_OF_A_FLOOD,
    )
    op.create_index(
        "ix_risk_queued", "risk", ["incident_id", "household_code"], sqlite_where=_QUEUED, postgresql_where=_QUEUED
    )
    op.execute("UPDATE risk SET cleared_because = 'cause_gone' WHERE status = 'cleared'")
    _clear_what_visits_found_to_be_none()


def downgrade() -> None:
    for index in ("ix_risk_queued", "ix_risk_flood_opened_at", "ix_risk_incident_id"):
        op.drop_index(index, "risk")
    op.execute("DELETE FROM risk_fact WHERE risk_id IN (SELECT id FROM risk WHERE event_id IS NULL)")
    op.execute("DELETE FROM risk WHERE event_id IS NULL")
    if op.get_bind().dialect.name == "sqlite":
        rewrite_table("risk", r"\bevent_id CHAR\(32\)", "event_id CHAR(32) NOT NULL")
        rewrite_table("risk", re.escape(_REFERENCE), "")
    else:
        op.alter_column("risk", "event_id", existing_type=sa.Uuid(), nullable=False)
        op.drop_constraint("fk_risk_incident_id_incident", "risk", type_="foreignkey")
    for name in ("clue", "incident_id", "told_on", "released_at", "flood", "dismissal", "cleared_because"):
        op.drop_column("risk", name)
    op.drop_table("incident")


def _refer_to_incidents() -> None:
    """Where a risk belongs to an incident, and that it may have been told by no event, without a copy of its rows."""
    op.add_column("risk", sa.Column("incident_id", sa.Uuid(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        rewrite_table("risk", r"\)\s*$", f"{_REFERENCE})")
        rewrite_table("risk", r"\bevent_id CHAR\(32\) NOT NULL", "event_id CHAR(32)")
        return
    op.create_foreign_key("fk_risk_incident_id_incident", "risk", "incident", ["incident_id"], ["id"])
    op.alter_column("risk", "event_id", existing_type=sa.Uuid(), nullable=True)


def _clear_what_visits_found_to_be_none() -> None:
    risk = sa.table(
        "risk",
        sa.column("id", sa.Uuid()),
        sa.column("status", sa.String()),
        sa.column("verdict", sa.String()),
        sa.column("grade", sa.String()),
        sa.column("keys", sa.JSON()),
        sa.column("decided_on", sa.Date()),
        sa.column("updated_at", sa.DateTime(timezone=True)),
        sa.column("cleared_at", sa.DateTime(timezone=True)),
        sa.column("cleared_because", sa.String()),
        sa.column("dismissal", sa.JSON()),
    )
    connection = op.get_bind()
    found = sa.select(risk).where(risk.c.status == "open", risk.c.verdict == "no_risk")
    for row in connection.execute(found).all():
        dismissal = {"on": row.decided_on.isoformat(), "grade": row.grade, "keys": row.keys}
        cleared = {"status": "cleared", "cleared_at": row.updated_at, "cleared_because": "verdict"}
        connection.execute(sa.update(risk).where(risk.c.id == row.id).values(**cleared, dismissal=dismissal))
