"""What the criteria are asked about: a monitored household on the day of the decision."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.monitoring.cases.rules.figures import Figures
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.codes.monitoring import EliminationCriterion, EliminationManner, RiskKind


@dataclass(frozen=True, slots=True)
class EliminationState:
    """A monitored household on a day."""

    on: dt.date
    admitted_on: dt.date
    months: int
    """Months since the admission that have to be over, and by which income is looked back at."""
    manner: EliminationManner | None
    """None while no visit said so."""
    figures: Figures | None
    """Of the window before the day; None where the policy has no line."""
    earlier: Figures | None
    """Of the window so many months earlier, beside the line of then."""
    measure_done_on: dt.date | None = None
    """The first day since the case of the admission on which a measure was completed."""
    protections: Mapping[Protection, ProtectionStatus] = field(default_factory=dict)
    open_risks: Sequence[RiskKind] = ()


class Criterion(NamedTuple):
    """Whether something that has to hold does so, and what that rests on."""

    code: EliminationCriterion
    met: bool | None
    """None: it is not known."""
    evidence: Mapping[str, Any]

    def as_document(self) -> dict[str, Any]:
        """The criterion as answers and rows have it."""
        return {"code": self.code.value, "met": self.met, "evidence": dict(self.evidence)}
