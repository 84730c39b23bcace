"""Many households with their ledgers, laid into the tables of monitoring directly: faster than by facts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from services.monitoring.ledger.rules.income import IncomeMonth
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth
from shared.codes.monitoring import HouseholdCategory
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork

_SINCE = dt.date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class LaidHousehold:
    """A household with its months; its window waits for the first judgement."""

    code: str
    region_code: str
    months: Mapping[int, IncomeMonth]
    members: int = 3
    category: HouseholdCategory = HouseholdCategory.ORDINARY
    ended_on: dt.date | None = None


def lay_households(uow: UnitOfWork, households: Sequence[LaidHousehold]) -> None:
    """Lay households, their windows and the months of their ledgers."""
    now = uow.now()
    insert_rows(uow.connection, table_of(Household), [_household(one, now) for one in households])
    insert_rows(uow.connection, table_of(HouseholdWindow), [_window(one.code) for one in households])
    months = [
        {"household_code": one.code, "month": month, **asdict(sums)}
        for one in households
        for month, sums in one.months.items()
    ]
    insert_rows(uow.connection, table_of(LedgerMonth), months)


def _household(laid: LaidHousehold, now: dt.datetime) -> dict[str, object]:
    return {
        "code": laid.code,
        "region_code": laid.region_code,
        "category": laid.category,
        "relocated": False,
        "dibao": False,
        "registered_on": _SINCE,
        "version": 1,
        "member_count": laid.members,
        "able_workers": min(laid.members, 2),
        "fragile_members": 0,
        "created_at": now,
        "updated_at": now,
        "ended_on": laid.ended_on,
        "is_related": False,
        "origin_region_code": None,
    }


def _window(code: str) -> dict[str, object]:
    sums = ("net", "self_paid", "known_mask", "previous_net", "previous_mask", "quarter_net", "previous_quarter_net")
    return {"household_code": code, "anchor": 0, "length": 12, "evidence": "", **dict.fromkeys(sums, 0)}
