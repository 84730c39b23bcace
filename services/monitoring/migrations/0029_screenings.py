"""Screenings keep what they found, of which households; the roll of the night keeps its last day."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

from shared.codes.monitoring import RiskGrade, RiskKind
from shared.db.base import OpenCode, UtcDateTime

revision = "0029"
down_revision = "0028"

_SINCE_BEGUN = ("households", "judged", "raised", "updated", "cleared", "households_at_risk", "newly", "no_longer")
_JOB = sa.table(
    "job",
    sa.column("id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("status", sa.String()),
    sa.column("asked", sa.JSON()),
    sa.column("asked_by", sa.String()),
    sa.column("position", sa.JSON(none_as_null=True)),
    sa.column("done", sa.Integer()),
    sa.column("result", sa.JSON()),
    sa.column("created_at", UtcDateTime()),
)
_UNFINISHED = _JOB.c.status.in_(("queued", "running"))


def upgrade() -> None:
    screening = op.create_table(
        "screening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _SINCE_BEGUN),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["previous_id"], ["screening.id"], name="fk_screening_previous_id_screening"),
        sa.PrimaryKeyConstraint("id", name="pk_screening"),
    )
    op.create_index("ix_screening_began_at_id", "screening", ["began_at", "id"])
    op.create_index("ix_screening_region_code", "screening", ["region_code"])
    op.create_index("ix_screening_updated_at", "screening", ["updated_at"])
    op.create_table(
        "screening_kind",
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("kind", OpenCode(RiskKind), nullable=False),
        sa.Column("grade", OpenCode(RiskGrade), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("open", "raised", "cleared")),
        sa.ForeignKeyConstraint(["screening_id"], ["screening.id"], name="fk_screening_kind_screening_id_screening"),
        sa.PrimaryKeyConstraint("screening_id", "kind", "grade", name="pk_screening_kind"),
    )
    op.create_table(
        "screening_region",
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("households_at_risk", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["screening_id"], ["screening.id"], name="fk_screening_region_screening_id_screening"),
        sa.PrimaryKeyConstraint("screening_id", "region_code", name="pk_screening_region"),
    )
    op.create_table(
        "screening_household",
        sa.Column("screening_id", sa.Uuid(), nullable=False),
        sa.Column("household_code", sa.String(length=64), nullable=False),
        sa.Column("grade", OpenCode(RiskGrade), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("screening_id", "household_code", name="pk_screening_household"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "nightly_roll",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ended", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_nightly_roll"),
    )
    op.drop_table("window_roll")
    _rename_jobs("ledger-audit", "recompute")
    _begin_screenings_anew(screening)


def _rename_jobs(before: str, after: str) -> None:
    op.execute(sa.update(_JOB).where(_JOB.c.kind == before).values(kind=after))


def _begin_screenings_anew(screening: sa.Table) -> None:
    """What an earlier release began has counted nothing: it is gone through from its first household again."""
    connection = op.get_bind()
    begun = sa.select(_JOB).where(_JOB.c.kind == "screening", _UNFINISHED)
    for job in connection.execute(begun).all():
        row = {
            "id": job.id,
            "region_code": None,
            "as_of": dt.date.fromisoformat(job.asked["as_of"]),
            "dry_run": False,
            "asked_by": job.asked_by,
            "began_at": job.created_at,
            "updated_at": job.created_at,
            **dict.fromkeys(_SINCE_BEGUN, 0),
        }
        connection.execute(sa.insert(screening).values(row))
        asked = {"screening_id": str(job.id), "region_code": None, "as_of": job.asked["as_of"], "dry_run": False}
        anew = {"asked": asked, "position": None, "done": 0, "result": {}}
        connection.execute(sa.update(_JOB).where(_JOB.c.id == job.id).values(anew))


def downgrade() -> None:
    of_this_release = _JOB.c.kind.in_(("nightly-roll", "screening"))
    op.execute(sa.update(_JOB).where(of_this_release, _UNFINISHED).values(status="cancelled"))
    _rename_jobs("recompute", "ledger-audit")
    op.create_table(
        "window_roll",
        sa.Column("anchor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("anchor", name=op.f("pk_window_roll")),
    )
    for table in ("nightly_roll", "screening_household", "screening_region", "screening_kind", "screening"):
        op.drop_table(table)
