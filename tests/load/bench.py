"""`make bench`: what the houses do beside what this machine can do, both measured in the same run."""

import argparse
import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, redirect_stderr
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import uvloop

from services.assistance.app import ASSISTANCE
from services.consumption.app import CONSUMPTION
from services.employment.app import EMPLOYMENT
from services.monitoring.app import MONITORING
from shared.db.database import Database
from shared.db.migrate import migrate
from shared.house import HouseDefinition
from shared.logs import configure_logs
from shared.runtime import calm_garbage_collector, migrate_all
from shared.settings import Environment, Settings
from tests.load import aims, bus, doors, orders, world
from tests.load.cases import inbox
from tests.load.clues import clues
from tests.load.county import TODAY
from tests.load.cpu import BesideServer, Meter, of_this_process
from tests.load.feed import feed, feed_of_orders
from tests.load.figures import Aim, Figure, Rounds, machine, table
from tests.load.files import exported
from tests.load.flood import beside_flood
from tests.load.heads import beside_large_heads
from tests.load.hooks import hooks
from tests.load.imports import Sizes, imported, read_excel
from tests.load.kinds import every_kind
from tests.load.limits import limits
from tests.load.lists import in_short
from tests.load.order_pages import order_pages
from tests.load.over_http import FULL_PACE, QUICK_PACE, Pace, batches, latency_alone, latency_at, singles, wages
from tests.load.pages import deep_pages
from tests.load.process import whole_process
from tests.load.recomputes import recomputed
from tests.load.replay import by_command
from tests.load.rules import facts_without_others, judged
from tests.load.scale import measure_at_size
from tests.load.scarce import scarce
from tests.load.screening import screening
from tests.load.settled import settled
from tests.load.slow_sales import night, right_warnings
from tests.load.stage import CREDITS, Servers, Stage, connect, database, distributed, embedded, lay_world, servers
from tests.load.writes import Commands, PlainInserts, open_lane, write_sample

REPORT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_EMBEDDED, _DISTRIBUTED = "embedded, SQLite", "PostgreSQL + Kafka"
_BEGIN, _BEGIN_AT_SIZE, _END = "<!-- figures -->", "<!-- figures at size -->", "<!-- end of figures -->"
_EARNERS = 500
_SCREENED = 60_000
"""Households that are screened at least: of one in fifty the risk is open, and page 1,000 of them is asked for."""
_PROVED = 10
"""The ledger of one household in so many is proved."""
_LISTED = 1_000_000
"""Rows of a month of a province."""
_WAGES_A_SECOND = 50
_SERIES = 2_000
"""Series of prices and supplies that are judged in a night."""
Beside = Callable[[str, Settings, Settings, int, Meter], Coroutine[Any, Any, list[Figure]]]
"""Measures consumption in one database beside another one."""
OfFeed = Callable[[str, Settings, int], Coroutine[Any, Any, list[Figure]]]
"""Measures the change feed of a house."""
_SLOWER_RATES = (400.0, 300.0, 200.0, 150.0, 100.0, 50.0)


