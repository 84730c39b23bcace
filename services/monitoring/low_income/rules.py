"""In which class of the low-income population 低收入人口 a household stands: the first that fits. Pure."""

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple, Self

from services.monitoring.ledger.rules.income import IncomeStatement
from services.monitoring.risks.rules import forms
from services.monitoring.risks.rules.forms import Threshold
from services.monitoring.risks.rules.parameters import MIN_MONTHS
from shared.codes.circumstances import ReliefScheme
from shared.codes.monitoring import LowIncomeClass
from shared.policy.parameters import PolicyView

DIBAO_LINE: Final = "monitoring.dibao_line"
"""农村低保保障标准: yuan per head and year."""

DIBAO_MARGIN_RATIO: Final = "monitoring.dibao_margin_ratio"
"""低保边缘: how many times the standard an income has to fall short of."""

RIGID_EXPENSE_SHARE: Final = "monitoring.rigid_expense_share"
"""刚性支出困难: the share of its income that a household bears itself."""


class LowIncomeTerms(NamedTuple):
    """What the policy of a region says of the classes; None is a value that it does not have."""

    margin: Threshold | None
    """低保边缘: fen for each member and year."""
    rigid_share: Threshold | None
    min_months: int | None
    """Months of the window that have to be known before anything is said of an income."""

    @classmethod
    def from_view(cls, view: PolicyView) -> Self:
        """What a policy says on its day. Raises ValueError for a value of the wrong form."""
        line, ratio = forms.fen(view.find(DIBAO_LINE)), forms.ratio(view.find(DIBAO_MARGIN_RATIO))
        share = forms.ratio(view.find(RIGID_EXPENSE_SHARE))
        return cls(
            margin=None if line is None or ratio is None else Threshold.of(line * ratio),
            rigid_share=None if share is None else Threshold.of(share),
            min_months=forms.months(view.find(MIN_MONTHS)),
        )


class Hardship(NamedTuple):
    """What is known of a household."""

    statement: IncomeStatement | None
    """The income of its window; none where the policy names no window."""
    dibao: bool
    """低保户, as the register says."""
    reliefs: Collection[ReliefScheme]
    """The relief that is granted to it or to a member."""
    monitored: bool
    at_risk: bool
    """Whether a risk of it is open."""


class Classed(NamedTuple):
    """The class of a household."""

    found: LowIncomeClass | None
    """None: it is not of the low-income population, as far as is known."""
    undecided: tuple[LowIncomeClass, ...]
    """The classes before it of which nothing can be said: months are unknown, or the policy lacks a value."""


def class_of(household: Hardship, terms: LowIncomeTerms) -> Classed:
    """The first class that fits. What civil affairs 民政 granted counts before any reckoning.

    Income is that of 民政: net of the window, less compliant self-paid expense and the cost of going to work. Sources:
    domain 民政部 低收入人口 classes in their order (黑龙江 2025), thresholds of 内蒙古 (2024年7月).
    """
    undecided: list[LowIncomeClass] = []
    for one, fits in _asked(household, terms):
        if fits:
            return Classed(one, tuple(undecided))
        if fits is None:
            undecided.append(one)
    return Classed(None, tuple(undecided))


def _asked(household: Hardship, terms: LowIncomeTerms) -> Iterator[tuple[LowIncomeClass, bool | None]]:
    """Whether each class fits, in their order; None where that is not known."""
    granted = household.reliefs
    yield LowIncomeClass.DIBAO, household.dibao or ReliefScheme.DIBAO in granted
    yield LowIncomeClass.TEKUN, ReliefScheme.TEKUN in granted
    yield LowIncomeClass.DIBAO_MARGIN, ReliefScheme.DIBAO_MARGIN in granted or _is_at_margin(household, terms)
    yield LowIncomeClass.RIGID_EXPENSE, ReliefScheme.RIGID_EXPENSE in granted or _is_pressed(household, terms)
    yield LowIncomeClass.MONITORED, household.monitored
    yield LowIncomeClass.OTHER, household.at_risk or ReliefScheme.ORPHAN in granted


def _is_at_margin(household: Hardship, terms: LowIncomeTerms) -> bool | None:
    income = _known_income(household, terms)
    if income is None or terms.margin is None:
        return None
    return terms.margin.missed_by(income.civil_net, income.members)


def _is_pressed(household: Hardship, terms: LowIncomeTerms) -> bool | None:
    """Whether what is borne is a great share of the income; of an income that is none, anything is."""
    income = _known_income(household, terms)
    if income is None or terms.rigid_share is None:
        return None
    borne = income.compliant_self_paid
    return borne > 0 and terms.rigid_share.reached_by(borne, income.net)


def _known_income(household: Hardship, terms: LowIncomeTerms) -> IncomeStatement | None:
    """The income of a household of which enough months are known."""
    income = household.statement
    if income is None or terms.min_months is None or income.known < terms.min_months or not income.members:
        return None
    return income
