"""The two set-ups under load: everything in one process on SQLite, and processes on PostgreSQL and Kafka."""

import asyncio
import datetime as dt
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import sqlalchemy as sa

from deploy.distributed import PARTITIONS
from deploy.local import log_tail, stop_process
from deploy.local.kafka import KafkaCluster
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.postgres import PostgresServer
from services.houses import HOUSES
from services.monitoring.app import MONITORING
from shared.clock import SystemClock
from shared.db.database import Database
from shared.db.unit_of_work import Resources
from shared.house import HouseDefinition
from shared.policy.loader import PolicyBook
from shared.runtime import migrate_all
from shared.security.issuer import CREDENTIALS_FILE
from shared.security.vault import Vault
from shared.settings import Environment, Settings
from tests.load import world
from tests.load.client import Answered, Kind, Load, run_load
from tests.load.county import INCOME_HOUSEHOLDS, TODAY

KEYRING = "keyring.json"
_CORES = sorted(os.sched_getaffinity(0))
_READY_SECONDS = 60.0
_SETTLE_SECONDS = 60.0
_POLICY = PolicyBook.load(development=True)


class NotSettled(RuntimeError):
    """What was told did not have its effect in time, or not exactly one each."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What comes of what is told, and how it is counted."""

    house: str
    counting: str


TASKS = Effect("assistance", "SELECT count(*) FROM task")
CREDITS = Effect("monitoring", "SELECT count(*) FROM fact WHERE source = 'employment'")


@dataclass(slots=True)
class Program:
    """A process of the houses, started here."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def wait_until_ready(self) -> None:
        """Return once its houses say that they can do their work."""
        deadline = time.monotonic() + _READY_SECONDS
        with httpx.Client(trust_env=False) as client:
            while not _is_ready(client, self.port):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"a server did not start: {log_tail(self.log)}")
                time.sleep(0.05)

    def stop(self) -> None:
        """End it in order."""
        stop_process(self.process, signal.SIGTERM, 15.0)


@dataclass(slots=True)
class Stage:
    """Houses that answer at a port, and the households of which nothing was told to them yet."""

    port: int
    token: str
    effects: Path
    """Where the houses write down when each effect was committed."""
    count_effects: Callable[[], int]
    households: int
    load_core: int | None
    placements: Sequence[str] = ()
    """Those that pay wages."""
    told: int = 0
    """How much was told that has an effect elsewhere."""
    loads: int = 0

    def load(
        self,
        path: str,
        kind: Kind,
        seconds: float,
        connections: int,
        *,
        rate: float | None = None,
        settle: bool = True,
        households: tuple[int, int] | None = None,
    ) -> Answered:
        """Send a load; with ``settle`` wait until everything told has its effect, and exactly one.

        ``households`` are those that are told of, where they are not all of which nothing was told yet.
        """
        self.loads += 1
        first, last = households or (self.told, self.households)
        answered = run_load(
            Load(
                port=self.port,
                path=path,
                token=self.token,
                kind=kind,
                seconds=seconds,
                connections=connections,
                name=f"{self.loads}",
                first=first,
                last=last,
                placements=self.placements,
                rate=rate,
                core=self.load_core,
            )
        )
        if settle:
            self.told += answered.told
            self.settle()
        return answered

    def settle(self) -> None:
        """Return once everything told has its effect."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while (effects := self.count_effects()) != self.told:
            if effects > self.told or time.monotonic() > deadline:
                raise NotSettled(f"{self.told} facts or wages were told and {effects} effects are there")
            time.sleep(0.1)
        time.sleep(0.2)

    def effects_at(self) -> dict[str, int]:
        """When each effect was committed, by household or credit, in monotonic nanoseconds."""
        lines = [line.split() for line in self.effects.read_text().splitlines()]
        return {effect: int(moment) for effect, moment in lines}


def database(
    definition: HouseDefinition,
    url: str,
    today: dt.date = TODAY,
    *,
    keyring: Path | None = None,
    policy: PolicyBook = _POLICY,
) -> Database:
    """The database of a house, opened in this process; that of SQLite has its key ring beside it."""
    path = sa.make_url(url).database if url.startswith("sqlite") else None
    ring = keyring or (Path(path).with_name(KEYRING) if path else None)
    vault = Vault(ring) if ring else None
    return Database(url, Resources(definition.system_tables, SystemClock(today), policy, vault=vault))


async def lay_world(settings: Settings, ill: int) -> None:
    """Make the databases of all houses and settle a county: `ill` households beside those told of income."""
    await migrate_all(HOUSES, settings)
    monitoring = database(MONITORING, settings.database_url_of(MONITORING.name), keyring=settings.keyring_path)
    for numbers in world.batches(INCOME_HOUSEHOLDS + ill):
        await monitoring.write(world.settle, numbers)
    await monitoring.close()


