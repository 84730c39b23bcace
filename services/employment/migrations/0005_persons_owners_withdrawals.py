"""Workers are persons, vacancies have owners, wages can be withdrawn, and what changed can be asked for."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.db.system_migrations import add_spelling_index, drop_spelling_index
from shared.helping.migrations import add_household_end, drop_household_end

revision = "0005"
down_revision = "0004"

_BEFORE = ("finished", "dismissed", "illness", "family", "other")
_AFTER = ("finished", "dismissed", "illness", "family", "left_household", "other")
_CHANGED = {"vacancy": "updated_at", "placement": "placed_at", "wage": "recorded_at"}
"""When a row was changed last, as far as it was kept."""


def upgrade() -> None:
    add_household_end()
    op.add_column("worker", sa.Column("person_id", sa.Uuid(), nullable=True))
    op.add_column("worker", sa.Column("born_on", sa.Date(), nullable=True))
    op.add_column("worker", sa.Column("present", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("vacancy", sa.Column("region_code", sa.String(12), nullable=True))
    op.add_column("vacancy", sa.Column("registered_by", sa.String(64), nullable=True))
    _change_reasons(_BEFORE, _AFTER)
    for table, changed in _CHANGED.items():
        long_ago = sa.text("'1970-01-01 00:00:00'")
        op.add_column(table, sa.Column("updated_at", UtcDateTime(), nullable=False, server_default=long_ago))
        op.execute(sa.text(f"UPDATE {table} SET updated_at = {changed}"))  # noqa: S608  only names
        op.create_index(f"ix_{table}_updated_at", table, ["updated_at"])
    op.execute(
        sa.text(
            "ALTER TABLE wage ADD COLUMN status VARCHAR(32) DEFAULT 'stands' NOT NULL"
            " CONSTRAINT ck_wage_recordstatus CHECK (status IN ('stands', 'superseded', 'withdrawn'))"
        )
    )
    op.execute(
        sa.text(
            "UPDATE wage SET status = 'superseded'"
            " WHERE id IN (SELECT supersedes_id FROM wage WHERE supersedes_id IS NOT NULL)"
        )
    )
    _create_withdrawal()
    add_spelling_index("vacancy")


def downgrade() -> None:
    drop_spelling_index("vacancy")
    op.drop_table("wage_withdrawal")
    op.drop_column("wage", "status")
    for table in _CHANGED:
        op.drop_index(f"ix_{table}_updated_at", table)
        op.drop_column(table, "updated_at")
    op.execute(sa.text("UPDATE placement SET end_reason = 'other' WHERE end_reason = 'left_household'"))
    _change_reasons(_AFTER, _BEFORE)
    op.drop_column("vacancy", "registered_by")
    op.drop_column("vacancy", "region_code")
    op.drop_column("worker", "present")
    op.drop_column("worker", "born_on")
    op.drop_column("worker", "person_id")
    drop_household_end()


def _codes(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _column(name: str, type_: Any, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=nullable)


def _change_reasons(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Let the CHECK of an end's reason name other reasons. SQLite can only copy the table for that."""
    with op.batch_alter_table("placement", copy_from=_placement(before)) as placement:
        name = "placementendreason"
        placement.alter_column("end_reason", existing_type=_codes(name, *before), type_=_codes(name, *after))


def _placement(reasons: tuple[str, ...]) -> sa.Table:
    """The table as it is before the change: SQLite tells nothing about its CHECKs."""
    metadata = sa.MetaData(naming_convention=op.get_context().opts["target_metadata"].naming_convention)
    return sa.Table(
        "placement",
        metadata,
        _column("id", sa.Uuid()),
        _column("worker_id", sa.Uuid()),
        _column("household_code", sa.String(64)),
        _column("vacancy_code", sa.String(64)),
        _column("request_id", sa.Uuid(), nullable=True),
        _column("status", _codes("placementstatus", "placed", "departed", "started", "ended")),
        _column("placed_at", UtcDateTime()),
        _column("departed_on", sa.Date(), nullable=True),
        _column("started_on", sa.Date(), nullable=True),
        _column("ended_on", sa.Date(), nullable=True),
        _column("end_reason", _codes("placementendreason", *reasons), nullable=True),
        _column("version", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_placement_worker_id_worker")),
        sa.ForeignKeyConstraint(["vacancy_code"], ["vacancy.code"], name=op.f("fk_placement_vacancy_code_vacancy")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["measure_request.id"], name=op.f("fk_placement_request_id_measure_request")
        ),
        sa.Index("ix_placement_worker_id", "worker_id"),
        sa.Index("ix_placement_request_id", "request_id"),
        sa.Index("ix_placement_household_code_status", "household_code", "status"),
        sa.Index("ix_placement_vacancy_code_status", "vacancy_code", "status"),
        sa.Index("ix_placement_placed_at_id", "placed_at", "id"),
    )


def _create_withdrawal() -> None:
    reasons = ("wrong_household", "wrong_person", "wrong_amount", "duplicate", "other")
    op.create_table(
        "wage_withdrawal",
        _column("id", sa.Uuid()),
        _column("wage_id", sa.Uuid()),
        _column("source", sa.String(64)),
        _column("source_ref", sa.String(128)),
        _column("reason", _codes("withdrawalreason", *reasons)),
        _column("withdrawn_at", UtcDateTime()),
        _column("withdrawn_by", sa.String(64)),
        _column("correlation_id", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wage_withdrawal")),
        sa.ForeignKeyConstraint(["wage_id"], ["wage.id"], name=op.f("fk_wage_withdrawal_wage_id_wage")),
        sa.UniqueConstraint("wage_id", name=op.f("uq_wage_withdrawal_wage_id")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_wage_withdrawal_source_source_ref")),
    )
