"""The first tables of monitoring."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.system_migrations import create_system_tables_v1, drop_system_tables_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_system_tables_v1()
    op.create_table(
        "household",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "ordinary", "lifted", name="householdcategory", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("relocated", sa.Boolean(), nullable=False),
        sa.Column("dibao", sa.Boolean(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("able_workers", sa.Integer(), nullable=False),
        sa.Column("fragile_members", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_household")),
    )
    op.create_index(op.f("ix_household_region_code"), "household", ["region_code"], unique=False)
    op.create_table(
        "fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(128), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("member_no", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("live", "backfill", name="factmode", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["household_code"], ["household.code"], name=op.f("fk_fact_household_code_household")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["fact.id"], name=op.f("fk_fact_supersedes_id_fact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_fact_supersedes_id")),
    )
    op.create_index(op.f("ix_fact_household_code"), "fact", ["household_code"], unique=False)
    op.create_table(
        "household_window",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("anchor", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("self_paid", sa.BigInteger(), nullable=False),
        sa.Column("known_mask", sa.Integer(), nullable=False),
        sa.Column("previous_net", sa.BigInteger(), nullable=False),
        sa.Column("previous_mask", sa.Integer(), nullable=False),
        sa.Column("quarter_net", sa.BigInteger(), nullable=False),
        sa.Column("previous_quarter_net", sa.BigInteger(), nullable=False),
        sa.Column("has_illness", sa.Boolean(), nullable=False),
        sa.Column("has_medical", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_household_window_household_code_household")
        ),
        sa.PrimaryKeyConstraint("household_code", name=op.f("pk_household_window")),
    )
    op.create_index(op.f("ix_household_window_anchor"), "household_window", ["anchor"], unique=False)
    op.create_table(
        "ledger_month",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("wage", sa.BigInteger(), nullable=False),
        sa.Column("operating", sa.BigInteger(), nullable=False),
        sa.Column("property_", sa.BigInteger(), nullable=False),
        sa.Column("transfer", sa.BigInteger(), nullable=False),
        sa.Column("operating_cost", sa.BigInteger(), nullable=False),
        sa.Column("self_paid_compliant", sa.BigInteger(), nullable=False),
        sa.Column("income_facts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_ledger_month_household_code_household")
        ),
        sa.PrimaryKeyConstraint("household_code", "month", name=op.f("pk_ledger_month")),
    )
    op.create_table(
        "medical_month",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("member_no", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("self_paid", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_medical_month_household_code_household")
        ),
        sa.PrimaryKeyConstraint("household_code", "member_no", "month", name=op.f("pk_medical_month")),
    )
    op.create_table(
        "member",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("member_no", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "head",
                "spouse",
                "child",
                "parent",
                "other",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "sex", sa.Enum("M", "F", name="sex", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("id_number", sa.String(18), nullable=True),
        sa.Column(
            "labour",
            sa.Enum(
                "ordinary",
                "skilled",
                "weak",
                "lost",
                "none",
                name="labour",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "health",
            sa.Enum(
                "healthy",
                "chronic",
                "serious",
                "disabled",
                name="health",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("student", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_member_household_code_household")
        ),
        sa.PrimaryKeyConstraint("household_code", "member_no", name=op.f("pk_member")),
    )
    op.create_table(
        "risk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "below_line",
                "income_drop",
                "rigid_expense",
                "new_illness",
                name="riskkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "grade",
            sa.Enum("orange", "red", name="riskgrade", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("open", "cleared", name="riskstatus", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("pack", sa.String(96), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("cleared_at", UtcDateTime(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum("confirmed", "no_risk", name="taskverdict", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["household_code"], ["household.code"], name=op.f("fk_risk_household_code_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
        sa.UniqueConstraint("household_code", "kind", "episode", name=op.f("uq_risk_household_code_kind_episode")),
    )
    op.create_index(op.f("ix_risk_region_code"), "risk", ["region_code"], unique=False)
    op.create_table(
        "illness",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("member_no", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("main_earner", sa.Boolean(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_illness_fact_id_fact")),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_illness_household_code_household")
        ),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_illness")),
    )
    op.create_index(op.f("ix_illness_household_code"), "illness", ["household_code"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_illness_household_code"), table_name="illness")
    op.drop_table("illness")
    op.drop_index(op.f("ix_risk_region_code"), table_name="risk")
    op.drop_table("risk")
    op.drop_table("member")
    op.drop_table("medical_month")
    op.drop_table("ledger_month")
    op.drop_index(op.f("ix_household_window_anchor"), table_name="household_window")
    op.drop_table("household_window")
    op.drop_index(op.f("ix_fact_household_code"), table_name="fact")
    op.drop_table("fact")
    op.drop_index(op.f("ix_household_region_code"), table_name="household")
    op.drop_table("household")
    drop_system_tables_v1()
