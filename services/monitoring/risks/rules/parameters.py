"""What a policy pack says about the rules, read once per pack and date and kept in forms that compare fast.

A pack is allowed to be silent: a missing value is kept as missing and stops only the rules that need it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from services.monitoring.evidence.illness import normalise_code
from shared.codes.monitoring import HouseholdCategory
from shared.money import divide_half_up, parse_yuan
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

FACT_KEYS: Final = (MONTH_PLAUSIBLE, EARLIEST_FACT)
"""What is asked about a fact at the door; no rule rests on it."""

RULE_KEYS: Final = (
    INCOME_LINE,
    WINDOW_MONTHS,
    MIN_MONTHS,
    DROP_RATIO,
    NEAR_LINE_RATIO,
    CLEAR_MARGIN_RATIO,
    SERIOUS_ILLNESSES,
    MEDICAL_COST,
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """An exact fraction that whole numbers are held against."""

    numerator: int
    denominator: int

    @classmethod
    def of(cls, value: Fraction) -> "Threshold":
        """Return the threshold that equals `value`."""
        return cls(value.numerator, value.denominator)

    def reached_by(self, amount: int, base: int = 1) -> bool:
        """Whether `amount` is at least this many times `base`."""
        return amount * self.denominator >= self.numerator * base

    def exceeded_by(self, amount: int, base: int = 1) -> bool:
        """Whether `amount` is more than this many times `base`."""
        return amount * self.denominator > self.numerator * base

    def missed_by(self, amount: int, base: int = 1) -> bool:
        """Whether `amount` is less than this many times `base`."""
        return amount * self.denominator < self.numerator * base

    def times(self, base: int) -> int:
        """Return this many times `base` as a whole number, halves rounded up: for people to read, not to compare."""
        return divide_half_up(self.numerator * base, self.denominator)


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

    @classmethod
    def from_view(cls, view: PolicyView) -> "RuleParameters":
        """Read every parameter of the rules from `view`. Keep the result: it holds for the view's pack and date.

        Raises ValueError for a value of the wrong form.
        """
        found = (view.find(key) for key in (*RULE_KEYS, *FACT_KEYS))
        return cls.of(
            (value for value in found if value is not None), region=view.region, decided_on=view.on, pack=view.pack
        )

    @classmethod
    def of(cls, values: Iterable[ParameterValue], *, region: str, decided_on: date, pack: str) -> "RuleParameters":
        """Build from the values themselves; a key that is not among them is missing.

        Raises ValueError for a value of the wrong form.
        """
        by_key = {value.key: value for value in values}
        line, margin = _fen(by_key.get(INCOME_LINE)), _ratio(by_key.get(CLEAR_MARGIN_RATIO))
        near, drop = _ratio(by_key.get(NEAR_LINE_RATIO)), _ratio(by_key.get(DROP_RATIO))
        illnesses = _illnesses(by_key.get(SERIOUS_ILLNESSES))
        costs = _fen_by_category(by_key.get(MEDICAL_COST))
        return cls(
            region=region,
            decided_on=decided_on,
            pack=pack,
            values=by_key,
            window_months=_months(by_key.get(WINDOW_MONTHS)),
            min_months=_months(by_key.get(MIN_MONTHS)),
            line=None if line is None else Threshold.of(line),
            line_to_clear=None if line is None or margin is None else Threshold.of(line * (1 + margin)),
            line_nearby=None if line is None or near is None else Threshold.of(line * (1 + near)),
            drop=None if drop is None else Threshold.of(drop),
            drop_to_clear=None if drop is None or margin is None else Threshold.of(drop - margin),
            illnesses=illnesses,
            illness_prefixes=tuple(illnesses or ()),
            medical_cost=None if costs is None else _scaled(costs, Fraction(1)),
            medical_cost_to_clear=None if costs is None or margin is None else _scaled(costs, 1 - margin),
            month_plausible=_span(by_key.get(MONTH_PLAUSIBLE)),
            earliest_fact=_first_day(by_key.get(EARLIEST_FACT)),
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


def _scaled(costs: Mapping[HouseholdCategory, Fraction], factor: Fraction) -> dict[HouseholdCategory, Threshold]:
    return {category: Threshold.of(cost * factor) for category, cost in costs.items()}


def _unusable(parameter: ParameterValue, wanted: str) -> ValueError:
    return ValueError(f"{parameter.key} of the pack {parameter.pack} is not {wanted}")


def _number(parameter: ParameterValue, value: Any, wanted: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise _unusable(parameter, wanted)
    return Decimal(value)


def _amount(parameter: ParameterValue, value: Any) -> Fraction:
    wanted = "an amount in yuan and whole fen"
    try:
        return Fraction(parse_yuan(format(_number(parameter, value, wanted), "f")))
    except ValueError as error:
        raise _unusable(parameter, wanted) from error


def _fen(parameter: ParameterValue | None) -> Fraction | None:
    return None if parameter is None else _amount(parameter, parameter.value)


def _ratio(parameter: ParameterValue | None) -> Fraction | None:
    return None if parameter is None else Fraction(_number(parameter, parameter.value, "a ratio"))


def _months(parameter: ParameterValue | None) -> int | None:
    if parameter is None:
        return None
    wanted = "a whole number of months"
    number = _number(parameter, parameter.value, wanted)
    if number != int(number):
        raise _unusable(parameter, wanted)
    return int(number)


def _fen_by_category(parameter: ParameterValue | None) -> dict[HouseholdCategory, Fraction] | None:
    if parameter is None:
        return None
    value = parameter.value
    if not isinstance(value, Mapping) or set(value) != set(HouseholdCategory):
        raise _unusable(parameter, "one amount for each household category")
    return {category: _amount(parameter, value[category]) for category in HouseholdCategory}


def _span(parameter: ParameterValue | None) -> range | None:
    if parameter is None:
        return None
    value = parameter.value
    if not isinstance(value, Mapping) or set(value) != {"lowest", "highest"}:
        raise _unusable(parameter, "a lowest and a highest amount")
    return range(int(_amount(parameter, value["lowest"])), int(_amount(parameter, value["highest"])) + 1)


def _first_day(parameter: ParameterValue | None) -> date | None:
    if parameter is None:
        return None
    wanted = "a year"
    year = _number(parameter, parameter.value, wanted)
    if year != int(year) or not date.min.year <= year <= date.max.year:
        raise _unusable(parameter, wanted)
    return date(int(year), 1, 1)


def _illnesses(parameter: ParameterValue | None) -> dict[str, ParameterValue] | None:
    if parameter is None:
        return None
    entries: dict[str, ParameterValue] = {}
    for illness in parameter.value:
        codes = tuple(illness["codes"])
        for code in codes:
            prefix = normalise_code(code)
            if not prefix:
                raise _unusable(parameter, "a list of illnesses with code prefixes")
            entries[prefix] = replace(parameter, value=codes)
    return {prefix: entries[prefix] for prefix in sorted(entries, key=lambda prefix: (-len(prefix), prefix))}
