"""The crash test at length: rounds of counties under random kills, the leading broker among the victims.

After each round on Kafka every broker is away for 45 seconds, killed and frozen in turn, while another county is told;
every house has to go on by itself, and nothing of that county may be lost or doubled either. A receiver of the webhooks
of all houses, which refuses, hangs and is killed too, has to take each change, in the order of its household.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer
from tests.journeys.listener import listening
from tests.journeys.set_ups import SetUp, distributed, embedded
from tests.load.crash import DECKS, County, CrashRun, Report
from tests.load.outage import How, outage


@asynccontextmanager
async def opened(nodes: int, folder: Path) -> AsyncIterator[tuple[SetUp, KafkaCluster | None]]:
    """The set-up to soak: on a cluster of so many nodes, or on the embedded bus for none."""
    if nodes == 0:
        async with embedded(folder) as set_up:
            yield set_up, None
        return
    with PostgresServer.start() as postgres, KafkaCluster.start(nodes) as cluster:
        async with distributed(folder, postgres, cluster) as set_up:
            yield set_up, cluster


async def soak(minutes: float, nodes: int, facts: int, seed: int) -> list[Report]:
    """Run county after county on the same set-up until the time is over; the first that goes wrong is the last."""
    reports: list[Report] = []
    with tempfile.TemporaryDirectory(prefix="shouxian-soak-") as folder:
        async with AsyncExitStack() as stack:
            set_up, cluster = await stack.enter_async_context(opened(nodes, Path(folder)))
            await set_up.start_all()
            listener = await stack.enter_async_context(listening(set_up, seed))
            ends = time.monotonic() + minutes * 60
            while time.monotonic() < ends and not any(report.problems for report in reports):
                number = len(reports)
                county = County.with_facts(facts, f"S{number:03d}-")
                run = CrashRun(set_up, listener, county, DECKS[set_up.name], seed + number, cluster)
                reports.append(await run.run())
                if cluster is not None:
                    how: How = "frozen" if number % 2 else "killed"
                    back = await outage(set_up, listener, cluster, how, f"B{number:03d}-", seed + number)
                    reports[-1].problems.extend(back.problems)
                    reports[-1].back_seconds = back.report.back_seconds
                print(f"round {number + 1}", *reports[-1].lines(), sep="\n  ", flush=True)
    return reports


def summary(reports: list[Report]) -> list[str]:
    """The result as a table."""
    rows = [
        ("rounds", len(reports)),
        ("facts acknowledged", sum(report.facts for report in reports)),
        ("kills", sum(report.kills.total() for report in reports)),
        ("risks", sum(report.risks for report in reports)),
        ("tasks", sum(report.tasks for report in reports)),
        ("changes told by webhooks", max(report.told for report in reports)),
        ("messages of webhooks that were taken", max(report.messages for report in reports)),
        ("longest wait for the last of them, s", round(max(report.deliver_seconds for report in reports), 1)),
        ("records repeated on the bus", sum(report.repeats for report in reports)),
        ("longest wait for the last house after the brokers' return, s", _longest(reports)),
        ("longest wait for quiet, s", round(max(report.settle_seconds for report in reports), 1)),
        ("losses and doubles", sum(len(report.problems) for report in reports)),
    ]
    return [f"| {name} | {number} |" for name, number in rows]


def _longest(reports: list[Report]) -> float:
    return round(max(report.back_seconds for report in reports), 1)


def main() -> int:
    """Exit code 1 on any loss or double."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--nodes", type=int, choices=(0, 1, 3), default=3, help="brokers; 0 soaks the embedded bus")
    parser.add_argument("--facts", type=int, default=20_000, help="facts of one round")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # asked to end, it also ends what it started
    print(f"seed {options.seed}", flush=True)
    reports = asyncio.run(soak(options.minutes, options.nodes, options.facts, options.seed))
    print("| what | number |", "|---|---|", *summary(reports), sep="\n")
    return int(any(report.problems for report in reports))


if __name__ == "__main__":
    sys.exit(main())
