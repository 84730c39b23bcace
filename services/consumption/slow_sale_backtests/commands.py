"""Backtests 回测: a job goes through the days of the past, series by series. It changes nothing but its result."""

import datetime as dt
from typing import Any, Final
from uuid import UUID

from services.consumption.slow_sale_backtests.errors import BacktestInvalid
from services.consumption.slow_sale_backtests.rules import Warned, replay
from services.consumption.slow_sale_backtests.schemas import BacktestIn
from services.consumption.slow_sale_backtests.store import count_series, load_pasts, next_series
from services.consumption.slow_sales.store.known import SeriesRow, by_parameters
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.jobs.commands import start_job
from shared.jobs.work import Document, Part, Standing, Work
from shared.regions import region_prefix
from shared.security.divisions import demand_division
from shared.words.said import says

BACKTEST_JOB: Final = "slow-sale-backtest"
_AT_ONCE: Final = 3
"""Series of one part: each takes some tenths of a second."""


def ask_for_backtest(uow: UnitOfWork, body: BacktestIn) -> UUID:
    """Queue a backtest; the job is the caller's.

    Raises:
        RegionNotAllowed: the region lies outside the caller's.
        Invalid: there is no such region.
        BacktestInvalid: the last day is still to come.
    """
    region = demand_division(uow.actor, body.region_code)
    if body.last > uow.today():
        raise BacktestInvalid.at("/to", says("in-the-future"))
    asked = {
        "region_code": region_prefix(region),
        "commodity_codes": sorted(set(body.commodity_codes)),
        "from": body.first.isoformat(),
        "to": body.last.isoformat(),
    }
    return start_job(uow, BACKTEST_JOB, asked)


def count_asked(reading: Reading, asked: Document) -> int:
    """How many series are gone through."""
    return count_series(reading, asked["region_code"], asked["commodity_codes"])


def go_through_part(uow: UnitOfWork, standing: Standing) -> Part:
    """Go through the days of the next series, each on what was known then, by the parameters that hold now."""
    asked, result = standing.asked, standing.result or {"warnings": [], "insufficient": []}
    rows = next_series(uow, asked["region_code"], asked["commodity_codes"], standing.position, _AT_ONCE)
    warnings, insufficient = list(result["warnings"]), list(result["insufficient"])
    first, last = (dt.date.fromisoformat(asked[name]) for name in ("from", "to"))
    for parameters, group in by_parameters(uow, rows, uow.today()):
        for row, past in zip(group, load_pasts(uow, group, last, parameters).values(), strict=True):
            replayed = replay(past, first.toordinal(), last.toordinal(), parameters)
            warnings += [_told(row, one) for one in replayed.warnings]
            if replayed.insufficient_days:
                insufficient.append({**row.key._asdict(), "days": replayed.insufficient_days})
    ended = len(rows) < _AT_ONCE
    position = str(rows[-1].id) if rows else standing.position
    return Part(position, len(rows), {"warnings": warnings, "insufficient": insufficient}, ended)


def _told(row: SeriesRow, warned: Warned) -> dict[str, Any]:
    closed = None if warned.closed is None else dt.date.fromordinal(warned.closed).isoformat()
    opened = dt.date.fromordinal(warned.opened).isoformat()
    return {**row.key._asdict(), "opened_on": opened, "closed_on": closed}


BACKTEST: Final = Work(count_asked, go_through_part)
