"""How people live 三保障: out of school, insured, in an unsafe house, and what the ill were paid back."""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.evidence.circumstances import About, select_standing
from services.monitoring.evidence.dwelling import UNSAFE_GRADES
from services.monitoring.evidence.schooling import OUT_OF_SCHOOL
from services.monitoring.indicators.store.scope import Scope, how_many
from services.monitoring.ledger.rules.income import MONTHS_IN_YEAR
from services.monitoring.models.facts import Fact
from services.monitoring.models.households import Household
from services.monitoring.models.persons import Member
from services.monitoring.models.risks import Risk
from services.monitoring.risks.rules.parameters import SOURCE_ORDER, RuleParameters
from shared.codes.circumstances import InsuranceScheme, InsuranceStatus, SchoolingEvent, WaterSupply
from shared.codes.monitoring import ExpenseKind, MonitoringIndicator, RiskKind, RiskStatus
from shared.db.base import table_of
from shared.indicators import Counted
from shared.money import parse_yuan
from shared.months import format_month, month_of, months_later

_HOUSEHOLDS, _MEMBERS, _FACTS, _RISKS = table_of(Household), table_of(Member), table_of(Fact), table_of(Risk)
_OF_HOUSEHOLD: Final = _MEMBERS.c.household_code == _HOUSEHOLDS.c.code


def out_of_school(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many members of compulsory age 义务教育年龄 dropped out or are not enrolled."""
    ages = RuleParameters.from_view(scope.view).compulsory_age or range(0)
    said = select_standing("schooling", About.MEMBER, scope.last, _order(scope), which=_changes_a_state)
    born_after = months_later(scope.last, -MONTHS_IN_YEAR * ages.stop)
    born_by = months_later(scope.last, -MONTHS_IN_YEAR * ages.start)
    people = (
        sa.select(_MEMBERS.c.person_id)
        .join(_HOUSEHOLDS, _OF_HOUSEHOLD)
        .join(said, said.c.person_id == _MEMBERS.c.person_id)
        .where(scope.households(), said.c.said["event"].as_string().in_([event.value for event in OUT_OF_SCHOOL]))
        .where(_MEMBERS.c.birth_date > born_after, _MEMBERS.c.birth_date <= born_by)
    )
    return {MonitoringIndicator.DROPOUTS: Counted(scope.count(people))}


def _changes_a_state(payload: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(payload["event"].as_string() != SchoolingEvent.PERSUASION_VISIT.value)


def insured(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many of all members who need basic medical insurance 基本医保 of the year of the last day have it."""
    year = scope.last.year

    def of_the_year(payload: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        is_basic = payload["scheme"].as_string() == InsuranceScheme.BASIC_MEDICAL.value
        return sa.and_(is_basic, payload["year"].as_integer() == year)

    said = select_standing("insurance", About.MEMBER, scope.last, _order(scope), which=of_the_year)
    status = said.c.said["status"].as_string()
    counted = (
        sa.select(
            sa.func.count(),
            how_many(status == InsuranceStatus.INSURED.value),
            how_many(status == InsuranceStatus.EXEMPT.value),
        )
        .select_from(_MEMBERS)
        .join(_HOUSEHOLDS, _OF_HOUSEHOLD)
        .outerjoin(said, said.c.person_id == _MEMBERS.c.person_id)
        .where(scope.households())
    )
    people, with_insurance, exempt = scope.sums(counted)
    return {MonitoringIndicator.INSURED_RATE: Counted(with_insurance, people - exempt)}


def unsafe_housing(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many households live in an only home graded C or D 危房, out of those of which that was ever said."""
    grades = [grade.value for grade in UNSAFE_GRADES]

    def is_unsafe(payload: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(payload["grade"].as_string().in_(grades), payload["only_home"].as_boolean())

    now = select_standing("dwelling", About.HOUSEHOLD, scope.last, _order(scope))
    ever = select_standing("dwelling", About.HOUSEHOLD, scope.last, _order(scope), which=is_unsafe).alias("ever")
    still = sa.select(now.c.household_code).where(is_unsafe(now.c.said))
    counted = (
        sa.select(sa.func.count(), how_many(ever.c.household_code.in_(still)))
        .join_from(ever, _HOUSEHOLDS, _HOUSEHOLDS.c.code == ever.c.household_code)
        .where(scope.households())
    )
    found, still_open = scope.sums(counted)
    return {MonitoringIndicator.UNSAFE_HOUSING_OPEN: Counted(still_open, found)}


def supplied(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many of all people have tap water 自来水, and how many that or another central supply 集中供水."""
    said = select_standing("water", About.HOUSEHOLD, scope.last, _order(scope), which=_names_a_supply)
    supply, people = said.c.said["supply"].as_string(), _HOUSEHOLDS.c.member_count
    on_tap = supply == WaterSupply.TAP.value
    is_central = on_tap | (supply == WaterSupply.CENTRAL.value)
    counted = (
        sa.select(
            sa.func.sum(people), *(sa.func.sum(sa.case((each, people), else_=0)) for each in (on_tap, is_central))
        )
        .join_from(_HOUSEHOLDS, said, said.c.household_code == _HOUSEHOLDS.c.code, isouter=True)
        .where(scope.households())
    )
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
    return (
        sa.select(_RISKS.c.household_code)
        .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _RISKS.c.household_code)
        .where(_RISKS.c.kind == RiskKind.NEW_ILLNESS, _RISKS.c.status == RiskStatus.OPEN, scope.households())
    )


def _months_of_the_year(scope: Scope) -> tuple[str, str]:
    return format_month(month_of(scope.last.replace(month=1))), format_month(month_of(scope.last))


def _order(scope: Scope) -> Any:
    return scope.view.value(SOURCE_ORDER).value
