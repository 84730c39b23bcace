"""Deadlines of tasks 办理时限, counted from the decision about the risk, or from the day it was told."""

import datetime as dt

from services.assistance.tasks.procedure import DEADLINE_WORKDAYS
from services.assistance.tasks.rules import deadline
from shared.codes.monitoring import RiskGrade
from shared.contracts.monitoring import RiskState
from shared.db.unit_of_work import Reading
from shared.workdays import Deadline, WorkdayCalendar


class Deadlines:
    """Deadlines by region of a pack, day and grade, each counted once for all the events of a command."""

    def __init__(self, reading: Reading) -> None:
        self._policy = reading.policy
        self._calendar = WorkdayCalendar(reading.policy.workday_overrides())
        self._counted: dict[tuple[str, dt.date, RiskGrade], Deadline | None] = {}

    def of(self, risk: RiskState) -> Deadline | None:
        """When a task would be due by this state of its risk; None where the policy does not say."""
        counted_from = max(risk.decided_on, risk.told_on or risk.decided_on)
        view = self._policy.at(risk.region_code, counted_from)
        key = (view.region, counted_from, risk.grade)
        if key not in self._counted:
            workdays = view.find(DEADLINE_WORKDAYS)
            self._counted[key] = deadline(counted_from, risk.grade, workdays, self._calendar)
        return self._counted[key]
