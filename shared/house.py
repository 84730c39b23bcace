"""A house at run time: its database, bus, lanes and background work, built in one place from one definition."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from fastapi import APIRouter
from starlette.responses import Response

from shared import VERSION, metrics
from shared.audit.nightly import look_after_chain
from shared.audit.sealing import seal_next, show, state_of
from shared.background import Background
from shared.bus.consumer import CAUSES, Consumer, Handlers
from shared.bus.dead_letters import count_dead_letters
from shared.bus.interface import Transport, TransportUnavailable
from shared.bus.relay import Relay
from shared.bus.retention import Retention
from shared.clock import Clock
from shared.codes.operations import DeadLetterState
from shared.db.audit import record_looks
from shared.db.database import Database
from shared.db.policy_values import PolicyValues
from shared.db.revision import Schema, release_revision
from shared.db.sealing_keys import look_at_keys
from shared.db.system_tables import SystemTables
from shared.db.trouble import is_transient
from shared.db.unit_of_work import Patience, Reading, Resources, UnitOfWork
from shared.db.write_lane import WriteLane
from shared.feed.sight import Seeing, of_the_regions
from shared.feed.waiting import Feed
from shared.hooks.addresses import Reach
from shared.hooks.owners import Owners
from shared.hooks.sending import Sender
from shared.jobs.resealing import KEY_ROTATION, resealing
from shared.jobs.running import run_next_part
from shared.jobs.work import Kinds
from shared.partners.limits import Allowances
from shared.partners.usage import WRITE_SECONDS, UsageCounts
from shared.partners.visits import Visits
from shared.policy.loader import NATIONAL, PolicyBook
from shared.readiness import Readiness, stalled
from shared.security.keyring import KeyRingRefused
from shared.security.tokens import TokenVerifier
from shared.security.vault import open_vault
from shared.settings import Settings
from shared.sheets.columns import Sheet

_MEASURE_SECONDS = 2.0
_COUNT_SECONDS = 15.0
_OUTSIDE_SECONDS = 10.0
"""How often the api of a house looks how far its readers are."""
_TRIM_SECONDS = 3600.0
_SEAL_SECONDS = 1.0
"""How often the rows of the audit are sealed that were written since."""
_NIGHT_SECONDS = 600.0
"""How often a house looks whether a new day has begun for its audit."""
_LONG_WORK_SECONDS = 2.0
"""How often a house looks whether somebody asked for long work."""
_AGAIN_SECONDS = 60.0
"""What is done seldom is tried again so soon after it failed."""
log = structlog.get_logger()

SetCommand = Callable[[UnitOfWork, Sequence[Any]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class HotRoute:
    """A route busy enough to be answered before the framework routes it; documented by a route of the same path."""

    method: str
    path: str
    """Below `/<house>/v1`."""
    scope: str
    answer: Callable[[Any], Awaitable[Response]]
    """Takes the authenticated call."""
    parameters: frozenset[str] = frozenset()
    """The query parameters it reads."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that time causes. ``command(uow)`` does a bounded part and tells whether more is waiting."""

    every_seconds: float
    command: Callable[[UnitOfWork], bool]


Operation = Callable[["House"], Awaitable[int]]
"""Work an operator asks for: prints its result as one line of JSON and returns the exit code of the process."""


