"""Roles of a process: `serve` answers HTTP; `worker` relays, consumes and runs jobs; `all` does both; `migrate`."""

import argparse
import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import structlog
import uvicorn
import uvloop
from alembic.util import CommandError
from starlette.types import ASGIApp

from shared.audit.chain import HeadName
from shared.bus.embedded import EmbeddedTransport
from shared.bus.interface import Transport
from shared.bus.kafka import KafkaSecurity, KafkaTransport
from shared.clock import SystemClock
from shared.contracts.catalogue import HOUSES
from shared.db.migrate import migrate
from shared.errors import DomainError
from shared.house import House, HouseDefinition
from shared.http.application import process_app, worker_app
from shared.http.clients.records import ClientRecords
from shared.http.connections import raise_file_limit, server_config
from shared.logs import configure_logs
from shared.operations import DEAD_LETTER_OPERATIONS, HOUSE_OPERATIONS, VERIFY_AUDIT, verify_audit
from shared.policy.loader import PolicyBook
from shared.security.clients import Permits
from shared.security.issuer import Issuer, open_issuer
from shared.security.keyring import KeyRingRefused
from shared.security.keys import JwksKeys
from shared.security.signing import PublicKeys
from shared.security.tokens import Names, TokenVerifier
from shared.security.vault import open_vault
from shared.settings import Settings, read_settings
from shared.starting import NOT_A_DEFECT, CannotStart, look_before_work, reason_of, refuse
from shared.tracing import sending_spans

log = structlog.get_logger()
T = TypeVar("T")
KEEPING_HOUSE = HOUSES[0]
"""The house whose api gives out tokens, changes the records of clients, and has their changes in its audit."""
ROLES = ("serve", "worker", "all", "migrate")
_GRACE_SECONDS = 10


@dataclass
class Process:
    """The houses of one process with everything they share."""

    settings: Settings
    houses: list[House]
    transport: Transport
    issuer: Issuer | None
    keys: JwksKeys | None = None
    records: ClientRecords | None = None
    """Those of clients, where this process is the one to change them."""

    def app(self) -> ASGIApp:
        """What the process serves."""
        return process_app(
            self.houses,
            self.issuer,
            max_body_bytes=self.settings.max_body_bytes,
            max_batch_bytes=self.settings.max_batch_bytes,
            max_file_bytes=self.settings.max_file_bytes,
            language=self.settings.language,
            records=self.records,
        )

    def operations(self) -> ASGIApp:
        """What the process serves when it only works."""
        return worker_app(self.houses, max_body_bytes=self.settings.max_body_bytes)


def open_transport(settings: Settings) -> Transport:
    """The bus the settings ask for."""
    if settings.bus == "kafka":
        security = KafkaSecurity(
            settings.kafka_security_protocol,
            settings.kafka_sasl_mechanism,
            settings.kafka_ca_file,
            settings.kafka_user,
            settings.kafka_password,
        )
        return KafkaTransport(settings.kafka_bootstrap, client_id="shouxian", security=security)
    return EmbeddedTransport(settings.data / "bus.sqlite")


def open_process(definitions: Sequence[HouseDefinition], settings: Settings, *, answers: bool = True) -> Process:
    """Build the houses; nothing runs yet. Only a process that ``answers`` gives out tokens or fetches keys."""
    access = _open_access(settings) if answers else Access(None, _own_keys(settings), None)
    transport = open_transport(settings)
    clock = SystemClock(settings.today)
    policy = PolicyBook.load(development=settings.development)
    houses: list[House] = []
    for definition in definitions:
        allowances = houses[0].allowances if houses else None
        house = House(
            definition,
            settings,
            transport=transport,
            clock=clock,
            policy=policy,
            verifier=access.verifier,
            allowances=allowances,
        )
        houses.append(house)
    keeps = answers and definitions[0].name == KEEPING_HOUSE and settings.issuer_mode != "built-in-elsewhere"
    records = ClientRecords(settings.data, houses) if keeps else None
    return Process(settings, houses, transport, access.issuer, access.keys, records)


