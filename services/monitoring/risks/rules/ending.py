"""The end of a household 农户注销: nothing threatens it any longer."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Final

from services.monitoring.risks.rules.verdicts import Outcome, Reason, Verdict
from shared.codes.monitoring import ClearedBecause, HouseholdEndReason, RiskKind
from shared.words.said import says

ENDED: Final = "household.ended"


def ended(kind: RiskKind, on: date, reason: HouseholdEndReason) -> Verdict:
    """Clear a risk of a household that is no more."""
    return Verdict(kind, Outcome.CLEAR, explain=partial(_why, on, reason))


def why_cleared(reasons: Iterable[Reason]) -> ClearedBecause:
    """Why a risk that these reasons cleared is open no longer."""
    has_ended = any(reason.rule == ENDED for reason in reasons)
    return ClearedBecause.HOUSEHOLD_ENDED if has_ended else ClearedBecause.CAUSE_GONE


def _why(on: date, reason: HouseholdEndReason) -> tuple[Reason, ...]:
    inputs = {"ended_on": on.isoformat(), "reason": reason.value}
    return (Reason(ENDED, ENDED, (says("household-is-no-more"),), inputs, ()),)
