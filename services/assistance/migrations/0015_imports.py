"""Files are kept until their rows are taken, and the rows that came back beside their reasons."""

from shared.db.system_migrations import create_imports, drop_imports

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    create_imports()


def downgrade() -> None:
    drop_imports()
