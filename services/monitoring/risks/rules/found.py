"""What a rule finds in circumstances: reasons that hold or not, turned into one verdict."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from services.monitoring.evidence.kept import Kept
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Outcome, Reason, Verdict, grade_for
from shared.codes.monitoring import RiskKind
from shared.words.said import Said, says


class Found(NamedTuple):
    """Something that holds a risk open."""

    about: str
    """What tells it from others of the same rule: the member, the kind, the test; nothing where there is one alone."""
    said: Said
    inputs: Mapping[str, Any]
    red: bool | None = False
    """Whether it makes the risk red; None where that cannot be told."""


def nothing_of_concern(
    kind: RiskKind, state: HouseholdState, kept: Kept[Any], open_risk: LatestRisk | None
) -> Verdict | None:
    """The answer about a household of which nothing was said that concerns the rule; none where something was."""
    if open_risk is not None or state.is_concerned(kept):
        return None
    return _CLEAR[kind] if state.knows(kept) else _UNKNOWN[kind]


def unknown(kind: RiskKind) -> Verdict:
    """Nothing is known of the matter: that is never bad, and never good.

    Where a risk is open, something was known: it went with its member, its year or its source, and the risk clears.
    """
    return _UNKNOWN[kind]


def answer(
    kind: RiskKind,
    found: Sequence[Found],
    open_risk: LatestRisk | None,
    parameters: RuleParameters,
    cited: Sequence[str],
    *,
    cleared: Said,
) -> Verdict:
    """Fire for what was found, red where some of it is; clear where nothing was."""
    if found:
        grade = grade_for(_is_red(found), open_risk)
        keys = frozenset(_key(kind, one) for one in found)
        return Verdict(kind, Outcome.FIRES, grade, keys, explain=partial(_why_fired, kind, found, parameters, cited))
    if open_risk is None:
        return _CLEAR[kind]
    return Verdict(kind, Outcome.CLEAR, explain=partial(_why_cleared, kind, cleared, parameters, cited))


def _is_red(found: Sequence[Found]) -> bool | None:
    reds = {one.red for one in found}
    if True in reds:
        return True
    return None if None in reds else False


def _key(kind: RiskKind, found: Found) -> str:
    return f"{kind}:{found.about}" if found.about else str(kind)


def _why_fired(
    kind: RiskKind, found: Sequence[Found], parameters: RuleParameters, cited: Sequence[str]
) -> tuple[Reason, ...]:
    values = parameters.cited(*cited)
    return tuple(
        Reason(kind, _key(kind, one), (one.said,), one.inputs, values)
        for one in sorted(found, key=lambda one: one.about)
    )


def _why_cleared(kind: RiskKind, said: Said, parameters: RuleParameters, cited: Sequence[str]) -> tuple[Reason, ...]:
    return (Reason(kind, kind, (said,), {}, parameters.cited(*cited)),)


def _why_unknown(kind: RiskKind) -> tuple[Reason, ...]:
    return (Reason(kind, kind, (says("nothing-known"),), {}, ()),)


_CLEAR: Final = {kind: Verdict(kind, Outcome.CLEAR) for kind in RiskKind}
_UNKNOWN: Final = {
    kind: Verdict(kind, Outcome.INSUFFICIENT_DATA, explain=partial(_why_unknown, kind)) for kind in RiskKind
}
"""The answers about most households, made once."""
