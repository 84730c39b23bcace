"""线索核实属实: somebody told of the household, and a check found it true."""

from functools import partial
from typing import Final

from services.monitoring.evidence.report import REPORTS, Report
from services.monitoring.risks.rules.glance import Figures, Quiet, Truth
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Outcome, Reason, Verdict
from shared.codes.monitoring import RiskGrade, RiskKind
from shared.words.said import Said, says

_KIND: Final = RiskKind.REPORTED
_QUIET: Final = Verdict(_KIND, Outcome.CLEAR)


def judge_reported(state: HouseholdState, _: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire while a confirmed clue 线索 stands: until its case ends, or without one its task; always orange.

    The verdict is that of people: no policy value weighs it. Source: 农户快速发现和响应机制, 石家庄 二(一).
    """
    report = state.sees(REPORTS)
    if report is not None and report.stands:
        why = partial(_why, report, says("clue-confirmed"))
        return Verdict(_KIND, Outcome.FIRES, RiskGrade.ORANGE, frozenset({f"{_KIND}:{report.clue_id}"}), explain=why)
    if open_risk is None:
        return _QUIET
    return Verdict(_KIND, Outcome.CLEAR, explain=partial(_why, report, says("confirmed-clue-settled")))


def _may_speak(figures: Figures, _: RuleParameters) -> Truth:
    return figures.may_see(REPORTS)


QUIET_REPORTED: Final = Quiet(_may_speak)


def _why(report: Report | None, said: Said) -> tuple[Reason, ...]:
    if report is None:
        return (Reason(_KIND, _KIND, (said,), {}, ()),)
    inputs = {"clue_id": str(report.clue_id), "confirmed_on": report.confirmed_on.isoformat()}
    return (Reason(_KIND, f"{_KIND}:{report.clue_id}", (said,), inputs, ()),)
