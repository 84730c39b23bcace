"""What a buyer owes, month by month."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from services.consumption.buyers.store import buys_for, find_buyer
from services.consumption.models import Order, Payment, ValueEntry
from services.consumption.statements.schemas import StatementLineOut, StatementOut
from shared.codes.consumption import EntryKind
from shared.codes.records import RecordStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.months import first_day

_ORDERS, _ENTRIES, _PAYMENTS = table_of(Order), table_of(ValueEntry), table_of(Payment)


def statement(reading: Reading, buyer_code: str, month: int) -> StatementOut:
    """The statement of a month: a buyer sees all of it, the supply side what concerns its regions.

    It says what is known now. What was settled is restated in the month in which that was agreed: both sides booked
    what the months before said. A payment counts on the day of the bank, so a correction of one restates its month, and
    the openings since; opening + settled + restated − paid = closing in each, and closing is the next opening.

    Raises BuyerNotFound for who neither orders for the buyer nor supplies.
    """
    buyer = find_buyer(reading, buyer_code)
    begins, ends = first_day(month), first_day(month + 1)
    opening = _owed_before(reading, buyer.code, begins)
    lines = sorted([*_values(reading, buyer.code, begins, ends), *_paid(reading, buyer.code, begins, ends)], key=_place)
    sums = {kind: sum(line.amount for line in lines if line.kind is kind) for kind in EntryKind}
    settled, restated, paid = (sums[kind] for kind in (EntryKind.SETTLED, EntryKind.RESTATED, EntryKind.PAID))
    return StatementOut(
        buyer_code=buyer.code,
        month=month,
        opening=opening,
        settled=settled,
        restated=restated,
        paid=paid,
        closing=opening + settled + restated - paid,
        lines=lines,
    )


def _owed_before(reading: Reading, buyer_code: str, day: dt.date) -> int:
    """What was settled and restated before a day, without what was paid before it."""
    valued = _sum(reading, _ENTRIES, _seen(reading, _ENTRIES, buyer_code) & (_ENTRIES.c.entered_on < day))
    return valued - _sum(reading, _PAYMENTS, _seen(reading, _PAYMENTS, buyer_code) & (_PAYMENTS.c.paid_on < day))


def _sum(reading: Reading, table: sa.Table, wanted: sa.ColumnElement[bool]) -> int:
    return int(reading.connection.scalar(sa.select(sa.func.sum(table.c.amount)).where(wanted)) or 0)


def _seen(reading: Reading, table: sa.Table, buyer_code: str) -> sa.ColumnElement[bool]:
    """The rows of the buyer that the caller may see."""
    mine = table.c.buyer_code == buyer_code
    if table is _PAYMENTS:
        mine &= table.c.status == RecordStatus.STANDS
    return mine if buys_for(reading, buyer_code) else mine & within(table.c.region_code, reading.actor)


def _values(reading: Reading, buyer_code: str, begins: dt.date, ends: dt.date) -> list[StatementLineOut]:
    """What was settled and restated, a line for each day and delivery."""
    of = (_ENTRIES.c.entered_on, _ENTRIES.c.kind, _ENTRIES.c.order_id, _ORDERS.c.buyer_order_no, _ENTRIES.c.delivery_no)
    rows = (
        sa.select(*of, sa.func.sum(_ENTRIES.c.amount).label("amount"))
        .join(_ORDERS, _ORDERS.c.id == _ENTRIES.c.order_id)
        .where(_seen(reading, _ENTRIES, buyer_code), _ENTRIES.c.entered_on >= begins, _ENTRIES.c.entered_on < ends)
        .group_by(*of)
    )
    return [_value(row) for row in reading.connection.execute(rows)]


def _value(row: Any) -> StatementLineOut:
    return StatementLineOut(
        on=row.entered_on,
        kind=row.kind,
        order_id=row.order_id,
        buyer_order_no=row.buyer_order_no,
        delivery_no=row.delivery_no,
        source=None,
        source_ref=None,
        amount=int(row.amount),
    )


def _paid(reading: Reading, buyer_code: str, begins: dt.date, ends: dt.date) -> list[StatementLineOut]:
    mine = _seen(reading, _PAYMENTS, buyer_code) & (_PAYMENTS.c.paid_on >= begins) & (_PAYMENTS.c.paid_on < ends)
    return [
        StatementLineOut(
            on=row.paid_on,
            kind=EntryKind.PAID,
            order_id=None,
            buyer_order_no=None,
            delivery_no=None,
            source=row.source,
            source_ref=row.source_ref,
            amount=row.amount,
        )
        for row in reading.connection.execute(sa.select(_PAYMENTS).where(mine))
    ]


def _place(line: StatementLineOut) -> tuple[str, ...]:
    return (
        line.on.isoformat(),
        str(line.kind),
        line.buyer_order_no or line.source or "",
        line.delivery_no or line.source_ref or "",
    )
