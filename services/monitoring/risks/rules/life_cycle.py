"""What a verdict changes about a risk 风险: it is raised, updated, cleared, or left alone."""

from dataclasses import dataclass
from enum import StrEnum

from services.monitoring.risks.rules.state import LatestRisk
from services.monitoring.risks.rules.verdicts import Outcome, Reason, Verdict
from shared.codes.monitoring import RiskGrade, RiskKind, RiskStatus


class ChangeKind(StrEnum):
    """What happens to a risk."""

    RAISED = "raised"
    """新增: opens as the next episode."""

    UPDATED = "updated"
    """更新: stays open with another grade, other reasons or other causes."""

    CLEARED = "cleared"
    """预警自动解除: its cause is gone."""


@dataclass(frozen=True, slots=True)
class RiskChange:
    """One change of a risk, ready to be stored and published."""

    change: ChangeKind
    kind: RiskKind
    grade: RiskGrade
    """For a cleared risk the grade it had."""

    episode: int
    keys: frozenset[str]
    """Keys of the reasons that hold the risk open; none when it clears."""

    reasons: tuple[Reason, ...]
    """Why the risk is open, or why it clears."""

    @property
    def latest(self) -> LatestRisk:
        """The risk after this change."""
        status = RiskStatus.CLEARED if self.change is ChangeKind.CLEARED else RiskStatus.OPEN
        return LatestRisk(self.kind, status, self.grade, self.episode, self.keys)


def decide_change(
    latest: LatestRisk | None, verdict: Verdict, *, other_causes: bool = False, is_dismissed: bool = False
) -> RiskChange | None:
    """Return what `verdict` changes about the latest risk of its kind, or None when nothing changes.

    A firing rule raises a risk that is not open, one episode after the last, and updates an open one when its grade
    or the set of its reason keys is new, or with ``other_causes``: other figures alone are no news. A clear verdict
    clears an open risk. Missing facts and missing policy never change anything. With ``is_dismissed`` a finding of a
    visit keeps the next episode from opening.
    """
    is_open = latest is not None and latest.is_open
    if verdict.outcome is Outcome.FIRES:
        if latest is not None and is_open:
            return _update(latest, verdict, other_causes)
        return None if is_dismissed else _raise(latest, verdict)
    if verdict.outcome is Outcome.CLEAR and latest is not None and is_open:
        return RiskChange(ChangeKind.CLEARED, verdict.kind, latest.grade, latest.episode, verdict.keys, verdict.reasons)
    return None


def _raise(latest: LatestRisk | None, verdict: Verdict) -> RiskChange:
    episode = 1 if latest is None else latest.episode + 1
    return RiskChange(ChangeKind.RAISED, verdict.kind, _grade(verdict), episode, verdict.keys, verdict.reasons)


def _update(latest: LatestRisk, verdict: Verdict, other_causes: bool) -> RiskChange | None:
    grade = _grade(verdict)
    if grade == latest.grade and verdict.keys == latest.keys and not other_causes:
        return None
    return RiskChange(ChangeKind.UPDATED, verdict.kind, grade, latest.episode, verdict.keys, verdict.reasons)


def _grade(verdict: Verdict) -> RiskGrade:
    assert verdict.grade is not None, "a firing verdict has a grade"
    return verdict.grade
