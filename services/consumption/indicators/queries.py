"""The indicators of a region and a month."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from services.consumption.indicators.rules import INDICATORS, has_target
from services.consumption.indicators.store import Counts, Scope, bindings, registers, reserves, sales, slow_sales
from shared.codes.consumption import ConsumptionIndicator
from shared.codes.indicators import IndicatorUnit
from shared.db.unit_of_work import Reading
from shared.http.indicators import IndicatorOut
from shared.indicators import Counted, Indicator
from shared.policy.loader import NATIONAL
from shared.regions import region_prefix
from shared.shares import WHOLE, format_share

_COUNTS: Final[Sequence[Callable[[Scope], Counts]]] = (sales, reserves, registers, slow_sales, bindings)


def indicators(reading: Reading, region_code: str | None, month: int | None) -> list[IndicatorOut]:
    """The indicators as of the last day of a month, by default as of today.

    Raises RegionNotAllowed for a region outside the caller's own, and Invalid for a month that has not begun.
    """
    return counted_in(Scope.of_month(reading, region_code, month))


def counted_in(scope: Scope) -> list[IndicatorOut]:
    """The indicators of a region as of the last day of a scope. Raises RegionNotAllowed."""
    counted: dict[ConsumptionIndicator, Counted] = {}
    for count in _COUNTS:
        counted |= count(scope)
    return [
        IndicatorOut.of(indicator, counted[ConsumptionIndicator(indicator.code)], _target(scope, indicator))
        for indicator in INDICATORS
    ]


def _target(scope: Scope, indicator: Indicator) -> Any:
    """What is aimed at in the region on the day, in the form of the value."""
    if indicator.target is None or not has_target(indicator, scope.region_code and region_prefix(scope.region_code)):
        return None
    aimed_at = scope.reading.policy.at(scope.region_code or NATIONAL, scope.on).find(indicator.target)
    if aimed_at is None:
        return None
    return format_share(int(aimed_at.value * WHOLE)) if indicator.unit is IndicatorUnit.SHARE else aimed_at.value