@dataclass(frozen=True, eq=False)
class HouseDefinition:
    """What makes a house: its tables, routes, reactions and jobs. Each house's `app.py` holds one."""

    name: str
    title: str
    summary: str
    metadata: sa.MetaData
    system_tables: SystemTables
    migrations: Path
    router: APIRouter
    handlers: Handlers = field(default_factory=dict)
    jobs: Mapping[str, Job] = field(default_factory=dict)
    long_work: Kinds = field(default_factory=dict)
    """What is asked for once and done part by part, as jobs that can be looked at."""
    operations: Mapping[str, Operation] = field(default_factory=dict)
    hot_routes: Sequence[HotRoute] = ()
    batch_paths: frozenset[str] = frozenset()
    """Below `/<house>/v1`: routes whose body may be as large as a batch."""
    file_paths: frozenset[str] = frozenset()
    """Below `/<house>/v1`: routes whose body may be as large as a file of rows."""
    files_in: Sequence[Sheet] = ()
    """The sheets of the files that it takes."""
    files_out: Sequence[Sheet] = ()
    """The sheets of its files for other systems, beside its lists."""
    lanes: Sequence[SetCommand] = ()
    """The hot commands: set-based, reached through a write lane."""
    policy_values: sa.Table | None = None
    """Where the house keeps the policy values that people approved."""
    needs: Sequence[str] = ()
    """Policy parameters without which the house decides nothing anywhere: the national pack holds a value today."""
    seeing: Seeing = of_the_regions
    """What a client sees of the change feed of the house."""
    counts: Callable[[Reading], metrics.Counts] | None = None
    """A query over the tables of the house, for the metrics; asked now and then, so it may read much."""


