"""What can be asked of risks, as each caller may see it: no answer, and no two together, rebuild what is hidden."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.ledger.store import load_dossiers
from services.monitoring.models.risks import Risk
from services.monitoring.risks.errors import RiskNotFound
from services.monitoring.risks.rules.order import LISTED, in_order, official_code
from services.monitoring.risks.rules.parameters import DUTY_LEVEL, TASK_WORKDAYS
from services.monitoring.risks.schemas import DutyOut, OrderedRisk, OrderedRisksOut, ReasonOut, RiskOut, VerdictOut
from services.monitoring.risks.sheets import RISK_LIST
from services.monitoring.risks.store.latest import load_latest_risks
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.codes.monitoring import RiskGrade, RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.policy.parameters import PolicyView
from shared.regions import RegionFilter
from shared.security.actor import PERSONAL, Actor
from shared.words.said import says
from shared.workdays import WorkdayCalendar

OF_HEALTH: Final = frozenset({RiskKind.NEW_ILLNESS, RiskKind.DISABILITY, RiskKind.ACCIDENT})
"""Kinds of risk whose reasons tell who is ill, disabled or hurt."""
_HIDDEN: Final = says("reason-of-health-hidden")
ShownT = TypeVar("ShownT", RiskOut, VerdictOut)


class Duties:
    """Who sees to risks 核查责任, and by when: each day is counted once for all the risks of an answer.

    The days are those of the task, counted like its deadline: from the decision, or from the day it was told.
    """

    def __init__(self, reading: Reading) -> None:
        self._policy = reading.policy
        self._calendar = WorkdayCalendar(reading.policy.workday_overrides())
        self._counted: dict[tuple[str, dt.date, RiskGrade], DutyOut | None] = {}

    def of(self, row: Mapping[Any, Any]) -> DutyOut | None:
        """Who sees to the risk of a row; none while nobody was told of it, and once it is cleared."""
        if row["status"] is not RiskStatus.OPEN or row["released_at"] is None:
            return None
        since = max(row["decided_on"], row["told_on"] or row["decided_on"])
        view = self._policy.at(row["region_code"], since)
        key = (view.region, since, row["grade"])
        if key not in self._counted:
            self._counted[key] = self._count(view, since, row["grade"])
        return self._counted[key]

    def _count(self, view: PolicyView, since: dt.date, grade: RiskGrade) -> DutyOut | None:
        levels, workdays = view.find(DUTY_LEVEL), view.find(TASK_WORKDAYS)
        level = None if levels is None else levels.value.get(grade.value)
        if level is None:
            return None
        days = None if workdays is None else workdays.value.get(grade.value)
        by = None if days is None else self._calendar.add_workdays(since, int(days)).due_on
        return DutyOut(level=level, by=by)


class RiskList(ListQuery):
    """Which risks 风险 are asked for, the newest first."""

    order = newest_by("opened_at")
    sheet = RISK_LIST
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    kind: RiskKind | None = None
    status: RiskStatus | None = None
    grade: RiskGrade | None = None
    updated_after: UpdatedAfter = None


def risk(reading: Reading, risk_id: UUID) -> RiskOut:
    """A risk with its reasons."""
    table = table_of(Risk)
    row = reading.connection.execute(sa.select(table).where(table.c.id == risk_id)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise RiskNotFound(says("none-of-that-code", thing="risk", code=risk_id, region=reading.actor.place))
    return reasons_for(reading.actor, RiskOut.of(row, Duties(reading).of(row)))


def risks(reading: Reading, asked: RiskList) -> Page[RiskOut]:
    """Risks with their reasons."""
    duties = Duties(reading)

    def show(rows: Sequence[sa.Row[Any]]) -> list[RiskOut]:
        found = (row._asdict() for row in rows)
        return [reasons_for(reading.actor, RiskOut.of(row, duties.of(row))) for row in found]

    return asked.page(reading, sa.select(table_of(Risk)), show)


def ordered_risks(reading: Reading, household_code: str) -> OrderedRisksOut:
    """The open risks of a household, the most pressing first."""
    homes = load_dossiers(reading, [household_code], lock=False)
    home = homes.get(household_code)
    if home is None or not reading.actor.sees(home.region_code):
        raise HouseholdNotFound(says("no-household-in-region", household=household_code, region=reading.actor.place))
    open_risks = {
        kind: risk
        for kind, risk in load_latest_risks(reading, [household_code]).get(household_code, {}).items()
        if risk.latest.is_open
    }
    parameters = rule_parameters(reading.policy, home.region_code, reading.today())
    kinds = in_order({kind: risk.latest.grade for kind, risk in open_risks.items()}, parameters.risk_order)
    listed = [
        OrderedRisk(
            kind=kind,
            grade=open_risks[kind].latest.grade,
            official_code=official_code(kind, open_risks[kind].latest.keys),
            risk_id=open_risks[kind].id,
        )
        for kind in kinds[:LISTED]
    ]
    return OrderedRisksOut(main=kinds[0] if kinds else None, ordered=listed, beyond=kinds[LISTED:])


def reasons_for(actor: Actor, shown: ShownT) -> ShownT:
    """A risk or verdict as this caller may see it: of what is about health the rule and the grade alone."""
    if actor.may(PERSONAL) or shown.kind not in OF_HEALTH:
        return shown
    return shown.model_copy(update={"reasons": _without_health(shown.reasons)})


def _without_health(reasons: Sequence[ReasonOut]) -> list[ReasonOut]:
    """One line for each rule, so that not even the number of diagnoses is told."""
    rules = dict.fromkeys(reason.rule for reason in reasons)
    return [ReasonOut(rule=rule, text=_HIDDEN.text, inputs={}, parameters=[]) for rule in rules]
