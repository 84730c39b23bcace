"""The indicators of monitoring, each with the document that asks for it and the parameter that holds its target."""

from collections.abc import Sequence
from typing import Any, Final

from shared.codes.indicators import IndicatorUnit
from shared.codes.monitoring import MonitoringIndicator
from shared.indicators import Indicator
from shared.money import divide_half_up
from shared.policy.parameters import ParameterValue
from shared.shares import WHOLE, format_share

MEASURE_DAYS: Final = "monitoring.measure_days"
"""帮扶措施落实时限: days from the admission."""

_TONGREN: Final = "铜仁市“十四五”巩固拓展脱贫攻坚成果同乡村振兴有效衔接规划"
_HEPING: Final = "禄丰市一镇促进脱贫人口持续增收三年行动实施方案 (2022—2024)"
_MOUDING: Final = "牟定县2023年巩固拓展脱贫攻坚成果推进乡村振兴十项重点工作实施方案"
_JINGBIAN: Final = "靖边县巩固拓展脱贫攻坚成果同乡村振兴有效衔接“百日提升”行动方案"
_NATIONAL_WORDING: Final = "防止返贫监测对象识别认定的全国表述 (秦安县政府网)"
_ELIMINATION: Final = "防止返贫监测对象风险消除条件 (枞阳县, 2024)"
_QUALITY: Final = "防返贫监测数据质量规则 (长顺县, 2023–2024)"
_PERCENT: Final = "percent"

_HOUSEHOLDS, _PEOPLE, _SHARE = IndicatorUnit.HOUSEHOLDS, IndicatorUnit.PEOPLE, IndicatorUnit.SHARE
_PIECES, _YUAN = IndicatorUnit.PIECES, IndicatorUnit.YUAN
_ALL: Final = MonitoringIndicator

INDICATORS: Final[Sequence[Indicator]] = (
    Indicator(_ALL.MONITORED_HOUSEHOLDS, _HOUSEHOLDS, f"{_TONGREN} 第二章"),
    Indicator(_ALL.MONITORED_PEOPLE, _PEOPLE, f"{_TONGREN} 第二章"),
    Indicator(_ALL.UNSTABLE_HOUSEHOLDS, _HOUSEHOLDS, f"{_TONGREN} 第五章第二节"),
    Indicator(_ALL.MARGINAL_HOUSEHOLDS, _HOUSEHOLDS, f"{_TONGREN} 第五章第二节"),
    Indicator(_ALL.SUDDEN_HOUSEHOLDS, _HOUSEHOLDS, f"{_TONGREN} 第五章第二节"),
    Indicator(_ALL.IDENTIFIED, _HOUSEHOLDS, f"{_TONGREN} 第五章第二节"),
    Indicator(_ALL.ADMITTED, _HOUSEHOLDS, f"{_TONGREN} 第五章第二节"),
    Indicator(_ALL.ELIMINATED, _HOUSEHOLDS, f"{_TONGREN} 第五章第二节"),
    Indicator(_ALL.ELIMINATION_RATE, _SHARE, _ELIMINATION),
    Indicator(_ALL.IDENTIFIED_IN_TIME_RATE, _SHARE, _NATIONAL_WORDING),
    Indicator(_ALL.CLUE_ANSWERED_RATE, _SHARE, f"{_HEPING} 三(五)14", "monitoring.platform.done_rate"),
    Indicator(_ALL.MEASURES_IN_TIME_RATE, _SHARE, "贵州防返贫监测应知应会 (2023)"),
    Indicator(_ALL.DEVELOPMENT_RATE, _SHARE, f"{_QUALITY} 5_12_007"),
    Indicator(_ALL.SAFETY_NET_RATE, _SHARE, f"{_JINGBIAN} 二(二)"),
    Indicator(_ALL.PATROL_RATE, _SHARE, f"{_JINGBIAN} 二(二)"),
    Indicator(_ALL.MONITORED_SHARE, _SHARE, f"{_HEPING} 二(二)"),
    Indicator(_ALL.FOCUS_VILLAGES, _PIECES, f"{_HEPING} 二(二)"),
    Indicator(_ALL.BELOW_10000, _HOUSEHOLDS, f"{_HEPING} 二(二)"),
    Indicator(_ALL.LIFTED_INCOME, _YUAN, f"{_HEPING} 一(二)", "monitoring.income.target.tuopin"),
    Indicator(_ALL.LIFTED_INCOME_GROWTH, _SHARE, f"{_HEPING} 一(二)", "monitoring.income.growth"),
    Indicator(_ALL.MONITORED_INCOME, _YUAN, f"{_HEPING} 一(二)", "monitoring.income.target.monitored"),
    Indicator(_ALL.MONITORED_INCOME_GROWTH, _SHARE, f"{_HEPING} 一(二)", "monitoring.income.growth"),
    Indicator(_ALL.DROPOUTS, _PEOPLE, f"{_MOUDING} 二(九)1", "monitoring.school.dropout"),
    Indicator(_ALL.INSURED_RATE, _SHARE, f"{_HEPING} 三(五)15"),
    Indicator(_ALL.REIMBURSED_RATE, _SHARE, f"{_HEPING} 三(五)15"),
    Indicator(_ALL.UNSAFE_HOUSING_OPEN, _HOUSEHOLDS, f"{_MOUDING} 二(九)3"),
    Indicator(_ALL.TAP_WATER_RATE, _SHARE, f"{_TONGREN} 专栏11", "monitoring.water.tap"),
    Indicator(_ALL.CENTRAL_WATER_RATE, _SHARE, f"{_TONGREN} 专栏11"),
    Indicator(_ALL.FINDINGS_OPEN, _PIECES, _QUALITY),
    Indicator(_ALL.FINDINGS_CLEARED_RATE, _SHARE, _QUALITY),
)


def target_of(aimed_at: ParameterValue | None) -> str | None:
    """What is aimed at, in the form of the value it is held against: a part of a hundred is a share."""
    if aimed_at is None:
        return None
    return _as_share(aimed_at.value) if aimed_at.unit.startswith(_PERCENT) else str(aimed_at.value)


def _as_share(percent: Any) -> str:
    return format_share(divide_half_up(int(percent * WHOLE), 100))
