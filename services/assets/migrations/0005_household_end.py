"""Known households keep the day from which they are no more."""

from shared.helping.migrations import add_household_end, drop_household_end

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    add_household_end()


def downgrade() -> None:
    drop_household_end()
