"""How people live 三保障: out of school, insured, in an unsafe house, and what the ill were paid back."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from services.monitoring.evidence.circumstances import About
from services.monitoring.evidence.dwelling import UNSAFE_GRADES
from services.monitoring.evidence.schooling import OUT_OF_SCHOOL
from services.monitoring.indicators.store.scope import Scope, how_many
from services.monitoring.ledger.rules.income import MONTHS_IN_YEAR
from services.monitoring.models.facts import Fact
from services.monitoring.models.risks import Risk
from services.monitoring.risks.rules.parameters import RuleParameters
from shared.codes.circumstances import InsuranceScheme, InsuranceStatus, SchoolingEvent, WaterSupply
from shared.codes.monitoring import ExpenseKind, MonitoringIndicator, RiskKind
from shared.db.base import table_of
from shared.indicators import Counted
from shared.money import parse_yuan
from shared.months import format_month, month_of, months_later

_FACTS, _RISKS = table_of(Fact), table_of(Risk)


def out_of_school(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many members of compulsory age 义务教育年龄 dropped out or are not enrolled."""
    ages = RuleParameters.from_view(scope.view).compulsory_age or range(0)
    said, (members, there) = scope.standing("schooling", About.MEMBER, which=_changes_a_state), _people(scope)
    born_after = months_later(scope.last, -MONTHS_IN_YEAR * ages.stop)
    born_by = months_later(scope.last, -MONTHS_IN_YEAR * ages.start)
    people = (
        sa.select(members.c.person_id)
        .join(there, there.c.code == members.c.household_code)
        .join(said, said.c.person_id == members.c.person_id)
        .where(said.c.said["event"].as_string().in_([event.value for event in OUT_OF_SCHOOL]))
        .where(members.c.birth_date > born_after, members.c.birth_date <= born_by)
    )
    return {MonitoringIndicator.DROPOUTS: Counted(scope.count(people))}


def _people(scope: Scope) -> tuple[sa.Subquery, sa.Subquery]:
    """Members and the households of the region in which they may live."""
    return scope.members(), scope.households()


def _changes_a_state(payload: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(payload["event"].as_string() != SchoolingEvent.PERSUASION_VISIT.value)


def insured(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many of all members who need basic medical insurance 基本医保 of the year of the last day have it."""
    year = scope.last.year

    def of_the_year(payload: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        is_basic = payload["scheme"].as_string() == InsuranceScheme.BASIC_MEDICAL.value
        return sa.and_(is_basic, payload["year"].as_integer() == year)

    said, (members, there) = scope.standing("insurance", About.MEMBER, which=of_the_year), _people(scope)
    status = said.c.said["status"].as_string()
    counted = (
        sa.select(
            sa.func.count(),
            how_many(status == InsuranceStatus.INSURED.value),
            how_many(status == InsuranceStatus.EXEMPT.value),
        )
        .select_from(members)
        .join(there, there.c.code == members.c.household_code)
        .outerjoin(said, said.c.person_id == members.c.person_id)
    )
    people, with_insurance, exempt = scope.sums(counted)
    return {MonitoringIndicator.INSURED_RATE: Counted(with_insurance, people - exempt)}


def unsafe_housing(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many households live in an only home graded C or D 危房, out of those of which that was ever said."""
    grades = [grade.value for grade in UNSAFE_GRADES]

    def is_unsafe(payload: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(payload["grade"].as_string().in_(grades), payload["only_home"].as_boolean())

    there, now = scope.households(), scope.standing("dwelling", About.HOUSEHOLD)
    ever = scope.standing("dwelling", About.HOUSEHOLD, which=is_unsafe).alias("ever")
    still = sa.select(now.c.household_code).where(is_unsafe(now.c.said))
    counted = sa.select(sa.func.count(), how_many(ever.c.household_code.in_(still))).join_from(
        ever, there, there.c.code == ever.c.household_code
    )
    found, still_open = scope.sums(counted)
    return {MonitoringIndicator.UNSAFE_HOUSING_OPEN: Counted(still_open, found)}


def supplied(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many of all people have tap water 自来水, and how many that or another central supply 集中供水."""
    said, there = scope.standing("water", About.HOUSEHOLD, which=_names_a_supply), scope.households()
    supply, people = said.c.said["supply"].as_string(), there.c.member_count
    on_tap = supply == WaterSupply.TAP.value
    is_central = on_tap | (supply == WaterSupply.CENTRAL.value)
    counted = sa.select(
        sa.func.sum(people), *(sa.func.sum(sa.case((each, people), else_=0)) for each in (on_tap, is_central))
    ).join_from(there, said, said.c.household_code == there.c.code, isouter=True)
    everybody, tapped, central = scope.sums(counted)
    return {
        MonitoringIndicator.TAP_WATER_RATE: Counted(tapped, everybody),
        MonitoringIndicator.CENTRAL_WATER_RATE: Counted(central, everybody),
    }


def _names_a_supply(payload: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(payload["supply"].as_string().is_not(None))


def reimbursed(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """What the ill 因病户 were paid back this year, out of what the rules cover of their medical bills. In fen.

    Those are households in which the risk of a new serious illness was open on the last day.
    """
    correction = _FACTS.alias()
    counts = ~sa.exists().where(correction.c.supersedes_id == _FACTS.c.id)
    bills = sa.select(_FACTS.c.payload).where(
        _FACTS.c.type == "expense",
        _FACTS.c.household_code.in_(_ill(scope)),
        _FACTS.c.payload["kind"].as_string() == ExpenseKind.MEDICAL.value,
        _FACTS.c.payload["month"].as_string().between(*_months_of_the_year(scope)),
        counts,
    )
    paid_back = borne = 0
    for bill in scope.reading.connection.scalars(bills):
        paid_back += parse_yuan(bill["reimbursed"])
        borne += parse_yuan(bill["self_paid_compliant"])
    return {MonitoringIndicator.REIMBURSED_RATE: Counted(paid_back, paid_back + borne)}


def _ill(scope: Scope) -> sa.Select[Any]:
    there = scope.households()
    was_open = scope.by_then(_RISKS.c.opened_at) & ~scope.by_then(_RISKS.c.cleared_at)
    return (
        sa.select(_RISKS.c.household_code)
        .join(there, there.c.code == _RISKS.c.household_code)
        .where(_RISKS.c.kind == RiskKind.NEW_ILLNESS, was_open)
    )


def _months_of_the_year(scope: Scope) -> tuple[str, str]:
    return format_month(month_of(scope.last.replace(month=1))), format_month(month_of(scope.last))
