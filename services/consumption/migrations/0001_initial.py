"""The floor of consumption."""

from shared.db.floor_migrations import create_floor_v1, drop_floor_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_floor_v1()


def downgrade() -> None:
    drop_floor_v1()
