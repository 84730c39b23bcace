"""What is known of households that tells their class, and which of them may be of a class at all."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.cases.store.standings import load_standings
from services.monitoring.evidence.circumstances import load_circumstances, standing
from services.monitoring.households.store import load_open_risks, load_statements
from services.monitoring.low_income.rules import Hardship
from services.monitoring.models.cases import MonitoredHousehold
from services.monitoring.models.evidence import Circumstance
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import LedgerMonth
from services.monitoring.models.risks import Risk
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.codes.circumstances import ReliefScheme, ReliefStatus
from shared.codes.monitoring import LowIncomeClass, MonitoringStatus, RiskStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

HOUSEHOLDS: Final = table_of(Household)
_CIRCUMSTANCES, _RISKS, _MONTHS = table_of(Circumstance), table_of(Risk), table_of(LedgerMonth)
_MONITORED = table_of(MonitoredHousehold)


def load_hardships(reading: Reading, rows: Sequence[Any], on: dt.date) -> Mapping[str, Hardship]:
    """What is known on a day of these households."""
    codes = [row.code for row in rows]
    statements, reliefs = load_statements(reading, rows, on), _load_reliefs(reading, rows, on)
    standings, at_risk = load_standings(reading, codes), load_open_risks(reading, codes)
    return {
        row.code: Hardship(
            statement=statements.get(row.code),
            dibao=row.dibao,
            reliefs=reliefs[row.code],
            monitored=standings[row.code].is_monitored,
            at_risk=row.code in at_risk,
        )
        for row in rows
    }


def _load_reliefs(reading: Reading, rows: Sequence[Any], on: dt.date) -> Mapping[str, frozenset[ReliefScheme]]:
    """The relief 救助 that is granted to each of these households or to a member of it."""
    said = load_circumstances(reading, [row.code for row in rows], "relief", on)
    found = {}
    for row in rows:
        order = rule_parameters(reading.policy, row.region_code, on).source_order
        holding = standing(said.get(row.code, ()), order, "scheme").values()
        granted = (one.said["scheme"] for one in holding if one.said["status"] == ReliefStatus.GRANTED)
        found[row.code] = frozenset(map(ReliefScheme.read, granted))
    return found


def _exists(table: sa.Table, *those: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(table.c.household_code == HOUSEHOLDS.c.code, *those)


_WITH_RELIEF: Final = _exists(_CIRCUMSTANCES, _CIRCUMSTANCES.c.type == "relief")
_MAY_BE: Final[Mapping[LowIncomeClass, Callable[[], sa.ColumnElement[bool]]]] = {
    LowIncomeClass.DIBAO: lambda: HOUSEHOLDS.c.dibao | _WITH_RELIEF,
    LowIncomeClass.TEKUN: lambda: _WITH_RELIEF,
    LowIncomeClass.RIGID_EXPENSE: lambda: _exists(_MONTHS, _MONTHS.c.self_paid_compliant > 0) | _WITH_RELIEF,
    LowIncomeClass.MONITORED: lambda: _exists(_MONITORED, _MONITORED.c.status == MonitoringStatus.MONITORED),
    LowIncomeClass.OTHER: lambda: _exists(_RISKS, _RISKS.c.status == RiskStatus.OPEN) | _WITH_RELIEF,
}


def may_be(wanted: LowIncomeClass | None) -> sa.ColumnElement[bool]:
    """Households that may be of a class: whoever looks closer finds none besides. All of them where little tells."""
    told_by = None if wanted is None else _MAY_BE.get(wanted)
    return sa.true() if told_by is None else told_by()
