"""The common tables as migrations: frozen steps that migrations of the houses call."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime


def create_known_household_v1() -> None:
    """Known households as of the first release."""
    op.create_table(
        "known_household",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_known_household"),
    )


def create_measure_request_v1() -> None:
    """Measure requests as of the first release."""
    op.create_table(
        "measure_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "job",
                "purchase",
                "asset_share",
                "transfer",
                name="measurekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("member_no", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "accepted",
                "refused",
                "completed",
                "cancelled",
                name="measurestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "no_offer",
                "not_eligible",
                "declined",
                "other",
                name="refusalreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_measure_request"),
    )
    op.create_index("ix_measure_request_household_code", "measure_request", ["household_code"])
    op.create_index("ix_measure_request_requested_at_id", "measure_request", ["requested_at", "id"])


def add_household_end() -> None:
    """Known households keep the day from which they are no more."""
    op.add_column("known_household", sa.Column("ended_on", sa.Date(), nullable=True))


def drop_household_end() -> None:
    """Take the column of `add_household_end` away again."""
    op.drop_column("known_household", "ended_on")


def drop_known_household_v1() -> None:
    """Take the table of `create_known_household_v1` away again."""
    op.drop_table("known_household")


def drop_measure_request_v1() -> None:
    """Take the table of `create_measure_request_v1` away again."""
    op.drop_table("measure_request")
