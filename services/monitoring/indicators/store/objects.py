"""Whom monitoring holds 监测对象: who is monitored, who came and went, what was done for them and how fast."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.cases.store.monitored import has_eliminated, monitored_on
from services.monitoring.evidence.circumstances import About
from services.monitoring.indicators.rules import MEASURE_DAYS
from services.monitoring.indicators.store.scope import Scope, how_many
from services.monitoring.models import PROCEDURE_STEP as _STEPS
from services.monitoring.models.cases import Case, CompletedMeasure
from services.monitoring.models.clues import ClueRow
from shared.codes.circumstances import ReliefScheme, ReliefStatus
from shared.codes.monitoring import CaseKind, CaseStatus, ClueAction, ClueStatus, HouseholdClass, MonitoringIndicator
from shared.db.base import table_of
from shared.indicators import Counted

_CASES, _MEASURES, _CLUES = table_of(Case), table_of(CompletedMeasure), table_of(ClueRow)
_HELPING: Final = ("employment", "consumption", "assets")
"""Houses whose measures are help to work and produce 开发式帮扶."""
_NOT_GRANTED: Final = (CaseStatus.REFUSED, CaseStatus.WITHDRAWN)


def monitored(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """Who is monitored on the last day, by class, and which help reached them."""
    found = monitored_on(scope.reading, scope.last)
    able, helped = found.c.able_workers > 0, _was_helped(found, scope.last)
    secured = found.c.dibao | found.c.household_code.in_(_supported(scope))
    of_class = [how_many(found.c.household_class == each) for each in HouseholdClass]
    asked = (
        sa.func.count(),
        sa.func.sum(found.c.member_count),
        *of_class,
        how_many(able),
        how_many(able & helped),
        how_many(~able & secured),
    )
    numbers = scope.sums(sa.select(*asked).where(scope.lies_in(found.c.region_code)))
    households, people, unstable, marginal, sudden, with_labour, developed, safe = numbers
    return {
        MonitoringIndicator.MONITORED_HOUSEHOLDS: Counted(households),
        MonitoringIndicator.MONITORED_PEOPLE: Counted(people),
        MonitoringIndicator.UNSTABLE_HOUSEHOLDS: Counted(unstable),
        MonitoringIndicator.MARGINAL_HOUSEHOLDS: Counted(marginal),
        MonitoringIndicator.SUDDEN_HOUSEHOLDS: Counted(sudden),
        MonitoringIndicator.DEVELOPMENT_RATE: Counted(developed, with_labour),
        MonitoringIndicator.SAFETY_NET_RATE: Counted(safe, households - with_labour),
    }


def _was_helped(monitored: sa.Subquery, on: dt.date) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        _MEASURES.c.household_code == monitored.c.household_code,
        _MEASURES.c.house.in_(_HELPING),
        _MEASURES.c.completed_on <= on,
    )


def _supported(scope: Scope) -> sa.Select[Any]:
    """Households with somebody in 低保 or 特困供养."""
    said = scope.standing("relief", About.EITHER, matter="scheme")
    scheme, status = (said.c.said[name].as_string() for name in ("scheme", "status"))
    supports = scheme.in_([ReliefScheme.DIBAO.value, ReliefScheme.TEKUN.value])
    return sa.select(said.c.household_code).where(supports, status == ReliefStatus.GRANTED.value)


def came_and_went(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """Who was ever admitted, and who was admitted and eliminated in the span."""
    admitted = (_CASES.c.kind == CaseKind.IDENTIFICATION) & (_CASES.c.status == CaseStatus.MONITORED)
    eliminated = has_eliminated(_CASES, scope.last)
    in_span = scope.in_span(_CASES.c.approved_on)
    asked = (admitted, eliminated, admitted & in_span, eliminated & in_span)
    counted = sa.select(*map(how_many, asked)).where(_by_now(scope))
    ever, gone, new, newly_gone = scope.sums(counted)
    return {
        MonitoringIndicator.IDENTIFIED: Counted(ever),
        MonitoringIndicator.ADMITTED: Counted(new),
        MonitoringIndicator.ELIMINATED: Counted(newly_gone),
        MonitoringIndicator.ELIMINATION_RATE: Counted(gone, ever),
    }


def _by_now(scope: Scope) -> sa.ColumnElement[bool]:
    return _of_the_region(scope) & (_CASES.c.approved_on <= scope.last)


def _of_the_region(scope: Scope) -> sa.ColumnElement[bool]:
    return scope.lived_in(_CASES.c.household_code, _CASES.c.region_code)


def in_time(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many identifications were approved within their time limit, and how many clues were answered by then."""
    limited = sa.select(sa.func.count(), how_many(_CASES.c.approved_on <= _CASES.c.due_on)).where(
        _of_the_region(scope),
        scope.in_span(_CASES.c.approved_on),
        _CASES.c.kind == CaseKind.IDENTIFICATION,
        _CASES.c.status.not_in(_NOT_GRANTED),
        _CASES.c.due_on.is_not(None),
    )
    by_then = (_CLUES.c.status == ClueStatus.ANSWERED) & (_CLUES.c.answered_on <= scope.last)
    sent = sa.select(sa.func.count(), how_many(by_then)).where(
        scope.lived_in(_CLUES.c.household_code, _CLUES.c.region_code),
        scope.in_span(_CLUES.c.received_on),
        ~_was_withdrawn(scope),
    )
    cases, approved_in_time = scope.sums(limited)
    clues, answered = scope.sums(sent)
    return {
        MonitoringIndicator.IDENTIFIED_IN_TIME_RATE: Counted(approved_in_time, cases),
        MonitoringIndicator.CLUE_ANSWERED_RATE: Counted(answered, clues),
    }


def _was_withdrawn(scope: Scope) -> sa.ColumnElement[bool]:
    """Whether a clue was taken back by the end of the last day."""
    step = (_STEPS.c.thing_kind == "clue") & (_STEPS.c.thing_id == _CLUES.c.id)
    taken_back = sa.exists().where(step, _STEPS.c.action == ClueAction.WITHDRAW.value, scope.by_then(_STEPS.c.at))
    return (_CLUES.c.status == ClueStatus.WITHDRAWN) & taken_back


def helped_in_time(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """For how many of those who were admitted in the span a measure was completed within the days of their place.

    Help that began before the admission counts from the day on which the case was opened.
    """
    of_case = (_MEASURES.c.household_code == _CASES.c.household_code) & (_MEASURES.c.completed_on >= _CASES.c.opened_on)
    first_help = sa.select(sa.func.min(_MEASURES.c.completed_on)).where(of_case).scalar_subquery()
    admitted = sa.select(_CASES.c.region_code, _CASES.c.approved_on, first_help.label("helped_on")).where(
        _of_the_region(scope),
        scope.in_span(_CASES.c.approved_on),
        _CASES.c.kind == CaseKind.IDENTIFICATION,
        _CASES.c.status == CaseStatus.MONITORED,
    )
    rows = scope.reading.connection.execute(admitted).all()
    in_time = [on for region, admitted_on, on in rows if on and on <= _help_until(scope, region, admitted_on)]
    return {MonitoringIndicator.MEASURES_IN_TIME_RATE: Counted(len(in_time), len(rows))}


def _help_until(scope: Scope, region_code: str, admitted_on: dt.date) -> dt.date:
    days = scope.reading.policy.at(region_code, admitted_on).value(MEASURE_DAYS).value
    return admitted_on + dt.timedelta(days=int(days))
