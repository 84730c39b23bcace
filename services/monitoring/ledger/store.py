"""Rows of the ledger: dossiers locked, sums by month, and the window kept ready for the rules."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.attributions.rules import Attributions
from services.monitoring.attributions.store import load_attributions
from services.monitoring.evidence.kept import Kept
from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.ledger.rules.dossiers import HouseholdDossier, Report
from services.monitoring.ledger.rules.income import (
    MONTHS_IN_QUARTER,
    MONTHS_IN_YEAR,
    IncomeMonth,
    WindowSummary,
    summarise,
    window_months,
)
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow, IncomeLeaf, LedgerMonth
from shared.db.base import table_of
from shared.db.rows import add_tuples, insert_rows, read_tuples, update_tuples
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Patience, Reading, UnitOfWork

_SUMS = (
    "wage",
    "operating",
    "property_",
    "transfer",
    "operating_cost",
    "self_paid_compliant",
    "income_facts",
    "work_cost",
)
_INCOME = ("wage", "operating", "property_", "transfer")
NEVER_JUDGED = 0
"""Anchor of a window that waits for the first judgement of its household."""
_HOUSEHOLDS, _MONTHS, _WINDOWS = table_of(Household), table_of(LedgerMonth), table_of(HouseholdWindow)
_LEAVES = table_of(IncomeLeaf)
_OF_A_LEAF = (*_INCOME, "operating_cost", "income_facts")
_OF_HOUSEHOLD: Final = (
    "code",
    "region_code",
    "category",
    "member_count",
    "able_workers",
    "fragile_members",
    "relocated",
    "dibao",
    "monitored",
    "ended_on",
    "is_related",
)
_SELECT_DOSSIERS = (
    sa.select(
        *(_HOUSEHOLDS.c[name] for name in _OF_HOUSEHOLD),
        _WINDOWS.c.evidence,
        _WINDOWS.c.judged_on,
        _WINDOWS.c.due_after,
        *(_WINDOWS.c[item.name] for item in fields(WindowSummary)),
    )
    .join(_WINDOWS, _WINDOWS.c.household_code == col(Household.code))
    .where(is_one_of(_HOUSEHOLDS.c.code, "codes"))
    .order_by(col(Household.code))
)
_SELECT_HOUSEHOLDS_FOR_UPDATE = (
    sa.select(col(Household.code))
    .where(is_one_of(_HOUSEHOLDS.c.code, "codes"))
    .order_by(col(Household.code))
    .with_for_update()
)
_SELECT_DOSSIERS_FOR_UPDATE = _SELECT_DOSSIERS.with_for_update(of=[_HOUSEHOLDS, _WINDOWS])
_SELECT_FREE_DOSSIERS_FOR_UPDATE = _SELECT_DOSSIERS.with_for_update(of=[_HOUSEHOLDS, _WINDOWS], skip_locked=True)
_SELECT_REGIONS = (
    sa.select(col(Household.code), col(Household.region_code))
    .where(is_one_of(_HOUSEHOLDS.c.code, "codes"))
    .order_by(col(Household.code))
)
_SELECT_MONTHS = sa.select(
    _MONTHS.c.household_code, _MONTHS.c.month, *(_MONTHS.c[item.name] for item in fields(IncomeMonth))
).where(
    is_one_of(_MONTHS.c.household_code, "codes"), _MONTHS.c.month.between(sa.bindparam("first"), sa.bindparam("last"))
)
_WINDOW_FIELDS = [item.name for item in fields(WindowSummary)]
_WINDOW_COLUMNS = ("evidence", "judged_on", "due_after", *_WINDOW_FIELDS)
_sums_of, _window_of = attrgetter(*_SUMS), attrgetter(*_WINDOW_FIELDS)


def _sum(value: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(value).filter(*conditions), 0)


def _asked(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.Integer())


def _summed_up() -> Mapping[str, sa.ColumnElement[Any]]:
    """The sums of a window, as `summarise` makes them, over the months of one household."""
    known, net = _MONTHS.c.income_facts > 0, sum((_MONTHS.c[name] for name in _INCOME), -_MONTHS.c.operating_cost)
    first, last = _asked("first"), _asked("anchor")
    earlier_first, earlier_last = _asked("earlier_first"), _asked("earlier_last")
    window, earlier = _MONTHS.c.month.between(first, last), _MONTHS.c.month.between(earlier_first, earlier_last)
    one = sa.literal_column("1", sa.Integer())
    return {
        "net": _sum(net, known, window),
        "self_paid": _sum(_MONTHS.c.self_paid_compliant, window),
        "known_mask": _sum(one.bitwise_lshift(_MONTHS.c.month - first), known, window),
        "previous_net": _sum(net, known, earlier),
        "previous_mask": _sum(one.bitwise_lshift(_MONTHS.c.month - earlier_first), known, earlier),
        "quarter_net": _sum(net, known, _MONTHS.c.month.between(_asked("quarter"), last)),
        "previous_quarter_net": _sum(net, known, _MONTHS.c.month.between(_asked("earlier_quarter"), earlier_last)),
    }


_DAY = sa.bindparam("on", type_=sa.Date())
IS_BEHIND = sa.or_(
    _WINDOWS.c.anchor != _asked("anchor"), _WINDOWS.c.length != _asked("length"), _WINDOWS.c.due_after < _DAY
)
"""Whether a window has to be moved, or something is unjudged of its household, on a day that was asked for."""
JUDGED_LATER = _WINDOWS.c.judged_on > _DAY
"""Whether the household was judged as of a later day: no judgement goes before that one."""
_IS_TO_MOVE = sa.and_(IS_BEHIND, sa.or_(_WINDOWS.c.judged_on.is_(None), ~JUDGED_LATER))


class ManyHouseholds(NamedTuple):
    """Households that are looked at together, in the order of their codes."""

    codes: Sequence[str]
    gapless: bool = False
    """Whether whoever stands between the first and the last of them is among them: a range finds those sooner."""

    @property
    def asked(self) -> Mapping[str, Any]:
        """What `among` asks for."""
        return {"first_code": self.codes[0], "last_code": self.codes[-1]} if self.gapless else {"codes": self.codes}


def among(column: sa.ColumnElement[str], *, gapless: bool) -> sa.ColumnElement[bool]:
    """Whether a column names one of many households. Each table is told, so that none is gone through as a whole."""
    if gapless:
        return column.between(
            sa.bindparam("first_code", type_=column.type), sa.bindparam("last_code", type_=column.type)
        )
    return is_one_of(column, "codes")


def _select_for_update(which: sa.ColumnElement[bool], *, gapless: bool) -> sa.Select[Any]:
    """Those of many households whose window is so, and which nobody else holds."""
    return (
        sa.select(_HOUSEHOLDS.c.code)
        .join(_WINDOWS, _WINDOWS.c.household_code == _HOUSEHOLDS.c.code)
        .where(
            among(_HOUSEHOLDS.c.code, gapless=gapless),
            among(_WINDOWS.c.household_code, gapless=gapless),
            which,
            _HOUSEHOLDS.c.ended_on.is_(None),
        )
        .order_by(_HOUSEHOLDS.c.code)
        .with_for_update(of=_HOUSEHOLDS, skip_locked=True)
    )


_SELECT_BEHIND_FOR_UPDATE = {gapless: _select_for_update(_IS_TO_MOVE, gapless=gapless) for gapless in (False, True)}
_SELECT_LATER_FOR_UPDATE = {gapless: _select_for_update(JUDGED_LATER, gapless=gapless) for gapless in (False, True)}
_SELECT_FREE_FOR_UPDATE = (
    sa.select(_HOUSEHOLDS.c.code)
    .where(is_one_of(_HOUSEHOLDS.c.code, "codes"))
    .order_by(_HOUSEHOLDS.c.code)
    .with_for_update(skip_locked=True)
)
_MOVED_WINDOW = _summed_up()
_FORGET_JUDGEMENTS = (
    sa.update(_WINDOWS).where(is_one_of(_WINDOWS.c.household_code, "codes")).values({_WINDOWS.c.judged_on: None})
)
_UPDATE_WINDOWS = (
    sa.update(_WINDOWS)
    .where(is_one_of(_WINDOWS.c.household_code, "codes"), _IS_TO_MOVE)
    .values(
        {
            sa.tuple_(*(_WINDOWS.c[name] for name in _MOVED_WINDOW)): sa.select(*_MOVED_WINDOW.values())
            .where(
                _MONTHS.c.household_code == _WINDOWS.c.household_code,
                _MONTHS.c.month.between(_asked("earlier_first"), _asked("anchor")),
            )
            .correlate(_WINDOWS)
            .scalar_subquery(),
            _WINDOWS.c.anchor: _asked("anchor"),
            _WINDOWS.c.length: _asked("length"),
            _WINDOWS.c.judged_on: _DAY,
            _WINDOWS.c.due_after: sa.case((_WINDOWS.c.due_after >= _DAY, _WINDOWS.c.due_after)),
        }
    )
)


def load_dossiers(reading: Reading, codes: Collection[str], *, lock: bool) -> dict[str, HouseholdDossier]:
    """The dossiers of these households; with ``lock`` their rows are locked in code order, so that writers never cross.

    Locking takes the window's row too: after a wait PostgreSQL reads anew only the rows that it locks. A unit of work
    that leaves out whom others hold gets the free ones only; `load_left_out` tells the others.
    """
    leaves_out = isinstance(reading, UnitOfWork) and reading.patience is Patience.LEAVES_OUT
    to_lock = _SELECT_FREE_DOSSIERS_FOR_UPDATE if leaves_out else _SELECT_DOSSIERS_FOR_UPDATE
    rows = read_tuples(reading.connection, to_lock if lock else _SELECT_DOSSIERS, {"codes": list(codes)})
    dossiers = {}
    for code, region, kind, members, able, fragile, moved, dibao, watched, ended, related, *ready in rows:
        evidence, judged, due, *window = ready
        summary, names = WindowSummary(*window), frozenset(evidence.split())
        dossiers[code] = HouseholdDossier(
            code,
            region,
            kind,
            members,
            able,
            fragile,
            moved,
            dibao,
            watched,
            ended,
            related,
            summary,
            names,
            judged,
            due,
        )
    return dossiers


def load_homes_of(uow: UnitOfWork, dossiers: dict[str, HouseholdDossier]) -> Attributions:
    """Where facts of these households count; the dossiers of other households for which some do are added, locked.

    Nothing is asked where none of them ever split or merged. They are locked after the others: of two who wait for one
    another the database ends one, which runs again.
    """
    codes = [code for code, dossier in dossiers.items() if dossier.is_related]
    while True:
        attributions = load_attributions(uow, codes)
        missing = set().union(*map(attributions.homes_of, codes)) - dossiers.keys()
        found = load_dossiers(uow, sorted(missing), lock=True) if missing else {}
        if not found:
            return attributions
        dossiers.update(found)


def load_left_out(uow: UnitOfWork, codes: Collection[str], dossiers: Collection[str]) -> dict[str, str]:
    """The households that exist and were left out because another transaction holds them, with their regions."""
    missing = set(codes).difference(dossiers)
    if not missing or uow.patience is not Patience.LEAVES_OUT:
        return {}
    found = uow.connection.execute(_SELECT_REGIONS, {"codes": sorted(missing)})
    return {row.code: row.region_code for row in found}


def load_reports(
    reading: Reading,
    dossiers: Mapping[str, HouseholdDossier],
    facts: Iterable[ReportedFact],
    homes_of: Callable[[str], Collection[str]],
) -> None:
    """Put what counts of the matters that these facts report about, and others may have reported, into the dossiers.

    ``homes_of`` tells for which households a fact may count that names one.
    """
    months: defaultdict[int, set[str]] = defaultdict(set)
    for fact in facts:
        if fact.has_rivals() and (month := fact.month_named()) is not None:
            months[month] |= dossiers.keys() & set(homes_of(fact.household_code))
    if not months:
        return
    asked = sa.select(_LEAVES).where(
        _LEAVES.c.household_code.in_(set().union(*months.values())), _LEAVES.c.month.in_(months)
    )
    for row in reading.connection.execute(asked):
        report = Report(row.source, IncomeMonth(**{name: getattr(row, name) for name in _OF_A_LEAF}))
        dossiers[row.household_code].reports[row.person_id, row.month, row.leaf][row.fact_id] = report


def write_postings(uow: UnitOfWork, dossiers: Collection[HouseholdDossier]) -> None:
    """Add what the dossiers gathered to the months and to the tables of evidence."""
    months = [
        (dossier.code, number, *_sums_of(month)) for dossier in dossiers for number, month in dossier.months.items()
    ]
    add_tuples(uow.connection, _MONTHS, ("household_code", "month"), _SUMS, months)
    for kept in dict.fromkeys(kept for dossier in dossiers for kept in dossier.amounts):
        _write_amounts(uow, kept, dossiers)
    for kept in dict.fromkeys(kept for dossier in dossiers for kept in (*dossier.rows, *dossier.removed)):
        _write_rows(uow, kept, dossiers)


def _write_amounts(uow: UnitOfWork, kept: Kept[Any], dossiers: Iterable[HouseholdDossier]) -> None:
    assert kept.amount is not None, "an amount is added where there are amounts"
    key = ("household_code", *kept.key)
    rows = [(dossier.code, *place, amount) for dossier in dossiers for place, amount in dossier.amounts[kept].items()]
    add_tuples(uow.connection, kept.table, key, (kept.amount,), rows)


def _write_rows(uow: UnitOfWork, kept: Kept[Any], dossiers: Iterable[HouseholdDossier]) -> None:
    added = [
        {"fact_id": fact_id, "household_code": dossier.code, **row}
        for dossier in dossiers
        for fact_id, row in dossier.rows[kept].items()
    ]
    removed = {fact_id for dossier in dossiers for fact_id in dossier.removed[kept]}
    if removed:
        uow.connection.execute(sa.delete(kept.table).where(kept.table.c.fact_id.in_(removed)))
    insert_rows(uow.connection, kept.table, added)


def refresh_windows(reading: Reading, dossiers: Iterable[HouseholdDossier], anchor: int, length: int) -> None:
    """Bring windows that are stale, or of another month, to ``anchor`` from the month table."""
    behind = [dossier for dossier in dossiers if dossier.is_behind(anchor, length)]
    if not behind:
        return
    months = load_months(reading, [dossier.code for dossier in behind], anchor - length - MONTHS_IN_YEAR + 1, anchor)
    for dossier in behind:
        dossier.window = summarise(months[dossier.code], anchor, length)
        dossier.window_changed, dossier.window_stale = True, False


def refresh_stale_windows(reading: Reading, dossiers: Iterable[HouseholdDossier]) -> None:
    """Compute windows that are still stale anew where they stand: nobody judges their households now."""
    stale = [dossier for dossier in dossiers if dossier.window_stale and dossier.window.anchor != NEVER_JUDGED]
    for anchor, length in {(dossier.window.anchor, dossier.window.length) for dossier in stale}:
        group = [dossier for dossier in stale if (dossier.window.anchor, dossier.window.length) == (anchor, length)]
        refresh_windows(reading, group, anchor, length)


def move_windows(uow: UnitOfWork, households: ManyHouseholds, on: date, length: int) -> None:
    """Bring the windows of these households that are behind up to a day, all by one statement, as judged on that day.

    Whoever else holds a household is not waited for: its window stays as it is. The households are locked by a
    statement of their own, because on PostgreSQL the sums would else be those of before the wait.
    """
    first, anchor = window_months(on, length)
    day = {"on": on, "anchor": anchor, "length": length}
    to_move = _SELECT_BEHIND_FOR_UPDATE[households.gapless]
    behind = uow.connection.scalars(to_move, {**households.asked, **day}).all()
    if not behind:
        return
    year_before = anchor - MONTHS_IN_YEAR
    months = {
        "first": first,
        "quarter": anchor - MONTHS_IN_QUARTER + 1,
        "earlier_first": first - MONTHS_IN_YEAR,
        "earlier_quarter": year_before - MONTHS_IN_QUARTER + 1,
        "earlier_last": year_before,
    }
    uow.connection.execute(_UPDATE_WINDOWS, {"codes": behind, **day, **months})


def forget_later_judgements(uow: UnitOfWork, households: ManyHouseholds, on: date) -> None:
    """Have these households be as if none had been judged behind a day: for what is only tried and taken back.

    Whoever else holds a household is not waited for.
    """
    later = uow.connection.scalars(_SELECT_LATER_FOR_UPDATE[households.gapless], {**households.asked, "on": on}).all()
    if later:
        uow.connection.execute(_FORGET_JUDGEMENTS, {"codes": later})


def load_months(
    reading: Reading, codes: Collection[str], first: int, last: int
) -> Mapping[str, dict[int, IncomeMonth]]:
    """The month table of these households from ``first`` to ``last``."""
    found: defaultdict[str, dict[int, IncomeMonth]] = defaultdict(dict)
    asked = {"codes": list(codes), "first": first, "last": last}
    for code, month, *sums in read_tuples(reading.connection, _SELECT_MONTHS, asked):
        found[code][month] = IncomeMonth(*sums)
    return found


def write_windows(uow: UnitOfWork, dossiers: Iterable[HouseholdDossier]) -> None:
    """Write the windows that changed."""
    rows = [
        (" ".join(sorted(one.evidence)), one.judged_on, one.due_after, *_window_of(one.window), one.code)
        for one in dossiers
        if one.window_changed
    ]
    update_tuples(uow.connection, _WINDOWS, "household_code", _WINDOW_COLUMNS, rows)


def lock_households(uow: UnitOfWork, codes: Collection[str]) -> None:
    """Lock households in code order, before anything else of a transaction that writes about several of them."""
    uow.connection.execute(_SELECT_HOUSEHOLDS_FOR_UPDATE, {"codes": list(codes)}).all()


def lock_free_households(uow: UnitOfWork, codes: Collection[str]) -> Sequence[str]:
    """Lock those of these households that nobody else holds; waits for none, whatever is locked already."""
    if not codes:
        return ()
    return uow.connection.scalars(_SELECT_FREE_FOR_UPDATE, {"codes": codes}).all()


def open_windows(uow: UnitOfWork, codes: Collection[str]) -> None:
    """Keep windows ready for households that were just registered."""
    sums = dict.fromkeys(
        ("net", "self_paid", "known_mask", "previous_net", "previous_mask", "quarter_net", "previous_quarter_net"), 0
    )
    row = {"anchor": NEVER_JUDGED, "length": MONTHS_IN_YEAR, **sums, "evidence": ""}
    insert_rows(uow.connection, _WINDOWS, [{"household_code": code, **row} for code in codes])


def net_incomes(first: int, last: int) -> sa.Subquery:
    """The net income 纯收入 of each household over a span of months, in fen; of those of which every month is known.

    Columns: household_code, net.
    """
    net = _MONTHS.c.wage + _MONTHS.c.operating - _MONTHS.c.operating_cost + _MONTHS.c.property_ + _MONTHS.c.transfer
    summed = sa.select(_MONTHS.c.household_code, sa.cast(sa.func.sum(net), sa.BigInteger).label("net"))
    known = _MONTHS.c.month.between(first, last) & (_MONTHS.c.income_facts > 0)
    whole = sa.func.count() == last - first + 1
    return summed.where(known).group_by(_MONTHS.c.household_code).having(whole).subquery("incomes")
