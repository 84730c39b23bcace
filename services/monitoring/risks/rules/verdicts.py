"""What a rule answers: an outcome, a grade when it fires, and the reasons a person can check by hand.

Reasons hold figures, months, codes and the parameters with their sources. They never hold a name, an identity number
or the name of an illness.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Any

from services.monitoring.ledger.rules.income import format_span
from services.monitoring.risks.rules.parameters import MIN_MONTHS, WINDOW_MONTHS, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.months import format_month
from shared.policy.parameters import ParameterValue
from shared.words.said import Said, joined, says


class Outcome(StrEnum):
    """What a rule found."""

    FIRES = "fires"
    """The danger is there: a risk opens or stays open."""

    CLEAR = "clear"
    """The danger is not there: an open risk clears."""

    INSUFFICIENT_DATA = "insufficient_data"
    """Facts are missing: nothing changes."""

    UNDECIDED = "undecided"
    """A policy value is missing: the decision stops and nothing changes."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule answers as it does."""

    rule: str
    key: str
    """What stays the same while the cause stays the same: the rule, then the member and the code where they matter."""

    said: tuple[Said, ...]
    """One sentence or more, which stand one after the other; each sees the inputs beside what it brings itself."""

    inputs: Mapping[str, Any]
    """The figures the rule saw, ready for JSON."""

    parameters: tuple[ParameterValue, ...]

    @property
    def text(self) -> str:
        """The sentences in the language of whoever reads them."""
        return written(self.said, self.inputs)

    def as_document(self) -> dict[str, Any]:
        """Return the reason as it is kept: its sentences are written out when somebody reads them."""
        return {
            "rule": self.rule,
            "says": [one.as_document() for one in self.said],
            "inputs": dict(self.inputs),
            "parameters": [parameter.as_document() for parameter in self.parameters],
        }


def written(said: Iterable[Said], inputs: Mapping[str, Any]) -> str:
    """Return the sentences of a reason in the language of whoever reads them."""
    return joined([one.with_inputs(inputs) for one in said])


def _nothing_to_say() -> tuple[Reason, ...]:
    return ()


@dataclass(slots=True)
class Verdict:
    """The answer for one kind of risk.

    A value: nobody changes one after making it. Not frozen, because that costs more to make than the rules cost to run.
    """

    kind: RiskKind
    outcome: Outcome
    grade: RiskGrade | None = None
    """Set when, and only when, the outcome is `FIRES`."""

    keys: frozenset[str] = frozenset()
    """Keys of the reasons of a firing rule; empty otherwise."""

    missing_months: tuple[int, ...] = ()
    """The unknown months that kept the rule from answering."""

    explain: Callable[[], tuple[Reason, ...]] = field(default=_nothing_to_say, compare=False, repr=False)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons in words, written each time they are read: most verdicts change nothing and nobody asks.

        A clear verdict over a risk that was not open gives none.
        """
        return self.explain()


def grade_for(red: bool | None, open_risk: LatestRisk | None) -> RiskGrade:
    """Return the grade of a firing rule; `red` is None when it cannot be told.

    What cannot be told makes no alarm louder and no open alarm quieter: orange, or the grade the risk already has.
    """
    if red is None:
        return RiskGrade.ORANGE if open_risk is None else open_risk.grade
    return RiskGrade.RED if red else RiskGrade.ORANGE


def format_percent(part: int, whole: int) -> str:
    """Return `part` of `whole` as percent with two decimals, cut and not rounded, so that it never overstates."""
    percent, rest = divmod(abs(part) * 10**4 // whole, 10**2)
    return f"{'-' if part < 0 else ''}{percent}.{rest:02d} %"


def undecided(kind: RiskKind, parameters: RuleParameters, *needed: str) -> Verdict:
    """Stop the decision because the policy lacks one or more of the `needed` values."""
    return Verdict(kind, Outcome.UNDECIDED, explain=partial(_why_undecided, kind, parameters, needed))


def _why_undecided(kind: RiskKind, parameters: RuleParameters, needed: tuple[str, ...]) -> tuple[Reason, ...]:
    inputs = parameters.about_lacking(parameters.lacking(*needed))
    return (Reason(kind, kind, (says("verdict-undecided", kind=kind),), inputs, parameters.cited(*needed)),)


def insufficient_income(kind: RiskKind, state: HouseholdState, parameters: RuleParameters) -> Verdict:
    """Leave the question open because too few months of the window are known, or nobody shares the income."""
    return Verdict(
        kind,
        Outcome.INSUFFICIENT_DATA,
        missing_months=state.window.missing(),
        explain=partial(_why_insufficient_income, kind, state, parameters),
    )


def _why_insufficient_income(kind: RiskKind, state: HouseholdState, parameters: RuleParameters) -> tuple[Reason, ...]:
    window = state.window
    said = says("nobody-shares-the-income")
    if state.members:
        said = says(
            "too-few-months-known",
            known=window.known,
            length=window.length,
            window=format_span(window.first, window.anchor),
            needed=parameters.min_months,
        )
    return (missing_months_reason(kind, said, window.missing(), parameters.cited(WINDOW_MONTHS, MIN_MONTHS)),)


def evidence_withdrawn(verdict: Verdict) -> Verdict:
    """Answer for an open risk whose evidence was withdrawn 撤回: what is left does not suffice to hold it open."""
    return Verdict(verdict.kind, Outcome.CLEAR, explain=partial(_why_withdrawn, verdict))


def _why_withdrawn(verdict: Verdict) -> tuple[Reason, ...]:
    return tuple(replace(reason, said=(says("evidence-was-withdrawn"), *reason.said)) for reason in verdict.reasons)


def missing_months_reason(
    kind: RiskKind, said: Said, missing: tuple[int, ...], cited: tuple[ParameterValue, ...]
) -> Reason:
    """Return the reason that names the months whose income is unknown."""
    return Reason(kind, kind, (said,), {"missing_months": [format_month(month) for month in missing]}, cited)
