"""新发大病: a member fell seriously ill, or pays more for medical care than the policy expects anybody to bear."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from services.monitoring.evidence.expense import MEDICAL
from services.monitoring.evidence.illness import DIAGNOSES, Diagnosis, normalise_code
from services.monitoring.evidence.rules import NO_MEMBER
from services.monitoring.ledger.rules.income import format_span
from services.monitoring.risks.rules.forms import Threshold
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth
from services.monitoring.risks.rules.parameters import (
    CLEAR_MARGIN_RATIO,
    MEDICAL_COST,
    SERIOUS_ILLNESSES,
    WINDOW_MONTHS,
    RuleParameters,
)
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Outcome, Reason, Verdict, grade_for, undecided
from shared.codes.monitoring import RiskKind
from shared.money import format_yuan
from shared.words.said import Said, says

SERIOUS: Final = "new_illness.serious"
"""A diagnosis is on the list of serious illnesses 大病病种, or its source calls it serious."""

COST: Final = "new_illness.cost"
"""Self-paid medical cost of a member in the window reaches the threshold of the household's category."""

_KIND: Final = RiskKind.NEW_ILLNESS
_QUIET: Final = Verdict(_KIND, Outcome.CLEAR)


def listed_as(code: str, parameters: RuleParameters) -> str | None:
    """Return the longest prefix of the serious-illness list that `code` falls under; None when it is not listed."""
    plain = normalise_code(code)
    if not plain.startswith(parameters.illness_prefixes):
        return None
    return next(prefix for prefix in parameters.illness_prefixes if plain.startswith(prefix))


def is_serious(diagnosis: Diagnosis, parameters: RuleParameters) -> bool | None:
    """Whether a diagnosis counts as serious; None when only the missing list could tell."""
    if diagnosis.serious:
        return True
    if parameters.illnesses is None:
        return None
    return listed_as(diagnosis.code, parameters) is not None


