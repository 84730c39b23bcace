"""Which households belong to each group, and how many people of each village are monitored, in SQL."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.as_of.store import households_on, is_there_on
from services.monitoring.cases.store.monitored import monitored_on
from services.monitoring.evidence.circumstances import About, SourceOrder, select_standing
from services.monitoring.ledger.queries import net_incomes_on
from services.monitoring.ledger.rules.income import MONTHS_IN_YEAR, window_months
from services.monitoring.models.evidence import Illness
from services.monitoring.models.households import Household
from services.monitoring.models.persons import Member
from services.monitoring.priority.rules import (
    ELDERLY_AGE,
    FOCUS_INCOME,
    NEW_DIBAO_MONTHS,
    SEVERE_GRADE,
    VILLAGE_SHARE,
    in_basis_points,
)
from services.monitoring.risks.rules.parameters import SOURCE_ORDER
from shared.codes.circumstances import CareLevel, ReliefScheme, ReliefStatus
from shared.codes.monitoring import Health, HouseholdCategory, PriorityGroup
from shared.db.base import table_of
from shared.db.by_region import parameter_by_region
from shared.db.unit_of_work import Reading
from shared.months import months_later
from shared.policy.loader import NATIONAL
from shared.shares import WHOLE

_HOUSEHOLDS, _MEMBERS, _ILLNESSES = table_of(Household), table_of(Member), table_of(Illness)
_FEN_PER_YUAN: Final = 100
Codes = sa.Select[Any] | sa.CompoundSelect[Any]
"""Selects codes of households."""


def in_group(reading: Reading, group: PriorityGroup) -> sa.Select[Any]:
    """The households of a group today."""
    found = _GROUPS[group](reading, reading.today())
    return sa.select(
        _HOUSEHOLDS.c.code.label("household_code"),
        _HOUSEHOLDS.c.region_code,
        _HOUSEHOLDS.c.category,
        sa.literal(group.value, sa.String).label("group"),
    ).where(is_there_on(reading.today()), _HOUSEHOLDS.c.code.in_(found))


def with_low_income(reading: Reading, on: dt.date) -> Codes:
    """Lifted and monitored households whose year before a day is known and brought less per head than the place says.

    The day after it is the day of the decision: of the last day of a month that month counts.
    """
    first, last = window_months(on + dt.timedelta(days=1), MONTHS_IN_YEAR)
    incomes = net_incomes_on(reading, first, last, on, _source_order(reading, on))
    there = households_on(reading, on)
    line = parameter_by_region(reading.policy, FOCUS_INCOME, on, there.c.region_code, _in_fen)
    looked_at = (there.c.category == HouseholdCategory.LIFTED) | there.c.code.in_(
        sa.select(monitored_on(reading, on).c.household_code)
    )
    below = incomes.c.net < sa.cast(line, sa.BigInteger) * there.c.member_count
    return sa.select(there.c.code).join(incomes, incomes.c.household_code == there.c.code).where(below, looked_at)


def villages_on(reading: Reading, on: dt.date) -> sa.Subquery:
    """Each village with its people, those of them who are monitored on a day, and the share above which it is in focus.

    Columns: region_code, people, monitored_people, bar (in ten-thousandths).
    """
    there, monitored = households_on(reading, on), monitored_on(reading, on)
    bar = parameter_by_region(reading.policy, VILLAGE_SHARE, on, there.c.region_code, in_basis_points)
    return (
        sa.select(
            there.c.region_code,
            sa.func.sum(there.c.member_count).label("people"),
            sa.func.coalesce(sa.func.sum(monitored.c.member_count), 0).label("monitored_people"),
            bar.label("bar"),
        )
        .outerjoin(monitored, monitored.c.household_code == there.c.code)
        .group_by(there.c.region_code)
        .having(sa.func.sum(there.c.member_count) > 0)
        .subquery("villages")
    )


def is_in_focus(villages: sa.Subquery) -> sa.ColumnElement[bool]:
    """Whether more of the people of a village are monitored than its share allows."""
    return villages.c.monitored_people * WHOLE > villages.c.bar * villages.c.people


def _in_fen(yuan: Any) -> int:
    return int(yuan * _FEN_PER_YUAN)


def _number(reading: Reading, key: str, on: dt.date) -> int:
    return int(reading.policy.at(NATIONAL, on).value(key).value)


def _standing(reading: Reading, type_: str, about: About, on: dt.date, matter: str | None = None) -> sa.Subquery:
    return select_standing(type_, about, on, _source_order(reading, on), matter=matter)


def _source_order(reading: Reading, on: dt.date) -> SourceOrder:
    order: SourceOrder = reading.policy.at(NATIONAL, on).value(SOURCE_ORDER).value
    return order


def _of_health(health: Health) -> sa.Select[Any]:
    return sa.select(_MEMBERS.c.household_code).where(_MEMBERS.c.health == health)


def _seriously_ill(_: Reading, on: dt.date) -> Codes:
    diagnosed = sa.select(_MEMBERS.c.household_code).join(_ILLNESSES, _ILLNESSES.c.person_id == _MEMBERS.c.person_id)
    return sa.union(_of_health(Health.SERIOUS), diagnosed.where(_ILLNESSES.c.serious, _ILLNESSES.c.observed_on <= on))


def _chronically_ill(reading: Reading, on: dt.date) -> Codes:
    return sa.union(
        _of_health(Health.CHRONIC), sa.select(_standing(reading, "chronic", About.MEMBER, on).c.household_code)
    )


def _severely_disabled(reading: Reading, on: dt.date) -> Codes:
    said = _standing(reading, "disability", About.MEMBER, on)
    grade = said.c.said["grade"].as_integer()
    certified = sa.select(said.c.household_code).where(grade <= _number(reading, SEVERE_GRADE, on))
    return sa.union(_of_health(Health.DISABLED), certified)


def _disabled_elderly(reading: Reading, on: dt.date) -> Codes:
    said = _standing(reading, "care", About.MEMBER, on)
    born_by = months_later(on, -MONTHS_IN_YEAR * _number(reading, ELDERLY_AGE, on))
    needs_care = said.c.said["level"].as_string() != CareLevel.ABLE.value
    of_person = _MEMBERS.c.person_id == said.c.person_id
    return (
        sa.select(said.c.household_code).join(_MEMBERS, of_person).where(needs_care, _MEMBERS.c.birth_date <= born_by)
    )


def _granted(reading: Reading, scheme: ReliefScheme, on: dt.date) -> sa.Select[Any]:
    said = _standing(reading, "relief", About.EITHER, on, matter="scheme")
    is_of = said.c.said["scheme"].as_string() == scheme.value
    return sa.select(said.c.household_code).where(
        is_of, said.c.said["status"].as_string() == ReliefStatus.GRANTED.value
    )


def _newly_in_dibao(reading: Reading, on: dt.date) -> Codes:
    before = months_later(on, -_number(reading, NEW_DIBAO_MONTHS, on))
    return sa.except_(_granted(reading, ReliefScheme.DIBAO, on), _granted(reading, ReliefScheme.DIBAO, before))


def _single_and_supported(reading: Reading, on: dt.date) -> Codes:
    granted = _granted(reading, ReliefScheme.TEKUN, on)
    return sa.select(_HOUSEHOLDS.c.code).where(_HOUSEHOLDS.c.member_count == 1, _HOUSEHOLDS.c.code.in_(granted))


_GROUPS: Final[Mapping[PriorityGroup, Callable[[Reading, dt.date], Codes]]] = {
    PriorityGroup.SERIOUS_ILLNESS: _seriously_ill,
    PriorityGroup.CHRONIC: _chronically_ill,
    PriorityGroup.SEVERE_DISABILITY: _severely_disabled,
    PriorityGroup.DISABLED_ELDERLY: _disabled_elderly,
    PriorityGroup.BELOW_10000: with_low_income,
    PriorityGroup.NEW_DIBAO: _newly_in_dibao,
    PriorityGroup.SINGLE_TEKUN: _single_and_supported,
}
