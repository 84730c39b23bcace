"""What the history of a case says of its steps, and what a body says of one."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from shared.codes.monitoring import CaseAction, CaseStatus
from shared.findings import Finding
from shared.procedures.steps import Step
from shared.words.said import says

_ANEW: Final = frozenset({CaseAction.VILLAGE_REVIEW, CaseAction.PUBLISH, CaseAction.OBJECT, CaseAction.RESOLVE})
"""Steps that count no more once a case is back where it was opened."""
_BACK: Final = frozenset({CaseAction.RESOLVE, CaseAction.APPEAL})
"""Steps that lead back there."""
_ACTIONS: Final = frozenset(action.value for action in CaseAction)


def days_of(history: Sequence[Mapping[str, Any]]) -> dict[str, dt.date]:
    """The day of each step that counts, the latest of each kind; a vote before an upheld objection does not."""
    days: dict[str, dt.date] = {}
    for entry in history:
        if entry["action"] not in _ACTIONS or entry["on"] is None:
            continue
        days[entry["action"]] = entry["on"]
        if entry["action"] in _BACK and entry["status"] == CaseStatus.OPENED:
            days = {action: day for action, day in days.items() if action not in _ANEW}
    return days


def wrong_fields(
    step: Step[CaseStatus, CaseAction], said: Mapping[str, Any], optional: Collection[str]
) -> Iterator[Finding]:
    """What a body lacks that the step needs, and what it says that does not belong to it."""
    for name in step.needs:
        if name not in said:
            yield Finding(f"/{name}", says("step-needs", action=step.action))
    belongs = {*step.needs, *optional}
    for name in said:
        if name not in belongs:
            yield Finding(f"/{name}", says("step-takes-no", action=step.action))


def is_repeated(action: CaseAction, *, emergency: bool, appealed: bool) -> bool:
    """Whether a step is taken once, and was."""
    return (action is CaseAction.EMERGENCY and emergency) or (action is CaseAction.APPEAL and appealed)
