"""Cases of identification and elimination, and where each household stands by them."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0035"
down_revision = "0034"

_OPEN = "status NOT IN ('eliminated', 'monitored', 'refused', 'rolled_back', 'withdrawn')"
_STATUSES = (
    "opened",
    "reviewed",
    "publicity",
    "objection",
    "township_approved",
    "county_approved",
    "announced",
    "monitored",
    "eliminated",
    "rolled_back",
    "refused",
    "withdrawn",
)


def _closed(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.add_column("household", sa.Column("monitored", sa.Boolean(), nullable=False, server_default=sa.false()))
    _create_cases()
    op.create_table(
        "monitored_household",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column(
            "status",
            _closed("monitoringstatus", "none", "in_procedure", "monitored", "eliminated", "ended"),
            nullable=False,
        ),
        sa.Column("household_class", sa.String(32), nullable=True),
        sa.Column("main_risk", sa.String(32), nullable=True),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("admitted_on", sa.Date(), nullable=True),
        sa.Column("eliminated_on", sa.Date(), nullable=True),
        sa.Column("watch_until", sa.Date(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_monitored_household_household_code_household"
        ),
        sa.PrimaryKeyConstraint("household_code", name="pk_monitored_household"),
    )
    op.create_index("ix_monitored_household_status", "monitored_household", ["status", "region_code", "household_code"])
    op.create_index("ix_monitored_household_updated_at", "monitored_household", ["updated_at"])
    op.create_table(
        "completed_measure",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("house", sa.String(32), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("measure_id", name="pk_completed_measure"),
    )
    op.create_index("ix_completed_measure_household_code", "completed_measure", ["household_code", "completed_on"])


def _create_cases() -> None:
    op.create_table(
        "monitoring_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _closed("casekind", "identification", "elimination"), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("status", _closed("casestatus", *_STATUSES), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_in", sa.String(12), nullable=False),
        sa.Column("pack", sa.String(96), nullable=False),
        sa.Column("stepped_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("overdue_of", sa.Date(), nullable=True),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("appealed", sa.Boolean(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("compared_on", sa.Date(), nullable=True),
        sa.Column("can_cope", sa.Boolean(), nullable=True),
        sa.Column("life_difficult", sa.Boolean(), nullable=True),
        sa.Column("main_risk", sa.String(32), nullable=True),
        sa.Column("risks", sa.JSON(), nullable=False),
        sa.Column("hits", sa.JSON(), nullable=False),
        sa.Column("manner", sa.String(32), nullable=True),
        sa.Column("household_class", sa.String(32), nullable=True),
        sa.Column("per_head", sa.BigInteger(), nullable=True),
        sa.Column("reference_per_head", sa.BigInteger(), nullable=True),
        sa.Column("line_per_head", sa.BigInteger(), nullable=True),
        sa.Column("criteria", sa.JSON(), nullable=True),
        sa.Column("publicity_until", sa.Date(), nullable=True),
        sa.Column("publicity_rule", sa.JSON(), nullable=True),
        sa.Column("appeal_until", sa.Date(), nullable=True),
        sa.Column("appeal_rule", sa.JSON(), nullable=True),
        sa.Column("watch_until", sa.Date(), nullable=True),
        sa.Column("watch_rule", sa.JSON(), nullable=True),
        sa.Column("refusal", sa.String(32), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("contact_code", sa.String(64), nullable=True),
        sa.Column("package", sa.JSON(), nullable=True),
        sa.Column("episode", sa.Integer(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_monitoring_case_household_code_household"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_monitoring_case"),
    )
    table, is_open = "monitoring_case", sa.text(_OPEN)
    op.create_index(
        "uq_monitoring_case_open",
        table,
        ["household_code"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_monitoring_case_household_code", table, ["household_code"])
    op.create_index("ix_monitoring_case_region_code_id", table, ["region_code", "id"])
    op.create_index("ix_monitoring_case_status_region_code_id", table, ["status", "region_code", "id"])
    op.create_index(
        "ix_monitoring_case_open", table, ["region_code", "id"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index("ix_monitoring_case_updated_at_id", table, ["updated_at", "id"])
    op.create_index(
        "ix_monitoring_case_untold",
        table,
        ["due_on", "id"],
        sqlite_where=sa.text(f"{_OPEN} AND overdue_of IS NOT due_on"),
        postgresql_where=sa.text(f"{_OPEN} AND overdue_of IS DISTINCT FROM due_on"),
    )


def downgrade() -> None:
    op.drop_table("completed_measure")
    op.drop_table("monitored_household")
    op.drop_table("monitoring_case")
    op.drop_column("household", "monitored")
