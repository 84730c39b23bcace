"""What the indicators count, each by one statement over a region and a span of days."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import sqlalchemy as sa

from services.consumption.models import (
    Buyer,
    Channel,
    CooperativeLink,
    Fair,
    GrowingBase,
    Outlet,
    Producer,
    ProducerLink,
    Quota,
    Recognition,
    SlowSale,
)
from services.consumption.producers.store import holding_on
from services.consumption.quotas.rules import FILLING
from services.consumption.requests.store import HOUSEHOLDS
from services.consumption.sales.store import select_settled
from shared.codes.consumption import ConsumptionIndicator, ProducerKind, PurchaseWay, RecognitionStatus
from shared.codes.slow_sales import SlowSaleLevel
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.errors import Invalid
from shared.indicators import Counted
from shared.money import divide_half_up
from shared.months import first_day
from shared.shares import WHOLE
from shared.words.said import says

Counts = Mapping[ConsumptionIndicator, Counted]
_ALL: Final = ConsumptionIndicator
_BUYERS, _QUOTAS = table_of(Buyer), table_of(Quota)
_BASES, _CHANNELS, _OUTLETS, _FAIRS = table_of(GrowingBase), table_of(Channel), table_of(Outlet), table_of(Fair)
_RECOGNITIONS, _PRODUCERS = table_of(Recognition), table_of(Producer)
_LINKS, _COOPERATIVE_LINKS = table_of(ProducerLink), table_of(CooperativeLink)
_SLOW_SALES = table_of(SlowSale)
_KNOWN = HOUSEHOLDS.table


@dataclass(frozen=True, slots=True)
class Scope:
    """A region and the days of a year up to one of them."""

    reading: Reading
    region_code: str | None
    on: dt.date
    """The last day that counts."""

    @classmethod
    def of_month(cls, reading: Reading, region_code: str | None, month: int | None) -> Self:
        """The scope up to the last day of a month, or up to today. Raises Invalid for a month that has not begun."""
        if month is None:
            return cls(reading, region_code, reading.today())
        return cls.of_days(reading, region_code, first_day(month), first_day(month + 1) - dt.timedelta(days=1))

    @classmethod
    def of_days(cls, reading: Reading, region_code: str | None, first: dt.date, last: dt.date) -> Self:
        """The scope up to the last of these days, or up to today. Raises Invalid for days that have not begun."""
        if first > reading.today():
            raise Invalid.at("/period", says("in-the-future"))
        return cls(reading, region_code, min(reading.today(), last))

    @property
    def since(self) -> dt.date:
        """The first day of the year."""
        return dt.date(self.on.year, 1, 1)

    def lies_in(self, table: Any) -> sa.ColumnElement[bool]:
        """Whether a row lies in the region. Raises RegionNotAllowed for one outside the caller's own."""
        return within(table.c.region_code, self.reading.actor, self.region_code)

    def count(self, table: sa.Table, *those: sa.ColumnElement[bool]) -> Counted:
        """How many rows of the region there are of which all these hold."""
        rows = sa.select(sa.func.count()).select_from(table).where(self.lies_in(table), *those)
        return Counted(self.reading.connection.scalars(rows).one())

    def sum(self, rows: sa.Select[Any]) -> int:
        """The sum that a statement gives, or nothing."""
        return int(self.reading.connection.scalar(rows) or 0)


def sales(scope: Scope) -> Counts:
    """What was purchased and helped to sell since the first of January."""
    settled = select_settled(scope.since, scope.on).subquery()
    sums = sa.select(settled.c.way, sa.func.sum(settled.c.value)).where(scope.lies_in(settled)).group_by(settled.c.way)
    by_way = {PurchaseWay(way): int(value) for way, value in scope.reading.connection.execute(sums)}
    return {
        _ALL.PURCHASED: Counted(by_way.get(PurchaseWay.PURCHASE, 0)),
        _ALL.HELPED_TO_SELL: Counted(by_way.get(PurchaseWay.HELP_SELL, 0)),
    }