class Bench:
    """The sections, sharing the set-ups that they need; each set-up is made when a section first asks for it."""

    def __init__(self, runner: asyncio.Runner, stack: ExitStack, folder: Path, pace: Pace) -> None:
        self._run = runner.run
        self._stack = stack
        self._folder = folder
        self._pace = pace
        self._stage: tuple[str, Stage] | None = None
        self._stage_stack = stack.enter_context(ExitStack())

    @cached_property
    def template(self) -> Path:
        """A county on SQLite."""
        folder = self._folder / "template"
        folder.mkdir()
        self._run(lay_world(Settings(env=Environment.DEVELOPMENT, today=TODAY, data=folder), self._pace.ill))
        return folder

    @cached_property
    def servers(self) -> Servers:
        """PostgreSQL and Kafka, with a county."""
        return self._stack.enter_context(servers(self._pace.ill))

    @property
    def embedded(self) -> Stage:
        """One process with all houses."""
        return self._on_stage("embedded", lambda: embedded(self.template, self._folder / "embedded", self._pace.ill))

    @property
    def unpinned(self) -> Stage:
        """The same on all cores: batches keep the database busy beside Python."""
        folder = self._folder / "unpinned"
        return self._on_stage("unpinned", lambda: embedded(self.template, folder, self._pace.ill, pinned=False))

    @property
    def distributed(self) -> Stage:
        """Processes on PostgreSQL and Kafka."""
        started = self.servers
        folder = self._folder / "distributed"
        return self._on_stage("distributed", lambda: distributed(started, folder, "distributed", self._pace.ill))

    def leave_stage(self) -> None:
        """Stop the houses, so that nothing else runs."""
        self._stage_stack.close()
        self._stage = None

    def _on_stage(self, name: str, opened: Callable[[], AbstractContextManager[Stage]]) -> Stage:
        """The houses of this name, which go on as long as nothing else is asked for."""
        if self._stage is None or self._stage[0] != name:
            self.leave_stage()
            self._stage = (name, self._stage_stack.enter_context(opened()))
        return self._stage[1]

    def a1(self) -> list[Figure]:
        """Single facts, embedded."""
        with embedded(self.template, self._folder / "naive", self._pace.ill, role="serve") as naive:
            return singles(f"a {_EMBEDDED}", self.embedded, naive, self._pace, aims.SINGLE_FACTS_EMBEDDED)

    def a2(self) -> list[Figure]:
        """Single facts, PostgreSQL and Kafka."""
        apart = distributed(self.servers, self._folder / "orm", "orm", self._pace.ill, workers=False)
        with apart as naive:
            return singles(f"a {_DISTRIBUTED}", self.distributed, naive, self._pace, aims.SINGLE_FACTS_DISTRIBUTED)

    def b1(self) -> list[Figure]:
        """From fact to task, embedded."""
        section = f"b {_EMBEDDED}"
        return [
            *latency_alone(section, self.embedded, self._pace),
            *latency_at(section, self.embedded, self._pace, 50),
        ]

    def b2(self) -> list[Figure]:
        """From fact to task, PostgreSQL and Kafka."""
        section = f"b {_DISTRIBUTED}"
        aim = aims.TASK_AT_500
        figures = [
            *latency_at(section, self.distributed, self._pace, 50),
            *latency_at(section, self.distributed, self._pace, 500, aim),
        ]
        return figures if aim.reached(figures[-1].ratio) else [*figures, *self._sustained(section, aim)]

    def c1(self) -> list[Figure]:
        """The consumer."""
        self.leave_stage()
        self.servers.copy_databases("template", "consumer")
        return self._run(bus.consumer(self.servers, self._pace.rounds, self._pace.events))

    def c2(self) -> list[Figure]:
        """The relay."""
        self.leave_stage()
        self.servers.copy_databases("template", "relay")
        return self._run(bus.relay(self.servers, self._pace.rounds, self._pace.events))

    def c3(self) -> list[Figure]:
        """The embedded log."""
        self.leave_stage()
        return self._run(bus.log(self.template, self._folder / "log", self._pace.rounds, self._pace.events))

    def c4(self) -> list[Figure]:
        """The write lane."""
        self.leave_stage()
        return self._run(self._lane())

    def d1(self) -> list[Figure]:
        """One process with all houses: how soon it is ready, and what it holds."""
        self.leave_stage()
        return whole_process(self._folder / "process", self._pace.rounds)

    def a3_command(self) -> list[Figure]:
        """Batches of 500 facts by command, on SQLite."""
        self.leave_stage()
        monitoring = self._sqlite_copy("replayed")
        shutil.copytree(self.template, self._folder / "bare")
        beside = self._folder / "bare" / f"{MONITORING.name}.sqlite"
        figures = self._run(by_command(monitoring, beside, self._pace.rounds, self._pace.seconds, self._pace.ill))
        self._run(monitoring.close())
        return figures

    def a3_embedded(self) -> list[Figure]:
        """Batches of 500 facts by REST and by command, embedded."""
        return self._batches(_EMBEDDED, self.unpinned, self._sqlite_copy("command"))

    def a3_distributed(self) -> list[Figure]:
        """The same on PostgreSQL and Kafka."""
        self.servers.copy_databases("template", "command")
        url = self.servers.postgres.url(f"command_{MONITORING.name}")
        monitoring = database(MONITORING, url, keyring=self.servers.keyring)
        return self._batches(_DISTRIBUTED, self.distributed, monitoring)

    def e1_sqlite(self) -> list[Figure]:
        """Orders of one hot product on SQLite."""
        self.leave_stage()
        consumption = self._sqlite_copy("orders", CONSUMPTION)
        path = self._folder / "orders" / "consumption.sqlite"
        return self._run(orders.on_sqlite(consumption, path, self._pace.rounds, self._pace.seconds))

    def e1_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        self.servers.copy_databases("template", "orders")
        url = self.servers.postgres.url(f"orders_{CONSUMPTION.name}")
        consumption = database(CONSUMPTION, url, keyring=self.servers.keyring)
        return self._run(orders.on_postgres(consumption, url, self._pace.rounds, self._pace.seconds))

    def e3_sqlite(self) -> list[Figure]:
        """Two hundred buyers of one scarce product, on SQLite."""
        self.leave_stage()
        return self._beside(scarce, "e3 SQLite", of_this_process)

    def e3_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        return self._beside_on_postgres(scarce, "e3 PostgreSQL")

    def e4_sqlite(self) -> list[Figure]:
        """Settling a hundred lines over fifty households, on SQLite."""
        self.leave_stage()
        return self._beside(settled, "e4 SQLite", of_this_process)

    def e4_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        return self._beside_on_postgres(settled, "e4 PostgreSQL")

    def e5_sqlite(self) -> list[Figure]:
        """Pages of a million orders beside pages of a thousand, on SQLite."""
        self.leave_stage()
        return self._beside(partial(order_pages, many=self._pace.rows * 2), "e5 SQLite", of_this_process)

    def e5_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        return self._beside_on_postgres(partial(order_pages, many=self._pace.rows * 2), "e5 PostgreSQL")

    def e6_sqlite(self) -> list[Figure]:
        """The change feed of orders, on SQLite."""
        self.leave_stage()
        return self._feed("e6 SQLite", "", feed_of_orders)

    def e6_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        self._run(self.servers.postgres.create_databases(["e6_consumption"]))
        return self._feed("e6 PostgreSQL", self.servers.postgres.url("e6_{house}"), feed_of_orders)

    def _beside_on_postgres(self, measured: Beside, section: str) -> list[Figure]:
        postgres, name = self.servers.postgres, section[:2]
        self._run(postgres.create_databases([f"{name}_consumption", f"{name}-other_consumption"]))
        urls = (postgres.url(f"{name}_{{house}}"), postgres.url(f"{name}-other_{{house}}"))
        return self._beside(measured, section, BesideServer(postgres.process_id), *urls)

    def _beside(self, measured: Beside, section: str, cpu: Meter, url: str = "", other_url: str = "") -> list[Figure]:
        """Consumption, and a second database of it."""
        ours, other = [
            Settings(env=Environment.DEVELOPMENT, today=TODAY, data=self._folder / name, database_url=where)
            for name, where in ((f"{section}-ours", url), (f"{section}-other", other_url))
        ]
        return self._run(measured(section, ours, other, self._pace.rounds, cpu))

    def e2(self) -> list[Figure]:
        """From a wage to the ledger, embedded."""
        self.leave_stage()
        employment = self._sqlite_copy("employed", EMPLOYMENT)
        placements = self._run(employment.write(world.begin_work, _EARNERS, actor=world.STATION))
        self._run(employment.close())
        template, folder = self._folder / "employed", self._folder / "wages"
        with embedded(template, folder, self._pace.ill, effect=CREDITS, placements=placements) as stage:
            return wages(f"e {_EMBEDDED}", stage, self._pace, _WAGES_A_SECOND)

    def g_sqlite(self) -> list[Figure]:
        """Screening all households, on SQLite."""
        self.leave_stage()
        return self._screening("SQLite", "", of_this_process)

    def g_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        postgres = self.servers.postgres
        self._run(postgres.create_databases(["screened_monitoring"]))
        return self._screening("PostgreSQL", postgres.url("screened_{house}"), BesideServer(postgres.process_id))

    def h1(self) -> list[Figure]:
        """A whole list as a file, on SQLite."""
        self.leave_stage()
        path = self._folder / "listed.sqlite"
        self._run(migrate(f"sqlite:///{path}", ASSISTANCE.migrations, ASSISTANCE.metadata))
        assistance = database(ASSISTANCE, f"sqlite:///{path}")
        figures = self._run(exported("h SQLite", assistance, path, self._pace.rounds, _LISTED))
        self._run(assistance.close())
        return figures

    def h_sqlite(self) -> list[Figure]:
        """The change feed, on SQLite."""
        self.leave_stage()
        return self._feed("h SQLite", "")

    def h_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        self._run(self.servers.postgres.create_databases(["feed_monitoring"]))
        return self._feed("h PostgreSQL", self.servers.postgres.url("feed_{house}"))

    def j_sqlite(self) -> list[Figure]:
        """Webhooks, on SQLite."""
        self.leave_stage()
        return self._hooks("j SQLite", "")

    def j_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        self._run(self.servers.postgres.create_databases(["hooks_monitoring"]))
        return self._hooks("j PostgreSQL", self.servers.postgres.url("hooks_{house}"))

    def _hooks(self, section: str, url: str) -> list[Figure]:
        data = self._folder / section.replace(" ", "-")
        settings = Settings(env=Environment.DEVELOPMENT, today=TODAY, data=data, database_url=url)
        return self._run(hooks(section, settings, self._pace.rounds))

    def k_sqlite(self) -> list[Figure]:
        """What limits of a client add to its requests, on SQLite."""
        self.leave_stage()
        return self._limits("k SQLite", "")

    def k_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        self._run(self.servers.postgres.create_databases(["limits_monitoring"]))
        return self._limits("k PostgreSQL", self.servers.postgres.url("limits_{house}"))

    def _limits(self, section: str, url: str) -> list[Figure]:
        data = self._folder / section.replace(" ", "-")
        settings = Settings(env=Environment.DEVELOPMENT, today=TODAY, data=data, database_url=url)
        return self._run(limits(section, settings, self._pace.rounds))

    def l_sqlite(self) -> list[Figure]:
        """A file of income, on SQLite, and an Excel file read."""
        self.leave_stage()
        figures = self._imported("l SQLite", "", None)
        return [*figures, *read_excel("l SQLite", self._folder, self._pace.rounds, self._pace.rows // 5)]

    def l_postgres(self) -> list[Figure]:
        """A file of income, on PostgreSQL."""
        self.leave_stage()
        self._run(self.servers.postgres.create_databases(["imports_monitoring"]))
        postgres = self.servers.postgres
        return self._imported("l PostgreSQL", postgres.url("imports_{house}"), postgres.process_id)

    def q_sqlite(self) -> list[Figure]:
        """A file of every type of fact, on SQLite."""
        self.leave_stage()
        folder = self._folder / "kinds"
        folder.mkdir()
        return self._run(every_kind("q SQLite", self.template, folder, self._pace.rounds))

    def r_sqlite(self) -> list[Figure]:
        """Clues and their verdicts, on SQLite."""
        self.leave_stage()
        return self._clues("r SQLite", self._sqlite_copy("clues"), of_this_process)

    def r_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        self.servers.copy_databases("template", "clues")
        url = self.servers.postgres.url(f"clues_{MONITORING.name}")
        monitoring = database(MONITORING, url, keyring=self.servers.keyring)
        return self._clues("r PostgreSQL", monitoring, time.perf_counter)

    def s_sqlite(self) -> list[Figure]:
        """The inbox of cases, on SQLite."""
        self.leave_stage()
        return self._inbox("s SQLite", self._sqlite_copy("cases"), of_this_process)

    def s_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        self.servers.copy_databases("template", "cases")
        postgres = self.servers.postgres
        monitoring = database(MONITORING, postgres.url(f"cases_{MONITORING.name}"), keyring=self.servers.keyring)
        return self._inbox("s PostgreSQL", monitoring, BesideServer(postgres.process_id))

    def _inbox(self, section: str, monitoring: Database, cpu: Meter) -> list[Figure]:
        figures = self._run(inbox(section, monitoring, cpu, self._pace.rows * 2, 100))
        self._run(monitoring.close())
        return figures

    def _clues(self, section: str, monitoring: Database, meter: Callable[[], float]) -> list[Figure]:
        figures = self._run(clues(section, monitoring, self._pace.rounds, meter))
        self._run(monitoring.close())
        return figures

    def _imported(self, section: str, url: str, server: int | None) -> list[Figure]:
        data = self._folder / section.replace(" ", "-")
        settings = Settings(env=Environment.DEVELOPMENT, today=TODAY, data=data, database_url=url)
        sizes = Sizes(self._pace.rows, self._pace.rows * 3 // 5)
        return self._run(imported(section, settings, self._pace.rounds, sizes, server))

    def t1(self) -> list[Figure]:
        """How right the warnings of slow sale are, and a night of judging on SQLite."""
        self.leave_stage()
        return [*right_warnings(self._pace.rounds), *self._night("t SQLite", "")]

    def t_postgres(self) -> list[Figure]:
        """A night of judging on PostgreSQL."""
        self.leave_stage()
        self._run(self.servers.postgres.create_databases(["night_consumption"]))
        return self._night("t PostgreSQL", self.servers.postgres.url("night_{house}"))

    def _night(self, section: str, url: str) -> list[Figure]:
        data = self._folder / section.replace(" ", "-")
        settings = Settings(env=Environment.DEVELOPMENT, today=TODAY, data=data, database_url=url)
        return self._run(night(section, settings, self._pace.rounds, _SERIES))

    def _feed(self, section: str, url: str, measured: OfFeed = feed) -> list[Figure]:
        data = self._folder / section.replace(" ", "-")
        settings = Settings(env=Environment.DEVELOPMENT, today=TODAY, data=data, database_url=url)
        return self._run(measured(section, settings, self._pace.rounds))

    def i_sqlite(self) -> list[Figure]:
        """Households by batch and as a list, facts by identity number, on SQLite."""
        self.leave_stage()
        monitoring = self._sqlite_copy("doors")
        shutil.copytree(self.template, self._folder / "doors-bare")
        return self._doors("i SQLite", monitoring, self._folder / "doors-bare" / f"{MONITORING.name}.sqlite")

    def i_postgres(self) -> list[Figure]:
        """The same on PostgreSQL."""
        self.leave_stage()
        self.servers.copy_databases("template", "doors")
        url = self.servers.postgres.url(f"doors_{MONITORING.name}")
        return self._doors("i PostgreSQL", database(MONITORING, url, keyring=self.servers.keyring), None)

    def _doors(self, section: str, monitoring: Database, beside: Path | None) -> list[Figure]:
        figures = self._run(doors.registered(section, monitoring, self._pace.rounds, beside))
        figures += self._run(doors.listed(section, monitoring, self._pace.rounds))
        figures += self._run(doors.matched(section, monitoring, self._pace.rounds))
        figures += self._run(doors.put_one_by_one(section, monitoring, self._pace.rounds))
        self._run(monitoring.close())
        return figures

    def m1(self) -> list[Figure]:
        """What all rules cost, beside the five that stood first."""
        self.leave_stage()
        folder = self._folder / "rules"
        folder.mkdir()
        return [
            *judged(self._pace.rounds),
            *self._run(facts_without_others(self.template, folder, self._pace.rounds, self._pace.ill)),
        ]

    def n_sqlite(self) -> list[Figure]:
        """Proving the ledger, on SQLite."""
        self.leave_stage()
        return self._recomputed("n SQLite", "", of_this_process)

    def n_postgres(self) -> list[Figure]:
        """The same, on PostgreSQL."""
        self.leave_stage()
        postgres = self.servers.postgres
        self._run(postgres.create_databases(["proved_monitoring"]))
        return self._recomputed("n PostgreSQL", postgres.url("proved_{house}"), BesideServer(postgres.process_id))

    def _recomputed(self, section: str, url: str, cpu: Meter) -> list[Figure]:
        data = self._folder / section.replace(" ", "-")
        settings = Settings(env=Environment.DEVELOPMENT, today=TODAY, data=data, database_url=url)
        return self._run(recomputed(section, settings, self._pace.rounds, self._pace.ill // _PROVED, cpu))

    def f1(self) -> list[Figure]:
        """What others wait for while heads come that are far too large."""
        return beside_large_heads(f"f {_EMBEDDED}", self.embedded, self._pace.rounds)

    def o1(self) -> list[Figure]:
        """What others wait for while the facts of a flood come, embedded."""
        self.leave_stage()
        with embedded(self.template, self._folder / "flood", self._pace.ill) as struck:
            return beside_flood(f"o {_EMBEDDED}", struck, self._pace.rounds)

    def _batches(self, set_up: str, stage: Stage, monitoring: Database) -> list[Figure]:
        commands = Commands(monitoring, self._pace.seconds, self._pace.ill)
        figures = batches(f"a {set_up}", stage, self._pace, lambda: self._run(commands.run()))
        self._run(monitoring.close())
        return figures

    def _sqlite_copy(self, name: str, house: HouseDefinition = MONITORING) -> Database:
        shutil.copytree(self.template, self._folder / name)
        return database(house, f"sqlite:///{self._folder / name}/{house.name}.sqlite")

    def _screening(self, name: str, url: str, cpu: Meter) -> list[Figure]:
        """The screening, and the lists of what was screened."""
        data = self._folder / f"screened-{name}"
        settings = Settings(env=Environment.DEVELOPMENT, today=TODAY, data=data, database_url=url)
        self._run(migrate_all([MONITORING], settings))
        at = settings.database_url_of(MONITORING.name)
        monitoring = database(MONITORING, at, keyring=settings.keyring_path)
        figures = self._run(screening(monitoring, self._pace.rounds, max(self._pace.ill, _SCREENED)))
        figures += self._run(deep_pages(f"p {name}", monitoring, self._pace.rounds, cpu))
        self._run(monitoring.close())
        return figures

    async def _lane(self) -> list[Figure]:
        monitoring, sampled = self._sqlite_copy("lane"), self._sqlite_copy("lane-plain")
        await write_sample(monitoring)
        await write_sample(sampled)
        await sampled.close()
        lane = await open_lane(monitoring)
        plain = PlainInserts(self._folder / "lane-plain" / "monitoring.sqlite")
        measured = Rounds()
        for place in range(self._pace.rounds + 1):
            rates = {"32": await lane.run(32), "200": await lane.run(200), "plain": await plain.run()}
            measured.add_round(place, rates)
        await plain.close()
        await monitoring.close()
        path, limit = "write lane, fact row and event, {} clients", "executemany(1000) + outbox"
        return [
            Figure("c", path.format(clients), "/s", measured[clients], measured["plain"], limit, aim)
            for clients, aim in (("32", aims.LANE_OF_32), ("200", aims.LANE_OF_200))
        ]

    def _sustained(self, section: str, aim: Aim) -> list[Figure]:
        """The highest rate at which tasks come in time."""
        for rate in _SLOWER_RATES:
            figures = latency_at(section, self.distributed, self._pace, rate, aim)
            if aim.reached(figures[-1].ratio):
                return figures
        return []


SECTIONS: dict[str, Callable[[Bench], list[Figure]]] = {
    "c3": Bench.c3,
    "c4": Bench.c4,
    "d1": Bench.d1,
    "a1": Bench.a1,
    "b1": Bench.b1,
    "f1": Bench.f1,
    "o1": Bench.o1,
    "g_sqlite": Bench.g_sqlite,
    "h1": Bench.h1,
    "h_sqlite": Bench.h_sqlite,
    "i_sqlite": Bench.i_sqlite,
    "j_sqlite": Bench.j_sqlite,
    "k_sqlite": Bench.k_sqlite,
    "l_sqlite": Bench.l_sqlite,
    "m1": Bench.m1,
    "n_sqlite": Bench.n_sqlite,
    "q_sqlite": Bench.q_sqlite,
    "r_sqlite": Bench.r_sqlite,
    "s_sqlite": Bench.s_sqlite,
    "t1": Bench.t1,
    "e1_sqlite": Bench.e1_sqlite,
    "e2": Bench.e2,
    "e3_sqlite": Bench.e3_sqlite,
    "e4_sqlite": Bench.e4_sqlite,
    "e5_sqlite": Bench.e5_sqlite,
    "e6_sqlite": Bench.e6_sqlite,
    "a3_command": Bench.a3_command,
    "a3_embedded": Bench.a3_embedded,
    "a2": Bench.a2,
    "b2": Bench.b2,
    "a3_distributed": Bench.a3_distributed,
    "c1": Bench.c1,
    "c2": Bench.c2,
    "e1_postgres": Bench.e1_postgres,
    "e3_postgres": Bench.e3_postgres,
    "e4_postgres": Bench.e4_postgres,
    "e5_postgres": Bench.e5_postgres,
    "e6_postgres": Bench.e6_postgres,
    "g_postgres": Bench.g_postgres,
    "h_postgres": Bench.h_postgres,
    "i_postgres": Bench.i_postgres,
    "j_postgres": Bench.j_postgres,
    "k_postgres": Bench.k_postgres,
    "l_postgres": Bench.l_postgres,
    "n_postgres": Bench.n_postgres,
    "r_postgres": Bench.r_postgres,
    "s_postgres": Bench.s_postgres,
    "t_postgres": Bench.t_postgres,
}
"""In the order in which they are measured: sections of one set-up together."""


@contextmanager
def measuring(folder: Path | None = None) -> Iterator[tuple[asyncio.Runner, ExitStack, Path]]:
    """What sections run in: a loop, what is undone at the end, and a folder, which is gone afterwards if none is named.

    What runs in this process logs at the default level, into a file, and collects garbage like the houses' processes.
    """
    with (
        tempfile.TemporaryDirectory(prefix="shouxian-bench-") as temporary,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ExitStack() as stack,
    ):
        stack.enter_context(redirect_stderr(stack.enter_context((Path(temporary) / "lines").open("w"))))
        configure_logs("info")
        calm_garbage_collector()
        yield runner, stack, folder or Path(temporary)


def measure(names: Sequence[str], pace: Pace) -> tuple[list[Figure], list[tuple[str, str]]]:
    """Measure these sections, and say on what."""
    figures: list[Figure] = []
    with measuring() as (runner, stack, folder):
        bench = Bench(runner, stack, folder, pace)
        for name in names:
            started = time.monotonic()
            found = SECTIONS[name](bench)
            show(f"{name}: {time.monotonic() - started:.0f} s", found)
            figures += found
        postgres = runner.run(_postgres_version(bench.servers)) if "servers" in bench.__dict__ else None
    return sorted(figures, key=lambda figure: figure.section), machine(postgres)


def measure_scale(households: int, rounds: int, data: Path | None) -> tuple[list[Figure], list[tuple[str, str]]]:
    """Measure at the size of a prefecture, and say on what."""
    with measuring(data) as (runner, _, folder):
        figures = measure_at_size(folder, households, runner.run, rounds, show)
    return in_short(figures), [("households", f"{households:,}"), *machine(None)]


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print what was found as soon as it is."""
    print(f"{title}\n{table(figures)}", flush=True)


async def _postgres_version(started: Servers) -> str:
    connection = await connect(started.postgres.url())
    version = str(await connection.fetchval("SHOW server_version"))
    await connection.close()
    return version


def write_report(report: str, begin: str) -> None:
    """Put the figures into the report behind the line where they begin; its other text is kept."""
    before, _, rest = REPORT.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(_END)[2]
    REPORT.write_text(f"{before}{begin}\n\n{report}\n\n{_END}{after}", encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench", description=__doc__)
    parser.add_argument("--only", default="", help=f"sections by the beginning of their name: {', '.join(SECTIONS)}")
    parser.add_argument("--quick", action="store_true", help="one short round of each: does it run?")
    parser.add_argument("--write", action="store_true", help=f"put the figures into {REPORT.name}")
    parser.add_argument("--scale", action="store_true", help="make a whole prefecture and measure at its size instead")
    parser.add_argument("--households", type=int, default=300_000, help="how many the prefecture has")
    parser.add_argument("--data", type=Path, help="where the prefecture stays, and is found by the next run")
    chosen = parser.parse_args()
    pace = QUICK_PACE if chosen.quick else FULL_PACE
    if chosen.scale:
        figures, facts = measure_scale(chosen.households, pace.rounds, chosen.data)
    else:
        wanted = tuple(chosen.only.split(",")) if chosen.only else ("",)
        figures, facts = measure([name for name in SECTIONS if name.startswith(wanted)], pace)
    report = "\n".join(["| | |", "| --- | --- |", *[f"| {name} | {value} |" for name, value in facts]])
    report += f"\n\n{table(figures)}"
    print(report)
    if chosen.write:
        write_report(report, _BEGIN_AT_SIZE if chosen.scale else _BEGIN)


if __name__ == "__main__":
    main()
