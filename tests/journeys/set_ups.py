"""Houses as real processes: one on the embedded bus, an api and a worker of each on Kafka, or any roles one by one."""

import asyncio
import contextlib
import datetime as dt
import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from deploy.local import log_tail
from deploy.local.kafka import KafkaCluster
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.postgres import PostgresServer
from services.houses import HOUSES as DEFINITIONS
from shared import runtime
from shared.audit.verifying import Verdict, verify
from shared.bus.embedded import EmbeddedTransport
from shared.bus.kafka import KafkaTransport
from shared.clock import SystemClock
from shared.contracts.catalogue import topic_of, topics_read_by
from shared.contracts.envelope import EncodedEvent
from shared.db.database import Database
from shared.db.unit_of_work import Resources
from shared.house import HouseDefinition
from shared.logs import configure_logs
from shared.policy.loader import PolicyBook
from shared.runtime import migrate_all, run_to_end, serve
from shared.security.audit_keys import audit_public_keys
from shared.settings import Settings, read_settings
from tests.builders import TODAY
from tests.journeys.crash_points import PLACES, WRITING, CrashPoint, arm
from tests.stolen import every_row

HOUSES: Mapping[str, HouseDefinition] = {definition.name: definition for definition in DEFINITIONS}
MAIN_JOB: Mapping[str, HouseDefinition] = {name: HOUSES[name] for name in ("monitoring", "assistance")}
"""The houses of the main job."""
POINTS = [CrashPoint(house, place) for house in HOUSES for place in PLACES]
"""Every place of every house."""
ANSWERING, WORKING = {"serve", "all"}, {"worker", "all"}
"""Roles that answer HTTP, and roles that relay and consume."""
PARTITIONS = 4
READY_SECONDS = 60.0
INSIST_SECONDS = 180.0
_ROOT = Path(__file__).parents[2]
_PAUSE = 0.05

forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload(["tests.journeys.set_ups", "tests.journeys.started"])


_OF_THE_MOMENT = frozenset(
    {
        *("bus_position", "source_heard", "audit_seal", "audit_head", "audit_signed_head"),
        *("client_allowance", "client_usage"),
    }
)


@dataclass(frozen=True, slots=True)
class Role:
    """What one process does, and the port it answers at."""

    name: str
    houses: tuple[str, ...]
    role: str
    port: int
    ahead: dt.timedelta | None = None
    """How far its clock is ahead of the machine's; without it the business date is that of the tests and stands."""


class Running(Protocol):
    """A process that was started here."""

    @property
    def pid(self) -> int | None: ...

    def alive(self) -> bool: ...

    def exit_code(self, patience: float) -> int | None: ...


class Launch(Protocol):
    """Starts a process of a role with these settings and this log."""

    def __call__(self, role: Role, environment: Mapping[str, str], log: Path, point: CrashPoint | None) -> Running: ...


@dataclass(frozen=True, slots=True)
class _Command:
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def alive(self) -> bool:
        return self.process.poll() is None

    def exit_code(self, patience: float) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(patience)
        return None


@dataclass(frozen=True, slots=True)
class _Fork:
    process: BaseProcess

    @property
    def pid(self) -> int | None:
        return self.process.pid

    def alive(self) -> bool:
        return self.process.is_alive()

    def exit_code(self, patience: float) -> int | None:
        self.process.join(patience)
        return self.process.exitcode


def by_command_line(role: Role, environment: Mapping[str, str], log: Path, point: CrashPoint | None) -> Running:
    """The command an operator gives."""
    assert point is None, "only a fork can be armed"
    module = f"services.{role.houses[0]}" if len(role.houses) == 1 else "services"
    words = [sys.executable, "-m", module, *([role.role] if len(role.houses) == 1 else []), "--port", str(role.port)]
    with log.open("ab") as output:
        return _Command(
            subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=_ROOT, env={**environment}
            )
        )


