"""Where each household stands in schooling, medical care, housing and water is kept beside its facts."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "household_protection",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("fact_ids", sa.JSON(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_household_protection_household_code_household"
        ),
        sa.PrimaryKeyConstraint("household_code", "code", name="pk_household_protection"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_household_protection_region_code", "household_protection", ["region_code", "household_code", "code"]
    )
    op.create_index(
        "ix_household_protection_code_status",
        "household_protection",
        ["code", "status", "region_code", "household_code"],
    )
    op.create_index("ix_household_protection_valid_until", "household_protection", ["valid_until"])
    op.create_index("ix_household_protection_updated_at", "household_protection", ["updated_at"])


def downgrade() -> None:
    op.drop_table("household_protection")
