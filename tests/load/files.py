"""A list as a CSV, beside a bare SELECT of the same rows and the standard library's csv: processor time."""

import csv
import datetime as dt
import io
import sqlite3
import time
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from anyio.to_thread import run_sync

from services.assistance.disbursements.queries import DisbursementList, disbursements
from services.assistance.models import Disbursement
from shared.db.base import table_of
from shared.db.database import Database
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.lists.portions import Portion
from shared.security.actor import Actor
from shared.security.issuer import ALL_SCOPES
from shared.sheets.writing import csv_head, csv_lines
from shared.words.language import Language
from tests.load import aims
from tests.load.county import TODAY
from tests.load.cpu import of_this_process
from tests.load.figures import Figure, Rounds

_CALLER: Final = Actor("province", frozenset(ALL_SCOPES), ("52",))
_AT_ONCE: Final = 10_000
_BEGAN: Final = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
_ASKED: Final = DisbursementList(format="csv")
_PLACES: Final = {"disbursement_id": "id"}
_SHOWN: Final = ",".join(_PLACES.get(column.place, column.place) for column in DisbursementList.sheet.columns)


async def exported(section: str, assistance: Database, path: Path, rounds: int, rows: int) -> list[Figure]:
    """So many disbursements as a file, a second of processor time, and how soon it begins."""
    for first in range(0, rows, _AT_ONCE):
        await assistance.write(_pay, first)
    measured = Rounds()
    for place in range(rounds + 1):
        began = of_this_process()
        first_byte, written = await _as_file(assistance)
        between = of_this_process()
        bare = _bare(path)
        ended = of_this_process()
        assert abs(written - bare) < bare / 4, "both wrote the same rows, moments in another spelling"
        found = {"file": rows / (between - began), "bare": rows / (ended - between), "first": first_byte * 1e3}
        measured.add_round(place, found)
    return [
        Figure(
            section,
            f"a list of {rows:,} rows as csv",
            "/s",
            measured["file"],
            measured["bare"],
            "SELECT, csv.writer",
            aims.FILE,
        ),
        Figure(section, "the first byte of it", "ms", measured["first"], aim=aims.FIRST_BYTE),
    ]


async def _as_file(assistance: Database) -> tuple[float, int]:
    """Seconds to the first rows, and how many bytes there were."""
    asked, began, first = _ASKED.from_place(None), time.perf_counter(), 0.0
    written = len(csv_head(asked.sheet, Language.ZH))
    while True:
        portion = await assistance.read(disbursements, asked, actor=_CALLER)
        assert isinstance(portion, Portion)
        written += len(await run_sync(_part_of, portion))
        first = first or time.perf_counter() - began
        if portion.key is None:
            return first, written
        asked = _ASKED.from_place(portion.key)


def _part_of(portion: Portion[Any]) -> bytes:
    return csv_lines(portion.cells(Language.ZH))


class _Counting(io.RawIOBase):
    """Counts what is written to it."""

    def __init__(self) -> None:
        self.written = 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self.written += len(part)
        return len(part)


def _bare(path: Path) -> int:
    counting = _Counting()
    file = io.TextIOWrapper(io.BufferedWriter(counting), encoding="utf-8", newline="")
    connection = sqlite3.connect(path)
    select = f"SELECT {_SHOWN} FROM disbursement ORDER BY recorded_at DESC, id DESC"
    csv.writer(file).writerows(connection.execute(select))
    connection.close()
    file.flush()
    return counting.written


def _pay(uow: UnitOfWork, first: int) -> None:
    rows = [_row(number) for number in range(first, first + _AT_ONCE)]
    insert_rows(uow.connection, table_of(Disbursement), rows)


def _row(number: int) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "source": "civil-affairs",
        "source_ref": f"2026-{number:08}",
        "household_code": f"DJ-{number % 30_000:06}",
        "region_code": "520626101203",
        "measure_id": None,
        "kind": "temporary_relief",
        "month": 2026 * 12 + 9,
        "amount": 80_000 + number % 1000,
        "supersedes_id": None,
        "disbursed_on": TODAY,
        "withdrawn_on": None,
        "recorded_at": _BEGAN + dt.timedelta(seconds=number),
        "recorded_by": "civil-affairs",
        "correlation_id": "c",
        "updated_at": _BEGAN + dt.timedelta(seconds=number),
    }
