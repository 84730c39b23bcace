"""Households are exposed to slow sale of what they make, as consumption tells."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "slow_sale",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("commodity_code", sa.String(64), nullable=False),
        sa.Column("exposed_on", sa.Date(), nullable=False),
        sa.Column("relieved_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_slow_sale_household_code_household")
        ),
        sa.PrimaryKeyConstraint("household_code", "alert_id", name=op.f("pk_slow_sale")),
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM risk_fact WHERE risk_id IN (SELECT id FROM risk WHERE kind = 'slow_sale')"))
    op.execute(sa.text("DELETE FROM risk WHERE kind = 'slow_sale'"))
    op.drop_table("slow_sale")