def judge_new_illness(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire for a serious diagnosis or for medical cost at the threshold; clear when neither holds.

    Medical cost that an open risk cites is gone only below the threshold less the clearing margin. What a missing
    policy value can neither confirm nor withdraw stands. Red when a main earner 主要劳动力 is seriously ill, else
    orange. Needs no known income.
    """
    if open_risk is None and not state.sees(DIAGNOSES) and not state.sees(MEDICAL):
        return _QUIET
    found = _look(state, parameters, open_risk)
    if found.serious or found.costs:
        standing = frozenset[str]() if open_risk is None else open_risk.keys & found.untold
        keys = standing.union(found.serious, map(_cost_key, found.costs))
        why = partial(_why_fired, state, parameters, found, standing)
        return Verdict(_KIND, Outcome.FIRES, grade_for(_is_red(found), open_risk), keys, explain=why)
    if found.untold:
        return undecided(_KIND, parameters, *_lacking(found, parameters))
    if open_risk is None:
        return _QUIET
    return Verdict(_KIND, Outcome.CLEAR, explain=partial(_why_cleared, state, parameters))


def _may_speak(figures: Figures, _: RuleParameters) -> Truth:
    """Also where only a missing policy value keeps it from being decided."""
    return figures.may_see(DIAGNOSES) | figures.may_see(MEDICAL)


QUIET_NEW_ILLNESS: Final = Quiet(_may_speak)


@dataclass(frozen=True, slots=True)
class _Findings:
    serious: Mapping[str, Diagnosis]
    """By reason key."""

    unlisted: Mapping[str, Diagnosis]
    """By reason key, those that only the missing list of illnesses could judge."""

    costs: Mapping[int, Threshold]
    """By member, the level that the cost reaches."""

    unweighed: frozenset[str]
    """Reason keys of costs that only a missing threshold or margin could judge."""

    @property
    def untold(self) -> frozenset[str]:
        """Keys of what the policy, lacking a value, can neither confirm nor withdraw."""
        return self.unweighed.union(self.unlisted)


def _look(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> _Findings:
    diagnoses = _diagnoses_by_key(state.sees(DIAGNOSES))
    verdicts = {key: is_serious(diagnosis, parameters) for key, diagnosis in diagnoses.items()}
    costs, unweighed = _high_costs(state, parameters, open_risk)
    return _Findings(
        serious={key: diagnoses[key] for key, verdict in verdicts.items() if verdict},
        unlisted={key: diagnoses[key] for key, verdict in verdicts.items() if verdict is None},
        costs=costs,
        unweighed=unweighed,
    )


def _is_red(found: _Findings) -> bool | None:
    if any(diagnosis.main_earner for diagnosis in found.serious.values()):
        return True
    return None if any(diagnosis.main_earner for diagnosis in found.unlisted.values()) else False


def _lacking(found: _Findings, parameters: RuleParameters) -> tuple[str, ...]:
    lists = (SERIOUS_ILLNESSES,) if found.unlisted else ()
    if not found.unweighed:
        return lists
    return (*lists, *(parameters.lacking(MEDICAL_COST, WINDOW_MONTHS) or (CLEAR_MARGIN_RATIO,)))


def _diagnoses_by_key(diagnoses: tuple[Diagnosis, ...]) -> dict[str, Diagnosis]:
    """Return the diagnoses by reason key.

    Several facts of one member and code are one diagnosis: the earliest, serious or of a main earner if any says so.
    """
    merged: dict[str, Diagnosis] = {}
    for diagnosis in diagnoses:
        key = f"{SERIOUS}:{diagnosis.member_no or NO_MEMBER}:{normalise_code(diagnosis.code)}"
        merged[key] = _merged(merged[key], diagnosis) if key in merged else diagnosis
    return merged


def _merged(one: Diagnosis, other: Diagnosis) -> Diagnosis:
    return Diagnosis(
        member_no=one.member_no,
        code=min(one.code, other.code),
        serious=one.serious or other.serious,
        main_earner=one.main_earner or other.main_earner,
        observed_on=min(one.observed_on, other.observed_on),
    )


def _high_costs(
    state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None
) -> tuple[dict[int, Threshold], frozenset[str]]:
    """Return the members whose cost fires with the level it reaches, and the reason keys of costs nobody can judge.

    The level is the threshold of the category or, where the open risk already cites the cost of this very member, the
    lower one at which it clears.
    """
    costs = {member: cost for member, cost in state.sees(MEDICAL).items() if cost > 0}
    if not costs:
        return {}, frozenset()
    if parameters.medical_cost is None or parameters.window_months is None:
        return {}, frozenset(map(_cost_key, costs))
    threshold = parameters.medical_cost[state.category]
    levels = {member: threshold for member, cost in costs.items() if threshold.reached_by(cost)}
    if open_risk is None:
        return levels, frozenset()
    cited = [member for member in costs if member not in levels and _cost_key(member) in open_risk.keys]
    if parameters.medical_cost_to_clear is None:
        return levels, frozenset(map(_cost_key, cited))
    to_clear = parameters.medical_cost_to_clear[state.category]
    return levels | {member: to_clear for member in cited if to_clear.reached_by(costs[member])}, frozenset()


def _cost_key(member: int) -> str:
    return f"{COST}:{member}"


def _why_fired(
    state: HouseholdState, parameters: RuleParameters, found: _Findings, standing: frozenset[str]
) -> tuple[Reason, ...]:
    lacking = _lacking(found, parameters)
    return (
        *[_serious_reason(key, diagnosis, parameters) for key, diagnosis in sorted(found.serious.items())],
        *[_cost_reason(member, level, state, parameters) for member, level in sorted(found.costs.items())],
        *[_standing_reason(key, parameters, lacking) for key in sorted(standing)],
    )


def _standing_reason(key: str, parameters: RuleParameters, lacking: tuple[str, ...]) -> Reason:
    inputs = parameters.about_lacking(lacking)
    return Reason(key.partition(":")[0], key, (says("illness-found-earlier-stands"),), inputs, ())


def _serious_reason(key: str, diagnosis: Diagnosis, parameters: RuleParameters) -> Reason:
    prefix = listed_as(diagnosis.code, parameters)
    earner = (says("main-earner-ill"),) if diagnosis.main_earner else ()
    return Reason(
        rule=SERIOUS,
        key=key,
        said=(_why_serious(prefix, diagnosis), *earner),
        inputs={
            "member_no": diagnosis.member_no or None,
            "code": diagnosis.code,
            "listed_as": prefix,
            "reported_serious": diagnosis.serious,
            "main_earner": diagnosis.main_earner,
            "observed_on": diagnosis.observed_on.isoformat(),
        },
        parameters=() if prefix is None or parameters.illnesses is None else (parameters.illnesses[prefix],),
    )


def _why_serious(prefix: str | None, diagnosis: Diagnosis) -> Said:
    if prefix is None:
        return says("illness-reported")
    return says("illness-listed-and-reported") if diagnosis.serious else says("illness-listed")


def _cost_reason(member: int, level: Threshold, state: HouseholdState, parameters: RuleParameters) -> Reason:
    held = parameters.medical_cost is not None and level is not parameters.medical_cost[state.category]
    return Reason(
        rule=COST,
        key=_cost_key(member),
        said=(says("medical-cost-held") if held else says("medical-cost"),),
        inputs={
            "member_no": member or None,
            "window": format_span(state.window.first, state.window.anchor),
            "self_paid_medical": format_yuan(state.sees(MEDICAL)[member]),
            "level": format_yuan(level.times(1)),
            "category": state.category.value,
        },
        parameters=parameters.cited(MEDICAL_COST, WINDOW_MONTHS, *((CLEAR_MARGIN_RATIO,) if held else ())),
    )


def _why_cleared(state: HouseholdState, parameters: RuleParameters) -> tuple[Reason, ...]:
    highest = max(state.sees(MEDICAL).values(), default=0)
    inputs = {
        "window": format_span(state.window.first, state.window.anchor),
        "diagnoses": len(state.sees(DIAGNOSES)),
        "highest_self_paid_medical": format_yuan(highest),
    }
    cited = parameters.cited(MEDICAL_COST, WINDOW_MONTHS, CLEAR_MARGIN_RATIO)
    return (Reason(_KIND, _KIND, (says("illness-cleared"),), inputs, cited),)
