"""Who looks after which households, where they were, and the reports that were submitted."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.system_migrations import add_spelling_index, drop_spelling_index

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    _create_contacts()
    _create_patrols()
    _create_submissions()


def _create_contacts() -> None:
    op.create_table(
        "contact",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("area", sa.String(64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_contact"),
    )
    op.create_index("ix_contact_region_code_code", "contact", ["region_code", "code"])
    op.create_index("ix_contact_updated_at_code", "contact", ["updated_at", "code"])
    add_spelling_index("contact")
    op.create_table(
        "contact_household",
        sa.Column("contact_code", sa.String(64), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["contact_code"], ["contact.code"], name="fk_contact_household_contact_code_contact"),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_contact_household_household_code_household"
        ),
        sa.PrimaryKeyConstraint("contact_code", "household_code", name="pk_contact_household"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_household_household_code", "contact_household", ["household_code", "contact_code"])


def _create_patrols() -> None:
    op.create_table(
        "patrol",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(128), nullable=False),
        sa.Column("contact_code", sa.String(64), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(128), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["contact_code"], ["contact.code"], name="fk_patrol_contact_code_contact"),
        sa.PrimaryKeyConstraint("id", name="pk_patrol"),
    )
    op.create_index("ix_patrol_contact_code_on", "patrol", ["contact_code", "on"])
    op.create_table(
        "patrol_visit",
        sa.Column("patrol_id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["patrol_id"], ["patrol.id"], name="fk_patrol_visit_patrol_id_patrol"),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_patrol_visit_household_code_household"
        ),
        sa.PrimaryKeyConstraint("patrol_id", "household_code", name="pk_patrol_visit"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_patrol_visit_household_code_on", "patrol_visit", ["household_code", "on"])


def _create_submissions() -> None:
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


def downgrade() -> None:
    for table in ("submitted_figure", "report_submission", "patrol_visit", "patrol", "contact_household"):
        op.drop_table(table)
    drop_spelling_index("contact")
    op.drop_table("contact")
