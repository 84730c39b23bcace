"""Findings: what is registered or reported of a household and cannot well be true together."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(length=64), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("member_no", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "exempted",
                "cleared",
                name="findingstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("exempt_reason", sa.String(length=2000), nullable=True),
        sa.Column("exempt_until", sa.Date(), nullable=True),
        sa.Column("exempted_on", sa.Date(), nullable=True),
        sa.Column("exempted_by", sa.String(length=128), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["household_code"], ["household.code"], name="fk_finding_household_code_household"),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
    )
    op.create_index("ix_finding_household_code_rule", "finding", ["household_code", "rule"])
    op.create_index("ix_finding_region_code_rule", "finding", ["region_code", "rule"])
    op.create_index("ix_finding_found_at_id", "finding", ["found_at", "id"])
    op.create_index("ix_finding_updated_at_id", "finding", ["updated_at", "id"])
    op.create_index(
        "ix_finding_exempt_until",
        "finding",
        ["exempt_until"],
        sqlite_where=sa.text("exempt_until IS NOT NULL"),
        postgresql_where=sa.text("exempt_until IS NOT NULL"),
    )
    op.create_index(
        "ix_fact_confirmed",
        "fact",
        ["household_code"],
        sqlite_where=sa.text("confirmed IS NOT NULL"),
        postgresql_where=sa.text("confirmed IS NOT NULL"),
    )
    op.create_table(
        "finding_roll",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_finding_roll"),
    )
    op.create_table(
        "finding_due",
        sa.Column("household_code", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("household_code", name="pk_finding_due"),
    )


def downgrade() -> None:
    op.drop_table("finding_due")
    op.drop_table("finding_roll")
    op.drop_index("ix_fact_confirmed", "fact")
    op.drop_table("finding")
