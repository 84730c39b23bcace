"""What a policy pack says about the rules, read once per pack and date and kept in forms that compare fast.

A pack is allowed to be silent: a missing value is kept as missing and stops only the rules that need it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from services.monitoring.ledger.rules.income import MONTHS_IN_QUARTER
from services.monitoring.risks.rules import forms
from services.monitoring.risks.rules.forms import Release, Threshold
from shared.codes.circumstances import WaterTest
from shared.codes.monitoring import HouseholdCategory, RiskKind
from shared.policy.parameters import ParameterValue, PolicyValueMissing, PolicyView

INCOME_LINE: Final = "monitoring.income_line"
"""监测范围: yuan per head and year."""

WINDOW_MONTHS: Final = "monitoring.income_window_months"
"""收入核算周期: months in the income window."""

MIN_MONTHS: Final = "monitoring.income_min_months"
"""Months of the window that must be known before income is compared with the line."""

DROP_RATIO: Final = "monitoring.income_drop_ratio"
"""收入骤减: share of the earlier income that must be gone."""

NEAR_LINE_RATIO: Final = "monitoring.near_line_ratio"
"""Share of the line by which an income may be above it and still count as near."""

CLEAR_MARGIN_RATIO: Final = "monitoring.clear_margin_ratio"
"""Share by which a measure must be better than its threshold before an open risk clears, so that it does not flap."""

SERIOUS_ILLNESSES: Final = "monitoring.serious_illnesses"
"""大病病种: entries of a name and the code prefixes that belong to it."""

MEDICAL_COST: Final = "monitoring.medical_cost_threshold"
"""医疗费用预警线: yuan per person in the window, by household category."""

MONTH_PLAUSIBLE: Final = "monitoring.month_plausible"
"""单月收入合理区间: `lowest` and `highest` income of one branch and month, in yuan, that is not taken for a slip."""

EARLIEST_FACT: Final = "monitoring.earliest_fact"
"""最早记录年份: facts about earlier years are slips."""

CAUSES_EXTRA: Final = "monitoring.causes_extra"
"""地方增列致险原因: causes that count in a place beside those of the country."""

SOURCE_ORDER: Final = "monitoring.source_order"
"""来源优先级: sources whose word weighs more, the heaviest first; others come after, by name."""

COMPULSORY_AGE: Final = "monitoring.compulsory_age"
"""义务教育年龄: completed years, `min` and `max`."""

EDUCATION_COST: Final = "monitoring.education_cost"
"""教育支出预警线: yuan for one member since the school year began."""

EVENT_MONTHS: Final = "monitoring.event_months"
"""突发情况有效期: months for which what happened counts as a risk."""

ZERO_JOB_FOR: Final = "monitoring.zero_job_for"
"""零就业家庭监测对象: which households are looked at, of `all`, `lifted`, `monitored`, `relocated`."""

WORKING_AGE: Final = "employment.working_age"
"""劳动年龄: completed years, `min` and `max`."""

WATER_TEST: Final = "monitoring.water_test"
"""饮水安全标准: what amount, distance, height, time, days short and days cut have to keep."""

RISK_ORDER: Final = "monitoring.risk_order"
"""风险排序: kinds of risk, the most pressing first."""

FACT_KEYS: Final = (MONTH_PLAUSIBLE, EARLIEST_FACT, CAUSES_EXTRA, RISK_ORDER)
"""What is asked about a fact at the door, or about risks that are open; no rule rests on it."""
DISMISSAL_MONTHS: Final = "monitoring.dismissal_months"
"""核实无风险有效期: months for which a risk that a visit found to be none opens over nothing else than news."""

RELEASE: Final = "monitoring.release"
"""突发事件分批推送: `at_once` households within `window_minutes`, then `per_hour`."""

RELEASE_KINDS: Final = "monitoring.release_kinds"
"""分批推送的风险类型: kinds of risk that may come as a flood of facts."""

DUTY_LEVEL: Final = "monitoring.duty_level"
"""预警核查层级: by grade, the region level whose duty it is to look after a risk."""

TASK_WORKDAYS: Final = "assistance.task_deadline_workdays"
"""帮扶任务办理时限: working days by grade; the task of a risk is due by the same."""

FOLLOWING_KEYS: Final = (DISMISSAL_MONTHS, RELEASE, RELEASE_KINDS)
"""What is asked about a risk that a rule raises; no rule rests on it."""


RULE_KEYS: Final = (
    INCOME_LINE,
    WINDOW_MONTHS,
    MIN_MONTHS,
    DROP_RATIO,
    NEAR_LINE_RATIO,
    CLEAR_MARGIN_RATIO,
    SERIOUS_ILLNESSES,
    MEDICAL_COST,
    SOURCE_ORDER,
    COMPULSORY_AGE,
    EDUCATION_COST,
    EVENT_MONTHS,
    ZERO_JOB_FOR,
    WORKING_AGE,
    WATER_TEST,
)


@dataclass(frozen=True, slots=True)
class RuleParameters:
    """All parameters of the rules for one region and decision date; None is a value the policy does not have.

    Amounts are thresholds in fen, ratios are exact. `*_to_clear` is what an open risk must reach to clear.
    """

    region: str
    decided_on: date
    pack: str
    """Label and version of the pack, as verdicts are stored with it."""

    values: Mapping[str, ParameterValue]
    """The values found, by key, as they are cited in reasons."""

    window_months: int | None
    min_months: int | None
    line: Threshold | None
    line_to_clear: Threshold | None
    line_nearby: Threshold | None
    drop: Threshold | None
    drop_to_clear: Threshold | None
    illnesses: Mapping[str, ParameterValue] | None
    """By normalised code prefix, longest first: the list as it is cited, cut to the codes of that entry, no name."""

    illness_prefixes: tuple[str, ...]
    medical_cost: Mapping[HouseholdCategory, Threshold] | None
    medical_cost_to_clear: Mapping[HouseholdCategory, Threshold] | None
    month_plausible: range | None
    """Amounts of one month, in fen, that are not taken for a slip."""

    earliest_fact: date | None
    """No fact is about an earlier day."""

    causes_extra: frozenset[str]
    source_order: tuple[str, ...]
    compulsory_age: range | None
    education_cost: Threshold | None
    event_months: int | None
    zero_job_for: frozenset[str] | None
    working_age: range | None
    water_test: Mapping[WaterTest, Decimal] | None
    risk_order: tuple[str, ...]
    dismissal_months: int | None
    release: Release | None
    """None: nobody is kept waiting."""
    release_kinds: frozenset[RiskKind]

    @classmethod
    def from_view(cls, view: PolicyView) -> "RuleParameters":
        """Read every parameter of the rules from `view`. Keep the result: it holds for the view's pack and date.

        Raises ValueError for a value of the wrong form.
        """
        found = (view.find(key) for key in (*RULE_KEYS, *FACT_KEYS, *FOLLOWING_KEYS))
        return cls.of(
            (value for value in found if value is not None), region=view.region, decided_on=view.on, pack=view.pack
        )

    @classmethod
    def of(cls, values: Iterable[ParameterValue], *, region: str, decided_on: date, pack: str) -> "RuleParameters":
        """Build from the values themselves; a key that is not among them is missing.

        Raises ValueError for a value of the wrong form.
        """
        by_key = {value.key: value for value in values}
        line, margin = forms.fen(by_key.get(INCOME_LINE)), forms.ratio(by_key.get(CLEAR_MARGIN_RATIO))
        near, drop = forms.ratio(by_key.get(NEAR_LINE_RATIO)), forms.ratio(by_key.get(DROP_RATIO))
        illnesses = forms.illnesses(by_key.get(SERIOUS_ILLNESSES))
        costs = forms.fen_by_category(by_key.get(MEDICAL_COST))
        return cls(
            region=region,
            decided_on=decided_on,
            pack=pack,
            values=by_key,
            window_months=forms.months(by_key.get(WINDOW_MONTHS), MONTHS_IN_QUARTER),
            min_months=forms.months(by_key.get(MIN_MONTHS)),
            line=None if line is None else Threshold.of(line),
            line_to_clear=None if line is None or margin is None else Threshold.of(line * (1 + margin)),
            line_nearby=None if line is None or near is None else Threshold.of(line * (1 + near)),
            drop=None if drop is None else Threshold.of(drop),
            drop_to_clear=None if drop is None or margin is None else Threshold.of(drop - margin),
            illnesses=illnesses,
            illness_prefixes=tuple(illnesses or ()),
            medical_cost=None if costs is None else forms.scaled(costs, Fraction(1)),
            medical_cost_to_clear=None if costs is None or margin is None else forms.scaled(costs, 1 - margin),
            month_plausible=forms.span(by_key.get(MONTH_PLAUSIBLE)),
            earliest_fact=forms.first_day(by_key.get(EARLIEST_FACT)),
            causes_extra=frozenset(forms.names(by_key.get(CAUSES_EXTRA)) or ()),
            source_order=forms.names(by_key.get(SOURCE_ORDER)) or (),
            compulsory_age=forms.ages(by_key.get(COMPULSORY_AGE)),
            education_cost=forms.threshold(by_key.get(EDUCATION_COST)),
            event_months=forms.months(by_key.get(EVENT_MONTHS)),
            zero_job_for=forms.groups(by_key.get(ZERO_JOB_FOR)),
            working_age=forms.ages(by_key.get(WORKING_AGE)),
            water_test=forms.water_test(by_key.get(WATER_TEST)),
            risk_order=forms.names(by_key.get(RISK_ORDER)) or (),
            dismissal_months=forms.months(by_key.get(DISMISSAL_MONTHS)),
            release=None if RELEASE not in by_key else Release.of(by_key[RELEASE]),
            release_kinds=forms.kinds(by_key.get(RELEASE_KINDS)),
        )

    def cited(self, *keys: str) -> tuple[ParameterValue, ...]:
        """Return the values of `keys` a reason rests on, in their order; those the policy lacks are left out."""
        return tuple(self.values[key] for key in keys if key in self.values)

    def demand_window(self) -> int:
        """Return how many months the income window has. Raises PolicyValueMissing where the policy does not say."""
        if self.window_months is None:
            raise PolicyValueMissing([WINDOW_MONTHS], self.region, self.decided_on)
        return self.window_months

    def lacking(self, *keys: str) -> tuple[str, ...]:
        """Return those of `keys` the policy has no value of."""
        return tuple(key for key in keys if key not in self.values)

    def about_lacking(self, lacking: Iterable[str]) -> dict[str, object]:
        """Return the figures of a reason that rests on what the policy lacks: what, where and on which day."""
        return {"lacking": list(lacking), "region": self.region, "date": self.decided_on.isoformat()}
