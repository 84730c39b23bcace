"""Clues, their answers, and what a check confirmed."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0034"
down_revision = "0033"

_STATUS = sa.Enum(
    "open",
    "linked",
    "unmatched",
    "ambiguous",
    "answered",
    "withdrawn",
    name="cluestatus",
    native_enum=False,
    create_constraint=True,
    length=32,
)
_PARTIAL = {
    "ix_clue_open_due_on": ("due_on", "status = 'open'"),
    "ix_clue_waiting": ("id_number_index", "id_number_index IS NOT NULL"),
    "ix_clue_linked": ("risk_id", "status = 'linked'"),
    "ix_clue_case_id": ("case_id", "case_id IS NOT NULL"),
}


def upgrade() -> None:
    op.create_table(
        "clue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(128), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("named_household", sa.String(64), nullable=True),
        sa.Column("household_code", sa.String(64), nullable=True),
        sa.Column("member_no", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("id_number_index", sa.String(64), nullable=True),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("sent_within", sa.String(12), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("indicator", sa.String(128), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(2000), nullable=True),
        sa.Column("status", _STATUS, nullable=False),
        sa.Column("joined_to", sa.Uuid(), nullable=True),
        sa.Column("risk_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("owner_level", sa.String(16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("pack", sa.String(96), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=True),
        sa.Column("reason", sa.String(32), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(128), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["household_code"], ["household.code"], name="fk_clue_household_code_household"),
        sa.ForeignKeyConstraint(["risk_id"], ["risk.id"], name="fk_clue_risk_id_risk"),
        sa.PrimaryKeyConstraint("id", name="pk_clue"),
    )
    op.create_index("ix_clue_received_at_id", "clue", ["received_at", "id"])
    op.create_index("ix_clue_updated_at_id", "clue", ["updated_at", "id"])
    op.create_index("ix_clue_source_received_at_id", "clue", ["source", "received_at", "id"])
    op.create_index("ix_clue_region_code_received_on", "clue", ["region_code", "received_on"])
    op.create_index("ix_clue_household_code_status", "clue", ["household_code", "status"])
    for name, (column, where) in _PARTIAL.items():
        op.create_index(name, "clue", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "confirmed_report",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("clue_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_confirmed_report_household_code_household"
        ),
        sa.PrimaryKeyConstraint("household_code", name="pk_confirmed_report"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.execute("DELETE FROM risk_fact WHERE risk_id IN (SELECT id FROM risk WHERE kind = 'reported')")
    op.drop_table("confirmed_report")
    op.drop_table("clue")
    op.execute("DELETE FROM risk WHERE kind = 'reported'")
