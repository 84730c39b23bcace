"""What a house says of the reports that its regions owe."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel

from shared.codes.code import Code
from shared.db.unit_of_work import Reading
from shared.http.indicators import IndicatorOut
from shared.lists.query import ListQuery
from shared.policy.parameters import PolicyView
from shared.reporting.rhythms import Rhythm, Terms
from shared.reporting.rows import Submissions
from shared.sheets.columns import Sheet


class Held(NamedTuple):
    """What is owed and held, not submitted 集中排查: by which day, and the day on which it was."""

    report: Code
    period: str
    due_on: dt.date
    held_on: dt.date | None


def _nothing(_reading: Reading, _region_code: str, _year: int) -> Iterable[Held]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """The bodies of a house, with the names of its reports."""

    figures: type[BaseModel]
    sent: type[Any]
    listed: type[Any]
    submitted: type[Any]
    item: type[Any]
    calendar: type[Any]
    late: type[Any]
    overdue: type[Any]
    asked: type[ListQuery]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """The reports of a house 报表: which there are, how their figures are counted, who reads and submits them."""

    rhythms: Mapping[Any, Rhythm]
    """How often each report is made that is submitted; one for each rhythm."""
    terms: Callable[[PolicyView], Terms]
    """What a policy says of them."""
    rows: Submissions
    count: Callable[[Reading, str | None, dt.date, dt.date], Sequence[IndicatorOut]]
    """The figures of a region and a span of days. Raises RegionNotAllowed, and Invalid for days that have not begun."""
    name_of: Callable[[Any], Code]
    """The indicator of a figure that was kept."""
    shapes: Shapes
    sheets: Mapping[Any, Sheet]
    """The sheet of each report."""
    read: tuple[str, ...]
    write: tuple[str, ...]
    held: Callable[[Reading, str, int], Iterable[Held]] = _nothing
    """What a region owes in a year that is held."""

    def report_of(self, rhythm: Rhythm) -> Any:
        """The report of a rhythm."""
        return next(report for report, each in self.rhythms.items() if each is rhythm)
