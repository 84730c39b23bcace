"""A start that cannot work ends in one line that says what is wrong, and with a code: no traceback, no half-work."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.postgres import PostgresServer
from services.assistance.app import ASSISTANCE
from services.monitoring.app import MONITORING
from shared.runtime import migrate_all
from shared.settings import Environment, Settings
from shared.starting import look_before_work
from tests.mechanism.bad_networks import forwarding
from tests.typed import typed

ROOT = Path(__file__).parents[2]
SECONDS = 60


def start(data: Path, *words: str, **environment: str) -> tuple[int, Sequence[str]]:
    """Start a process that is to end by itself; its exit code, and what it says on standard error beside its log."""
    where = ("--port", str(free_port()), "--data", str(data))
    done = typed(*words, *where, environment={**os.environ, "SHOUXIAN_ENV": "development", **environment})
    return done.returncode, [line for line in done.stderr.splitlines() if not line.startswith("{")]


def damage(path: Path) -> None:
    """Write rubbish over the pages behind the first ones."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(8192)
        file.write(os.urandom(size - 8192))


@pytest.mark.parametrize("role", ["serve", "worker", "all", "dead-letters"])
def test_without_a_database_file(tmp_path: Path, role: str) -> None:
    code, said = start(tmp_path, "services.assistance", role)
    path = tmp_path / "assistance.sqlite"
    assert (code, said) == (1, [f"refusing to start: there is no database {path}: run the role `migrate` first"])
    assert not path.exists(), "none is made by looking for it"


async def test_with_a_damaged_database(tmp_path: Path) -> None:
    await migrate_all([ASSISTANCE], Settings(data=tmp_path))
    damage(tmp_path / "assistance.sqlite")
    code, [line] = start(tmp_path, "services.assistance", "worker")
    assert code == 1
    assert line.startswith(f"refusing to start: the database {tmp_path}/assistance.sqlite ")
    assert "damaged" in line or "malformed" in line


@pytest.mark.parametrize("words", [["services.assistance", "serve"], ["services.assistance", "migrate"], ["services"]])
def test_with_a_file_that_is_no_database(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "assistance.sqlite").write_text("not a database at all " * 100)
    code, [line] = start(tmp_path, *words)
    assert code == 1
    assert line.startswith("refusing to start: ")
    assert "file is not a database" in line


async def test_with_a_damaged_bus(tmp_path: Path) -> None:
    await migrate_all([ASSISTANCE], Settings(data=tmp_path))
    (tmp_path / "bus.sqlite").write_text("not a database at all " * 100)
    code, [line] = start(tmp_path, "services.assistance", "worker")
    assert (code, line) == (
        1,
        f"refusing to start: the database {tmp_path}/bus.sqlite cannot be used: file is not a database",
    )


@pytest.mark.parametrize("words", [["services.assistance", "all"], ["services.assistance", "migrate"], ["services"]])
def test_with_a_data_folder_that_is_none(tmp_path: Path, words: list[str]) -> None:
    folder = tmp_path / "data"
    folder.write_text("a file")
    code, [line] = start(folder, *words)
    assert code == 1
    assert line.startswith("refusing to start: ")
    assert str(folder) in line or "unable to open database file" in line


