"""What households were before they changed is kept for past months; patrols are corrected and withdrawn."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0041"
down_revision = "0039"

_WAS = """
    INSERT INTO household_before (household_code, version, until, region_code, category, relocated, dibao)
    SELECT e.household_code, row_number() OVER (PARTITION BY e.household_code ORDER BY e.recorded_at, e.id),
        e."on", e.moved_from, h.category, h.relocated, h.dibao
    FROM household_event e JOIN household h ON h.code = e.household_code
    WHERE e.moved_from IS NOT NULL
"""
"""Moves that are known. Their places stand for the versions, which are higher and in the same order."""


def upgrade() -> None:
    op.create_table(
        "household_before",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("relocated", sa.Boolean(), nullable=False),
        sa.Column("dibao", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_household_before_household_code_household")
        ),
        sa.PrimaryKeyConstraint("household_code", "version", name=op.f("pk_household_before")),
    )
    op.create_index("ix_household_before_until", "household_before", ["until"])
    op.execute(sa.text(_WAS))
    op.create_index("ix_member_move_on", "member_move", ["on"])
    _correct_patrols()


def _correct_patrols() -> None:
    op.add_column("patrol", sa.Column("supersedes_id", sa.Uuid(), nullable=True))
    op.add_column("patrol", sa.Column("status", sa.String(32), nullable=False, server_default="stands"))
    op.create_index("ix_patrol_supersedes_id", "patrol", ["supersedes_id"], unique=True)
    op.create_table(
        "patrol_withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patrol_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(128), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.String(128), nullable=False),
        sa.ForeignKeyConstraint(["patrol_id"], ["patrol.id"], name=op.f("fk_patrol_withdrawal_patrol_id_patrol")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_withdrawal")),
        sa.UniqueConstraint("patrol_id", name=op.f("uq_patrol_withdrawal_patrol_id")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_patrol_withdrawal_source_source_ref")),
    )


def downgrade() -> None:
    op.drop_table("patrol_withdrawal")
    op.drop_index("ix_patrol_supersedes_id", "patrol")
    op.drop_column("patrol", "status")
    op.drop_column("patrol", "supersedes_id")
    op.drop_index("ix_member_move_on", "member_move")
    op.drop_table("household_before")
