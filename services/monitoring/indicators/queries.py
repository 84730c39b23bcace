"""The indicators of a region and a span of days."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from services.monitoring.indicators.rules import INDICATORS, target_of
from services.monitoring.indicators.store import circumstances, grid, money, objects
from services.monitoring.indicators.store.scope import Scope
from shared.codes.monitoring import MonitoringIndicator
from shared.db.unit_of_work import Reading
from shared.http.indicators import IndicatorOut
from shared.indicators import Counted, Indicator

_COUNTS: Final[Sequence[Callable[[Scope], Mapping[MonitoringIndicator, Counted]]]] = (
    objects.monitored,
    objects.came_and_went,
    objects.in_time,
    objects.helped_in_time,
    grid.seen,
    grid.villages,
    money.low_incomes,
    money.incomes,
    circumstances.out_of_school,
    circumstances.insured,
    circumstances.reimbursed,
    circumstances.unsafe_housing,
    circumstances.supplied,
    grid.findings,
)


def indicators(reading: Reading, region_code: str | None, month: int | None) -> list[IndicatorOut]:
    """The indicators of a month, by default this one up to today.

    Raises RegionNotAllowed for a region outside the caller's own, and Invalid for a month that has not begun.
    """
    return counted_in(Scope.of_month(reading, region_code, month))


def counted_in(scope: Scope) -> list[IndicatorOut]:
    """The indicators of a region and a span of days."""
    counted: dict[MonitoringIndicator, Counted] = {}
    for count in _COUNTS:
        counted |= count(scope)
    return [_shown(scope, indicator, counted) for indicator in INDICATORS]


def _shown(scope: Scope, indicator: Indicator, counted: Mapping[MonitoringIndicator, Counted]) -> IndicatorOut:
    aimed_at = None if indicator.target is None else scope.view.find(indicator.target)
    found = counted[MonitoringIndicator(indicator.code)]
    return IndicatorOut.of(indicator, found, target_of(aimed_at))
