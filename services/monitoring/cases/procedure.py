"""The steps of identification 识别认定 and of elimination 风险消除, who takes them, and the days they wait for."""

from collections.abc import Mapping
from typing import Final

from shared.codes.monitoring import CaseAction, CaseKind, CaseStatus
from shared.procedures.steps import Clock, Procedure, Step
from shared.regions import RegionLevel
from shared.words.said import says

PUBLICITY: Final = Clock("monitoring.publicity_days", "publicity_until", "publicity_rule", says("case-hangs-out"))
"""公示期: natural days, the first not counted."""
APPEAL: Final = Clock("monitoring.appeal_days", "appeal_until", "appeal_rule", says("case-may-be-appealed"))
"""申诉期: natural days since the refusal."""
WATCH: Final = Clock(
    "monitoring.watch_months", "watch_until", "watch_rule", says("household-is-watched"), in_months=True
)
"""风险消除后跟踪期: months since the county approved."""

_WRITE, _APPROVE = ("monitoring:write",), ("monitoring:approve",)
_VILLAGE, _TOWNSHIP, _COUNTY = RegionLevel.VILLAGE, RegionLevel.TOWNSHIP, RegionLevel.COUNTY
_Step = Step[CaseStatus, CaseAction]


def _at_village(before: CaseStatus, action: CaseAction, after: CaseStatus, *needs: str) -> _Step:
    return Step(before, action, after, _WRITE, level=_VILLAGE, needs=needs)


def _to_the_end(entered: CaseStatus) -> tuple[_Step, ...]:
    """The steps from the vote of the village to the entry, and those that lead away."""
    review = (*_OF_A_VOTE, "minutes_ref")
    return (
        Step(
            CaseStatus.OPENED,
            CaseAction.VILLAGE_REVIEW,
            CaseStatus.REVIEWED,
            _WRITE,
            level=_VILLAGE,
            needs=review,
            or_after=(CaseStatus.REFUSED,),
        ),
        Step(CaseStatus.REVIEWED, CaseAction.PUBLISH, CaseStatus.PUBLICITY, _WRITE, level=_VILLAGE, begins=PUBLICITY),
        _at_village(CaseStatus.PUBLICITY, CaseAction.OBJECT, CaseStatus.OBJECTION, "objection_ref"),
        Step(
            CaseStatus.OBJECTION,
            CaseAction.RESOLVE,
            CaseStatus.PUBLICITY,
            _WRITE,
            level=_TOWNSHIP,
            needs=("upheld",),
            or_after=(CaseStatus.OPENED,),
        ),
        Step(
            CaseStatus.PUBLICITY,
            CaseAction.TOWNSHIP_REVIEW,
            CaseStatus.TOWNSHIP_APPROVED,
            _APPROVE,
            level=_TOWNSHIP,
            needs=("approved",),
            not_before=PUBLICITY,
            or_after=(CaseStatus.REFUSED,),
        ),
        Step(
            CaseStatus.TOWNSHIP_APPROVED,
            CaseAction.COUNTY_APPROVE,
            CaseStatus.COUNTY_APPROVED,
            _APPROVE,
            level=_COUNTY,
            needs=("approved",),
            or_after=(CaseStatus.REFUSED,),
        ),
        Step(CaseStatus.COUNTY_APPROVED, CaseAction.ANNOUNCE, CaseStatus.ANNOUNCED, _WRITE, level=_TOWNSHIP),
        _at_village(CaseStatus.ANNOUNCED, CaseAction.ENTER, entered, "contact_code"),
        _at_village(CaseStatus.OPENED, CaseAction.REFUSE, CaseStatus.REFUSED, "reason"),
        _at_village(CaseStatus.REVIEWED, CaseAction.REFUSE, CaseStatus.REFUSED, "reason"),
        Step(CaseStatus.REFUSED, CaseAction.APPEAL, CaseStatus.OPENED, _WRITE, level=_VILLAGE, not_after=APPEAL),
        *(_at_village(before, CaseAction.WITHDRAW, CaseStatus.WITHDRAWN) for before in _BEFORE_THE_COUNTY),
    )


_OF_A_VOTE: Final = ("attended", "in_favour", "against")
_BEFORE_THE_COUNTY: Final = (
    CaseStatus.OPENED,
    CaseStatus.REVIEWED,
    CaseStatus.PUBLICITY,
    CaseStatus.OBJECTION,
    CaseStatus.TOWNSHIP_APPROVED,
)

IDENTIFICATION: Final = Procedure(
    "an-identification",
    _at_village(
        CaseStatus.OPENED, CaseAction.VISIT, CaseStatus.OPENED, "checkers", "can_cope", "life_difficult", "risks"
    ),
    _at_village(CaseStatus.OPENED, CaseAction.CONSENT, CaseStatus.OPENED, "consent_ref", "signed_by", "read_aloud"),
    Step(CaseStatus.OPENED, CaseAction.COMPARE, CaseStatus.OPENED, _WRITE, level=_COUNTY, needs=("results",)),
    _at_village(CaseStatus.OPENED, CaseAction.EMERGENCY, CaseStatus.OPENED, "minutes_ref"),
    *_to_the_end(CaseStatus.MONITORED),
)
"""入户核查、承诺授权、信息比对, then 民主评议、公示、乡镇审核、县级审批、公告、录入: no step can be skipped."""

ELIMINATION: Final = Procedure(
    "an-elimination",
    _at_village(CaseStatus.OPENED, CaseAction.VISIT, CaseStatus.OPENED, "checkers", "manner"),
    *_to_the_end(CaseStatus.ELIMINATED),
    Step(
        CaseStatus.ELIMINATED,
        CaseAction.ROLL_BACK,
        CaseStatus.ROLLED_BACK,
        _APPROVE,
        level=_COUNTY,
        needs=("reason",),
        not_after=WATCH,
    ),
)
"""入户核查, then as in an identification; what was eliminated is watched, and can be rolled back meanwhile."""

PROCEDURES: Final[Mapping[CaseKind, Procedure[CaseStatus, CaseAction]]] = {
    CaseKind.IDENTIFICATION: IDENTIFICATION,
    CaseKind.ELIMINATION: ELIMINATION,
}
OPTIONAL: Final[Mapping[CaseAction, frozenset[str]]] = {CaseAction.VILLAGE_REVIEW: frozenset({"exception"})}
"""What a step may say beside what it needs."""
SCOPES: Final = tuple(dict.fromkeys((*IDENTIFICATION.scopes, *ELIMINATION.scopes)))
"""Every scope that may take any step."""