@contextmanager
def embedded(
    template: Path,
    data: Path,
    households: int,
    *,
    role: str = "all",
    pinned: bool = True,
    effect: Effect = TASKS,
    placements: Sequence[str] = (),
) -> Iterator[Stage]:
    """All houses in one process, on one core where ``pinned``, over a copy of a county on SQLite."""
    shutil.copytree(template, data)
    effects = data / "effects"
    core, load_core = (_CORES[0], _CORES[-1]) if pinned and len(_CORES) > 1 else (None, None)
    place = [] if core is None else ["--core", str(core)]
    program = _start({"SHOUXIAN_DATA": str(data)}, data, "--role", role, "--effects", str(effects), *place)
    try:
        program.wait_until_ready()
        with closing(sqlite3.connect(data / f"{effect.house}.sqlite")) as connection:

            def count_effects() -> int:
                return int(connection.execute(effect.counting).fetchone()[0])

            token = _token(data, program.port)
            yield Stage(program.port, token, effects, count_effects, households, load_core, placements)
    finally:
        program.stop()


@dataclass(frozen=True, slots=True)
class Servers:
    """PostgreSQL and Kafka, with the template of a county."""

    postgres: PostgresServer
    kafka: KafkaCluster
    keyring: Path

    def settings(self, data: Path, prefix: str) -> Settings:
        """Settings of houses whose databases have names of this prefix."""
        return Settings(
            env=Environment.DEVELOPMENT,
            today=TODAY,
            data=data,
            keyring_file=self.keyring,
            bus="kafka",
            kafka_bootstrap=self.kafka.bootstrap,
            database_url=self.postgres.url(f"{prefix}_{{house}}"),
        )

    def copy_databases(self, template: str, prefix: str) -> None:
        """Make the databases of this prefix as copies of those of another."""
        asyncio.run(self._execute([_copy(template, prefix, house.name) for house in HOUSES]))

    async def _execute(self, statements: list[str]) -> None:
        connection = await connect(self.postgres.url())
        for statement in statements:
            await connection.execute(statement)
        await connection.close()


def _copy(template: str, prefix: str, house: str) -> str:
    return f'CREATE DATABASE "{prefix}_{house}" TEMPLATE "{template}_{house}"'


async def connect(url: str) -> Any:
    """A bare connection to a database on PostgreSQL."""
    return await asyncpg.connect(url.replace("+asyncpg", ""), ssl=False)


@contextmanager
def servers(ill: int) -> Iterator[Servers]:
    """PostgreSQL with full durability and one Kafka broker, and a county in the databases `template_…`."""
    with (
        PostgresServer.start(durable=True) as postgres,
        KafkaCluster.start() as kafka,
        tempfile.TemporaryDirectory() as folder,
    ):
        started = Servers(postgres, kafka, Path(folder) / KEYRING)
        asyncio.run(postgres.create_databases(f"template_{house.name}" for house in HOUSES))
        asyncio.run(kafka.create_topics([f"{house.name}.events" for house in HOUSES], PARTITIONS))
        asyncio.run(lay_world(started.settings(Path(), "template"), ill))
        yield started


@contextmanager
def distributed(started: Servers, data: Path, prefix: str, households: int, *, workers: bool = True) -> Iterator[Stage]:
    """Monitoring's api and worker and assistance's worker as processes, over a copy of the county on PostgreSQL."""
    data.mkdir()
    effects = data / "effects"
    started.copy_databases("template", prefix)
    environment = _environment(started.settings(data, prefix))
    with ExitStack() as running:

        def start(*arguments: str) -> Program:
            program = _start(environment, data, *arguments)
            running.callback(program.stop)
            return program

        api = start("monitoring", "--role", "serve")
        programs = [api]
        if workers:
            programs.append(start("monitoring", "--role", "worker"))
            programs.append(start("assistance", "--role", "worker", "--effects", str(effects)))
        for program in programs:
            program.wait_until_ready()

        def count_effects() -> int:
            return asyncio.run(_count(started.postgres.url(f"{prefix}_{TASKS.house}"), TASKS.counting))

        yield Stage(api.port, _token(data, api.port), effects, count_effects, households, None)


async def _count(url: str, counting: str) -> int:
    connection = await connect(url)
    try:
        return int(await connection.fetchval(counting))
    finally:
        await connection.close()


def _start(environment: Mapping[str, str], data: Path, *arguments: str) -> Program:
    port = free_port()
    log = data / f"{port}.log"
    fixed = {"SHOUXIAN_ENV": "development", "SHOUXIAN_TODAY": TODAY.isoformat()}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.load.server", *arguments, "--port", str(port)],
            env={**os.environ, **fixed, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    return Program(port, log, process)


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "SHOUXIAN_DATA": str(settings.data),
        "SHOUXIAN_DATABASE_URL": settings.database_url,
        "SHOUXIAN_KEYRING_FILE": str(settings.keyring_path),
        "SHOUXIAN_BUS": settings.bus,
        "SHOUXIAN_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
    }


def _is_ready(client: httpx.Client, port: int) -> bool:
    try:
        return client.get(f"http://{LOOPBACK}:{port}/readyz").is_success
    except httpx.TransportError:
        return False


def _token(data: Path, port: int) -> str:
    client = json.loads((data / CREDENTIALS_FILE).read_text())["clients"][0]
    form = {name: client[name] for name in ("client_id", "client_secret")} | {"grant_type": "client_credentials"}
    answer = httpx.post(f"http://{LOOPBACK}:{port}/oauth2/token", data=form, trust_env=False)
    return str(answer.raise_for_status().json()["access_token"])
