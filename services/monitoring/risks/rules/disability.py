"""新增残疾或加重: a member was certified disabled for the first time, or graver than before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from services.monitoring.evidence.circumstances import Circumstance, Circumstances, standing
from services.monitoring.evidence.disability import DISABILITY_KNOWN
from services.monitoring.risks.rules.events import recent
from services.monitoring.risks.rules.found import Found, answer
from services.monitoring.risks.rules.glance import Quiet, may_be_concerned
from services.monitoring.risks.rules.parameters import EVENT_MONTHS, SOURCE_ORDER, RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Verdict, undecided
from shared.codes.monitoring import RiskKind
from shared.words.said import says

_KIND: Final = RiskKind.DISABILITY
_CLEARED: Final = says("no-recent-disability")
_CITED: Final = (EVENT_MONTHS, SOURCE_ORDER)
_SEVERE: Final = 2
"""重度残疾: grades up to this one. Source: 残疾人残疾分类和分级 (GB/T 26341)."""


def judge_disability(state: HouseholdState, parameters: RuleParameters, open_risk: LatestRisk | None) -> Verdict:
    """Fire for `event_months` after a member was first certified, or graver; red for the grades 1 and 2 重度."""
    said = state.sees(DISABILITY_KNOWN)
    if said and parameters.event_months is None:
        return undecided(_KIND, parameters, EVENT_MONTHS)
    found = list(_found(said, parameters)) if said else []
    return answer(_KIND, found, open_risk, parameters, _CITED, cleared=_CLEARED)


def _found(said: Circumstances, parameters: RuleParameters) -> Iterator[Found]:
    """The last certificate of each member that was the first, or graver than the one before, where it is recent.

    A milder one since changes how red it is, and not that the member was certified.
    """
    for certificates in _by_member(said, parameters):
        first, last = certificates[0], certificates[-1]
        graver = (one for before, one in pairwise(certificates) if one.said["grade"] < before.said["grade"])
        for step in recent([max(graver, default=first, key=_day)], parameters):
            yield _certified(step._replace(said=last.said))


def _day(one: Circumstance) -> date:
    return one.observed_on


def _by_member(said: Circumstances, parameters: RuleParameters) -> Iterable[Sequence[Circumstance]]:
    """The certificates of each member, one a day, in the order of the days."""
    by_day: defaultdict[int, list[Circumstance]] = defaultdict(list)
    for day in sorted({one.observed_on for one in said}):
        of_day = [one for one in said if one.observed_on == day]
        for member_no, one in standing(of_day, parameters.source_order).items():
            by_day[member_no].append(one)
    return by_day.values()


def _certified(one: Circumstance) -> Found:
    inputs = {"member_no": one.member_no, "kind": one.said["kind"], "grade": one.said["grade"]}
    about = {**inputs, "observed_on": one.observed_on.isoformat()}
    return Found(str(one.member_no), says("newly-disabled"), about, red=one.said["grade"] <= _SEVERE)


QUIET_DISABILITY: Final = Quiet(may_be_concerned)
