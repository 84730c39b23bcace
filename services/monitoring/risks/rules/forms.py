"""Forms of policy values: each is read once into what compares fast. A value of the wrong form is a ValueError."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple, Self

from services.monitoring.evidence.illness import normalise_code
from shared.codes.circumstances import WaterTest
from shared.codes.monitoring import HouseholdCategory, RiskKind
from shared.money import divide_half_up, parse_yuan
from shared.policy.parameters import ParameterValue

MOST_MONTHS: Final = 36
"""How long an income window can be: what is known of it is kept as bits of one number."""


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

    def kept_by(self, amount: int, base: int = 1) -> bool:
        """Whether `amount` is at most this many times `base`."""
        return amount * self.denominator <= self.numerator * base

    def missed_by(self, amount: int, base: int = 1) -> bool:
        """Whether `amount` is less than this many times `base`."""
        return amount * self.denominator < self.numerator * base

    def times(self, base: int) -> int:
        """Return this many times `base` as a whole number, halves rounded up: for people to read, not to compare."""
        return divide_half_up(self.numerator * base, self.denominator)


_LONGEST_WINDOW: Final = 366 * 24 * 60


class Release(NamedTuple):
    """How a flood of risks is told 分批推送."""

    at_once: int
    """Households that are told of at once."""
    window: timedelta
    """Within this time."""
    per_hour: int
    """Households that are told of with every full hour after that."""

    @classmethod
    def of(cls, parameter: ParameterValue) -> Self:
        """The numbers of a value. Raises ValueError for one of the wrong form."""
        value, wanted = parameter.value, "at_once, per_hour and window_minutes"
        if not isinstance(value, Mapping) or set(value) != {"at_once", "per_hour", "window_minutes"}:
            raise _unusable(parameter, wanted)
        at_once, per_hour, minutes = (
            int(_number(parameter, value[name], wanted)) for name in ("at_once", "per_hour", "window_minutes")
        )
        if minutes > _LONGEST_WINDOW:
            raise _unusable(parameter, "a window of a year at most")
        return cls(at_once, timedelta(minutes=minutes), per_hour)


def scaled(costs: Mapping[HouseholdCategory, Fraction], factor: Fraction) -> dict[HouseholdCategory, Threshold]:
    """The costs, each so many times."""
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


def fen(parameter: ParameterValue | None) -> Fraction | None:
    """An amount in yuan as fen."""
    return None if parameter is None else _amount(parameter, parameter.value)


def ratio(parameter: ParameterValue | None) -> Fraction | None:
    """A ratio, exact."""
    return None if parameter is None else Fraction(_number(parameter, parameter.value, "a ratio"))


def months(parameter: ParameterValue | None, least: int = 0) -> int | None:
    """A whole number of months."""
    if parameter is None:
        return None
    wanted = f"a whole number of months from {least} to {MOST_MONTHS}"
    number = _number(parameter, parameter.value, wanted)
    if number != int(number) or not least <= number <= MOST_MONTHS:
        raise _unusable(parameter, wanted)
    return int(number)


def fen_by_category(parameter: ParameterValue | None) -> dict[HouseholdCategory, Fraction] | None:
    """Amounts in yuan, one for each category of household, as fen."""
    if parameter is None:
        return None
    value = parameter.value
    if not isinstance(value, Mapping) or set(value) != set(HouseholdCategory):
        raise _unusable(parameter, "one amount for each household category")
    return {category: _amount(parameter, value[category]) for category in HouseholdCategory}


def span(parameter: ParameterValue | None) -> range | None:
    """The amounts, in fen, from a lowest to a highest."""
    if parameter is None:
        return None
    value = parameter.value
    if not isinstance(value, Mapping) or set(value) != {"lowest", "highest"}:
        raise _unusable(parameter, "a lowest and a highest amount")
    return range(int(_amount(parameter, value["lowest"])), int(_amount(parameter, value["highest"])) + 1)


def threshold(parameter: ParameterValue | None) -> Threshold | None:
    """An amount in yuan as a threshold in fen."""
    amount = fen(parameter)
    return None if amount is None else Threshold.of(amount)


def names(parameter: ParameterValue | None) -> tuple[str, ...] | None:
    """A list of names, in its order."""
    if parameter is None:
        return None
    if not isinstance(parameter.value, tuple) or not all(isinstance(name, str) for name in parameter.value):
        raise _unusable(parameter, "a list of names")
    return parameter.value


GROUPS: Final = frozenset({"all", "lifted", "monitored", "relocated"})
"""Groups of households that a policy can name."""


def groups(parameter: ParameterValue | None) -> frozenset[str] | None:
    """Groups of households."""
    named = names(parameter)
    if parameter is None or named is None:
        return None
    if not GROUPS.issuperset(named):
        raise _unusable(parameter, "a list of groups of households")
    return frozenset(named)


def ages(parameter: ParameterValue | None) -> range | None:
    """Completed years, from a least to a greatest."""
    if parameter is None:
        return None
    wanted, value = "a least and a greatest age", parameter.value
    if not isinstance(value, Mapping) or set(value) != {"min", "max"}:
        raise _unusable(parameter, wanted)
    return range(int(_number(parameter, value["min"], wanted)), int(_number(parameter, value["max"], wanted)) + 1)


_MEASURED: Final = frozenset(set(WaterTest) - {WaterTest.QUALITY})


def water_test(parameter: ParameterValue | None) -> Mapping[WaterTest, Decimal] | None:
    """The limits of the tests of drinking water that are measured."""
    if parameter is None:
        return None
    wanted, value = "one number for each test of water", parameter.value
    if not isinstance(value, Mapping) or set(value) != _MEASURED:
        raise _unusable(parameter, wanted)
    return {test: _number(parameter, value[test], wanted) for test in WaterTest if test in _MEASURED}


def first_day(parameter: ParameterValue | None) -> date | None:
    """The first day of a year."""
    if parameter is None:
        return None
    wanted = "a year"
    year = _number(parameter, parameter.value, wanted)
    if year != int(year) or not date.min.year <= year <= date.max.year:
        raise _unusable(parameter, wanted)
    return date(int(year), 1, 1)


def kinds(parameter: ParameterValue | None) -> frozenset[RiskKind]:
    """Kinds of risk; none where the policy says nothing."""
    if parameter is None:
        return frozenset()
    if not isinstance(parameter.value, tuple):
        raise _unusable(parameter, "a list of kinds of risk")
    return frozenset(map(RiskKind.read, parameter.value))


def illnesses(parameter: ParameterValue | None) -> dict[str, ParameterValue] | None:
    """Serious illnesses by code prefix, the longest first."""
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
