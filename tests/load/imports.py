"""A file of income beside the bare store of the rows it leaves, beside the batch route, and beside its own size."""

import asyncio
import csv
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from services.monitoring.app import MONITORING
from services.monitoring.imports import IMPORTS
from services.monitoring.models import METADATA
from shared.codes.monitoring import FactMode
from shared.codes.operations import ImportAccept, ImportMode
from shared.context import new_context
from shared.db.database import Database
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.imports.kinds import ImportKind, Sender
from shared.imports.packing import pack_file, unpack
from shared.imports.starting import Asked, start_import
from shared.imports.taking import importing
from shared.jobs.running import run_part
from shared.runtime import Process, migrate_all, open_process, running
from shared.security.actor import EVERY, Actor
from shared.security.issuer import ALL_SCOPES
from shared.settings import Settings
from shared.sheets.reading import Reader, open_table
from shared.sheets.writing import Table
from tests.load import aims
from tests.load.bare import ROWS_IN_TRANSACTION, chunks, full_sqlite
from tests.load.cpu import BesideServer, Meter, of_this_process
from tests.load.figures import Figure, Rounds
from tests.load.stage import connect
from tests.many_households import LaidHousehold, lay_households
from tests.partners import take_on

_KIND: Final = IMPORTS["income"]
ACTOR: Final = Actor("office", frozenset(ALL_SCOPES), ("52",), frozenset({EVERY}))
_SENDER: Final = Sender(ACTOR, new_context(), "office")
_FEW: Final = 10_000
"""Rows of the small file beside which the large one is measured."""
_AT_ONCE: Final = 1_000
_BATCH: Final = 500
_VILLAGES: Final = 40
_BATCHED: Final = 10_000
"""Rows that go through the batch route."""
_WRITTEN: Final = ("fact", "ledger_month", "household_window")
"""What an import of income leaves in the house, in the order in which it can be stored."""
_FORGOTTEN: Final = ("fact", "ledger_month", "import_row", "import_part", "import_file", "job", "audit")
_HEADINGS: Final = ("户编号", "收入类型", "月份", "金额（元）", "发现日期")
_WINDOW: Final = METADATA.tables["household_window"]
Line = tuple[str, str, str, str, str]


class Sizes(NamedTuple):
    """How large the file is, and the county."""

    rows: int
    households: int


def lines(sizes: Sizes, seed: int) -> Iterator[Line]:
    """Income of random households in ten months of a year."""
    chance = random.Random(seed)
    for number in range(sizes.rows):
        household, month = chance.randrange(sizes.households), chance.randrange(1, 11)
        amount = f"{2000 + number % 3000}.{number % 100:02d}"
        yield (_code(household), "工资性收入", f"2026-{month:02d}", amount, "2026-11-03")


def _code(number: int) -> str:
    return f"I{number:07d}"


async def imported(section: str, settings: Settings, rounds: int, sizes: Sizes, server: int | None) -> list[Figure]:
    """Measure on a house of its own; ``server`` is the process of PostgreSQL, whose work is counted too."""
    await migrate_all([MONITORING], settings)
    meter: Meter = of_this_process if server is None else BesideServer(server)
    async with running(open_process([MONITORING], settings), background=False) as process:
        [house] = process.houses
        await _settle(house.database, sizes.households)
        file = settings.data / "income.csv"
        bench = _Bench(house, _Client(process), meter, file, sizes)
        measured, peaks = Rounds(), list[float]()
        for place in range(rounds + 1):
            measured.add_round(place, await bench.round(place, peaks))
    return _figures(section, sizes, measured, peaks)


def _figures(section: str, sizes: Sizes, measured: Rounds, peaks: Sequence[float]) -> list[Figure]:
    file = f"a csv of {sizes.rows:,} income rows into {sizes.households:,} households"
    store = "bare store of the same rows"
    return [
        Figure(section, file, "/s", measured["live"], measured["bare"], store, aims.IMPORT),
        Figure(section, file, "/s", measured["live"], measured["route"], "batch route", aims.IMPORT_BESIDE_ROUTE),
        Figure(section, f"{file}, as history", "/s", measured["backfill"], measured["bare"], store, aims.IMPORT),
        Figure(
            section,
            "reading and checking a row of it",
            "µs",
            measured["reading"],
            measured["whole"],
            "the whole of it",
            aims.READING,
        ),
        Figure(
            section,
            f"a row of a file of {sizes.rows:,} rows",
            "µs",
            measured["whole"],
            measured["few"],
            f"of {_FEW:,} rows",
            aims.IMPORT_FLAT,
        ),
        Figure(section, "memory of it above the house at rest", "MB", peaks, aim=aims.IMPORT_MEMORY),
    ]