class Access(NamedTuple):
    """Who gives out tokens and who checks them."""

    issuer: Issuer | None
    verifier: TokenVerifier
    keys: JwksKeys | None


def _open_access(settings: Settings) -> Access:
    if settings.jwks_url:
        keys = JwksKeys(settings.jwks_url)
        verifier = TokenVerifier(keys, fetch_for=keys.fetch_for, permits=Permits(settings.data), **_names(settings))
        return Access(None, verifier, keys)
    issuer = None
    if settings.issuer_mode != "built-in-elsewhere":
        issuer = open_issuer(
            settings.data, base_url=settings.base_url, demonstration=settings.development, **_names(settings)
        )
    return Access(issuer, _own_keys(settings), None)


def _own_keys(settings: Settings) -> TokenVerifier:
    """Checks tokens of the built-in issuer of the data folder, which may run in another process."""
    return TokenVerifier(PublicKeys(settings.data), permits=Permits(settings.data), **_names(settings))


def _names(settings: Settings) -> Names:
    return {"issuer": settings.issuer, "audience": settings.audience}


def refuse_without_issuer(settings: Settings) -> None:
    """End the process where it would answer and nobody said whose tokens count."""
    if settings.without_issuer:
        sys.stderr.write(
            "refusing to start: name an issuer with SHOUXIAN_JWKS_URL, "
            "or ask for the built-in one with SHOUXIAN_ISSUER_MODE=built-in\n"
        )
        raise SystemExit(2)


@asynccontextmanager
async def running(process: Process, *, background: bool) -> AsyncIterator[Process]:
    """Run the houses' tasks inside this block and stop them in order after it."""
    try:
        await look_before_work(process.houses, process.settings)
    except BaseException:
        for house in process.houses:
            await house.database.close()
        raise
    for house in process.houses:
        with structlog.contextvars.bound_contextvars(house=house.name):
            house.start(background=background)
    if process.records is not None:
        process.houses[0].background.keep("client-records", process.records.carrier.run)
    try:
        yield process
    finally:
        for house in process.houses:
            await house.stop()
        await process.transport.close()
        if process.keys is not None:
            process.keys.close()


async def migrate_all(definitions: Sequence[HouseDefinition], settings: Settings) -> None:
    """Bring the databases of these houses up to date."""
    for definition in definitions:
        house = definition.name
        url = settings.database_url_of(house)
        before, after = await migrate(url, definition.migrations, definition.metadata, vault=open_vault(settings))
        log.info("database.migrated", house=house, before=before, after=after, changed=before != after)


async def serve(
    definitions: Sequence[HouseDefinition],
    settings: Settings,
    *,
    role: str,
    listener: socket.socket | None = None,
    on_ready: Callable[[Process], Awaitable[None]] | None = None,
) -> None:
    """Run a role until the process is told to stop. ``listener`` is its port where that was claimed before."""
    log.info("process.starting", houses=[definition.name for definition in definitions], pid=os.getpid())
    listener = listener or claim_port(settings)
    raise_file_limit()
    process = open_process(definitions, settings, answers=role != "worker")
    with sending_spans(definitions[0].name if len(definitions) == 1 else "shouxian", role):
        async with running(process, background=role != "serve"):
            app = process.app() if role != "worker" else process.operations()
            server = _Server(server_config(app, settings, grace_seconds=_GRACE_SECONDS))
            calm_garbage_collector()
            server.when_started = partial(_started, process, on_ready)
            server.when_stopping = partial(_stopping, process, asyncio.get_running_loop())
            await server.serve(sockets=[listener])
    log.info("process.stopped")


def _stopping(process: Process, loop: asyncio.AbstractEventLoop) -> None:
    """Said in the middle of whatever runs: a signal came."""
    log.info("process.stopping")
    for house in process.houses:
        loop.call_soon_threadsafe(house.feed.close)


