"""饮水安全无保障: a test of drinking water failed."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from services.monitoring.evidence.circumstances import of_household, standing
from services.monitoring.evidence.water import WATER_KNOWN
from services.monitoring.risks.rules.found import Found, answer, nothing_of_concern, unknown
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth, may_be_concerned
from services.monitoring.risks.rules.parameters import SOURCE_ORDER, WATER_TEST, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict, undecided
from shared.codes.circumstances import WaterQuality, WaterTest
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.UNSAFE_WATER
_CLEARED: Final = says("water-is-safe")
_CITED: Final = (WATER_TEST, SOURCE_ORDER)
_AT_LEAST: Final = WaterTest.LITRES
"""Of all other tests, more is worse."""
_FIELDS: Final[Mapping[WaterTest, str]] = {
    WaterTest.LITRES: "litres_per_day",
    WaterTest.DISTANCE: "distance_m",
    WaterTest.HEIGHT: "height_m",
    WaterTest.MINUTES: "minutes",
    WaterTest.DAYS_SHORT: "days_short",
}


def judge_unsafe_water(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while the water is bad or a number fails `water_test`, a reason for each test; red where it is cut off.

    Source: 牟定县2023年十项重点工作 二(九)4; T/CHES 18-2018; 元谋县 2023 for a cut.
    """
    if (quiet := nothing_of_concern(_KIND, state, WATER_KNOWN, open_risk)) is not None:
        return quiet
    if parameters.water_test is None:
        return undecided(_KIND, parameters, WATER_TEST)
    said = state.sees(WATER_KNOWN)
    holding = standing(of_household(said), parameters.source_order).values()
    if not holding and open_risk is None:
        return unknown(_KIND)
    found = [
        _failed(test, number, limit, one.observed_on)
        for one in holding
        for test, number, limit, passed in tests_of(one.said, parameters.water_test, parameters.decided_on)
        if passed is False
    ]
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def tests_of(
    said: Mapping[str, Any], limits: Mapping[WaterTest, Decimal], on: date
) -> Iterator[tuple[WaterTest, str | None, str, bool | None]]:
    """Each test of drinking water: its name, what was said, the limit, and whether it was passed; None is unknown."""
    quality = said["quality"]
    yield WaterTest.QUALITY, quality, WaterQuality.GOOD.value, None if quality is None else quality != WaterQuality.BAD
    for test, limit in limits.items():
        number = _days_cut(said["cut_since"], on) if test == WaterTest.CUT_DAYS else _number(said[_FIELDS[test]])
        passed = None if number is None else number >= limit if test == _AT_LEAST else number <= limit
        yield test, None if number is None else format(number, "f"), format(limit, "f"), passed


def _number(value: str | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _days_cut(since: str | None, on: date) -> Decimal:
    """How many days there has been no water; none where nobody says so."""
    return Decimal(0) if since is None else Decimal((on - date.fromisoformat(since)).days)


def _failed(test: WaterTest, number: str | None, limit: str, observed_on: date) -> Found:
    inputs = {"test": test.value, "value": number, "limit": limit, "observed_on": observed_on.isoformat()}
    said = {WaterTest.QUALITY: says("water-is-bad"), WaterTest.CUT_DAYS: says("water-is-cut")}.get(
        test, says("water-test-failed")
    )
    return Found(test, said, inputs, red=test == WaterTest.CUT_DAYS)


def _knows(figures: Figures, _: RuleParameters) -> Truth:
    return figures.knows(WATER_KNOWN)


QUIET_UNSAFE_WATER: Final = Quiet(may_be_concerned, suffices=_knows)
