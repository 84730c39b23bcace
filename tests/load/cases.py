"""The inbox of cases: what a page of a million takes of the processors, the first and the thousandth."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.cases.queries import CaseList, cases
from services.monitoring.cases.store.rows import CASES
from services.monitoring.models import PROCEDURE_STEP
from services.monitoring.models.cases import Case
from services.monitoring.models.households import Household
from shared.codes.monitoring import CaseAction, CaseChange, CaseKind, CaseStatus
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.rows import insert_tuples
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import new_id
from shared.lists.cursor import encode
from shared.security.actor import Actor
from shared.security.issuer import ALL_SCOPES
from tests.load import aims
from tests.load.client import percentile
from tests.load.county import NOW, TODAY
from tests.load.cpu import Meter
from tests.load.figures import Figure

_CALLER: Final = Actor("province", frozenset(ALL_SCOPES), ("52",))
_PATH: Final = "/monitoring/v1/cases"
_AT_ONCE: Final = 20_000
_PAGE: Final = 50
_THOUSANDTH: Final = 1000
_OPEN_OF: Final = 20
"""One of so many is open; the others are over, as after years."""
_HOUSEHOLDS, _COLUMNS = table_of(Household), tuple(CASES.columns.keys())
_STEPS: Final = (CaseChange.OPEN, CaseAction.VISIT, CaseAction.CONSENT, CaseAction.COMPARE)


async def inbox(section: str, monitoring: Database, cpu: Meter, rows: int, calls: int) -> list[Figure]:
    """The p95 of each way in which an official asks for cases, and a page far behind beside the first."""
    homes = await monitoring.read(_homes)
    for first in range(0, rows, _AT_ONCE):
        await monitoring.write(_lay, homes, range(first, min(first + _AT_ONCE, rows)))
    await monitoring.write(_lay_steps)
    ways: Mapping[str, dict[str, Any]] = {
        "all": {},
        "county": {"region_code": "520626"},
        "village": {"region_code": homes[0][1]},
        "county, opened": {"region_code": "520626", "status": "opened"},
        "county, overdue": {"region_code": "520626", "overdue": True},
        "one household": {"household_code": homes[0][0]},
        "the last changes": {"updated_after": (NOW - dt.timedelta(hours=1)).isoformat()},
    }
    times = {name: await _times(monitoring, cpu, asked, calls) for name, asked in ways.items()}
    page = min(_THOUSANDTH, rows // _PAGE - 1)
    far = await _times(monitoring, cpu, {"cursor": await monitoring.read(_cursor, page)}, calls)
    paths = {name: f"{rows:,} cases: {name}" for name in ways}
    found = [
        Figure(section, paths[name], "ms", [percentile(of, 95)], aim=aims.CASE_INBOX) for name, of in times.items()
    ]
    beside = [percentile(times["all"], 95)]
    return [
        *found,
        Figure(section, f"page {page:,}", "ms", [percentile(far, 95)], beside, "page 1", aims.CASE_FAR_PAGE),
    ]


def _homes(reading: Reading) -> Sequence[Sequence[Any]]:
    asked = sa.select(_HOUSEHOLDS.c.code, _HOUSEHOLDS.c.region_code).order_by(_HOUSEHOLDS.c.code)
    return [tuple(row) for row in reading.connection.execute(asked)]


def _lay(uow: UnitOfWork, homes: Sequence[Sequence[Any]], numbers: range) -> None:
    """Cases of these households in turn. The first of a household may be open."""
    rows = [_row(homes[number % len(homes)], number, len(homes)) for number in numbers]
    insert_tuples(uow.connection, CASES, _COLUMNS, rows)


def _row(home: Sequence[Any], number: int, homes: int) -> tuple[Any, ...]:
    is_open = number < homes and number % _OPEN_OF == 0
    opened_on = TODAY - dt.timedelta(days=number % 30 if is_open else 200)
    said = dict.fromkeys(Case.model_fields) | {
        "id": new_id(),
        "kind": CaseKind.IDENTIFICATION,
        "household_code": home[0],
        "region_code": home[1],
        "status": CaseStatus.OPENED if is_open else CaseStatus.REFUSED,
        "opened_on": opened_on,
        "opened_in": home[1],
        "pack": "520600_tongren@2026.11",
        "stepped_on": opened_on,
        "due_on": opened_on + dt.timedelta(days=15),
        "due_provisional": False,
        "emergency": False,
        "appealed": True,
        "risks": ["below_line"],
        "hits": [],
        "opened_at": NOW - dt.timedelta(seconds=number),
        "version": len(_STEPS),
        "correlation_id": "bench",
        "updated_at": NOW - dt.timedelta(seconds=number),
    }
    return tuple(said[name] for name in _COLUMNS)


def _lay_steps(uow: UnitOfWork) -> None:
    """The same steps of each case, as histories have them."""
    names = [column.name for column in PROCEDURE_STEP.columns]
    for number, action in enumerate(_STEPS, start=1):
        said: dict[str, Any] = dict.fromkeys(names, sa.null()) | {
            "thing_kind": sa.literal("case"),
            "thing_id": CASES.c.id,
            "step_no": sa.literal(number),
            "at": CASES.c.opened_at,
            "action": sa.literal(action.value),
            "status": sa.literal("opened"),
            "taken_by": sa.literal("village"),
            "taken_on": CASES.c.opened_on,
            "stands_in": sa.false(),
        }
        uow.connection.execute(sa.insert(PROCEDURE_STEP).from_select(names, sa.select(*(said[name] for name in names))))


def _cursor(reading: Reading, page: int) -> str:
    behind = sa.select(CASES.c.region_code, CASES.c.id).order_by(CASES.c.region_code, CASES.c.id)
    region_code, case_id = reading.connection.execute(behind.offset(page * _PAGE).limit(1)).one()
    return encode(_PATH, (region_code, str(case_id)))


async def _times(monitoring: Database, cpu: Meter, asked: Mapping[str, Any], calls: int) -> list[float]:
    wanted = CaseList.model_validate(asked).at(_PATH)
    await _timed(monitoring, cpu, wanted)
    return [await _timed(monitoring, cpu, wanted) for _ in range(calls)]


async def _timed(monitoring: Database, cpu: Meter, wanted: CaseList) -> float:
    """Milliseconds of processor time."""
    began = cpu()
    await monitoring.read(cases, wanted, actor=_CALLER)
    return (cpu() - began) * 1000
