"""Loss of work: a fifth kind of risk, and the last loss of each household."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0002"
down_revision = "0001"

_FOUR = ("below_line", "income_drop", "rigid_expense", "new_illness")
_FIVE = (*_FOUR, "job_loss")


def upgrade() -> None:
    op.create_table(
        "job_loss",
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("lost_on", sa.Date(), nullable=False),
        sa.Column(
            "reason",
            _codes("placementendreason", "finished", "dismissed", "illness", "family", "other"),
            nullable=False,
        ),
        sa.Column("regained_placement_id", sa.Uuid(), nullable=True),
        sa.Column("regained_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_job_loss_household_code_household")
        ),
        sa.PrimaryKeyConstraint("household_code", name=op.f("pk_job_loss")),
    )
    op.add_column(
        "household_window", sa.Column("has_job_loss", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _change_kinds(_FOUR, _FIVE)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM risk WHERE kind = 'job_loss'"))
    _change_kinds(_FIVE, _FOUR)
    op.drop_column("household_window", "has_job_loss")
    op.drop_table("job_loss")


def _change_kinds(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Let the CHECK of a risk's kind name other kinds. SQLite can only copy the table for that."""
    with op.batch_alter_table("risk", copy_from=_risk(before)) as risk:
        risk.alter_column("kind", existing_type=_codes("riskkind", *before), type_=_codes("riskkind", *after))


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)


def _risk(kinds: tuple[str, ...]) -> sa.Table:
    """The table as it is before the change: SQLite tells nothing about its CHECKs."""
    metadata = sa.MetaData(naming_convention=op.get_context().opts["target_metadata"].naming_convention)
    return sa.Table(
        "risk",
        metadata,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("kind", _codes("riskkind", *kinds), nullable=False),
        sa.Column("grade", _codes("riskgrade", "orange", "red"), nullable=False),
        sa.Column("status", _codes("riskstatus", "open", "cleared"), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("pack", sa.String(96), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("cleared_at", UtcDateTime(), nullable=True),
        sa.Column("verdict", _codes("taskverdict", "confirmed", "no_risk"), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["household_code"], ["household.code"], name=op.f("fk_risk_household_code_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk")),
        sa.UniqueConstraint("household_code", "kind", "episode", name=op.f("uq_risk_household_code_kind_episode")),
        sa.Index(op.f("ix_risk_region_code"), "region_code"),
    )
