"""What households have to live on."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from services.monitoring.cases.store.monitored import monitored_on
from services.monitoring.indicators.store.scope import Scope
from services.monitoring.ledger.queries import net_incomes_on
from services.monitoring.ledger.rules.income import MONTHS_IN_YEAR, window_months
from services.monitoring.priority.store import with_low_income
from shared.codes.monitoring import HouseholdCategory, MonitoringIndicator
from shared.indicators import Counted
from shared.money import divide_half_up


def low_incomes(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """How many lifted and monitored households have less per head than the place says; see `with_low_income`."""
    there = scope.households()
    low = sa.select(there.c.code).where(there.c.code.in_(with_low_income(scope.reading, scope.last)))
    return {MonitoringIndicator.BELOW_10000: Counted(scope.count(low))}


def incomes(scope: Scope) -> Mapping[MonitoringIndicator, Counted]:
    """The net income per head of lifted and of monitored households, and how it grew in a year."""
    there = scope.households()
    monitored = sa.select(monitored_on(scope.reading, scope.last).c.household_code)
    lifted = _incomes_of(scope, there, there.c.category == HouseholdCategory.LIFTED)
    of_monitored = _incomes_of(scope, there, there.c.code.in_(monitored))
    return {
        MonitoringIndicator.LIFTED_INCOME: lifted.per_head,
        MonitoringIndicator.LIFTED_INCOME_GROWTH: lifted.growth,
        MonitoringIndicator.MONITORED_INCOME: of_monitored.per_head,
        MonitoringIndicator.MONITORED_INCOME_GROWTH: of_monitored.growth,
    }


class _Incomes(NamedTuple):
    """Sums in fen over households whose year is known; the last two over those whose year before is known as well."""

    net: int
    people: int
    net_of_both: int
    net_before: int

    @property
    def per_head(self) -> Counted:
        """Halves of a fen rounded up; 0 where nobody's year is known."""
        return Counted(divide_half_up(self.net, self.people) if self.people else 0)

    @property
    def growth(self) -> Counted:
        """What the same households have more than a year before, as a part of that."""
        return Counted(self.net_of_both - self.net_before, max(self.net_before, 0))


def _incomes_of(scope: Scope, there: sa.Subquery, which: sa.ColumnElement[bool]) -> _Incomes:
    first, last = window_months(scope.last + dt.timedelta(days=1), MONTHS_IN_YEAR)
    now = net_incomes_on(scope.reading, first, last, scope.last, scope.order)
    a_year_before = (first - MONTHS_IN_YEAR, last - MONTHS_IN_YEAR)
    before = net_incomes_on(scope.reading, *a_year_before, scope.last, scope.order).alias("before")
    is_both = before.c.net.is_not(None)
    counted = (
        sa.select(
            sa.func.sum(now.c.net),
            sa.func.sum(there.c.member_count),
            sa.func.sum(sa.case((is_both, now.c.net), else_=0)),
            sa.func.sum(before.c.net),
        )
        .join_from(there, now, now.c.household_code == there.c.code)
        .outerjoin(before, before.c.household_code == there.c.code)
        .where(which)
    )
    return _Incomes(*scope.sums(counted))
