"""One distribution for each asset and year unless a further one is meant; moments of change; withdrawn lines."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.system_migrations import add_spelling_index, drop_spelling_index

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    add_spelling_index("asset")
    op.add_column("distribution", sa.Column("supplementary", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE distribution SET supplementary = true WHERE EXISTS (SELECT 1 FROM distribution AS earlier"
        " WHERE earlier.asset_code = distribution.asset_code AND earlier.period = distribution.period"
        " AND (earlier.proposed_at < distribution.proposed_at"
        " OR (earlier.proposed_at = distribution.proposed_at AND earlier.id < distribution.id)))"
    )
    op.add_column(
        "distribution", sa.Column("updated_at", UtcDateTime(), nullable=False, server_default="1970-01-01 00:00:00")
    )
    op.execute("UPDATE distribution SET updated_at = proposed_at")
    op.create_index("ix_distribution_updated_at_id", "distribution", ["updated_at", "id"])
    op.create_table(
        "line_withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("source_ref", sa.String(128), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "wrong_household",
                "wrong_person",
                "wrong_amount",
                "duplicate",
                "other",
                name="withdrawalreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["distribution_id", "line_no"],
            ["distribution_line.distribution_id", "distribution_line.line_no"],
            name=op.f("fk_line_withdrawal_distribution_id_line_no_distribution_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_withdrawal")),
        sa.UniqueConstraint("distribution_id", "line_no", name=op.f("uq_line_withdrawal_distribution_id_line_no")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_line_withdrawal_source_source_ref")),
    )


def downgrade() -> None:
    op.drop_table("line_withdrawal")
    op.drop_index("ix_distribution_updated_at_id", "distribution")
    op.drop_column("distribution", "updated_at")
    op.drop_column("distribution", "supplementary")
    drop_spelling_index("asset")
