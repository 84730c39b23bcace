"""A broker that is away for a while, killed or only hanging, while a county is told, and what comes of it."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import httpx
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.kafka import KafkaCluster
from deploy.local.ports import LOOPBACK
from tests.builders import household
from tests.journeys.listener import Listener
from tests.journeys.set_ups import Caller, SetUp
from tests.load.crash import (
    SETTLE_SECONDS,
    County,
    Reckoning,
    Report,
    Request,
    post,
    register,
    scripts,
    tell_home,
    visit_all,
)

How = Literal["killed", "frozen"]
HOUSEHOLDS, HOMES = 40, 6
"""Of the county that is told meanwhile: it is begun before the brokers go, and ends when they are back."""
UNDER_WAY_SECONDS = 4.0
"""The brokers go within so long after it was begun."""
AWAY_SECONDS = 45.0
BACK_SECONDS = 30.0
"""Within so long after the broker's return every house has applied an event."""
_PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Return:
    """How it went."""

    applied_after: Mapping[str, float]
    """Seconds from the broker's return to the effect of an event in each house; a house that is missing had none."""
    told: Mapping[str, bool]
    """Whether the process that reads for each house showed that it waits for the bus, and no lag, during the outage."""
    report: Report
    """What became of the county that was told meanwhile."""

    @property
    def problems(self) -> list[str]:
        """What is not as promised."""
        slow = {house: seconds for house, seconds in self.applied_after.items() if seconds > BACK_SECONDS}
        return [*(f"{house} applied after {seconds:.0f} s" for house, seconds in slow.items()), *self.report.problems]


async def outage(set_up: SetUp, listener: Listener, cluster: KafkaCluster, how: How, prefix: str, seed: int) -> Return:
    """Take every broker away while a county is told, watch every house when it is back, and reckon in the end."""
    rng, county, report = random.Random(seed), County(prefix, HOUSEHOLDS, HOMES), Report(seed)
    acknowledged: list[str] = []

    async def send(requests: list[Request]) -> None:
        for facts in requests:
            acknowledged.extend(await post(caller, facts))
            report.requests += 1

    async with set_up.caller() as caller:
        await register(caller, county)
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for script in scripts(county, rng):
                group.create_task(send(script))
            group.create_task(tell_home(caller, county.coming_home()))
            group.create_task(visit_all(caller, county))
            await asyncio.sleep(rng.uniform(0, UNDER_WAY_SECONDS))
            applied, told = await _away_and_back(set_up, cluster, how, f"BACK-{prefix}")
        report.load_seconds = time.monotonic() - begun
    report.settle_seconds = await set_up.settled(SETTLE_SECONDS)
    report.back_seconds = max(applied.values())
    await Reckoning(set_up, listener, county, acknowledged, report).reckon()
    return Return(applied, told, report)


async def _away_and_back(
    set_up: SetUp, cluster: KafkaCluster, how: How, code: str
) -> tuple[dict[str, float], dict[str, bool]]:
    """What each house does with household ``code``, which is registered on the return; what it showed meanwhile."""
    await _each_node(cluster, cluster.kill if how == "killed" else cluster.freeze)
    try:
        await asyncio.sleep(AWAY_SECONDS)
        told = {house: await _waits_for_the_bus(set_up, house) for house in set_up.houses}
    finally:
        await _each_node(cluster, cluster.restart if how == "killed" else cluster.thaw)
    back = time.monotonic()
    applied: dict[str, float] = {}
    async with set_up.caller() as caller:
        await caller.insist("PUT", f"/monitoring/v1/households/{code}", household())
        while len(applied) < len(set_up.houses) and time.monotonic() - back < 2 * BACK_SECONDS:
            for house in set_up.houses:
                if house not in applied and await _has_applied(set_up, house, code):
                    applied[house] = time.monotonic() - back
                    if house == "assistance":
                        await _pay(caller, code)
            await asyncio.sleep(_PAUSE)
    return {house: applied.get(house, float("inf")) for house in set_up.houses}, told


async def _each_node(cluster: KafkaCluster, act: Callable[[int], None]) -> None:
    await asyncio.gather(*(asyncio.to_thread(act, node) for node in cluster.nodes))


async def _waits_for_the_bus(set_up: SetUp, house: str) -> bool:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        page = (await client.get(f"http://{LOOPBACK}:{set_up.roles[set_up.worker_of(house)].port}/metrics")).text
    shown = {
        (sample.name, sample.labels.get("cause")): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.labels.get("house") == house
    }
    waits = shown.get(("shouxian_consumer_waiting", "bus")) == 1
    return waits and ("shouxian_consumer_lag_records", None) not in shown


async def _has_applied(set_up: SetUp, house: str, code: str) -> bool:
    if house == "monitoring":
        facts = await set_up.rows("monitoring", "fact", "source", "household_code")
        return any((row["source"], row["household_code"]) == ("assistance", code) for row in facts)
    return any(row["code"] == code for row in await set_up.rows(house, "known_household", "code"))


async def _pay(caller: Caller, code: str) -> None:
    body = {
        "source": "civil-affairs",
        "source_ref": f"outage-{code}",
        "household_code": code,
        "kind": "temporary_relief",
        "month": "2026-10",
        "amount": "100.00",
    }
    answer = await caller.insist("POST", "/assistance/v1/disbursements", body)
    assert answer.status_code in {200, 201}, answer.text
