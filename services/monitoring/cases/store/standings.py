"""Where households stand in monitoring 监测状态."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple, Self

import sqlalchemy as sa

from services.monitoring.models.cases import MonitoredHousehold
from services.monitoring.models.households import Household
from shared.codes.monitoring import HouseholdClass, MonitoringStatus, RiskKind
from shared.db.base import table_of
from shared.db.rows import insert_into
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork

_STANDINGS, _HOUSEHOLDS = table_of(MonitoredHousehold), table_of(Household)


class Standing(NamedTuple):
    """Where a household stands in monitoring 监测状态."""

    status: MonitoringStatus
    household_class: HouseholdClass | None = None
    main_risk: RiskKind | None = None
    episode: int = 0
    opened_on: dt.date | None = None
    admitted_on: dt.date | None = None
    eliminated_on: dt.date | None = None
    watch_until: dt.date | None = None

    @classmethod
    def nothing(cls) -> Self:
        """That of a household of which nothing was ever opened."""
        return cls(MonitoringStatus.NONE)

    @property
    def is_monitored(self) -> bool:
        """Whether the household is monitored now 监测中."""
        return self.status is MonitoringStatus.MONITORED

    @property
    def at_rest(self) -> MonitoringStatus:
        """Where it stands while no identification is under way and it is not monitored."""
        return MonitoringStatus.ELIMINATED if self.eliminated_on is not None else MonitoringStatus.NONE


NOT_MONITORED: Final = Standing.nothing()
_SELECT_STANDINGS = sa.select(_STANDINGS.c.household_code, *(_STANDINGS.c[name] for name in Standing._fields)).where(
    is_one_of(_STANDINGS.c.household_code, "codes")
)


def load_standings(reading: Reading, codes: Collection[str]) -> Mapping[str, Standing]:
    """Where each of these households stands; all of them are named, those that have no row as not monitored."""
    found = dict.fromkeys(codes, NOT_MONITORED)
    for code, *standing in reading.connection.execute(_SELECT_STANDINGS, {"codes": list(codes)}):
        found[code] = Standing(*standing)
    return found


def write_standing(uow: UnitOfWork, code: str, region_code: str, standing: Standing) -> None:
    """Keep where a household stands, which is locked, and what every judgement of it reads."""
    row = {"household_code": code, "region_code": region_code, "updated_at": uow.stamp(), **standing._asdict()}
    written = insert_into(_STANDINGS, uow.connection.dialect.name).values(row)
    uow.connection.execute(written.on_conflict_do_update(index_elements=["household_code"], set_=row))
    is_household = _HOUSEHOLDS.c.code == code
    uow.connection.execute(sa.update(_HOUSEHOLDS).where(is_household).values(monitored=standing.is_monitored))
