"""Ready means able: what keeps a house from its work is named at readiness, in the words of whoever knows."""

import asyncio
import datetime as dt
import os
import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from services.monitoring.app import MONITORING
from shared import readiness
from shared.house import HouseDefinition
from shared.readiness import write_and_read
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_SQLITE, PROBE, count_many, counters, rows_of, until


async def test_readiness_writes_a_row_and_leaves_none(open_house: OpenHouse) -> None:
    house = await open_house(PROBE)
    assert await house.not_ready() == []
    await house.database.write(write_and_read)
    assert await house.database.read(rows_of, "idempotency") == []


@ON_SQLITE
@pytest.mark.parametrize("definition", [MONITORING, ASSISTANCE], ids=["monitoring", "assistance"])
async def test_a_policy_value_nobody_has_set_is_named(
    definition: HouseDefinition, open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(definition, today=dt.date(1990, 1, 2))
    answer = await client_for(house).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["not_ready"] == {
        definition.name: [f"policy value missing: {key} on 1990-01-02" for key in definition.needs]
    }


def damage(path: Path) -> None:
    """Fill a table, then write rubbish over its pages."""
    database = sqlite3.connect(path)
    database.executemany("INSERT INTO counter VALUES (?, 1)", [(f"{number:08d}",) for number in range(5000)])
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    [root] = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'counter'").fetchone()
    [size] = database.execute("PRAGMA page_size").fetchone()
    database.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(os.urandom(size))


@ON_SQLITE
async def test_a_database_found_damaged_is_named_until_it_is_restored(open_house: OpenHouse) -> None:
    house = await open_house(PROBE)
    damage(Path(str(house.database.url.database)))
    with pytest.raises(sa.exc.DatabaseError):
        await house.database.read(counters)
    assert await house.not_ready() == ["database: database disk image is malformed"]


@ON_SQLITE
async def test_loops_that_stand_still_make_the_process_not_ready(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await open_house(PROBE, background=True)
    await until(lambda: house.relay.turned_at is not None)
    assert await house.not_ready() == []
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(house.relay, "turned_at", now - 16)
    monkeypatch.setattr(house.consumer, "turned_at", now - 17)
    monkeypatch.setattr(type(house.lane(count_many)), "oldest_seconds", property(lambda _: 18.0))
    assert await house.not_ready() == [
        "write lane made no turn for 18 s",
        "relay made no turn for 16 s",
        "consumer made no turn for 17 s",
    ]


@ON_SQLITE
async def test_a_database_that_takes_no_row_is_named_with_how_long(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, freed = await open_house(PROBE), threading.Event()
    holding = asyncio.create_task(house.database.write(lambda _: freed.wait()))
    monkeypatch.setattr(readiness, "_ANSWER_SECONDS", 0.1)
    assert await house.not_ready() == [], "it was able a moment ago"
    monkeypatch.setattr(readiness, "STALL_SECONDS", 0.0)
    [reason] = await house.not_ready()
    assert reason.startswith("database: took no row for ")
    freed.set()
    await holding
