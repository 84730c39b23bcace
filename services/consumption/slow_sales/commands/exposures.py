"""Telling households, by their codes, that what they make does not sell, and that it does again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from services.consumption.requests.store import HOUSEHOLDS
from services.consumption.slow_sales.store.alerts import EXPOSURES
from services.consumption.slow_sales.store.exposures import Exposed, households_linked, load_exposures
from shared.contracts.consumption import SlowSaleExposed, SlowSaleExposure, SlowSaleRelieved
from shared.db.rows import execute_rows, insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.helping.households import KnownHousehold

_UPDATE_EXPOSED = (
    sa.update(EXPOSURES)
    .where(
        EXPOSURES.c.slow_sale_id == sa.bindparam("of_alert"), EXPOSURES.c.household_code == sa.bindparam("of_household")
    )
    .values(exposed_on=sa.bindparam("since"), relieved_on=sa.bindparam("until"))
)
Alert = Mapping[Any, Any]


def expose(uow: UnitOfWork, alerts: Sequence[Alert], on: dt.date) -> dict[UUID, int]:
    """Have exactly those households exposed to these warnings that are linked to what does not sell.

    Each is told of once when it is exposed, and once when it is no longer. Returns how many are, by alert. The series
    of the alerts are locked.
    """
    linked = households_linked(uow, alerts, on) if alerts else {}
    _change(uow, alerts, linked, on)
    return {alert["id"]: len(linked[alert["id"]]) for alert in alerts}


def relieve(uow: UnitOfWork, alerts: Sequence[Alert], on: dt.date) -> dict[UUID, int]:
    """Have nobody exposed to these alerts any longer; returns how many were by alert."""
    return _change(uow, alerts, {alert["id"]: {} for alert in alerts}, on)


class _Turn(NamedTuple):
    """A household whose exposure to an alert changes."""

    alert: Alert
    code: str
    household: KnownHousehold | None
    before: Mapping[Any, Any] | None


def _change(uow: UnitOfWork, alerts: Sequence[Alert], linked: Exposed, on: dt.date) -> dict[UUID, int]:
    known = load_exposures(uow, [alert["id"] for alert in alerts]) if alerts else {}
    exposed: list[_Turn] = []
    relieved: list[_Turn] = []
    stood: dict[UUID, int] = {}
    for alert in alerts:
        rows, now = known.get(alert["id"], {}), linked[alert["id"]]
        standing = {code for code, row in rows.items() if row["relieved_on"] is None}
        stood[alert["id"]] = len(standing)
        exposed += [_Turn(alert, code, now[code], rows.get(code)) for code in sorted(now.keys() - standing)]
        relieved += [_Turn(alert, code, None, rows[code]) for code in sorted(standing - now.keys())]
    _write(uow, exposed, relieved, on)
    _tell(uow, SlowSaleExposed, exposed, on)
    _tell(uow, SlowSaleRelieved, relieved, on)
    return stood


def _write(uow: UnitOfWork, exposed: Sequence[_Turn], relieved: Sequence[_Turn], on: dt.date) -> None:
    new = [
        {"slow_sale_id": turn.alert["id"], "household_code": turn.code, "exposed_on": on, "relieved_on": None}
        for turn in exposed
        if turn.before is None
    ]
    insert_rows(uow.connection, EXPOSURES, new)
    again = [_updated(turn, on, None) for turn in exposed if turn.before is not None]
    over = [_updated(turn, turn.before["exposed_on"], on) for turn in relieved if turn.before is not None]
    execute_rows(uow.connection, _UPDATE_EXPOSED, [*again, *over])


def _updated(turn: _Turn, since: dt.date, until: dt.date | None) -> dict[str, Any]:
    return {"of_alert": turn.alert["id"], "of_household": turn.code, "since": since, "until": until}


def _tell(uow: UnitOfWork, event: type[SlowSaleExposure], turns: Sequence[_Turn], on: dt.date) -> None:
    """Tell of each household where it lives now; one that is known no longer is told of where the alert is."""
    homes = HOUSEHOLDS.find_anywhere(uow, {turn.code for turn in turns}) if turns else {}
    for turn in turns:
        home = homes.get(turn.code)
        region = turn.alert["region_code"] if home is None else home.region_code
        said = event(
            alert_id=turn.alert["id"],
            household_code=turn.code,
            region_code=region,
            commodity_code=turn.alert["commodity_code"],
            on=on,
        )
        uow.emit(said, region=region)
