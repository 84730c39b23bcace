"""规则手册 the rule book: what each rule asks in the words of an official, and the parameters it rests on."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from services.monitoring.risks.rules import parameters as of
from shared.codes.monitoring import RiskKind
from shared.words.said import Said, says


class Chapter(NamedTuple):
    """One rule as the book tells it."""

    asks: Said
    """What it asks, and when it is red."""
    parameters: tuple[str, ...]
    """The keys of the policy values that it rests on."""


_NEAR: Final = (of.INCOME_LINE, of.NEAR_LINE_RATIO, of.MIN_MONTHS, of.WINDOW_MONTHS)
_INCOME: Final = (of.INCOME_LINE, of.WINDOW_MONTHS, of.MIN_MONTHS, of.CLEAR_MARGIN_RATIO)

RULE_BOOK: Final[Mapping[RiskKind, Chapter]] = {
    RiskKind.BELOW_LINE: Chapter(says("rule-below-line"), (*_INCOME, of.SERIOUS_ILLNESSES)),
    RiskKind.INCOME_DROP: Chapter(says("rule-income-drop"), (*_NEAR, of.DROP_RATIO, of.CLEAR_MARGIN_RATIO)),
    RiskKind.RIGID_EXPENSE: Chapter(says("rule-rigid-expense"), _INCOME),
    RiskKind.NEW_ILLNESS: Chapter(
        says("rule-new-illness"), (of.SERIOUS_ILLNESSES, of.MEDICAL_COST, of.WINDOW_MONTHS, of.CLEAR_MARGIN_RATIO)
    ),
    RiskKind.JOB_LOSS: Chapter(says("rule-job-loss"), _NEAR),
    RiskKind.DROPOUT: Chapter(says("rule-dropout"), (of.COMPULSORY_AGE, of.SOURCE_ORDER)),
    RiskKind.EDUCATION_COST: Chapter(says("rule-education-cost"), (of.EDUCATION_COST, of.COMPULSORY_AGE)),
    RiskKind.DISABILITY: Chapter(says("rule-disability"), (of.EVENT_MONTHS, of.SOURCE_ORDER)),
    RiskKind.NO_LABOUR: Chapter(says("rule-no-labour"), (*_NEAR, of.SOURCE_ORDER)),
    RiskKind.ACCIDENT: Chapter(says("rule-accident"), (of.EVENT_MONTHS, of.CAUSES_EXTRA)),
    RiskKind.DISASTER: Chapter(says("rule-disaster"), (of.EVENT_MONTHS,)),
    RiskKind.PRODUCTION_FAILURE: Chapter(says("rule-production-failure"), (of.EVENT_MONTHS, *_NEAR)),
    RiskKind.ZERO_JOB: Chapter(says("rule-zero-job"), (of.ZERO_JOB_FOR, of.WORKING_AGE, of.SOURCE_ORDER)),
    RiskKind.UNSAFE_HOUSING: Chapter(says("rule-unsafe-housing"), (of.SOURCE_ORDER,)),
    RiskKind.UNSAFE_WATER: Chapter(says("rule-unsafe-water"), (of.WATER_TEST, of.SOURCE_ORDER)),
    RiskKind.UNINSURED: Chapter(says("rule-uninsured"), (of.SOURCE_ORDER,)),
    RiskKind.RELIEF_ENDED: Chapter(says("rule-relief-ended"), (of.EVENT_MONTHS, of.SOURCE_ORDER)),
    RiskKind.REPORTED: Chapter(says("rule-reported"), ()),
    RiskKind.SLOW_SALE: Chapter(says("rule-slow-sale"), ()),
}
"""A chapter for each rule, in the order in which they are asked."""
