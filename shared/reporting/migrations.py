"""The tables of submitted reports, for the migration of a house that begins to have some."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime


def create_submissions() -> None:
    """Create both tables."""
    op.create_table(
        "report_submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report", sa.String(32), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("submitted_by", sa.String(128), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_submission"),
    )
    op.create_index(
        "ix_report_submission_region_code", "report_submission", ["region_code", "report", "period"], unique=True
    )
    op.create_index("ix_report_submission_submitted_at", "report_submission", ["submitted_at", "id"])
    op.create_table(
        "submitted_figure",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("value", sa.String(32), nullable=True),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("target", sa.String(32), nullable=True),
        sa.Column("source", sa.String(256), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["report_submission.id"], name="fk_submitted_figure_submission_id_report_submission"
        ),
        sa.PrimaryKeyConstraint("submission_id", "line_no", name="pk_submitted_figure"),
        sqlite_with_rowid=False,
    )


def drop_submissions() -> None:
    """Drop both tables."""
    op.drop_table("submitted_figure")
    op.drop_table("report_submission")
