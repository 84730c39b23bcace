"""Households and requests known from the bus, workers, vacancies, placements, wages."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime
from shared.helping.migrations import (
    create_known_household_v1,
    create_measure_request_v1,
    drop_known_household_v1,
    drop_measure_request_v1,
)

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_known_household_v1()
    create_measure_request_v1()
    _create_worker()
    _create_vacancy()
    _create_placement()
    _create_wage()


def downgrade() -> None:
    op.drop_table("wage")
    op.drop_table("placement")
    op.drop_table("vacancy")
    op.drop_table("worker")
    drop_measure_request_v1()
    drop_known_household_v1()


def _codes(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _column(name: str, type_: Any, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=nullable)


def _create_worker() -> None:
    op.create_table(
        "worker",
        _column("id", sa.Uuid()),
        _column("household_code", sa.String(64)),
        _column("region_code", sa.String(12)),
        _column("member_no", sa.Integer()),
        _column("sex", _codes("sex", "M", "F")),
        _column("birth_year", sa.Integer()),
        _column("labour", _codes("labour", "ordinary", "skilled", "weak", "lost", "none")),
        _column("student", sa.Boolean()),
        _column("active", sa.Boolean()),
        _column("version", sa.Integer()),
        _column("status", _codes("workerstatus", "idle", "offered", "employed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_index("ix_worker_household_code_member_no", "worker", ["household_code", "member_no"])


def _create_vacancy() -> None:
    op.create_table(
        "vacancy",
        _column("code", sa.String(64)),
        _column("employer", sa.String(128)),
        _column("kind", _codes("vacancykind", "market", "workshop", "public_post")),
        _column("place_code", sa.String(12)),
        _column("occupation", sa.String(128)),
        _column("headcount", sa.Integer()),
        _column("wage_month", sa.BigInteger()),
        _column("min_age", sa.Integer()),
        _column("max_age", sa.Integer()),
        _column("needs", sa.JSON()),
        _column("valid_until", sa.Date()),
        _column("version", sa.Integer()),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_vacancy")),
    )


def _create_placement() -> None:
    reasons = ("finished", "dismissed", "illness", "family", "other")
    op.create_table(
        "placement",
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
    )
    op.create_index("ix_placement_worker_id", "placement", ["worker_id"])
    op.create_index("ix_placement_request_id", "placement", ["request_id"])
    op.create_index("ix_placement_household_code_status", "placement", ["household_code", "status"])
    op.create_index("ix_placement_vacancy_code_status", "placement", ["vacancy_code", "status"])
    op.create_index("ix_placement_placed_at_id", "placement", ["placed_at", "id"])


def _create_wage() -> None:
    op.create_table(
        "wage",
        _column("id", sa.Uuid()),
        _column("source", sa.String(64)),
        _column("source_ref", sa.String(128)),
        _column("placement_id", sa.Uuid()),
        _column("month", sa.Integer()),
        _column("amount", sa.BigInteger()),
        _column("supersedes_id", sa.Uuid(), nullable=True),
        _column("recorded_at", UtcDateTime()),
        _column("recorded_by", sa.String(64)),
        _column("correlation_id", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wage")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_wage_placement_id_placement")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["wage.id"], name=op.f("fk_wage_supersedes_id_wage")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_wage_supersedes_id")),
    )
    op.create_index("ix_wage_placement_id", "wage", ["placement_id"])
    op.create_index("ix_wage_recorded_at_id", "wage", ["recorded_at", "id"])
