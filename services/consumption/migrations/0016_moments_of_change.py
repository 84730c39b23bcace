"""Requests, registers and movements of stock can be asked for by what changed."""

from shared.db.moment_migrations import add_moment_of_change, add_moment_of_register, drop_moment_of_change

revision = "0016"
down_revision = "0015"

_REGISTERS = ("producer", "product", "buyer")
_OF_A_PRODUCT = ("product_code", "updated_at", "id")


def upgrade() -> None:
    add_moment_of_change("measure_request", "COALESCE(answered_at, requested_at)", "updated_at", "id")
    add_moment_of_change("stock_move", "moved_at", *_OF_A_PRODUCT)
    for register in _REGISTERS:
        add_moment_of_register(register, f"{register}.put", "updated_at", "code")


def downgrade() -> None:
    for register in _REGISTERS:
        drop_moment_of_change(register, "updated_at", "code")
    drop_moment_of_change("stock_move", *_OF_A_PRODUCT)
    drop_moment_of_change("measure_request", "updated_at", "id")