class _Bench:
    """One house, and what is measured on it."""

    def __init__(self, house: House, client: "_Client", meter: Meter, file: Path, sizes: Sizes) -> None:
        self._house, self._client, self._meter = house, client, meter
        self._file, self._sizes = file, sizes

    async def round(self, place: int, peaks: list[float]) -> dict[str, float]:
        """Each of them once; the tables are empty again behind each."""
        database, sizes = self._house.database, self._sizes
        few = await self._spent(_FEW, place, FactMode.LIVE) / _FEW
        await _forget(database)
        _forget_peak()
        rest = _resident("VmRSS")
        live = await self._spent(sizes.rows, place, FactMode.LIVE)
        peaks.append(_resident("VmHWM") - rest)
        rows = await _rows_of(database)
        await _forget(database)
        backfill = await self._spent(sizes.rows, place, FactMode.BACKFILL)
        await _forget(database)
        async with _bare_store(database, rows) as store:
            bare = await self._metered(store)
        stored = len(rows["fact"])
        await _forget(database)
        sent = min(_BATCHED, sizes.rows)
        bodies = list(_bodies(list(islice(lines(sizes, place), sent))))
        route = await self._metered(lambda: self._client.send_all(bodies))
        await _forget(database)
        return {
            "live": sizes.rows / live,
            "backfill": sizes.rows / backfill,
            "bare": stored / bare,
            "route": sent / route,
            "whole": live / sizes.rows * 1e6,
            "few": few * 1e6,
            "reading": self._reading() / sizes.rows * 1e6,
        }

    async def _spent(self, rows: int, seed: int, mode: FactMode) -> float:
        """Processor time of an import, from the file to its last row."""
        _write(self._file, lines(self._sizes._replace(rows=rows), seed))
        return await self._metered(lambda: import_file(self._house.database, self._file, _KIND, mode))

    def _reading(self) -> float:
        """Processor time of what stands before the command: from the file to what it takes."""
        begun = time.process_time()
        packed, columns = pack_file(self._file, _KIND), {column.place: column for column in _KIND.sheet.columns}
        for part in packed.parts:
            reader = Reader(_KIND.sheet, [columns[place] for place in packed.places])
            for rows in unpack(part):
                _KIND.read(_SENDER, reader.read(rows).document)
        return time.process_time() - begun

    async def _metered(self, work: Callable[[], Awaitable[None]]) -> float:
        begun = self._meter()
        await work()
        return self._meter() - begun


def _write(path: Path, written: Iterator[Line]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_HEADINGS, *written])


async def _settle(database: Database, households: int) -> None:
    for first in range(0, households, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, households))
        laid = [LaidHousehold(_code(number), f"520626{number % _VILLAGES:06d}", {}) for number in numbers]
        await database.write(lay_households, laid)
    if not database.is_sqlite:
        await database.write(lambda uow: uow.connection.exec_driver_sql("ANALYZE"))


async def import_file(database: Database, file: Path, kind: ImportKind, mode: FactMode) -> None:
    """Everything from the file at the door to the end of the job, in one process."""
    packed = await asyncio.to_thread(pack_file, file, kind)
    asked = Asked(kind, ImportMode.COMMIT, ImportAccept.GOOD, _SENDER.source, mode, file.name, None)
    job_id: UUID = await database.write(start_import, asked, packed, actor=ACTOR)
    del packed
    kinds = importing("monitoring", IMPORTS)
    while await run_part(database, kinds, job_id):
        pass


Rows = dict[str, list[tuple[Any, ...]]]


async def _rows_of(database: Database) -> Rows:
    """The rows that an import left, as the driver gives and takes them; of the windows those that it changed."""
    selects = {name: f"SELECT {', '.join(_columns(name))} FROM {name}{_WHICH.get(name, '')}" for name in _WRITTEN}
    if database.is_sqlite:
        with closing(full_sqlite(Path(str(database.url.database)))) as sqlite:
            return {name: sqlite.execute(select).fetchall() for name, select in selects.items()}
    connection = await connect(database.url.render_as_string(hide_password=False))
    found = {name: [tuple(row) for row in await connection.fetch(select)] for name, select in selects.items()}
    await connection.close()
    return found


def _columns(name: str) -> list[str]:
    return [column.name for column in METADATA.tables[name].c]


_WHICH: Final = {_WINDOW.name: " WHERE judged_on IS NOT NULL OR due_after IS NOT NULL"}


async def _forget(database: Database) -> None:
    """Take everything out again that an import left."""
    await database.write(_take_out)
    if not database.is_sqlite:
        url = database.url.render_as_string(hide_password=False)
        connection = await connect(url)
        for name in (*_FORGOTTEN, _WINDOW.name):
            await connection.execute(f"VACUUM ANALYZE {name}")
        await connection.close()


def _take_out(uow: UnitOfWork) -> None:
    for name in _FORGOTTEN:
        uow.connection.exec_driver_sql(f"DELETE FROM {name}")
    nothing = {column.name: 0 for column in _WINDOW.c if column.name not in _KEPT}
    uow.connection.execute(
        sa.update(_WINDOW)
        .where(_WINDOW.c.judged_on.is_not(None) | _WINDOW.c.due_after.is_not(None))
        .values(**nothing, length=12, evidence="", judged_on=None, due_after=None)
    )


