"""Rows of submitted reports and their figures, and the screenings that were held."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.contacts.rules import regions_around
from services.monitoring.models.screenings import Screening
from services.monitoring.models.submissions import ReportSubmission, SubmittedFigure
from shared.codes.indicators import IndicatorUnit
from shared.db.base import table_of
from shared.db.rows import insert_into, insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.http.indicators import IndicatorOut

_SUBMISSIONS, _FIGURES, _SCREENINGS = table_of(ReportSubmission), table_of(SubmittedFigure), table_of(Screening)
_TEXTS = (IndicatorUnit.SHARE, IndicatorUnit.YUAN)
"""What these count is told as text."""


def write_submission(uow: UnitOfWork, row: dict[str, Any], items: Sequence[IndicatorOut]) -> bool:
    """Write a submission with its figures. Returns whether it is new: it is not where its id is there already."""
    adding = insert_into(_SUBMISSIONS, uow.connection.dialect.name).values(row)
    if not uow.connection.execute(adding.on_conflict_do_nothing(index_elements=["id"])).rowcount:
        return False
    figures = [_figure(row["id"], line_no, item) for line_no, item in enumerate(items, 1)]
    insert_rows(uow.connection, _FIGURES, figures)
    return True


def _figure(submission_id: UUID, line_no: int, item: IndicatorOut) -> dict[str, Any]:
    value = None if item.value is None else str(item.value)
    kept = item.model_dump(include={"code", "unit", "numerator", "denominator", "target", "source"})
    return {"submission_id": submission_id, "line_no": line_no, "value": value, **kept}


def load_submission(reading: Reading, submission_id: UUID) -> sa.Row[Any] | None:
    """A submission; None where there is none."""
    asked = sa.select(_SUBMISSIONS).where(_SUBMISSIONS.c.id == submission_id)
    return reading.connection.execute(asked).one_or_none()


def load_figures(reading: Reading, submission_id: UUID) -> list[dict[str, Any]]:
    """The figures of a submission as they were shown, without names."""
    asked = sa.select(_FIGURES).where(_FIGURES.c.submission_id == submission_id).order_by(_FIGURES.c.line_no)
    return [{**row._asdict(), "value": _shown(row)} for row in reading.connection.execute(asked)]


def _shown(row: sa.Row[Any]) -> int | str | None:
    value: str | None = row.value
    return value if value is None or row.unit in _TEXTS else int(value)


def load_submissions_of(reading: Reading, region_code: str) -> list[sa.Row[Any]]:
    """All that a region submitted, by day."""
    asked = sa.select(_SUBMISSIONS).where(_SUBMISSIONS.c.region_code == region_code)
    return list(reading.connection.execute(asked.order_by(_SUBMISSIONS.c.submitted_at, _SUBMISSIONS.c.id)))


def load_screened_on(reading: Reading, region_code: str, year: int, number: int) -> dt.date | None:
    """The day of the screening with which a region, or one around it, was screened so often in a year."""
    whole = _SCREENINGS.c.region_code.is_(None) | _SCREENINGS.c.region_code.in_(regions_around(region_code))
    held = sa.select(_SCREENINGS.c.as_of).where(
        whole,
        _SCREENINGS.c.as_of.between(dt.date(year, 1, 1), dt.date(year, 12, 31)),
        _SCREENINGS.c.ended_at.is_not(None),
        sa.not_(_SCREENINGS.c.dry_run),
    )
    found: dt.date | None = reading.connection.scalar(held.order_by(_SCREENINGS.c.as_of).offset(number - 1).limit(1))
    return found
