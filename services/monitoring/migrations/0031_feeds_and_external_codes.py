"""What sources agreed to bring, what each brought by day, and the codes of other platforms for households."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.system_migrations import add_spelling_index, drop_spelling_index

revision = "0031"
down_revision = "0030"

_DAY = {
    "sqlite": "date(recorded_at, '+8 hours')",
    "postgresql": "(recorded_at AT TIME ZONE 'Asia/Shanghai')::date",
}
_HOUSES = "'monitoring', 'assistance', 'employment', 'consumption', 'assets'"


def upgrade() -> None:
    op.create_table(
        "source_day",
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "type", "on", name="pk_source_day"),
        sqlite_with_rowid=False,
    )
    op.execute(
        f'INSERT INTO source_day (source, type, "on", "rows")'  # noqa: S608  frozen words
        f" SELECT source, type, {_DAY[op.get_bind().dialect.name]}, count(*) FROM fact"
        f" WHERE source NOT IN ({_HOUSES}) GROUP BY 1, 2, 3"
    )
    op.create_table(
        "feed",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("due_day", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("bound_in", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_feed"),
    )
    op.create_index("ix_feed_updated_at_code", "feed", ["updated_at", "code"])
    add_spelling_index("feed")
    op.create_table(
        "external_code",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("system", sa.String(32), nullable=False),
        sa.Column("code", sa.String(64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name="fk_external_code_household_code_household"
        ),
        sa.PrimaryKeyConstraint("household_code", "system", name="pk_external_code"),
    )
    op.create_index("ix_external_code_system_code", "external_code", ["system", "code"], unique=True)
    op.create_index("ix_external_code_updated_at", "external_code", ["updated_at"])


def downgrade() -> None:
    op.drop_table("external_code")
    drop_spelling_index("feed")
    op.drop_table("feed")
    op.drop_table("source_day")
