"""What a policy says about cases."""

import datetime as dt
from typing import Final, NamedTuple

from shared.policy.parameters import ParameterValue, PolicyView
from shared.workdays import WorkdayCalendar

COMPARE: Final = "monitoring.compare"
"""信息比对项目: items of a comparison."""
EXCLUSION: Final = "monitoring.exclusion"
"""原则上不纳入情形: items that speak against an admission, unless the assembly decides otherwise."""
ASSIST_BEFORE_ADMIT: Final = "monitoring.assist_before_admit"
"""先帮扶后纳入: whether help may begin once the village confirmed it."""
IDENTIFICATION_LIMIT: Final = "monitoring.identification_limit"
"""识别认定时限: days, their unit, and from what on."""
ELIMINATION_MONTHS: Final = "monitoring.elimination_months"
"""风险消除最短期限: months since the admission."""
WATCH_MONTHS: Final = "monitoring.watch_months"
"""风险消除后跟踪期: months for which an elimination can be rolled back."""


def names_of(view: PolicyView, key: str) -> tuple[str, ...]:
    """The names that a parameter lists; none where the policy is silent."""
    found = view.find(key)
    return () if found is None else tuple(found.value)


class Due(NamedTuple):
    """By when a case is to be decided."""

    on: dt.date | None
    provisional: bool = False


def due_by(limit: ParameterValue | None, opened_on: dt.date, clue_on: dt.date | None, calendar: WorkdayCalendar) -> Due:
    """The last day of an identification 识别认定时限; the first day is not counted. Nothing where there is no limit."""
    if limit is None:
        return Due(None)
    begins = clue_on if limit.value["from"] == "clue" and clue_on is not None else opened_on
    days = int(limit.value["days"])
    if limit.value["unit"] == "calendar":
        return Due(begins + dt.timedelta(days=days))
    counted = calendar.add_workdays(begins, days)
    return Due(counted.due_on, counted.provisional)