async def _started(process: Process, on_ready: Callable[[Process], Awaitable[None]] | None) -> None:
    faults = {house.name: reasons for house in process.houses if (reasons := await house.not_ready())}
    log.info("process.listening", url=process.settings.base_url, not_ready=faults)
    if on_ready is not None:
        await on_ready(process)


def claim_port(settings: Settings) -> socket.socket:
    """Take the port of the settings, without listening yet, or refuse to start in one clear line."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        sys.stderr.write(f"refusing to start: port {settings.port} of {settings.host}: {error.strerror}\n")
        raise SystemExit(1) from None
    return listener


class _Server(uvicorn.Server):
    """A server that tells when it listens and ends by returning."""

    when_started: Callable[[], Awaitable[None]] | None = None
    when_stopping: Callable[[], None] | None = None

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.when_started is not None:
            await self.when_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop serving, without raising the signal again afterwards: the houses are still to be stopped."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        if not self.should_exit and self.when_stopping is not None:
            self.when_stopping()
        self.should_exit = True


def calm_garbage_collector() -> None:
    """What is loaded now stays: generation-two collections over it were the slowest answers under load."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 50)


def house_main(definition: HouseDefinition, arguments: Sequence[str] | None = None) -> None:
    """The command line of one house: `python -m services.<house> <role or operation> [--port N]`."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{definition.name}", description=definition.summary)
    operations = (*definition.operations, *HOUSE_OPERATIONS, *DEAD_LETTER_OPERATIONS, VERIFY_AUDIT)
    parser.add_argument("role", choices=(*ROLES, *operations))
    parser.add_argument("ids", nargs="*", type=UUID, help="of dead letters; none means all")
    parser.add_argument(
        "--head", type=HeadName.parse, default=None, metavar="SEQ:HASH", help="of verify-audit: kept elsewhere"
    )
    parser.add_argument("--port", type=int, default=None)
    parser.add_argument("--data", type=Path, default=None)
    chosen = parser.parse_args(arguments)
    settings = read_settings(port=chosen.port, data=chosen.data)
    configure_logs(settings.log_level, house=definition.name, role=chosen.role)
    if chosen.role == "migrate":
        run_to_end(migrate_all([definition], settings))
    elif chosen.role in ROLES:
        if chosen.role != "worker":
            refuse_without_issuer(settings)
        run_to_end(serve([definition], settings, role=chosen.role))
    else:
        raise SystemExit(run_to_end(operate(definition, settings, chosen.role, chosen.ids, chosen.head)))


async def operate(
    definition: HouseDefinition,
    settings: Settings,
    operation: str,
    ids: Sequence[UUID] = (),
    head: HeadName | None = None,
) -> int:
    """Do what an operator asks of one house, beside whatever else runs; returns the exit code."""
    async with running(open_process([definition], settings, answers=False), background=False) as process:
        [house] = process.houses
        await house.database.read(house.database.schema.look)
        if house.database.schema.difference is not None:
            raise CannotStart(house.database.schema.difference)
        if operation in DEAD_LETTER_OPERATIONS:
            return await DEAD_LETTER_OPERATIONS[operation](house, ids)
        if operation == VERIFY_AUDIT:
            return await verify_audit(house, head)
        return await {**definition.operations, **HOUSE_OPERATIONS}[operation](house)


def run_to_end(main: Coroutine[Any, Any, T]) -> T:
    """Run a process's main coroutine on the fast event loop. What it writes is for its own account to read.

    Trouble with the machine or its servers that nobody caught ends it in one line and with code 1.
    """
    os.umask(0o077)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(main)
    except (CannotStart, KeyRingRefused, CommandError, DomainError, *NOT_A_DEFECT) as error:
        log.debug("process.failed", exc_info=error)
        refuse(reason_of(error))
