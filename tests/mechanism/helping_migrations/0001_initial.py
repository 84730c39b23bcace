from shared.db.moment_migrations import add_moment_of_change
from shared.helping.migrations import (
    add_household_end,
    create_known_household_v1,
    create_measure_request_v1,
    drop_known_household_v1,
    drop_measure_request_v1,
)
from tests.mechanism.newest_system_tables import create_system_tables, drop_system_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_system_tables()
    create_known_household_v1()
    add_household_end()
    create_measure_request_v1()
    add_moment_of_change("measure_request", "requested_at", "updated_at", "id")


def downgrade() -> None:
    drop_measure_request_v1()
    drop_known_household_v1()
    drop_system_tables()
