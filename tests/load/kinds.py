"""A file of every type of fact beside the bare store of the rows that it leaves, and beside batches by command."""

import asyncio
import csv
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

from services.monitoring.app import MONITORING
from services.monitoring.evidence.table import read_fact
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_batch
from services.monitoring.facts.sheets import FACT_SHEETS
from services.monitoring.imports import IMPORTS
from services.monitoring.models import METADATA
from shared.codes.monitoring import FactMode
from shared.context import new_context
from shared.db.database import Database
from tests.load import aims
from tests.load.bare import chunks, full_sqlite
from tests.load.client import BATCH_FACTS
from tests.load.county import ill_household
from tests.load.cpu import of_this_process
from tests.load.figures import Figure, Rounds
from tests.load.imports import ACTOR, import_file
from tests.load.stage import database

_ROWS: Final = 5_000
_SOURCE: Final = "registry"
_SAID: Final[Mapping[str, Mapping[str, Any]]] = {
    "income": {"branch": "wage", "month": "2026-09", "amount": "3000.00"},
    "expense": {"kind": "medical", "month": "2026-09", "amount": "90.00", "self_paid_compliant": "30.00"},
    "illness": {"code": "J06.9", "name": "急性上呼吸道感染", "serious": False, "main_earner": False},
    "schooling": {"event": "enrolled", "stage": "college"},
    "dwelling": {"grade": "A", "only_home": True, "checked_by": "县住建局"},
    "water": {"litres_per_day": "60.0", "quality": "good"},
    "insurance": {"scheme": "basic_medical", "year": 2026, "status": "insured"},
    "work": {"status": "working", "willing": True, "place_code": "441900"},
    "disability": {"kind": "physical", "grade": 4},
    "care": {"level": "able"},
    "chronic": {"disease": "diabetes", "contract": "active"},
    "disaster": {"sub_kind": "flood", "loss": "300.00", "house_damaged": False},
    "accident": {"kind": "traffic", "effect": "injury", "main_earner": False},
    "production": {"kind": "crop", "outcome": "unsold", "loss": "80.00"},
    "relief": {"scheme": "dibao", "status": "granted"},
    "loan": {"kind": "student", "balance": "8000.00", "due_on": "2028-07-01", "overdue": False},
    "means": {"arable_mu": "3.5", "forest_mu": "0", "road_km": "1.25", "tools": ["农用三轮车"]},
    "member_change": {"change": "born"},
}
"""What a row says: of a type that does not always raise a risk, something that raises none."""
_CHANGED: Final = frozenset({"household_window", "ledger_month"})
"""Tables of which a row may be there before."""
_NOT_OF_THE_HOUSE: Final = ("import_", "job", "audit", "commit_clock", "client_count", "alembic")


async def every_kind(section: str, template: Path, folder: Path, rounds: int) -> list[Figure]:
    """Each type once a round, into a copy of the county."""
    found: list[Figure] = []
    for kind in FACT_SHEETS.keys() & _SAID.keys():
        measured = Rounds()
        for place in range(rounds):
            for name, value in (await _round(kind, template, folder / f"{kind}-{place}")).items():
                measured.add(name, value)
        path = f"a csv of {_ROWS:,} rows: {kind}"
        store, batches = "bare store of the same rows", "batches of 500 by command"
        found.append(Figure(section, path, "/s", measured["file"], measured["bare"], store, aims.IMPORT))
        found.append(Figure(section, path, "/s", measured["file"], measured["batch"], batches, ratio_unit="×"))
    return sorted(found, key=lambda figure: figure.path)


async def _round(kind: str, template: Path, folder: Path) -> dict[str, float]:
    spent: dict[str, float] = {}
    file = folder / f"{kind}.csv"
    _write(kind, file)
    facts = [_fact(kind, number) for number in range(_ROWS)]
    by_file, by_batch, bare = (_copy(template, folder / name) for name in ("file", "batch", "bare"))
    async with _opened(by_file) as monitoring:
        spent["file"] = await _metered(lambda: import_file(monitoring, file, IMPORTS[kind], FactMode.LIVE))
    async with _opened(by_batch) as monitoring:
        spent["batch"] = await _metered(lambda: _send(monitoring, facts))
    rows = _new_rows(by_file, bare)
    assert len(rows["fact"]) == _ROWS, "the whole file is taken"
    spent["bare"] = await _metered(lambda: asyncio.to_thread(_store, bare, rows))
    shutil.rmtree(folder)
    return {name: _ROWS / seconds for name, seconds in spent.items()}


def _copy(template: Path, folder: Path) -> Path:
    shutil.copytree(template, folder)
    return folder / f"{MONITORING.name}.sqlite"


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[Database]:
    opened = database(MONITORING, f"sqlite:///{path}")
    try:
        yield opened
    finally:
        await opened.close()


async def _metered(work: Callable[[], Awaitable[None]]) -> float:
    began = of_this_process()
    await work()
    return of_this_process() - began


def _fact(kind: str, number: int) -> dict[str, Any]:
    about = {"household_code": ill_household(number), "member_no": 1, "observed_on": "2026-11-03"}
    return {"source": _SOURCE, "source_ref": f"{kind}-{number}", "type": kind, "payload": _SAID[kind], **about}


def _write(kind: str, path: Path) -> None:
    """The file, with the Chinese headings of the template."""
    sheet = FACT_SHEETS[kind]
    cells = {column.place: _cell(kind, column.place) for column in sheet.columns}
    path.parent.mkdir()
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.zh for column in sheet.columns if cells[column.place] is not None])
        for number in range(_ROWS):
            fact = _fact(kind, number)
            writer.writerow([fact.get(place, cell) for place, cell in cells.items() if cell is not None])


def _cell(kind: str, place: str) -> str | None:
    """The cell of a column; None where the file has no such column."""
    first, _, name = place.partition("/")
    if first != "payload":
        return "" if first in _fact(kind, 0) else None
    said = _SAID[kind].get(name.partition("/")[0])
    if isinstance(said, list):
        return str(said[0])
    return None if said is None else json.dumps(said) if isinstance(said, bool) else str(said)


async def _send(monitoring: Database, facts: Sequence[Mapping[str, Any]]) -> None:
    for batch in chunks(facts, BATCH_FACTS):
        context = new_context()
        items = [FactToRecord(read_fact(fact), FactMode.LIVE, ACTOR, context) for fact in batch]
        outcomes = await monitoring.write(record_batch, items, False)
        assert all(outcome.result == "stored" for outcome in outcomes), outcomes[0].error


Rows = dict[str, list[tuple[Any, ...]]]


def _new_rows(after: Path, before: Path) -> Rows:
    """The rows of each table of the house that are there now and were not, or were otherwise."""
    with closing(full_sqlite(after)) as sqlite:
        sqlite.execute("ATTACH ? AS before", (str(before),))
        names = [table.name for table in METADATA.sorted_tables if not table.name.startswith(_NOT_OF_THE_HOUSE)]
        found = {
            name: sqlite.execute(f"SELECT * FROM main.{name} EXCEPT SELECT * FROM before.{name}").fetchall()
            for name in names
        }
    return {name: rows for name, rows in found.items() if rows}


def _store(path: Path, rows: Rows) -> None:
    """All of them in one transaction, each table after those that it refers to."""
    with closing(full_sqlite(path)) as sqlite:
        sqlite.execute("BEGIN IMMEDIATE")
        for name, of in rows.items():
            verb = "REPLACE" if name in _CHANGED else "INSERT"
            sqlite.executemany(f"{verb} INTO {name} VALUES ({', '.join('?' * len(of[0]))})", of)
        sqlite.execute("COMMIT")
