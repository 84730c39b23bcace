"""监测对象类别: the class follows from figures and from what a visit saw. Nobody chooses it."""

from collections.abc import Collection
from typing import Final

from services.monitoring.cases.rules.figures import Figures
from shared.codes.monitoring import HouseholdClass, RiskKind

SUDDEN_RISKS: Final = frozenset(
    {
        RiskKind.RIGID_EXPENSE,
        RiskKind.INCOME_DROP,
        RiskKind.NEW_ILLNESS,
        RiskKind.ACCIDENT,
        RiskKind.DISASTER,
    }
)
"""刚性支出较大或收入大幅缩减, 因病、因意外事故、因灾: what makes a difficulty sudden."""


def class_of(
    figures: Figures, *, is_lifted: bool, life_difficult: bool | None, open_risks: Collection[RiskKind]
) -> HouseholdClass | None:
    """The class of a household; None where it belongs to none, or months are unknown.

    Source: 铜仁市“十四五”规划 第四章第一节: 脱贫不稳定户 and 边缘易致贫户 by income below the line, 突发严重困难户
    above it.
    """
    reaches = figures.reaches_line()
    if reaches is None:
        return None
    if not reaches:
        return HouseholdClass.UNSTABLE if is_lifted else HouseholdClass.MARGINAL
    if life_difficult and not SUDDEN_RISKS.isdisjoint(open_risks):
        return HouseholdClass.SUDDEN
    return None
