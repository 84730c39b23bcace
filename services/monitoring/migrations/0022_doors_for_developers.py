"""Households are listed by their changes; who left a household is found by the blind index of the identity number."""

import sqlalchemy as sa
from alembic import op

from shared.db.sealing_migrations import ToSeal, index_columns

revision = "0022"
down_revision = "0018"

_FORMER = ToSeal(
    "former_member",
    {"household_code": sa.String(), "member_no": sa.Integer(), "left_version": sa.Integer()},
    ["id_number"],
    {"id_number": "id_number_index"},
)


def upgrade() -> None:
    op.add_column("former_member", sa.Column("id_number_index", sa.String(64), nullable=True))
    index_columns(_FORMER)
    op.create_index("ix_former_member_id_number_index", "former_member", ["id_number_index"])
    op.create_index("ix_household_updated_at", "household", ["updated_at"])


def downgrade() -> None:
    op.drop_index("ix_household_updated_at", "household")
    op.drop_index("ix_former_member_id_number_index", "former_member")
    op.drop_column("former_member", "id_number_index")
