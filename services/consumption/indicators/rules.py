"""The indicators of consumption, each with the document that asks for it and the parameter that holds its target."""

from collections.abc import Sequence
from typing import Final

from shared.codes.consumption import ConsumptionIndicator
from shared.codes.indicators import IndicatorUnit
from shared.indicators import Indicator
from shared.regions import LEVEL_DIGITS, RegionLevel

_TONGREN: Final = "铜仁市“十四五”巩固拓展脱贫攻坚成果同乡村振兴有效衔接规划"
_HEPING: Final = "禄丰市一镇促进脱贫人口持续增收三年行动实施方案 (2022—2024)"
_YUAN, _SHARE, _PIECES = IndicatorUnit.YUAN, IndicatorUnit.SHARE, IndicatorUnit.PIECES
_ALL: Final = ConsumptionIndicator

INDICATORS: Final[Sequence[Indicator]] = (
    Indicator(_ALL.PURCHASED, _YUAN, f"{_TONGREN} 第八章第四节"),
    Indicator(_ALL.HELPED_TO_SELL, _YUAN, f"{_TONGREN} 第八章第四节"),
    Indicator(_ALL.RESERVE_FULFILMENT, _SHARE, f"{_TONGREN} 第八章第四节"),
    Indicator(_ALL.BASKET_BASES, _PIECES, f"{_TONGREN} 第八章第二节", "consumption.basket_bases"),
    Indicator(_ALL.CHANNELS, _PIECES, f"{_TONGREN} 第八章第二节", "consumption.channels_per_county"),
    Indicator(_ALL.OUTLETS, _PIECES, f"{_TONGREN} 第八章第二节", "consumption.outlets_per_county"),
    Indicator(_ALL.FAIRS, _PIECES, f"{_TONGREN} 第八章第二节", "consumption.fairs_per_year"),
    Indicator(_ALL.RECOGNISED, _PIECES, f"{_TONGREN} 第八章第四节"),
    Indicator(_ALL.SLOW_SALES_HANDLED, _SHARE, f"{_TONGREN} 第八章第四节"),
    Indicator(_ALL.SLOW_SALE_DAYS, IndicatorUnit.DAYS, f"{_TONGREN} 第八章第四节"),
    Indicator(_ALL.JOIN_RATE, _SHARE, f"{_HEPING} 三(一)4", "consumption.join_rate"),
    Indicator(_ALL.FIRM_BIND_RATE, _SHARE, f"{_HEPING} 三(一)4", "consumption.firm_bind_rate"),
)
_AIMED_AT: Final = {
    _ALL.BASKET_BASES: RegionLevel.PREFECTURE,
    _ALL.CHANNELS: RegionLevel.COUNTY,
    _ALL.OUTLETS: RegionLevel.COUNTY,
}
"""What is aimed at for each region of one level; what stands not here is aimed at everywhere."""


def has_target(indicator: Indicator, region_prefix: str | None) -> bool:
    """Whether something is aimed at for a region: a target of a county says nothing of a city."""
    level = _AIMED_AT.get(_ALL(indicator.code))
    if indicator.target is None or region_prefix is None:
        return False
    return level is None or len(region_prefix) == LEVEL_DIGITS[level]
