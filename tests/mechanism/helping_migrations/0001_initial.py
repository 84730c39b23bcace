from alembic import op

from shared.db.system_migrations import (
    add_commit_clock,
    create_job,
    create_system_tables_v1,
    drop_job,
    drop_system_tables_v1,
    mark_positions,
)
from shared.helping.migrations import (
    add_household_end,
    create_known_household_v1,
    create_measure_request_v1,
    drop_known_household_v1,
    drop_measure_request_v1,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_system_tables_v1()
    mark_positions()
    add_commit_clock()
    create_job()
    create_known_household_v1()
    add_household_end()
    create_measure_request_v1()


def downgrade() -> None:
    drop_measure_request_v1()
    drop_known_household_v1()
    drop_job()
    op.drop_table("commit_clock")
    drop_system_tables_v1()
