"""The servers under load: the houses as they run, plus an empty route beside theirs and a watch on effects."""

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fastapi import APIRouter

from services.houses import HOUSES
from services.monitoring.app import MONITORING
from services.monitoring.evidence.table import FactIn
from services.monitoring.facts.commands.credits import record_credits
from services.monitoring.facts.schemas import FactStored
from shared.contracts.employment import WageCredited
from shared.contracts.envelope import Event
from shared.db.unit_of_work import UnitOfWork
from shared.house import HouseDefinition
from shared.ids import new_id
from shared.logs import configure_logs
from shared.runtime import Process, migrate_all, run_to_end, serve
from shared.settings import read_settings
from tests.load.naive import naive_router

ROLES = ("serve", "worker", "all")
ENTERED = "credit.entered"


def empty_router() -> APIRouter:
    """A route that reads the body of a fact, does nothing and answers like the real one."""
    router = APIRouter()

    @router.post("/empty", status_code=201)
    async def empty(body: FactIn) -> FactStored:
        return FactStored(fact_id=new_id(), status="stored")

    return router


def enter_wages(uow: UnitOfWork, events: Sequence[Event[WageCredited]]) -> None:
    """Enter credits of wages into the ledger, and note it: monitoring has nothing more to tell of them."""
    record_credits(uow, events)
    for event in events:
        uow.log_after_commit(ENTERED, context=event.context, credit_id=str(event.data.credit_id))


def for_bench(houses: Sequence[HouseDefinition], naive_url: str) -> list[HouseDefinition]:
    """The houses, monitoring with the routes and the note that are there for the bench only."""
    router = APIRouter()
    router.include_router(MONITORING.router)
    router.include_router(empty_router())
    router.include_router(naive_router(naive_url))
    handlers = {**MONITORING.handlers, WageCredited.event_type: enter_wages}
    monitoring = replace(MONITORING, router=router, handlers=handlers)
    return [monitoring if house is MONITORING else house for house in houses]


def watch_effects(process: Process, path: Path) -> None:
    """Write down when each task and each fact of a wage was committed, one line each.

    A line holds the household of the task, or the credit, and monotonic nanoseconds.
    """
    lines = path.open("a", buffering=1)

    def write_down(effects: list[str]) -> None:
        if effects:
            now = time.monotonic_ns()
            lines.write("".join([f"{effect} {now}\n" for effect in effects]))

    def opened(uow: UnitOfWork) -> None:
        write_down([event.key for event in uow.emitted])

    def entered(uow: UnitOfWork) -> None:
        write_down([line.fields["credit_id"] for line in uow.log_lines if line.event == ENTERED])

    listeners = {"assistance": opened, "monitoring": entered}
    for house in process.houses:
        if house.name in listeners:
            house.database.on_commit(listeners[house.name])


def main() -> None:
    """The command line; what is not given here is read from the environment, as the houses do."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.server", description=__doc__)
    parser.add_argument("houses", nargs="*", default=[house.name for house in HOUSES])
    parser.add_argument("--role", choices=ROLES, default="all")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--core", type=int, help="run on this core only")
    parser.add_argument("--effects", type=Path, help="where to write down when effects were committed")
    chosen = parser.parse_args()
    if chosen.core is not None:
        os.sched_setaffinity(0, {chosen.core})
    settings = read_settings(port=chosen.port)
    configure_logs(settings.log_level)
    wanted = [house for house in HOUSES if house.name in chosen.houses]
    houses = for_bench(wanted, settings.database_url_of(MONITORING.name))

    async def ready(process: Process) -> None:
        if chosen.effects is not None:
            watch_effects(process, chosen.effects)

    async def run() -> None:
        await migrate_all(houses, settings)
        await serve(houses, settings, role=chosen.role, on_ready=ready)

    run_to_end(run())


if __name__ == "__main__":
    main()