@pytest.mark.parametrize("words", [["services"], ["services.monitoring", "migrate"]])
async def test_with_a_database_of_a_newer_release(tmp_path: Path, words: list[str]) -> None:
    await migrate_all([MONITORING], Settings(data=tmp_path))
    with sqlite3.connect(tmp_path / "monitoring.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    code, [line] = start(tmp_path, *words)
    assert code == 1
    assert line.startswith("refusing to start: ")
    assert "9999" in line


async def test_an_operation_on_a_database_of_another_release(tmp_path: Path) -> None:
    await migrate_all([MONITORING], Settings(data=tmp_path))
    with sqlite3.connect(tmp_path / "monitoring.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    code, [line] = start(tmp_path, "services.monitoring", "audit-ledger")
    assert code == 1
    assert line.startswith("refusing to start: the database is at revision 9999, this release needs ")


def test_a_migration_without_its_server(tmp_path: Path) -> None:
    nowhere = f"postgresql+asyncpg://nobody@{LOOPBACK}:{free_port()}/it"
    code, [line] = start(tmp_path, "services.monitoring", "migrate", SHOUXIAN_DATABASE_URL=nowhere)
    assert code == 1
    assert line.startswith("refusing to start: ")


async def test_more_connections_than_the_database_has(postgres_server: PostgresServer, tmp_path: Path) -> None:
    url = postgres_server.url()
    wanted = {"SHOUXIAN_DATABASE_URL": url, "SHOUXIAN_DATABASE_CONNECTIONS": "5000"}
    code, [line] = start(tmp_path, "services.monitoring", "serve", **wanted)
    assert code == 1
    assert line.startswith("refusing to start: SHOUXIAN_DATABASE_CONNECTIONS=5000 and one for the relay are more than")


def without_settings(message: bytes) -> bytes:
    """The first message of a connection as a pooler passes it on: with user and database, and without settings."""
    words = message[8:-1].split(b"\0")
    kept = [word for pair in zip(words[::2], words[1::2], strict=False) if pair[0] in _KEPT for word in pair]
    body = message[4:8] + b"\0".join(kept) + b"\0\0"
    return (len(body) + 4).to_bytes(4, "big") + body


_KEPT = {b"user", b"database", b"client_encoding"}


async def test_a_pooler_that_drops_the_settings_of_a_connection(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    async with forwarding(postgres_server.port, without_settings) as pooler:
        url = f"postgresql+asyncpg://postgres@{LOOPBACK}:{pooler.port}/postgres?ssl=disable"
        code, [line] = await asyncio.to_thread(
            lambda: start(tmp_path, "services.monitoring", "serve", SHOUXIAN_DATABASE_URL=url)
        )
    assert code == 1
    assert line.startswith("refusing to start: the database does not keep the settings of a connection")
    assert "PgBouncer" in line


IN_A_SMALL_FOLDER = """
set -e
mount -t tmpfs -o size=8m none "$DATA"
"$PYTHON" -m services.monitoring migrate --data "$DATA"
"$PYTHON" -m services.monitoring all --port "$PORT" --data "$DATA" &
process=$!
trap 'kill $process' EXIT
ask() { "$PYTHON" -c "
import httpx, sys, time
for _ in range(200):
    try: answer = httpx.get('http://127.0.0.1:$PORT/readyz', trust_env=False)
    except httpx.TransportError: time.sleep(0.05)
    else: print(answer.status_code, answer.text); break
"; }
ask
head -c 9000000 /dev/zero > "$DATA/filler" || true
ask
rm "$DATA/filler"
ask
"""


def test_a_full_disk_is_named_and_readiness_comes_back_with_space(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-m", "true"], check=False).returncode:
        pytest.skip("no mount of one's own here")
    environment = {"DATA": str(tmp_path), "PYTHON": sys.executable, "PORT": str(free_port())}
    environment["SHOUXIAN_ENV"] = "development"
    done = subprocess.run(
        [unshare, "-m", "sh", "-c", IN_A_SMALL_FOLDER],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS * 2,
        check=False,
    )
    before, full, after = [line for line in done.stdout.splitlines() if line[:1] in "25"]
    assert before.startswith("200")
    assert full.startswith("503")
    assert "database: database or disk is full" in full
    assert after.startswith("200")


async def test_the_space_of_the_data_folder_is_measured(tmp_path: Path) -> None:
    settings = Settings(env=Environment.DEVELOPMENT, data=tmp_path)
    await look_before_work([], settings)
    there = shutil.disk_usage(tmp_path)
    assert REGISTRY.get_sample_value("shouxian_data_size_bytes") == there.total
    free = REGISTRY.get_sample_value("shouxian_data_free_bytes")
    assert free is not None
    assert 0 < free <= there.total