def by_fork(role: Role, environment: Mapping[str, str], log: Path, point: CrashPoint | None) -> Running:
    """A process forked from one that has every module loaded: a restart costs a tenth of a second."""
    process = forks.Process(target=_run, args=(role, dict(environment), log, point), daemon=True)
    process.start()
    return _Fork(process)


def _run(role: Role, environment: dict[str, str], log: Path, point: CrashPoint | None) -> None:
    with log.open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    os.environ.update(environment)
    if point is not None:
        arm(point)
    if role.ahead is not None:
        del os.environ["SHOUXIAN_TODAY"]
        vars(runtime)["SystemClock"] = partial(ClockAhead, role.ahead)
    settings = read_settings(port=role.port)
    configure_logs(settings.log_level)
    run_to_end(serve([HOUSES[house] for house in role.houses], settings, role=role.role))


class ClockAhead(SystemClock):
    """A clock that runs like the machine's and is ahead of it."""

    def __init__(self, ahead: dt.timedelta, business_date: dt.date | None = None) -> None:
        super().__init__(business_date)
        self._ahead = ahead

    def now(self) -> dt.datetime:
        """The instant it shows."""
        return super().now() + self._ahead


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls the houses by path: the first segment names the house."""

    client: httpx.AsyncClient
    addresses: Mapping[str, str]

    async def call(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One request, one answer."""
        return await self.client.request(method, self._url(path), json=body, headers=headers)

    async def insist(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The same request again and again until there is an answer that is not an excuse."""
        deadline = time.monotonic() + INSIST_SECONDS
        while True:
            try:
                answer = await self.call(method, path, body, headers=headers)
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return answer
                excuse = answer.text
            except httpx.TransportError as error:
                excuse = repr(error)
            assert time.monotonic() < deadline, f"no answer to {method} {path} in {INSIST_SECONDS} s: {excuse}"
            await asyncio.sleep(_PAUSE)

    async def send_file(self, content: bytes, kind: str, **fields: str) -> dict[str, Any]:
        """Send monitoring a file; the job as it was taken on."""
        answer = await self.client.post(
            self._url("/monitoring/v1/imports"), files={"file": ("表", content)}, data={"kind": kind} | fields
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    async def job_at_end(self, taken: Mapping[str, Any]) -> dict[str, Any]:
        """A job that was taken on, once all of it is done."""
        while (job := await self.get(taken["location"]))["status"] in {"queued", "running"}:
            await asyncio.sleep(_PAUSE)
        assert job["status"] == "done", job
        done: dict[str, Any] = job
        return done

    def at(self, port: int) -> "Caller":
        """The same client, calling one process for all houses."""
        return Caller(self.client, dict.fromkeys(self.addresses, f"http://{LOOPBACK}:{port}"))

    async def get(self, path: str) -> Any:
        """The document at a path."""
        return (await self.insist("GET", path)).raise_for_status().json()

    def _url(self, path: str) -> str:
        return self.addresses[path.split("/")[1]] + path


@dataclass
class SetUp:
    """Processes over their databases and bus."""

    name: str
    folder: Path
    environment: dict[str, str]
    roles: dict[str, Role]
    launch: Launch
    bus: "BusLog"
    houses: Mapping[str, HouseDefinition] = field(default_factory=lambda: HOUSES)
    processes: dict[str, Running] = field(default_factory=dict)

    def api_of(self, house: str) -> str:
        """The name of the process that answers for the house."""
        return next(role.name for role in self.roles.values() if house in role.houses and role.role in ANSWERING)

    def worker_of(self, house: str) -> str:
        """The name of the process that relays and consumes for the house."""
        return next(role.name for role in self.roles.values() if house in role.houses and role.role in WORKING)

    def process_of(self, point: CrashPoint) -> str:
        """The name of the process that comes to the point."""
        return self.api_of(point.house) if point.place in WRITING else self.worker_of(point.house)

    def url_of(self, house: str) -> str:
        """Where the house answers."""
        return f"http://{LOOPBACK}:{self.roles[self.api_of(house)].port}"

    def log_of(self, name: str) -> Path:
        """Where the process writes its lines."""
        return self.folder / f"{name}.log"

    def start(self, name: str, point: CrashPoint | None = None) -> None:
        """Start a process, to be killed at the point if there is one."""
        assert name not in self.processes or not self.processes[name].alive(), f"{name} runs already"
        self.processes[name] = self.launch(self.roles[name], self.environment, self.log_of(name), point)

    def kill(self, name: str) -> None:
        """End a process at once, as a crash would."""
        process = self.processes[name]
        if process.pid is not None and process.alive():
            os.kill(process.pid, signal.SIGKILL)
        assert process.exit_code(10) == -signal.SIGKILL, f"{name} ended by itself: {log_tail(self.log_of(name))}"

    def stop(self, name: str) -> None:
        """End a process in order."""
        process = self.processes[name]
        if process.pid is not None and process.alive():
            os.kill(process.pid, signal.SIGTERM)
            assert process.exit_code(20) == 0, f"{name} did not end in order: {log_tail(self.log_of(name))}"

    def dead(self) -> list[str]:
        """The processes that were started and have ended."""
        return [name for name, process in self.processes.items() if not process.alive()]

    async def died_at(self, point: CrashPoint, seconds: float) -> None:
        """Wait for the armed process to be killed at its point."""
        await self.died(self.process_of(point), point, seconds)

    async def died(self, name: str, point: CrashPoint, seconds: float) -> None:
        """Wait for this process, which was armed, to be killed at the point."""
        deadline = time.monotonic() + seconds
        while self.processes[name].alive():
            assert time.monotonic() < deadline, f"{name} did not come to {point}: {log_tail(self.log_of(name))}"
            await asyncio.sleep(_PAUSE)
        assert self.processes[name].exit_code(1) == -signal.SIGKILL, f"{point}: {log_tail(self.log_of(name))}"

    async def ready(self, *names: str) -> None:
        """Wait until these processes answer that they can work."""
        deadline = time.monotonic() + READY_SECONDS
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            for name in names or self.roles:
                while not await _is_ready(client, self.roles[name].port):
                    assert self.processes[name].alive(), f"{name} ended: {log_tail(self.log_of(name))}"
                    assert time.monotonic() < deadline, f"{name} is not ready: {log_tail(self.log_of(name))}"
                    await asyncio.sleep(_PAUSE)

    async def start_all(self) -> None:
        """Start every process and wait until it is ready."""
        for name in self.roles:
            self.start(name)
        await self.ready()

    def set_clocks(self, moment: dt.datetime) -> None:
        """Have every process that is started from now on take this moment for now."""
        ahead = moment - dt.datetime.now(dt.UTC)
        self.roles = {name: replace(role, ahead=ahead) for name, role in self.roles.items()}

    async def wind_on(self, moment: dt.datetime) -> None:
        """End every process as a crash would, and start it with this moment for now."""
        for name in self.roles:
            self.kill(name)
        self.set_clocks(moment)
        await self.start_all()

    def kill_all(self) -> None:
        """Leave nothing behind."""
        for process in self.processes.values():
            if process.pid is not None and process.alive():
                os.kill(process.pid, signal.SIGKILL)
            process.exit_code(10)

    @asynccontextmanager
    async def caller(self, client_id: str = "province") -> AsyncIterator["Caller"]:
        """A demo client; unless another is named, one with every scope for the whole province."""
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            answer = await client.post(f"{self.url_of('monitoring')}/oauth2/token", data=self._credentials(client_id))
            token = answer.raise_for_status().json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            answering = [role for role in self.roles.values() if role.role in ANSWERING]
            yield Caller(client, {house: self.url_of(house) for role in answering for house in role.houses})

    def _credentials(self, client_id: str) -> dict[str, str]:
        known = json.loads((self.folder / "demo-credentials.json").read_text())["clients"]
        client = next(each for each in known if each["client_id"] == client_id)
        return {"grant_type": "client_credentials", **{name: client[name] for name in ("client_id", "client_secret")}}

    async def rows(self, house: str, table: str, *columns: str) -> list[dict[str, Any]]:
        """A table of a house as it stands, in the order of its key."""
        found = self.houses[house].metadata.tables[table]
        wanted = [found.c[column] for column in columns] or list(found.c)
        async with self._database(house) as connection:
            read = await connection.execute(sa.select(*wanted).order_by(*found.primary_key.columns))
            return [dict(row) for row in read.mappings()]

    async def stolen(self) -> bytes:
        """What a thief takes along: every file of the data folder but keys and secrets, every row, all on the bus."""
        kept_apart = ("keyring.json", "demo-credentials.json")
        files = [path for path in self.folder.rglob("*") if path.is_file() and path.name not in kept_apart]
        found = [path.read_bytes() for path in files]
        if "SHOUXIAN_DATABASE_URL" in self.environment:
            for house in self.houses:
                async with self._database(house) as connection:
                    found.append(await connection.run_sync(every_row))
        return b"\n".join([*found, *(event.value for event in await self.events())])

    async def forget_positions(self, house: str) -> None:
        """Have a house whose processes are stopped read the embedded log from its first record again."""
        async with self._database(house) as connection:
            await connection.execute(sa.delete(self.houses[house].system_tables.bus_position))

    async def verdict(self, house: str) -> Verdict:
        """What verifying the audit of a house finds."""
        resources = Resources(self.houses[house].system_tables, SystemClock(TODAY), PolicyBook.load(development=True))
        database = Database(self._url(house), resources)
        try:
            return await verify(database, house, audit_public_keys(self.folder))
        finally:
            await database.close()

    async def tables(self) -> dict[str, list[dict[str, Any]]]:
        """All that the houses hold, except how far they have read and sealed, and who was last heard."""
        return {
            f"{house}.{name}": await self.rows(house, name)
            for house, definition in self.houses.items()
            for name in definition.metadata.tables
            if name not in _OF_THE_MOMENT
        }

    async def events(self) -> list[EncodedEvent]:
        """All that lies on the bus, house by house."""
        return [event for house in self.houses for event in await self.bus.events(topic_of(house))]

    async def read_everything_again(self) -> None:
        """Every record comes once more. The embedded log keeps an event once: there the houses read it all again."""
        lying = await self.events()
        await self.bus.publish(lying)
        again = await self.events()
        if len(again) == 2 * len(lying):
            return
        assert len(again) == len(lying)
        for name in self.roles:
            self.stop(name)
        for house in self.houses:
            await self.forget_positions(house)
        await self.start_all()

    async def has_caught_up(self, house: str) -> bool:
        """Whether the house published all it had to and applied all it has to read."""
        if await self.rows(house, "outbox", "seq"):
            return False
        read = {row["topic"]: row["next_offset"] for row in await self.rows(house, "bus_position")}
        return not await self.bus.has_left(house, {topic: read.get(topic, 0) for topic in topics_read_by(house)})

    async def settled(self, seconds: float) -> float:
        """Wait until nothing is on its way any more; returns how long that took."""
        begun = time.monotonic()
        quiet = 0
        while quiet < 2:  # what one house applied may have set the other going again
            done = [await self.has_caught_up(house) for house in (*self.houses, "monitoring")]
            quiet = quiet + 1 if all(done) else 0
            if not quiet:
                for name, process in self.processes.items():
                    assert process.alive(), f"{name} ended: {log_tail(self.log_of(name))}"
                assert time.monotonic() - begun < seconds, f"still on its way after {seconds} s: {self._tails()}"
                await asyncio.sleep(_PAUSE * 2)
        return time.monotonic() - begun

    def _tails(self) -> str:
        return "\n".join(f"{name}: {log_tail(self.log_of(name))}" for name in self.roles)

    def _url(self, house: str) -> str:
        given = self.environment.get("SHOUXIAN_DATABASE_URL", "")
        return Settings(data=self.folder, database_url=given).database_url_of(house)

    @asynccontextmanager
    async def _database(self, house: str) -> AsyncIterator[AsyncConnection]:
        url = sa.make_url(self._url(house))
        if url.get_backend_name() == "sqlite":
            url = url.set(drivername="sqlite+aiosqlite")
        engine = create_async_engine(url, poolclass=sa.NullPool)
        try:
            async with engine.begin() as connection:
                yield connection
        finally:
            await engine.dispose()


def _settings_for(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SHOUXIAN_ENV": "development",
        "SHOUXIAN_TODAY": TODAY.isoformat(),
        "SHOUXIAN_DATA": str(folder),
        "SHOUXIAN_HOST": LOOPBACK,
        "SHOUXIAN_PUBLIC_URL": f"http://{LOOPBACK}",
    }


async def _is_ready(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://{LOOPBACK}:{port}/readyz")).is_success
    except httpx.TransportError:
        return False


@asynccontextmanager
async def embedded(
    folder: Path, launch: Launch = by_fork, houses: Mapping[str, HouseDefinition] = HOUSES
) -> AsyncIterator[SetUp]:
    """One process, SQLite files and the log in a file; migrated, not yet started."""
    await migrate_all(list(houses.values()), Settings(data=folder))
    role = Role("shouxian", tuple(houses), "all", free_ports(1)[0])
    log = EmbeddedLog(folder / "bus.sqlite")
    set_up = SetUp("embedded", folder, _settings_for(folder), {role.name: role}, launch, log, houses)
    try:
        yield set_up
    finally:
        set_up.kill_all()


@asynccontextmanager
async def apart(folder: Path, *roles: tuple[str, str], **environment: str) -> AsyncIterator[SetUp]:
    """A process of its own for each house and role, over SQLite files and the log in a file; nothing is done yet."""
    ports = iter(free_ports(len(roles)))
    named = {f"{house}-{role}": Role(f"{house}-{role}", (house,), role, next(ports)) for house, role in roles}
    log = EmbeddedLog(folder / "bus.sqlite")
    set_up = SetUp("apart", folder, _settings_for(folder) | environment, named, by_command_line, log)
    try:
        yield set_up
    finally:
        set_up.kill_all()


@asynccontextmanager
async def distributed(
    folder: Path,
    postgres: PostgresServer,
    kafka: KafkaCluster,
    launch: Launch = by_fork,
    houses: Mapping[str, HouseDefinition] = HOUSES,
) -> AsyncIterator[SetUp]:
    """An api and a worker of each house over fresh databases and a fresh cluster; migrated, not yet started."""
    ports = iter(free_ports(2 * len(houses)))
    roles = [Role(f"{house}-{role}", (house,), role, next(ports)) for house in houses for role in ("serve", "worker")]
    async with _on_servers("distributed", folder, postgres, kafka, roles, launch, houses) as set_up:
        yield set_up


@asynccontextmanager
async def with_clocks(
    folder: Path, postgres: PostgresServer, kafka: KafkaCluster, ahead: Mapping[str, dt.timedelta]
) -> AsyncIterator[SetUp]:
    """So many processes, each with all houses and their whole work, on the same servers, each by a clock of its own."""
    ports = iter(free_ports(len(ahead)))
    roles = [Role(name, tuple(HOUSES), "all", next(ports), clock) for name, clock in ahead.items()]
    async with _on_servers("with clocks", folder, postgres, kafka, roles, by_fork, HOUSES) as set_up:
        yield set_up


@asynccontextmanager
async def _on_servers(
    name: str,
    folder: Path,
    postgres: PostgresServer,
    kafka: KafkaCluster,
    roles: Sequence[Role],
    launch: Launch,
    houses: Mapping[str, HouseDefinition],
) -> AsyncIterator[SetUp]:
    """These processes over fresh databases and a fresh cluster; migrated, not yet started."""
    databases = f"crash_{uuid4().hex}_{{house}}"
    await postgres.create_databases(databases.format(house=house) for house in houses)
    await kafka.create_topics([topic_of(house) for house in HOUSES], PARTITIONS)
    url = postgres.url(databases)
    await migrate_all(list(houses.values()), Settings(data=folder, database_url=url))
    environment = _settings_for(folder) | {
        "SHOUXIAN_DATABASE_URL": url,
        "SHOUXIAN_BUS": "kafka",
        "SHOUXIAN_KAFKA_BOOTSTRAP": kafka.bootstrap,
    }
    log = KafkaLog(kafka.bootstrap)
    set_up = SetUp(name, folder, environment, {role.name: role for role in roles}, launch, log, houses)
    try:
        yield set_up
    finally:
        set_up.kill_all()


class BusLog(Protocol):
    """What lies on the bus."""

    async def events(self, topic: str) -> list[EncodedEvent]:
        """Every record of a topic, repeats too, in the order of each key."""

    async def has_left(self, house: str, positions: Mapping[str, int]) -> bool:
        """Whether the house has still to read something; `positions` by topic are what it kept with its effects."""

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        """Append these records."""


@dataclass(frozen=True, slots=True)
class EmbeddedLog:
    """The log file."""

    path: Path

    async def events(self, topic: str) -> list[EncodedEvent]:
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            found = connection.execute(
                'SELECT key, headers, value FROM log WHERE topic = ? ORDER BY "offset"', (topic,)
            )
            return [_event(topic, key, json.loads(headers), value) for key, headers, value in found]

    async def has_left(self, house: str, positions: Mapping[str, int]) -> bool:
        unread = 'SELECT headers FROM log WHERE topic = ? AND "offset" >= ?'
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            rows = [row for place in positions.items() for row in connection.execute(unread, place)]
        return any(json.loads(headers)["ce_type"] in HOUSES[house].handlers for (headers,) in rows)

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        transport = EmbeddedTransport(self.path)
        await transport.start()
        await transport.publish(events)
        await transport.close()


@dataclass(frozen=True, slots=True)
class KafkaLog:
    """The topics of a cluster."""

    bootstrap: str

    async def events(self, topic: str) -> list[EncodedEvent]:
        async with self._reading(topic) as (consumer, ends):
            found: list[EncodedEvent] = []
            while any([await consumer.position(partition) < end for partition, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += [
                        _event(topic, r.key.decode(), {name: value.decode() for name, value in r.headers}, r.value)
                        for r in records
                    ]
            return found

    async def has_left(self, house: str, positions: Mapping[str, int]) -> bool:
        async with self._reading(*positions, group_id=house, enable_auto_commit=False) as (member, ends):
            return any([(await member.committed(part) or 0) < end for part, end in ends.items()])

    async def publish(self, events: Sequence[EncodedEvent]) -> None:
        transport = KafkaTransport(self.bootstrap, client_id="repeat")
        await transport.publish(events)
        await transport.close()

    @asynccontextmanager
    async def _reading(
        self, *topics: str, **group: Any
    ) -> AsyncIterator[tuple[AIOKafkaConsumer, dict[TopicPartition, int]]]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, auto_offset_reset="earliest", **group)
        await consumer.start()
        try:
            partitions = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            yield consumer, await consumer.end_offsets(partitions)
        finally:
            await consumer.stop()


def _event(topic: str, key: str, headers: dict[str, str], value: bytes) -> EncodedEvent:
    return EncodedEvent(UUID(headers["ce_id"]), topic, key, headers, value)
