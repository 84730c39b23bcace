"""A clue that a check confirmed 线索核实属实, as the clues tell it. No source reports it as a fact."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.kept import AsOf, Kept
from services.monitoring.evidence.types import EvidenceType
from services.monitoring.models.clues import ConfirmedReport
from shared.codes.monitoring import ClueType, RiskKind
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading


@dataclass(frozen=True, slots=True)
class Report:
    """The last clue of a household that a check confirmed."""

    clue_id: UUID
    confirmed_on: date
    ended_on: date | None = None
    """The day from which it holds no longer."""

    @property
    def stands(self) -> bool:
        """Whether neither its case nor, without one, its task has ended."""
        return self.ended_on is None

    def as_of(self, day: date) -> "Report | None":
        """The report as it was known on `day`."""
        if self.confirmed_on > day:
            return None
        return replace(self, ended_on=None) if self.ended_on is not None and self.ended_on > day else self


_REPORTS = table_of(ConfirmedReport)
_SELECT_REPORTS = sa.select(_REPORTS.c.household_code, *(_REPORTS.c[item.name] for item in fields(Report))).where(
    is_one_of(_REPORTS.c.household_code, "codes")
)


def load_reports_of(reading: Reading, codes: Collection[str]) -> Mapping[str, Report]:
    """The last confirmed clue of each of these households that had one."""
    rows = reading.connection.execute(_SELECT_REPORTS, {"codes": list(codes)})
    return {code: Report(*report) for code, *report in rows}


def _load_known(reading: Reading, codes: Sequence[str], as_of: AsOf) -> Mapping[str, Report | None]:
    return {code: report.as_of(as_of.on) for code, report in load_reports_of(reading, codes).items()}


REPORTS: Final[Kept[Report | None]] = Kept(_REPORTS, nothing=None, load=_load_known)
"""The last confirmed clue, also one that holds no longer; None where there never was one."""

REPORT: Final = EvidenceType("report", clue=ClueType.CLUE, speaks_for=frozenset({RiskKind.REPORTED}), kept=(REPORTS,))
