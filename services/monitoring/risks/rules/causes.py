"""What holds a risk open, piece by piece: each piece that would raise the risk by itself is a cause 致险原因.

A verdict of a person stands for the causes that person saw. So a cause keeps its key for as long as it counts: a
corrected amount is the same cause, and so is a comparison whose window moves on with time while it shares a month with
the one before. A cause that went and came back is another one. Keys are random: nobody reads a diagnosis out of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from services.monitoring.evidence.expense import MEDICAL
from services.monitoring.evidence.illness import DIAGNOSES
from services.monitoring.evidence.rules import FactEvidence
from services.monitoring.ledger.rules.income import MONTHS_IN_QUARTER
from services.monitoring.risks.rules.income_drop import QUARTER, YEAR
from services.monitoring.risks.rules.judge import RULES
from services.monitoring.risks.rules.new_illness import COST, SERIOUS
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.state import HouseholdState
from services.monitoring.risks.rules.verdicts import Outcome, Verdict
from shared.codes.monitoring import RiskKind

Causes = Mapping[str, str | None]
"""By name of a piece of evidence the key of the cause it is; None where it was no cause when it was first seen."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of what holds a risk open."""

    name: str
    """What stays the same while the evidence does."""
    raises: Callable[[], bool]
    """Whether it would raise the risk by itself."""
    corrects: tuple[str, ...] = ()
    """The names it had before it was corrected."""


def evidence_of(
    verdict: Verdict, state: HouseholdState, parameters: RuleParameters, facts: Iterable[FactEvidence], known: Causes
) -> Iterator[Evidence]:
    """The pieces of evidence behind a firing verdict: its reasons, and the single facts behind them.

    ``facts`` are those of the household that count, where the kind of risk rests on facts; ``known`` is what was
    behind the risk before.
    """
    raised_anew = RULES[verdict.kind](state, parameters, None).keys
    for key in sorted(verdict.keys):
        yield Evidence(_name_of_reason(key, state, known, moved_on=key in raised_anew), _always)
    for fact in facts:
        yield from _evidence_of_fact(verdict, state, parameters, fact)


def follow_causes(known: Causes, found: Iterable[Evidence], new_key: Callable[[], str]) -> dict[str, str | None]:
    """The causes after a judgement: what was known keeps its key, what is new gets one if it raises by itself.

    Evidence that was too light when it was first seen stays so: time alone, or another income beside it, makes no new
    cause of it. Only its own correction does.
    """
    causes: dict[str, str | None] = {}
    for piece in found:
        kept = next((known[name] for name in (piece.name, *piece.corrects) if known.get(name)), None)
        if kept is None and piece.name not in known and piece.raises():
            kept = new_key()
        causes[piece.name] = kept
    return causes


def published_keys(causes: Causes) -> tuple[str, ...]:
    """The keys of the causes, as they are published."""
    return tuple(sorted(key for key in causes.values() if key is not None))


def _always() -> bool:
    return True


def _name_of_reason(key: str, state: HouseholdState, known: Causes, *, moved_on: bool) -> str:
    """A reason that compares windows is another one only once the window shares no month with the one it began with."""
    length = _months_compared(key, state)
    if length is None:
        return key
    anchor = state.window.anchor
    began = [int(name.rpartition(":")[2]) for name in known if name.rpartition(":")[0] == key]
    latest = max(began, default=anchor)
    return f"{key}:{anchor if moved_on and latest + length <= anchor else latest}"


def _months_compared(key: str, state: HouseholdState) -> int | None:
    if key == QUARTER:
        return MONTHS_IN_QUARTER
    return state.window.length if key in (YEAR, RiskKind.BELOW_LINE) else None


def _evidence_of_fact(
    verdict: Verdict, state: HouseholdState, parameters: RuleParameters, fact: FactEvidence
) -> Iterator[Evidence]:
    reason, alone = _alone(verdict, state, fact)
    if reason is None or alone is None:
        return
    state_of_it = alone

    def raises() -> bool:
        return RULES[verdict.kind](state_of_it, parameters, None).outcome is Outcome.FIRES

    name, *corrected = (f"{reason}:{fact_id}" for fact_id in fact.fact_ids)
    yield Evidence(name, raises, tuple(corrected))


def _alone(verdict: Verdict, state: HouseholdState, fact: FactEvidence) -> tuple[str | None, HouseholdState | None]:
    """The reason that a fact speaks for, and the household as if nothing but this fact spoke for it."""
    window = state.window
    if DIAGNOSES.name in fact.seen and verdict.kind is RiskKind.NEW_ILLNESS:
        return SERIOUS, replace(state, evidence=fact.seen)
    if fact.month is None or not window.first <= fact.month <= window.anchor:
        return None, None
    if verdict.kind is RiskKind.RIGID_EXPENSE and fact.self_paid_compliant > 0:
        lone = replace(window, self_paid=fact.self_paid_compliant)
        return str(RiskKind.RIGID_EXPENSE), replace(state, window=lone)
    reason = f"{COST}:{fact.member_no}"
    if reason in verdict.keys and MEDICAL.name in fact.seen:
        return reason, replace(state, evidence=fact.seen)
    return None, None
