"""Policy values are proposed, approved by a second person, and households judged anew by what holds."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.procedures.migrations import create_procedure_step_v1, drop_procedure_step_v1

revision = "0027"
down_revision = "0026"

_STATUS = sa.Enum(
    "proposed",
    "approved",
    "rejected",
    "withdrawn",
    name="policyvaluestatus",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    create_procedure_step_v1()
    op.create_table(
        "policy_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("value_status", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("status", _STATUS, nullable=False),
        sa.Column("proposed_by", sa.String(length=128), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.String(length=128), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy_value"),
    )
    op.create_index("ix_policy_value_region_code_key", "policy_value", ["region_code", "key"])
    op.create_index("ix_policy_value_proposed_at_id", "policy_value", ["proposed_at", "id"])
    op.create_index("ix_policy_value_updated_at", "policy_value", ["updated_at"])
    op.create_table(
        "policy_roll",
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("judged_by", sa.String(length=64), nullable=False),
        sa.Column("judging_by", sa.String(length=64), nullable=True),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", name="pk_policy_roll"),
    )


def downgrade() -> None:
    op.drop_table("policy_roll")
    op.drop_table("policy_value")
    drop_procedure_step_v1()
