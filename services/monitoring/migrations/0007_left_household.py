"""Work may be lost because the last earner left the household 离户."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_BEFORE = ("finished", "dismissed", "illness", "family", "other")
_AFTER = ("finished", "dismissed", "illness", "family", "left_household", "other")


def upgrade() -> None:
    _change_reasons(_BEFORE, _AFTER)


def downgrade() -> None:
    op.execute(sa.text("UPDATE job_loss SET reason = 'other' WHERE reason = 'left_household'"))
    _change_reasons(_AFTER, _BEFORE)


def _change_reasons(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Let the CHECK of a loss's reason name other reasons. SQLite can only copy the table for that."""
    with op.batch_alter_table("job_loss", copy_from=_job_loss(before)) as job_loss:
        job_loss.alter_column("reason", existing_type=_codes(*before), type_=_codes(*after))


def _codes(*codes: str) -> sa.Enum:
    return sa.Enum(*codes, name="placementendreason", native_enum=False, create_constraint=True, length=32)


def _job_loss(reasons: tuple[str, ...]) -> sa.Table:
    """The table as it is before the change: SQLite tells nothing about its CHECKs."""
    metadata = sa.MetaData(naming_convention=op.get_context().opts["target_metadata"].naming_convention)
    return sa.Table(
        "job_loss",
        metadata,
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("lost_on", sa.Date(), nullable=False),
        sa.Column("reason", _codes(*reasons), nullable=False),
        sa.Column("regained_placement_id", sa.Uuid(), nullable=True),
        sa.Column("regained_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_job_loss_household_code_household")
        ),
        sa.PrimaryKeyConstraint("household_code", name=op.f("pk_job_loss")),
    )
