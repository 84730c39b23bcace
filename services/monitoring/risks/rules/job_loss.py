"""失业: the last member of a household who was placed in work lost it, and nobody was placed again since."""

from functools import partial
from typing import Final

from services.monitoring.evidence.job_loss import JOB_LOSSES, JobLoss
from services.monitoring.ledger.rules.income import format_span
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth
from services.monitoring.risks.rules.near_line import NEAR_LINE_KEYS, about_near_line, is_near_line
from services.monitoring.risks.rules.parameters import WINDOW_MONTHS, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Outcome, Reason, Verdict, grade_for
from shared.codes.employment import PlacementEndReason
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.money import format_yuan
from shared.words.said import says

_KIND: Final = RiskKind.JOB_LOSS
_QUIET: Final = Verdict(_KIND, Outcome.CLEAR)
_CITED: Final = (*NEAR_LINE_KEYS, WINDOW_MONTHS)


def judge_job_loss(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while a loss of work 失业 stands; a new placement 输送就业 of the household ends it.

    Red when the known window income per head is at most `near_line_ratio` above the line, else orange. The alarm
    itself needs no policy and no known income. Source: 铜仁市“十四五”规划 第六章第五节 (失业监测预警).
    """
    loss = state.sees(JOB_LOSSES)
    if loss is not None and loss.stands:
        near = is_near_line(state, parameters)
        grade = grade_for(near, open_risk)
        why = partial(_why_fired, state, parameters, loss, near, grade)
        return Verdict(_KIND, Outcome.FIRES, grade, frozenset({_key(loss)}), explain=why)
    if open_risk is None:
        return _QUIET
    return Verdict(_KIND, Outcome.CLEAR, explain=partial(_why_cleared, loss))


def _may_speak(figures: Figures, _: RuleParameters) -> Truth:
    return figures.may_see(JOB_LOSSES)


QUIET_JOB_LOSS: Final = Quiet(_may_speak)


def _key(loss: JobLoss) -> str:
    return f"{_KIND}:{loss.placement_id}"


def _why_fired(
    state: HouseholdState, parameters: RuleParameters, loss: JobLoss, near: bool | None, grade: RiskGrade
) -> tuple[Reason, ...]:
    window, left = state.window, loss.reason == PlacementEndReason.LEFT_HOUSEHOLD
    said = says("last-earner-left") if left else says("last-earner-lost-work")
    inputs = {
        "lost_on": loss.lost_on.isoformat(),
        "reason": loss.reason.value,
        "placement_id": str(loss.placement_id),
        "window": format_span(window.first, window.anchor),
        "known_months": window.known,
        "net_income": format_yuan(window.net),
    }
    about_grade = about_near_line(state, parameters, near, grade)
    return (Reason(_KIND, _key(loss), (said,), inputs | about_grade, parameters.cited(*_CITED)),)


def _why_cleared(loss: JobLoss | None) -> tuple[Reason, ...]:
    if loss is None or loss.regained_on is None:
        return (Reason(_KIND, _KIND, (says("no-loss-of-work-known"),), {}, ()),)
    inputs = {
        "lost_on": loss.lost_on.isoformat(),
        "placement_id": str(loss.regained_placement_id),
        "started_on": loss.regained_on.isoformat(),
    }
    return (Reason(_KIND, _KIND, (says("placed-in-work-again"),), inputs, ()),)
