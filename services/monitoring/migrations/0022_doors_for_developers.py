"""Households are listed by region and by their changes; who left one is found by the blind index of their number."""

import sqlalchemy as sa
from alembic import op

from shared.db.sealing_migrations import ToSeal, index_columns

revision = "0022"
down_revision = "0020"

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
    op.create_index("ix_household_region_code_code", "household", ["region_code", "code"])
    ended = sa.text("ended_on IS NOT NULL")
    op.create_index(
        "ix_household_ended", "household", ["region_code", "code"], sqlite_where=ended, postgresql_where=ended
    )
    op.drop_index("ix_household_region_code", "household")


def downgrade() -> None:
    op.create_index("ix_household_region_code", "household", ["region_code"])
    op.drop_index("ix_household_ended", "household")
    op.drop_index("ix_household_region_code_code", "household")
    op.drop_index("ix_household_updated_at", "household")
    op.drop_index("ix_former_member_id_number_index", "former_member")
    op.drop_column("former_member", "id_number_index")
