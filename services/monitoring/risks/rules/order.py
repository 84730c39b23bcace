"""The risks of a household in order 致贫返贫风险排序, and the codes that official forms know them by."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from shared.codes.circumstances import DisasterKind
from shared.codes.monitoring import RiskGrade, RiskKind

LISTED: Final = 5
"""How many risks a household's form holds."""

OFFICIAL_CODES: Final[Mapping[RiskKind, str]] = {
    RiskKind.NEW_ILLNESS: "01",
    RiskKind.DISABILITY: "03",
    RiskKind.NO_LABOUR: "04",
    RiskKind.ACCIDENT: "05",
    RiskKind.PRODUCTION_FAILURE: "06",
    RiskKind.JOB_LOSS: "07",
    RiskKind.ZERO_JOB: "07",
    RiskKind.DROPOUT: "09",
    RiskKind.EDUCATION_COST: "09",
    RiskKind.REPORTED: "99",
}
"""Codes of causes 致贫返贫原因代码, where official lists have one."""
_CODES_OF_DISASTERS: Final[Mapping[str, str]] = {
    DisasterKind.FLOOD: "0201",
    DisasterKind.GEOLOGICAL: "0202",
    DisasterKind.DROUGHT: "0203",
    DisasterKind.BIOLOGICAL: "0204",
    DisasterKind.METEOROLOGICAL: "0205",
    DisasterKind.EARTHQUAKE: "0206",
    DisasterKind.OTHER: "0299",
}


def official_code(kind: RiskKind, keys: Iterable[str]) -> str | None:
    """The code of a risk; of several disasters that of the first in the list."""
    if kind is not RiskKind.DISASTER:
        return OFFICIAL_CODES.get(kind)
    return min((_CODES_OF_DISASTERS[key.partition(":")[2]] for key in keys), default=None)


def in_order(risks: Mapping[RiskKind, RiskGrade], order: Sequence[str]) -> list[RiskKind]:
    """Kinds of open risk, the most pressing first: red before orange, then as the policy orders them."""
    return sorted(risks, key=lambda kind: (risks[kind] is not RiskGrade.RED, _place(kind, order), kind))


def _place(kind: RiskKind, order: Collection[str]) -> int:
    return list(order).index(kind) if kind in order else len(order)
