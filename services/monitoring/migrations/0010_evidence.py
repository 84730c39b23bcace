"""The window of a household names its evidence, where each kind of it had a column of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_FLAGS = {"has_illness": "illness", "has_job_loss": "job_loss", "has_medical": "medical_month"}
"""By column, the table whose rows it promised; in the order of the names."""


def upgrade() -> None:
    op.add_column("household_window", sa.Column("evidence", sa.Text(), nullable=False, server_default=""))
    names = " || ".join(f"CASE WHEN {flag} THEN '{name} ' ELSE '' END" for flag, name in _FLAGS.items())
    op.execute(
        sa.text(f"UPDATE household_window SET evidence = TRIM({names}) WHERE {' OR '.join(_FLAGS)}")  # noqa: S608  names
    )
    for flag in _FLAGS:
        op.drop_column("household_window", flag)


def downgrade() -> None:
    for flag, name in _FLAGS.items():
        column = sa.Column[bool](flag, sa.Boolean(), nullable=False, server_default=sa.false())
        op.add_column("household_window", column)
        op.execute(
            sa.text(
                f"UPDATE household_window SET {flag} = true "  # noqa: S608  only names
                f"WHERE ' ' || evidence || ' ' LIKE '% {name} %'"
            )
        )
    op.drop_column("household_window", "evidence")
