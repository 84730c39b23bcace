"""Who looks after which households, where they were, and the reports that were submitted."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.system_migrations import add_spelling_index, drop_spelling_index
from shared.reporting.migrations import create_submissions, drop_submissions

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    _create_contacts()
    _create_patrols()
    create_submissions()


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


def downgrade() -> None:
    drop_submissions()
    for table in ("patrol_visit", "patrol", "contact_household"):
        op.drop_table(table)
    drop_spelling_index("contact")
    op.drop_table("contact")
