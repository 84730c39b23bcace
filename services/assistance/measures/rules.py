"""By when a measure is to be answered. Pure."""

from datetime import date

from shared.policy.parameters import ParameterValue
from shared.workdays import Deadline, WorkdayCalendar


def answer_deadline(asked_on: date, workdays: ParameterValue | None, calendar: WorkdayCalendar) -> Deadline | None:
    """The day by which a measure is to be answered 答复时限; None where the policy has no number of days."""
    return None if workdays is None else calendar.add_workdays(asked_on, workdays.value)
