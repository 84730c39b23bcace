"""The rows of submitted reports and of their figures."""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from shared.codes.code import Code
from shared.codes.indicators import IndicatorUnit
from shared.db.base import OpenCode, UtcDateTime
from shared.db.rows import insert_into, insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.http.indicators import IndicatorOut

_TEXTS: Final = (IndicatorUnit.SHARE, IndicatorUnit.YUAN)
"""What these count is told as text."""


class Submissions(NamedTuple):
    """The tables of a house: a report 报表 as a region submitted it, and its figures, which never change again."""

    submission: sa.Table
    figure: sa.Table

    def write(self, uow: UnitOfWork, row: dict[str, Any], items: Sequence[IndicatorOut]) -> bool:
        """Write a submission with its figures. Returns whether it is new: it is not where its id is there already."""
        adding = insert_into(self.submission, uow.connection.dialect.name).values(row)
        if not uow.connection.execute(adding.on_conflict_do_nothing(index_elements=["id"])).rowcount:
            return False
        figures = [_figure(row["id"], line_no, item) for line_no, item in enumerate(items, 1)]
        insert_rows(uow.connection, self.figure, figures)
        return True

    def load(self, reading: Reading, submission_id: UUID) -> sa.Row[Any] | None:
        """A submission; None where there is none."""
        asked = sa.select(self.submission).where(self.submission.c.id == submission_id)
        return reading.connection.execute(asked).one_or_none()

    def load_figures(self, reading: Reading, submission_id: UUID) -> list[dict[str, Any]]:
        """The figures of a submission as they were shown, without names."""
        asked = sa.select(self.figure).where(self.figure.c.submission_id == submission_id)
        rows = reading.connection.execute(asked.order_by(self.figure.c.line_no))
        return [{**row._asdict(), "value": _shown(row)} for row in rows]

    def load_of(self, reading: Reading, region_code: str) -> list[sa.Row[Any]]:
        """All that a region submitted, by day."""
        table = self.submission
        asked = sa.select(table).where(table.c.region_code == region_code)
        return list(reading.connection.execute(asked.order_by(table.c.submitted_at, table.c.id)))

    def load_submitted(self, reading: Reading, region_codes: Collection[str], year: int) -> set[tuple[Any, ...]]:
        """Region, report and period of what these regions submitted of a year."""
        table = self.submission
        of_year = is_one_of(table.c.region_code, "codes") & table.c.period.startswith(str(year))
        asked = sa.select(table.c.region_code, table.c.report, table.c.period).where(of_year)
        return {tuple(row) for row in reading.connection.execute(asked, {"codes": list(region_codes)})}


def lay_submissions(metadata: sa.MetaData, reports: type[Code], indicators: type[Code]) -> Submissions:
    """The tables of a house whose reports and whose indicators these are."""
    submission = sa.Table(
        "report_submission",
        metadata,
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("report", OpenCode(reports), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("submitted_by", sa.String(128), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Index("ix_report_submission_region_code", "region_code", "report", "period", unique=True),
        sa.Index("ix_report_submission_submitted_at", "submitted_at", "id"),
    )
    figure = sa.Table(
        "submitted_figure",
        metadata,
        sa.Column("submission_id", sa.Uuid(), sa.ForeignKey("report_submission.id"), primary_key=True),
        sa.Column("line_no", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("code", OpenCode(indicators), nullable=False),
        sa.Column("value", sa.String(32)),
        sa.Column("unit", OpenCode(IndicatorUnit), nullable=False),
        sa.Column("numerator", sa.BigInteger()),
        sa.Column("denominator", sa.BigInteger()),
        sa.Column("target", sa.String(32)),
        sa.Column("source", sa.String(256), nullable=False),
        sqlite_with_rowid=False,
    )
    return Submissions(submission, figure)


def _figure(submission_id: UUID, line_no: int, item: IndicatorOut) -> dict[str, Any]:
    value = None if item.value is None else str(item.value)
    kept = item.model_dump(include={"code", "unit", "numerator", "denominator", "target", "source"})
    return {"submission_id": submission_id, "line_no": line_no, "value": value, **kept}


def _shown(row: sa.Row[Any]) -> int | str | None:
    value: str | None = row.value
    return value if value is None or row.unit in _TEXTS else int(value)