_KEPT: Final = frozenset({"household_code", "length", "evidence", "judged_on", "due_after"})


@asynccontextmanager
async def _bare_store(database: Database, rows: Rows) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """The same rows into the same tables, a thousand facts a transaction; windows are there and are updated.

    The connection stays open until what it cost was measured.
    """
    parts = -(-len(rows["fact"]) // ROWS_IN_TRANSACTION)
    in_parts = {name: list(chunks(of, max(1, -(-len(of) // parts)))) for name, of in rows.items()}
    if database.is_sqlite:
        yield lambda: asyncio.to_thread(_store_on_sqlite, Path(str(database.url.database)), in_parts, parts)
        return
    connection = await connect(database.url.render_as_string(hide_password=False))
    try:
        yield lambda: _store_on_postgres(connection, in_parts, parts)
    finally:
        await connection.close()


Parts = dict[str, list[Sequence[tuple[Any, ...]]]]


def _store_on_sqlite(path: Path, in_parts: Parts, parts: int) -> None:
    connection = full_sqlite(path)
    for place in range(parts):
        connection.execute("BEGIN IMMEDIATE")
        for name, of in in_parts.items():
            part = of[place] if place < len(of) else ()
            if name == _WINDOW.name:
                connection.executemany(_UPDATE, [(*row[1:], row[0]) for row in part])
            elif part:
                connection.executemany(
                    f"INSERT INTO {name} ({', '.join(_columns(name))}) VALUES ({', '.join('?' * len(part[0]))})", part
                )
        connection.execute("COMMIT")
    connection.close()


_UPDATE: Final = (
    f"UPDATE {_WINDOW.name} SET {', '.join(f'{column.name} = ?' for column in list(_WINDOW.c)[1:])}"
    " WHERE household_code = ?"
)


async def _store_on_postgres(connection: Any, in_parts: Parts, parts: int) -> None:
    columns = list(_WINDOW.c)
    changes = ", ".join(f"{column.name} = ${place}" for place, column in enumerate(columns[1:], 2))
    update = f"UPDATE {_WINDOW.name} SET {changes} WHERE household_code = $1"
    for place in range(parts):
        async with connection.transaction():
            for name, of in in_parts.items():
                part = of[place] if place < len(of) else ()
                if name == _WINDOW.name:
                    await connection.executemany(update, part)
                elif part:
                    await connection.copy_records_to_table(name, columns=_columns(name), records=part)


def _bodies(written: Sequence[Line]) -> Iterator[bytes]:
    """The same rows as batches of the route, each with a reference of its own."""
    for number, batch in enumerate(chunks(written, _BATCH)):
        facts = [
            {
                "source": "registry",
                "source_ref": f"{number}-{place}",
                "household_code": code,
                "type": "income",
                "observed_on": day,
                "payload": {"branch": "wage", "month": month, "amount": amount},
            }
            for place, (code, _, month, amount, day) in enumerate(batch)
        ]
        yield json.dumps({"facts": facts}).encode()


class _Client:
    """A client of the batch route, without a network: what the process does is measured, and not a client."""

    def __init__(self, process: Process) -> None:
        self._app = process.app()
        assert process.issuer is not None
        secret = take_on(process.settings.data, "registry", regions=["52"], scopes=["monitoring:write"])
        self._token = process.issuer.token("registry", secret, None)["access_token"]

    async def send_all(self, bodies: Sequence[bytes]) -> None:
        """Send batches, one after the other."""
        for body in bodies:
            await self._send(body)

    async def _send(self, body: bytes) -> None:
        arrived = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Any:
            message = next(arrived, None)
            return message if message is not None else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            assert message["type"] != "http.response.start" or message["status"] == 200, message

        headers = {
            "authorization": f"Bearer {self._token}",
            "content-type": "application/json",
            "content-length": str(len(body)),
        }
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/monitoring/v1/facts",
            "raw_path": b"/monitoring/v1/facts",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "scheme": "http",
            "root_path": "",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await self._app(scope, receive, send)


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _resident(name: str) -> float:
    """Megabytes of memory, by the name that Linux gives them."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise KeyError(name)


def read_excel(section: str, folder: Path, rounds: int, rows: int) -> list[Figure]:
    """Reading an Excel file as we do, beside the library alone."""
    path = folder / "income.xlsx"
    workbook = Table(path, "income", [(heading, 14) for heading in _HEADINGS])
    workbook.write(lines(Sizes(rows, rows), 0))
    workbook.close()
    measured = Rounds()
    for place in range(rounds + 1):
        begun = of_this_process()
        ours = sum(1 for _ in open_table(path, _KIND.sheet).rows)
        between = of_this_process()
        bare = sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())
        ended = of_this_process()
        assert (ours, bare) == (rows, rows + 1)
        measured.add_round(place, {"ours": rows / (between - begun), "bare": rows / (ended - between)})
    return [
        Figure(
            section,
            f"reading an xlsx of {rows:,} rows",
            "/s",
            measured["ours"],
            measured["bare"],
            "calamine alone",
            aims.EXCEL,
        )
    ]