class House:
    """One house in one process."""

    def __init__(
        self,
        definition: HouseDefinition,
        settings: Settings,
        *,
        transport: Transport,
        clock: Clock,
        policy: PolicyBook,
        verifier: TokenVerifier,
        allowances: Allowances | None = None,
    ) -> None:
        """``allowances`` are those of the process where it has other houses; else the house counts for itself."""
        self.definition = definition
        self.name = definition.name
        self.settings = settings
        self.verifier = verifier
        self.transport = transport
        self.database = Database(
            settings.database_url_of(self.name),
            Resources(
                definition.system_tables,
                clock,
                policy,
                settings.source_silence_days,
                open_vault(settings),
                None if definition.policy_values is None else PolicyValues(definition.policy_values),
            ),
            settings.limits,
            Schema(release_revision(definition.migrations)),
        )
        self.allowances = allowances or Allowances(self.database)
        self.usage = UsageCounts(self.database)
        self.visits = Visits()
        self.long_work: Kinds = {**definition.long_work, KEY_ROTATION: resealing(definition.metadata)}
        self._keys_refused: str | None = None
        self._readiness = Readiness()
        self._ready: bool | None = None
        self.relay = Relay(self.name, self.database, transport)
        self.feed = Feed(self.name, self.database, settings.changes_waiting)
        self.reach = Reach(settings.webhook_networks, development=settings.development)
        self.owners = Owners(verifier, f"{definition.name}:read", definition.seeing)
        self.sender = Sender(self.name, self.database, self.owners, self.reach, lambda: self.relay.active)
        self.consumer = Consumer(self.name, self.database, transport, definition.handlers)
        commands = (*definition.lanes, record_looks)
        self._lanes = {command: WriteLane[Any, Any](self.database, command) for command in commands}
        kept = (settings.bus_retention_days, settings.changes_days, settings.webhook_days, settings.usage_days)
        self._retention = Retention(self.name, self.database, transport, *kept)
        self.background = Background(self.name)
        self._consumes = False
        self._counted: metrics.Counts = {}

    def lane(self, command: SetCommand) -> WriteLane[Any, Any]:
        """The write lane of a hot command."""
        return self._lanes[command]

    def start(self, *, background: bool) -> None:
        """Begin to measure and, with ``background``, to relay, consume and run jobs."""
        metrics.BUILD_INFO.labels(self.name, VERSION).set(1)
        keep = self.background.keep
        self._consumes = background and bool(self.definition.handlers)
        metrics.LANE_OLDEST_SECONDS.labels(self.name).set_function(self._lane_seconds)
        self.database.on_commit(self.feed.wake)
        keep("measure", self._measure)
        metrics.USAGE_LATE_SECONDS.labels(self.name).set_function(self.usage.late_seconds)
        keep("usage", self._write_usage)
        if self.definition.handlers:
            keep("measure-readers", self._measure_readers)
        if not background:
            return
        self.database.on_commit(self.relay.wake)
        keep("relay", self.relay.run)
        self.database.on_commit(self.sender.wake)
        keep("webhooks", self.sender.run)
        if self.definition.counts:
            keep("count", partial(self._count, self.definition.counts))
        if self._consumes:
            self._show_that_reading_is_well()
            keep("consumer", self.consumer.run, finished=lambda: self.consumer.halted)
        for name, job in self.definition.jobs.items():
            self._keep_job(
                name, job.every_seconds, partial(self.database.write, job.command, patience=Patience.LEAVES_OUT)
            )
        self._keep_job("long-work", _LONG_WORK_SECONDS, partial(run_next_part, self.database, self.long_work))
        self._keep_job("seal-audit", _SEAL_SECONDS, partial(seal_next, self.database))
        night = partial(look_after_chain, self.database, self.name, self.settings.data)
        self._keep_job("verify-audit", _NIGHT_SECONDS, night)
        self._keep_job("trim", _TRIM_SECONDS, self._retention.trim)

    async def stop(self) -> None:
        """End the background work, then close the database. The outbox keeps the rest for the next start."""
        await self.background.stop()
        await self.feed.stop()
        await self._refresh(self.usage.write())
        await self._refresh(self.allowances.close())
        self._show({})
        await self._readiness.close()
        await self.database.close()

    def _show_that_reading_is_well(self) -> None:
        """What an alert stands on is shown from the start."""
        metrics.CONSUMER_HALTED.labels(self.name).set(0)
        metrics.BUS_BEGUN_AGAIN.labels(self.name).set(0)
        for cause in CAUSES:
            metrics.CONSUMER_WAITING.labels(self.name, cause).set(0)

    async def not_ready(self) -> list[str]:
        """What keeps this house from doing its work; empty when it is ready."""
        fault = await self._readiness.fault(self.database)
        reasons = [] if fault is None else [fault]
        if self.consumer.halted:
            reasons.append("consumer halted")
        reasons += [self._keys_refused] if self._keys_refused else []
        reasons += [*stalled(self._loops()), *self._missing_policy()]
        reasons += [f"{task} stopped" for task in self.background.not_running() if not self.consumer.halted]
        self._tell_whether_ready(reasons)
        return reasons

    def _tell_whether_ready(self, reasons: Sequence[str]) -> None:
        """A line each time this changes."""
        if self._ready is not (ready := not reasons):
            self._ready = ready
            if ready:
                log.info("house.ready", house=self.name)
            else:
                log.warning("house.not_ready", house=self.name, reasons=reasons)

    def _loops(self) -> list[tuple[str, float]]:
        """What has to come round again and again, and how many seconds ago it did."""
        loops = [("write lane", self._lane_seconds())]
        if self.database.schema.difference is None:
            now = asyncio.get_running_loop().time()
            turns = {"relay": self.relay.turned_at, "consumer": self.consumer.turned_at}
            loops += [(name, now - turned_at) for name, turned_at in turns.items() if turned_at is not None]
        return loops

    def _missing_policy(self) -> list[str]:
        resources = self.database.resources
        view = resources.policy.at(NATIONAL, resources.clock.today())
        return [f"policy value missing: {key} on {view.on}" for key in self.definition.needs if view.find(key) is None]

    def _lane_seconds(self) -> float:
        return max((lane.oldest_seconds for lane in self._lanes.values()), default=0.0)

    def _keep_job(self, name: str, every_seconds: float, work: Callable[[], Awaitable[bool]]) -> None:
        for outcome in ("done", "failed"):
            metrics.JOB_RUNS.labels(self.name, name, outcome)
        self.background.keep(name, partial(self._run_job, name, every_seconds, work))

    async def _run_job(self, name: str, every_seconds: float, work: Callable[[], Awaitable[bool]]) -> None:
        """Run a job on the process that holds the relay, so that replicas do not do it twice."""
        while True:
            if not self.relay.active:
                await asyncio.sleep(min(every_seconds, _MEASURE_SECONDS))
                continue
            try:
                more = await work()
            except Exception:
                log.exception("job.failed", house=self.name, job=name)
                metrics.JOB_RUNS.labels(self.name, name, "failed").inc()
                await asyncio.sleep(min(every_seconds, _AGAIN_SECONDS))
            else:
                metrics.JOB_RUNS.labels(self.name, name, "done").inc()
                await asyncio.sleep(0 if more else every_seconds)

    async def _measure(self) -> None:
        while True:
            await self._refresh(self._measure_once())
            await asyncio.sleep(_MEASURE_SECONDS)

    async def _write_usage(self) -> None:
        """Write what clients used, now and then; trouble that passes leaves it to the next time."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await asyncio.shield(self._refresh(self.usage.write()))

    async def _measure_readers(self) -> None:
        """Look how far the readers of this house are, wherever they run: one that hangs does not tell of it itself."""
        while True:
            await self._refresh(self.consumer.measure_from_outside())
            await asyncio.sleep(_OUTSIDE_SECONDS)

    async def _count(self, query: Callable[[Reading], metrics.Counts]) -> None:
        """Count on the process that holds the relay; another one shows nothing, so that no old value stands."""
        while True:
            await self._refresh(self._count_once(query))
            await asyncio.sleep(_COUNT_SECONDS if self.relay.active else _MEASURE_SECONDS)

    async def _refresh(self, measuring: Awaitable[None]) -> None:
        """Measure; trouble that passes leaves the values as they are."""
        try:
            await measuring
        except Exception as error:
            if not isinstance(error, TransportUnavailable) and not is_transient(error):
                log.exception("measure.failed", house=self.name)

    async def _measure_once(self) -> None:
        await self.database.read(self._look)
        if self.database.schema.difference is not None:
            return
        if self._consumes:
            await self.consumer.measure()
        metrics.MEASURED_AT.labels(self.name).set(self.database.resources.clock.now().timestamp())

    def _look(self, reading: Reading) -> None:
        """Show how the database stands; nothing is looked at in one of another release."""
        self.database.schema.look(reading)
        if self.database.schema.difference is not None:
            log.error("release.differs", house=self.name, reason=self.database.schema.difference)
            return
        self._look_at_keys(reading)
        pending, oldest_seconds = _outbox_state(reading)
        metrics.OUTBOX_PENDING.labels(self.name).set(pending)
        metrics.OUTBOX_OLDEST_SECONDS.labels(self.name).set(oldest_seconds)
        counted = count_dead_letters(reading)
        for state in DeadLetterState:
            metrics.DEAD_LETTERS.labels(self.name, state).set(counted.get(state, 0))
        show(self.name, state_of(reading))

    def _look_at_keys(self, reading: Reading) -> None:
        """See which key seals now, and whether the ring still has all that are needed."""
        try:
            look_at_keys(reading)
        except KeyRingRefused as error:
            self._keys_refused = str(error)
            log.error("keyring.refused", house=self.name, reason=self._keys_refused)  # noqa: TRY400
        else:
            self._keys_refused = None

    async def _count_once(self, query: Callable[[Reading], metrics.Counts]) -> None:
        self._show(await self.database.read(query) if self.relay.active else {})

    def _show(self, counts: metrics.Counts) -> None:
        for gauge in {*self._counted, *counts}:
            gauge.clear()
            for labels, number in counts.get(gauge, {}).items():
                gauge.labels(*labels).set(number)
        self._counted = counts


def _outbox_state(reading: Reading) -> tuple[int, float]:
    outbox = reading.system_tables.outbox
    pending, oldest = reading.connection.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.created_at))).one()
    return pending, (reading.now() - oldest).total_seconds() if oldest else 0.0
