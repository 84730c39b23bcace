"""Names and identity numbers are sealed; an identity number is found by its blind index."""

import sqlalchemy as sa
from alembic import op

from shared.db.sealing_migrations import (
    IDEMPOTENCY,
    ToSeal,
    create_sealing_key,
    drop_sealing_key,
    narrow,
    open_columns,
    seal_columns,
    widen,
)

revision = "0016"
down_revision = "0015"

_MEMBER = ToSeal(
    "member",
    {"household_code": sa.String(), "member_no": sa.Integer()},
    ["name", "id_number"],
    {"id_number": "id_number_index"},
)
_FORMER = ToSeal(
    "former_member",
    {"household_code": sa.String(), "member_no": sa.Integer(), "left_version": sa.Integer()},
    ["id_number"],
)
_LENGTHS = (("member", "name", 64), ("member", "id_number", 18), ("former_member", "id_number", 18))


def upgrade() -> None:
    create_sealing_key()
    op.drop_index("ix_member_id_number", "member")
    op.add_column("member", sa.Column("id_number_index", sa.String(64), nullable=True))
    for table, column, length in _LENGTHS:
        widen(table, column, length)
    for to_seal in (_MEMBER, _FORMER, IDEMPOTENCY):
        seal_columns(to_seal)
    op.create_index("ix_member_id_number_index", "member", ["id_number_index"])


def downgrade() -> None:
    op.drop_index("ix_member_id_number_index", "member")
    for sealed in (IDEMPOTENCY, _FORMER, _MEMBER):
        open_columns(sealed)
    for table, column, length in _LENGTHS:
        narrow(table, column, length)
    op.drop_column("member", "id_number_index")
    op.create_index("ix_member_id_number", "member", ["id_number"])
    drop_sealing_key()
