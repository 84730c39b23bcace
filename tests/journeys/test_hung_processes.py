"""A process that hangs in the middle of a transaction: the other processes of its house answer for everybody else."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from deploy.local.ports import free_ports
from deploy.local.postgres import PostgresServer
from shared.runtime import migrate_all
from shared.settings import Settings
from tests.builders import household, income_fact
from tests.journeys.set_ups import HOUSES, Caller, EmbeddedLog, Role, SetUp, by_command_line

HUNG, WELL = "api-a", "api-b"
IDLE_SECONDS = 8
FACTS = "/monitoring/v1/facts"


@pytest.fixture
async def set_up(tmp_path: Path, postgres_server: PostgresServer) -> AsyncIterator[SetUp]:
    """Two apis of monitoring on one database; the second is the one that callers are sent to."""
    database = f"hung_{uuid4().hex}"
    await postgres_server.create_databases([database])
    url = postgres_server.url(database)
    await migrate_all([HOUSES["monitoring"]], Settings(data=tmp_path, database_url=url))
    ports = free_ports(2)
    roles = {name: Role(name, ("monitoring",), "serve", port) for name, port in zip((WELL, HUNG), ports, strict=True)}
    environment = {
        **os.environ,
        "SHOUXIAN_ENV": "development",
        "SHOUXIAN_DATA": str(tmp_path),
        "SHOUXIAN_TODAY": "2026-11-16",
        "SHOUXIAN_DATABASE_URL": url,
        "SHOUXIAN_DATABASE_IDLE_SECONDS": str(IDLE_SECONDS),
    }
    found = SetUp("hung", tmp_path, environment, roles, by_command_line, EmbeddedLog(tmp_path / "bus.sqlite"))
    try:
        await found.start_all()
        yield found
    finally:
        found.kill_all()


def batch(code: str, number: int) -> dict[str, object]:
    return {"facts": [wage(code, f"{number}-{place}") for place in range(300)]}


def wage(code: str, name: str) -> dict[str, object]:
    return income_fact("2026-09", "1000.00", household_code=code) | {"source_ref": f"{code}-{name}"}


async def stop_in_a_transaction(caller: Caller, hung: str, pid: int, database: AsyncConnection) -> None:
    """Send the process batches for L1 until it is stopped while its transaction is open."""
    open_transactions = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
    )
    for number in range(200):
        sending = asyncio.create_task(caller.client.post(f"{hung}{FACTS}", json=batch("L1", number), timeout=60))
        sending.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.sleep(0.02 + 0.01 * (number % 12))
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(0.1)
        if await database.scalar(open_transactions):
            sending.cancel()
            return
        os.kill(pid, signal.SIGCONT)
        await sending
    pytest.fail("the process was never caught inside a transaction")


async def test_a_process_stopped_in_a_transaction_holds_up_its_own_household_alone(set_up: SetUp) -> None:
    hung, pid = f"http://127.0.0.1:{set_up.roles[HUNG].port}", set_up.processes[HUNG].pid
    assert pid is not None
    engine = create_async_engine(
        set_up.environment["SHOUXIAN_DATABASE_URL"], poolclass=sa.NullPool, isolation_level="AUTOCOMMIT"
    )
    async with set_up.caller() as caller, engine.connect() as database:
        for code in ("L1", "L2", "L3"):
            answer = await caller.call("PUT", f"/monitoring/v1/households/{code}", household())
            assert answer.status_code == httpx.codes.CREATED
        await stop_in_a_transaction(caller, hung, pid, database)
        begun = time.monotonic()
        held = asyncio.create_task(caller.call("POST", FACTS, wage("L1", "x")))
        free = [await caller.call("POST", FACTS, wage(code, name)) for code in ("L2", "L3") for name in ("x", "y")]
        assert [answer.status_code for answer in free] == [201] * 4
        assert time.monotonic() - begun < 5
        assert (await held).status_code in {503, 201}
        await caller.insist("POST", FACTS, wage("L1", "z"))
        assert time.monotonic() - begun < IDLE_SECONDS + 10
        os.kill(pid, signal.SIGCONT)
        answered = await caller.client.post(f"{hung}{FACTS}", json=wage("L1", "after"), timeout=20)
        assert answered.status_code in {201, 503}