def reserves(scope: Scope) -> Counts:
    """What units with a quota, and those that count with them, purchased from the region, of all that they reserve."""
    of_year = (_QUOTAS.c.year == scope.on.year) & _QUOTAS.c.canteen.in_(FILLING)
    reserved = scope.sum(
        sa.select(sa.func.sum((2 * _QUOTAS.c.canteen_total * _QUOTAS.c.ratio + WHOLE) // (2 * WHOLE))).where(of_year)
    )
    settled = select_settled(scope.since, scope.on).subquery()
    unit = sa.func.coalesce(_BUYERS.c.unit_code, _BUYERS.c.code)
    filling = sa.select(_QUOTAS.c.buyer_code).where(of_year)
    purchased = (
        sa.select(sa.func.sum(settled.c.value))
        .join_from(settled, _BUYERS, _BUYERS.c.code == settled.c.buyer_code)
        .where(scope.lies_in(settled), settled.c.way == PurchaseWay.PURCHASE, unit.in_(filling))
    )
    return {_ALL.RESERVE_FULFILMENT: Counted(scope.sum(purchased), reserved)}


def registers(scope: Scope) -> Counts:
    """What the registers hold on the last day."""
    on = scope.on
    certified = (_BASES.c.certified_on <= on) & (_BASES.c.valid_to >= on)
    recognised = (_RECOGNITIONS.c.status == RecognitionStatus.RECOGNISED) & (_RECOGNITIONS.c.valid_to >= on)
    begun = _FAIRS.c.held_from.between(scope.since, on)
    return {
        _ALL.BASKET_BASES: scope.count(_BASES, certified),
        _ALL.CHANNELS: scope.count(_CHANNELS, holding_on(_CHANNELS, on)),
        _ALL.OUTLETS: scope.count(_OUTLETS, _is_open(on)),
        _ALL.FAIRS: scope.count(_FAIRS, begun),
        _ALL.RECOGNISED: scope.count(_RECOGNITIONS, recognised),
    }


def _is_open(on: dt.date) -> sa.ColumnElement[bool]:
    return (_OUTLETS.c.opened_on <= on) & (_OUTLETS.c.closed_on.is_(None) | (_OUTLETS.c.closed_on >= on))


def slow_sales(scope: Scope) -> Counts:
    """Warnings of slow sale opened since the first of January: how many were closed, and after how many days."""
    opened = _SLOW_SALES.c.opened_on.between(scope.since, scope.on) & (_SLOW_SALES.c.level == SlowSaleLevel.WARNING)
    rows = sa.select(_SLOW_SALES.c.opened_on, _SLOW_SALES.c.closed_on).where(scope.lies_in(_SLOW_SALES), opened)
    found = scope.reading.connection.execute(rows).all()
    days = [(row.closed_on - row.opened_on).days for row in found if row.closed_on and row.closed_on <= scope.on]
    return {
        _ALL.SLOW_SALES_HANDLED: Counted(len(days), len(found)),
        _ALL.SLOW_SALE_DAYS: Counted(divide_half_up(sum(days), len(days)) if days else 0),
    }


def bindings(scope: Scope) -> Counts:
    """Households bound to a cooperative, and firms bound to one 双绑, of all that live or are in the region."""
    cooperatives = sa.select(_PRODUCERS.c.code).where(_PRODUCERS.c.kind == ProducerKind.COOPERATIVE)
    joined = sa.exists().where(
        _LINKS.c.household_code == _KNOWN.c.code,
        _LINKS.c.producer_code.in_(cooperatives),
        holding_on(_LINKS, scope.on),
    )
    bound = sa.exists().where(
        _COOPERATIVE_LINKS.c.producer_code == _PRODUCERS.c.code, holding_on(_COOPERATIVE_LINKS, scope.on)
    )
    living, firm = _KNOWN.c.ended_on.is_(None), _PRODUCERS.c.kind == ProducerKind.FIRM
    return {
        _ALL.JOIN_RATE: _part(scope.count(_KNOWN, living, joined), scope.count(_KNOWN, living)),
        _ALL.FIRM_BIND_RATE: _part(scope.count(_PRODUCERS, firm, bound), scope.count(_PRODUCERS, firm)),
    }


def _part(part: Counted, whole: Counted) -> Counted:
    return Counted(part.numerator, whole.numerator)
