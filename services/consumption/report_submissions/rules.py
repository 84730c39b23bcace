"""Which reports of sales there are, how often each is made, and where the policy says when. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from shared.codes.consumption import PeriodFigure, SalesReportKind
from shared.codes.indicators import IndicatorUnit
from shared.indicators import Indicator
from shared.reporting.rhythms import Rhythm, terms_under

RHYTHMS: Final[Mapping[SalesReportKind, Rhythm]] = {
    SalesReportKind.WEEKLY: Rhythm.WEEKLY,
    SalesReportKind.MONTHLY: Rhythm.MONTHLY,
    SalesReportKind.QUARTERLY: Rhythm.QUARTERLY,
    SalesReportKind.ANNUAL: Rhythm.YEARLY,
    SalesReportKind.AD_HOC: Rhythm.AD_HOC,
}
TERMS: Final = terms_under("consumption.reports")
_SOURCE: Final = "铜仁市“十四五”巩固拓展脱贫攻坚成果同乡村振兴有效衔接规划 第八章第四节"
_UNITS: Final = (IndicatorUnit.PIECES,) * 3 + (IndicatorUnit.YUAN,) * 2
PERIOD_FIGURES: Final[Sequence[Indicator]] = tuple(
    Indicator(code, unit, _SOURCE) for code, unit in zip(PeriodFigure, _UNITS, strict=True)
)
"""本期数: what a report tells of its period, in the order in which it is counted."""
