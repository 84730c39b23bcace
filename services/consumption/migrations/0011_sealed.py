"""Contacts of orders and names of producers are sealed."""

import sqlalchemy as sa

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

revision = "0011"
down_revision = "0010"

_SEALED = (
    ToSeal("purchase_order", {"id": sa.Uuid()}, ["contact"]),
    ToSeal("producer", {"code": sa.String()}, ["name"]),
    IDEMPOTENCY,
)
_LENGTHS = (("purchase_order", "contact", 128), ("producer", "name", 128))


def upgrade() -> None:
    create_sealing_key()
    for table, column, length in _LENGTHS:
        widen(table, column, length)
    for to_seal in _SEALED:
        seal_columns(to_seal)


def downgrade() -> None:
    for sealed in _SEALED:
        open_columns(sealed)
    for table, column, length in _LENGTHS:
        narrow(table, column, length)
    drop_sealing_key()
