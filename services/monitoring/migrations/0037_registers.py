"""Cards of households, requests for data, and the cost of going to work among the sums of a month."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0037"
down_revision = "0036"

_STATUS = sa.Enum(
    "requested",
    "approved",
    "refused",
    "delivered",
    name="datarequeststatus",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    op.add_column("ledger_month", sa.Column("work_cost", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "household_card",
        sa.Column("household_code", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_household_card_household_code_household"
        ),
        sa.PrimaryKeyConstraint("household_code", name="pk_household_card"),
        sa.UniqueConstraint("token_hash", name="uq_household_card_token_hash"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "data_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("requester", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=2000), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("collect", sa.Boolean(), nullable=False),
        sa.Column("status", _STATUS, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.String(length=128), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_request"),
    )
    op.create_index("ix_data_request_requested_at_id", "data_request", ["requested_at", "id"])
    op.create_index("ix_data_request_updated_at_id", "data_request", ["updated_at", "id"])
    op.create_table(
        "data_request_field",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_request.id"], name="fk_data_request_field_request_id_data_request"
        ),
        sa.PrimaryKeyConstraint("request_id", "place", name="pk_data_request_field"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_data_request_field_field", "data_request_field", ["field"])


def downgrade() -> None:
    op.drop_table("data_request_field")
    op.drop_table("data_request")
    op.drop_table("household_card")
    op.drop_column("ledger_month", "work_cost")
