"""Parameters of law and practice: a value, where it is written, since when it holds, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shared.codes.policy import ValueStatus
from shared.errors import Conflict
from shared.words.said import says


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """One value of one parameter, as it holds on a day and as verdicts cite it."""

    key: str
    value: Any
    """Decimal, int, str, bool, or a tuple or read-only mapping of these. Amounts are in the unit, never in fen."""
    unit: str
    """`none` for names, codes and flags."""
    reference: str
    """The document and section the value stands in, or what it was assumed from."""
    status: ValueStatus
    pack: str
    """The pack and its version, for example `520600_tongren@2026.11`."""

    def as_document(self) -> dict[str, Any]:
        """Return key, value, reference and status for JSON; decimals are written as plain text."""
        return {
            "key": self.key,
            "value": _as_json(self.value),
            "reference": self.reference,
            "status": self.status.value,
        }


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {name: _as_json(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [_as_json(part) for part in value]
    return value


class PolicyValueMissing(Conflict):
    """No value is loaded for the day, which ``keys`` and ``date`` name; no other may stand in: the decision stops."""

    code = "policy-value-missing"

    def __init__(self, keys: Sequence[str], region: str, on: date) -> None:
        said = says("policy-has-no-value", region=region, keys=" and no ".join(keys), on=on)
        super().__init__(said, keys=list(keys), date=str(on))


@dataclass(frozen=True, slots=True)
class PolicyView:
    """All values that hold in one region on one day."""

    region: str
    """The prefix of the narrowest region that has a pack of its own, `00` where only the national pack applies.

    Every region code that lies in it, and in no narrower pack, shares the view.
    """
    on: date
    pack: str
    """The narrowest regional pack and its version, with `+development` behind it where that pack is consulted."""
    values: Mapping[str, ParameterValue]

    def find(self, key: str) -> ParameterValue | None:
        """Return the value that holds, or none."""
        return self.values.get(key)

    def value(self, key: str) -> ParameterValue:
        """Return the value that holds; raises PolicyValueMissing where there is none."""
        found = self.values.get(key)
        if found is None:
            raise PolicyValueMissing([key], self.region, self.on)
        return found
