"""Judging series: what their prices and supplies say raises alerts, makes warnings of notices, and ends both."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import SlowSale
from services.consumption.series.store import SERIES, lock_series
from services.consumption.slow_sales.commands.exposures import expose, relieve
from services.consumption.slow_sales.procedure import EASED, RAISED, RISEN
from services.consumption.slow_sales.rules.judge import NEVER, Finding, Held, judge
from services.consumption.slow_sales.rules.parameters import RESPONSE_LEVELS
from services.consumption.slow_sales.rules.response import response_to, responses_of
from services.consumption.slow_sales.store.alerts import STEPS, latest_judged, standing_warnings
from services.consumption.slow_sales.store.known import SeriesRow, by_parameters, load_series
from shared.codes.slow_sales import SlowSaleKind, SlowSaleLevel, SlowSaleSignal, SlowSaleStatus
from shared.contracts.consumption import SlowSale as SlowSaleEvent
from shared.contracts.consumption import SlowSaleClosed, SlowSaleRaised
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.procedures.rows import Taken

RULES: Final = "rules"
"""Who acts where nobody did."""
_AT_ONCE: Final = 200
"""Series of one transaction."""
_UPDATE_JUDGED = (
    sa.update(SERIES)
    .where(is_one_of(SERIES.c.id, "ids"), SERIES.c.judged_on < sa.bindparam("on"))
    .values(judged_on=sa.bindparam("on"))
)


def judge_reported(uow: UnitOfWork, signal: SlowSaleSignal, series: Mapping[UUID, dt.date | None]) -> None:
    """Judge the series of which something was reported, or taken back: with the latest day of that. They are locked."""
    judge_series(uow, lock_series(uow, sorted(series)), TakenBack(signal, series))


def judge_due(uow: UnitOfWork) -> bool:
    """Judge the next series that no day since was judged for 夜间研判; tells whether more is waiting."""
    due = sa.select(SERIES).where(SERIES.c.judged_on < uow.today()).order_by(SERIES.c.judged_on, SERIES.c.id)
    some = due.limit(_AT_ONCE).with_for_update(skip_locked=True)
    rows = uow.connection.execute(some).mappings().all()
    judge_series(uow, rows)
    return len(rows) == _AT_ONCE


class TakenBack(NamedTuple):
    """Of which signal reports were corrected or withdrawn, and the latest day of these by series."""

    signal: SlowSaleSignal
    days: Mapping[UUID, dt.date | None]

    def late_in(self, series_id: UUID, on: dt.date, horizon: int) -> Collection[SlowSaleSignal]:
        """The signal, where such a report would still speak as of a day."""
        day = self.days.get(series_id)
        return () if day is None or (on - day).days > horizon else (self.signal,)


_NOTHING_TAKEN_BACK: Final = TakenBack(SlowSaleSignal.PRICE, {})


def judge_series(
    uow: UnitOfWork, rows: Sequence[Mapping[Any, Any]], taken_back: TakenBack = _NOTHING_TAKEN_BACK
) -> None:
    """Judge series as of today, and have those households exposed that are linked to what does not sell."""
    if not rows:
        return
    on, series = uow.today(), [SeriesRow.of(row) for row in rows]
    ids = [row.id for row in series]
    latest = latest_judged(uow, ids)
    for parameters, group in by_parameters(uow, series, on):
        known = load_series(uow, group, on, parameters)
        for row in group:
            late = taken_back.late_in(row.id, on, parameters.horizon)
            finding = judge(known[row.id], on.toordinal(), _held(latest.get(row.id)), parameters, late)
            _follow(uow, row, latest.get(row.id), finding)
    uow.connection.execute(_UPDATE_JUDGED, {"ids": ids, "on": on})
    expose(uow, standing_warnings(uow, ids), on)


def _held(latest: Mapping[Any, Any] | None) -> Held:
    if latest is None:
        return Held()
    if latest["closed_on"] is not None:
        return Held(closed=latest["closed_on"].toordinal())
    return Held(frozenset(map(SlowSaleSignal, latest["signals"])), NEVER)


def _follow(uow: UnitOfWork, series: SeriesRow, latest: Mapping[Any, Any] | None, finding: Finding) -> None:
    """What a finding makes of the last alert of its series."""
    stands = latest is not None and latest["closed_on"] is None
    if latest is None or not stands:
        if finding.level is not None:
            raise_alert(uow, series, 1 if latest is None else latest["episode"] + 1, finding)
    elif finding.level is None:
        _end(uow, latest, finding)
    elif finding.level is SlowSaleLevel.WARNING and latest["level"] is SlowSaleLevel.NOTICE:
        _rise(uow, latest, finding)


def raise_alert(uow: UnitOfWork, series: SeriesRow, episode: int, finding: Finding) -> None:
    """Open an alert 发出预警 of a series."""
    on = uow.today()
    alert = SlowSale(
        id=derived_id("slow-sale", str(series.id), str(SlowSaleKind.JUDGED), episode),
        series_id=series.id,
        kind=SlowSaleKind.JUDGED,
        **series.key._asdict(),
        place_code=series.key.region_code,
        status=SlowSaleStatus.OPEN,
        level=SlowSaleLevel.NOTICE,
        episode=episode,
        signals=[],
        reasons=[],
        pack=finding.parameters.value.pack,
        quantity=None,
        ripe_on=None,
        lowest_price=None,
        raised_at=uow.now(),
        opened_on=on,
        closed_on=None,
        response_level=None,
        sold=None,
        sold_price=None,
        served=None,
        loss=None,
        after_care=None,
        version=0,
        updated_at=uow.stamp(),
    )
    uow.session.add(alert)
    _keep(uow, alert, finding, RAISED)


def _rise(uow: UnitOfWork, row: Mapping[Any, Any], finding: Finding) -> None:
    """Make a warning of a notice 升级为预警."""
    _keep(uow, _locked(uow, row), finding, RISEN)


def _keep(uow: UnitOfWork, alert: SlowSale, finding: Finding, action: str) -> None:
    """What a finding says becomes what the alert says; a warning is responded to, and told."""
    assert finding.level is not None, "an alert is raised for a signal"
    alert.level = finding.level
    alert.signals = sorted(map(str, finding.signals))
    alert.reasons = finding.reasons()
    households = respond_to(uow, alert) if alert.level is SlowSaleLevel.WARNING else 0
    take_alone(uow, alert, action)
    tell(uow, SlowSaleRaised, alert, households)


def respond_to(uow: UnitOfWork, alert: SlowSale) -> int:
    """Expose the households behind a warning, and propose the level of response that so many ask for."""
    uow.session.flush()  # flush: exposures name the alert
    on = uow.today()
    households = expose(uow, [alert.model_dump()], on)[alert.id]
    levels = responses_of(uow.policy.at(alert.region_code, on).value(RESPONSE_LEVELS))
    alert.response_level = response_to(households, levels).level
    return households


def _end(uow: UnitOfWork, row: Mapping[Any, Any], finding: Finding) -> None:
    """The signals are gone 预警解除: an alert that nobody has begun with is closed, of another the report is due."""
    alert = _locked(uow, row)
    begun = alert.status is SlowSaleStatus.RESPONDING
    alert.status = SlowSaleStatus.EASED if begun else SlowSaleStatus.CLOSED
    alert.reasons = finding.reasons()
    end_alert(uow, alert)
    take_alone(uow, alert, EASED)


def end_alert(uow: UnitOfWork, alert: SlowSale) -> None:
    """The episode is over: nobody is exposed any longer, and it is told."""
    on = uow.today()
    alert.closed_on, alert.signals = on, []
    tell(uow, SlowSaleClosed, alert, relieve(uow, [alert.model_dump()], on)[alert.id])


def tell(uow: UnitOfWork, event: type[SlowSaleEvent], alert: SlowSale, households: int) -> None:
    """Tell the outside of an alert."""
    said = event(
        alert_id=alert.id,
        commodity_code=alert.commodity_code,
        region_code=alert.region_code,
        level=alert.level,
        episode=alert.episode,
        households=households,
        on=uow.today(),
    )
    uow.emit(said, region=alert.region_code)


def take_alone(uow: UnitOfWork, alert: SlowSale, action: str, by: str = RULES) -> None:
    """Keep a step that no procedure asks for: what was found, or reported first."""
    alert.version += 1
    alert.updated_at = uow.stamp()
    uow.session.flush()  # flush: lists and steps read the row
    step = Taken(alert.id, alert.version, alert.updated_at, action, str(alert.status), by)
    STEPS.write(uow, [step])
    after = {"status": str(alert.status), "level": str(alert.level), "signals": alert.signals, "pack": alert.pack}
    told = {"commodity": alert.commodity_code, "region": alert.region_code, "status": str(alert.status)}
    uow.record(f"slow-sale.{action}", alert.id, told, after=after, actor=by)


def _locked(uow: UnitOfWork, row: Mapping[Any, Any]) -> SlowSale:
    return uow.session.get_one(SlowSale, row["id"], with_for_update=True)
