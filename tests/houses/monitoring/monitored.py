"""Households that are monitored, as the cases of a county leave them."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from services.monitoring.models.cases import Case, MonitoredHousehold
from services.monitoring.models.households import Household
from shared.codes.monitoring import CaseKind, CaseStatus, HouseholdClass, MonitoringStatus
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.ids import new_id

_CASES, _STANDINGS, _HOUSEHOLDS = table_of(Case), table_of(MonitoredHousehold), table_of(Household)


async def admit(house: House, code: str, on: str, **changes: Any) -> None:
    """Have a household admitted on a day; ``due_on`` is when it should have been."""
    await house.database.write(_admit, code, dt.date.fromisoformat(on), changes)


async def eliminate(house: House, code: str, on: str) -> None:
    """Have the risk of an admitted household gone on a day."""
    await house.database.write(_eliminate, code, dt.date.fromisoformat(on))


def _admit(uow: UnitOfWork, code: str, on: dt.date, changes: dict[str, Any]) -> None:
    case = _case(uow, code, CaseKind.IDENTIFICATION, CaseStatus.MONITORED, on) | changes
    uow.connection.execute(sa.insert(_CASES).values(case))
    row = {
        "household_code": code,
        "region_code": case["region_code"],
        "status": MonitoringStatus.MONITORED,
        "household_class": case["household_class"],
        "episode": 1,
        "opened_on": case["opened_on"],
        "admitted_on": on,
        "updated_at": uow.stamp(),
    }
    uow.connection.execute(sa.insert(_STANDINGS).values(row))


def _eliminate(uow: UnitOfWork, code: str, on: dt.date) -> None:
    uow.connection.execute(sa.insert(_CASES).values(_case(uow, code, CaseKind.ELIMINATION, CaseStatus.ELIMINATED, on)))
    gone = {"status": MonitoringStatus.ELIMINATED, "eliminated_on": on, "updated_at": uow.stamp()}
    uow.connection.execute(sa.update(_STANDINGS).where(_STANDINGS.c.household_code == code).values(gone))


def _case(uow: UnitOfWork, code: str, kind: CaseKind, status: CaseStatus, on: dt.date) -> dict[str, Any]:
    region_code = uow.connection.scalar(sa.select(_HOUSEHOLDS.c.region_code).where(_HOUSEHOLDS.c.code == code))
    said: dict[str, Any] = {
        "id": new_id(),
        "kind": kind,
        "household_code": code,
        "region_code": region_code,
        "status": status,
        "opened_on": on - dt.timedelta(days=10),
        "opened_in": region_code,
        "pack": "test",
        "stepped_on": on,
        "due_provisional": False,
        "emergency": False,
        "appealed": False,
        "risks": [],
        "hits": [],
        "household_class": HouseholdClass.MARGINAL,
        "approved_on": on,
        "episode": 1,
        "opened_at": uow.now(),
        "version": 1,
        "correlation_id": "test",
        "updated_at": uow.stamp(),
    }
    return said
