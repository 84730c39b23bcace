"""Processes as an operator runs them: they start, tell how they are, and stop cleanly."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx

from deploy.local.ports import LOOPBACK, free_port
from services.houses import HOUSES
from shared import VERSION
from shared.runtime import migrate_all
from shared.settings import Settings
from tests.builders import HOUSEHOLD, household
from tests.journeys.set_ups import SetUp, apart
from tests.mechanism.probe import BOUND_SECONDS, until

API, WORKER = "monitoring-serve", "monitoring-worker"
OPERATIONS = ("/healthz", "/readyz", "/metrics")
LIFE = ["process.starting", "house.ready", "process.listening", "process.stopping", "process.stopped"]
NOT_OF_A_WORKER = (
    "/",
    "/docs",
    "/openapi.json",
    "/monitoring/docs",
    "/monitoring/openapi.json",
    "/monitoring/v1/risks",
    "/oauth2/token",
)


def lines(set_up: SetUp, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in set_up.log_of(name).read_text(encoding="utf-8").splitlines()]


async def asked(set_up: SetUp, name: str, *paths: str) -> dict[str, int]:
    """The status a process answers with at each path."""
    url = f"http://{LOOPBACK}:{set_up.roles[name].port}"
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=BOUND_SECONDS) as client:
        return {path: (await client.get(path)).status_code for path in paths}


def complaints(set_up: SetUp, *names: str) -> list[str]:
    """The processes whose log shows a failure."""
    return [name for name in names if "Traceback" in set_up.log_of(name).read_text(encoding="utf-8")]


async def test_a_house_is_migrated_served_and_worked_by_processes_of_its_own(tmp_path: Path) -> None:
    roles = [("monitoring", role) for role in ("migrate", "serve", "worker")]
    async with apart(tmp_path, *roles) as set_up:
        set_up.start("monitoring-migrate")
        migrated = await asyncio.to_thread(set_up.processes["monitoring-migrate"].exit_code, BOUND_SECONDS)
        assert migrated == 0
        for name in (API, WORKER):
            set_up.start(name)
        await set_up.ready(API, WORKER)
        for name in (API, WORKER):
            assert await asked(set_up, name, *OPERATIONS) == dict.fromkeys(OPERATIONS, 200)
        assert await asked(set_up, API, "/monitoring/v1/risks") == {"/monitoring/v1/risks": 401}
        assert await asked(set_up, WORKER, *NOT_OF_A_WORKER) == dict.fromkeys(NOT_OF_A_WORKER, 404)

        async with set_up.caller() as caller:
            answer = await caller.call("PUT", f"/monitoring/v1/households/{HOUSEHOLD}", household())
        assert answer.status_code == 201
        await until(lambda: set_up.bus.events("monitoring.events"))
        for name in (API, WORKER):
            set_up.stop(name)
        assert complaints(set_up, *set_up.roles) == []
        [migrated_line] = lines(set_up, "monitoring-migrate")
        assert (migrated_line["event"], migrated_line["before"], migrated_line["changed"]) == (
            "database.migrated",
            None,
            True,
        )
        for name, role in ((API, "serve"), (WORKER, "worker"), ("monitoring-migrate", "migrate")):
            said = {(line["house"], line["role"], line["version"]) for line in lines(set_up, name)}
            assert said == {("monitoring", role, VERSION)}, "whose line it is, in every line"
        for name in (API, WORKER):
            told = [line["event"] for line in lines(set_up, name) if line["event"] in LIFE]
            assert told == LIFE


async def test_every_other_house_runs_alone_in_one_process(tmp_path: Path) -> None:
    _, *others = HOUSES
    await migrate_all(others, Settings(data=tmp_path))
    async with apart(tmp_path, *((house.name, "all") for house in others)) as set_up:
        await set_up.start_all()
        for name, role in set_up.roles.items():
            documents = {f"/{house.name}/openapi.json": 404 for house in HOUSES}
            expected = documents | {f"/{role.houses[0]}/openapi.json": 200, f"/{role.houses[0]}/v1/dead-letters": 401}
            assert await asked(set_up, name, *expected) == expected
        for name in set_up.roles:
            set_up.stop(name)
        assert complaints(set_up, *set_up.roles) == []


async def test_a_worker_without_its_database_says_so_and_stops_cleanly(tmp_path: Path) -> None:
    nowhere = f"postgresql+asyncpg://nobody@{LOOPBACK}:{free_port()}/it"
    worker = "assistance-worker"
    async with apart(tmp_path, ("assistance", "worker"), SHOUXIAN_DATABASE_URL=nowhere) as set_up:
        set_up.start(worker)
        log = set_up.log_of(worker)
        await until(lambda: "relay.waits" in log.read_text() and "consumer.waits" in log.read_text())
        assert await asked(set_up, worker, "/healthz", "/readyz") == {"/healthz": 200, "/readyz": 503}
        set_up.stop(worker)
        assert complaints(set_up, worker) == []
