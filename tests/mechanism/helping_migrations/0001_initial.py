from shared.db.floor_migrations import create_floor_v1, drop_floor_v1, mark_positions
from shared.helping.migrations import (
    create_known_household_v1,
    create_measure_request_v1,
    drop_known_household_v1,
    drop_measure_request_v1,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_floor_v1()
    mark_positions()
    create_known_household_v1()
    create_measure_request_v1()


def downgrade() -> None:
    drop_measure_request_v1()
    drop_known_household_v1()
    drop_floor_v1()
