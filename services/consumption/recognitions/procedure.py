"""The steps of a recognition 重点产品认定, who takes them, and how long it hangs out."""

from typing import Final

from shared.codes.consumption import RecognitionAction, RecognitionStatus
from shared.procedures.steps import Clock, Procedure, Step
from shared.regions import RegionLevel
from shared.words.said import says

APPLIED: Final = "apply"
"""申请: how the history of a recognition begins."""
EXPIRED: Final = "expire"
"""到期: how it ends by itself."""
PUBLICITY_DAYS: Final = "consumption.publicity_days"
"""公示天数: natural days a recognition hangs out before the county grants it."""
_PUBLICITY: Final = Clock(PUBLICITY_DAYS, "publicity_ends_on", "publicity_rule", says("recognition-hangs-out"))

_ANYBODY, _APPROVES, _NOTE = ("consumption:write", "consumption:approve"), ("consumption:approve",), ("note",)
_TOWNSHIP, _COUNTY = RegionLevel.TOWNSHIP, RegionLevel.COUNTY
_REFUSED, _REFUSE = RecognitionStatus.REFUSED, RecognitionAction.REFUSE
TRANSITIONS: Final = Procedure(
    "a-recognition",
    Step(RecognitionStatus.APPLIED, RecognitionAction.REVIEW, RecognitionStatus.REVIEWED, _APPROVES, level=_TOWNSHIP),
    Step(RecognitionStatus.APPLIED, _REFUSE, _REFUSED, _APPROVES, level=_TOWNSHIP, needs=_NOTE),
    Step(RecognitionStatus.REVIEWED, RecognitionAction.ENDORSE, RecognitionStatus.ENDORSED, _APPROVES, level=_COUNTY),
    Step(RecognitionStatus.REVIEWED, _REFUSE, _REFUSED, _APPROVES, level=_COUNTY, needs=_NOTE),
    Step(RecognitionStatus.ENDORSED, RecognitionAction.DECIDE, RecognitionStatus.DECIDED, _APPROVES, level=_COUNTY),
    Step(RecognitionStatus.ENDORSED, _REFUSE, _REFUSED, _APPROVES, level=_COUNTY, needs=_NOTE),
    Step(
        RecognitionStatus.DECIDED,
        RecognitionAction.PUBLISH,
        RecognitionStatus.PUBLISHED,
        _APPROVES,
        level=_COUNTY,
        begins=_PUBLICITY,
    ),
    Step(
        RecognitionStatus.PUBLISHED,
        RecognitionAction.OBJECT,
        RecognitionStatus.ENDORSED,
        _ANYBODY,
        needs=_NOTE,
        stops=_PUBLICITY,
    ),
    Step(
        RecognitionStatus.PUBLISHED,
        RecognitionAction.RECOGNISE,
        RecognitionStatus.RECOGNISED,
        _APPROVES,
        level=_COUNTY,
        not_before=_PUBLICITY,
    ),
    Step(
        RecognitionStatus.RECOGNISED,
        RecognitionAction.REVOKE,
        RecognitionStatus.REVOKED,
        _APPROVES,
        level=_COUNTY,
        needs=_NOTE,
    ),
)
"""主体申请、镇办初审、行业复审、县级审定、公示、认定.

After an objection the county decides anew; a recognition expires by itself.
"""
