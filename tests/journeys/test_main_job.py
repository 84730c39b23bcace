"""The main job by HTTP, on both set-ups: an income drop or a new illness opens exactly one assistance task."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.local import kafka
from deploy.local.kafka import KafkaCluster
from shared.contracts.catalogue import topic_of
from shared.contracts.envelope import EncodedEvent, decode
from shared.months import format_month, parse_month
from tests.builders import household, illness_fact, income_fact, member
from tests.journeys.set_ups import HOUSES, Caller, SetUp, distributed, embedded
from tests.real_parts import require_or_skip

SETTLE_SECONDS = 60
STEADY = "3000.00"
LAST_MONTH = parse_month("2026-10")
HISTORY = [format_month(month) for month in range(LAST_MONTH - 26, LAST_MONTH + 1)]
QUARTER = HISTORY[-3:]
KEPT = {
    "monitoring": ("household", "fact", "ledger_month", "household_window", "illness", "risk", "audit", "inbox"),
    "assistance": ("task", "audit", "inbox"),
}
"""What must not change when anything is repeated."""


@pytest.fixture
def broker() -> Iterator[KafkaCluster]:
    require_or_skip(kafka.unavailable_reason())
    with KafkaCluster.start() as cluster:
        yield cluster


@asynccontextmanager
async def _opened(kind: str, folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[SetUp]:
    if kind == "embedded":
        async with embedded(folder) as set_up:
            yield set_up
    else:
        postgres, broker = (request.getfixturevalue(name) for name in ("postgres_server", "broker"))
        async with distributed(folder, postgres, broker) as set_up:
            yield set_up


@dataclass
class Story:
    """A county in which things happen, and every fact that was ever posted."""

    set_up: SetUp
    caller: Caller
    posted: list[dict[str, Any]] = field(default_factory=list)

    async def settle_in(self, code: str) -> None:
        """Register a household with 27 months of steady wages; nothing is raised by that."""
        body = household([member(1), member(2, relation="spouse", sex="F")])
        assert (await self.caller.call("PUT", f"/monitoring/v1/households/{code}", body)).status_code == 201
        facts = [self._wage(code, month, STEADY, "history") for month in HISTORY]
        answer = await self.caller.call("POST", "/monitoring/v1/facts", {"mode": "backfill", "facts": facts})
        assert (answer.status_code, answer.json()["accepted"]) == (200, len(HISTORY)), answer.text
        self.posted += facts

    async def correct_quarter(self, code: str, amount: str, before: str, now: str, chain: str) -> None:
        """The last three months were not what was said before."""
        facts = [
            self._wage(code, month, amount, now)
            | {"supersedes": {"source": "village-report", "source_ref": f"{code}-{month}-{before}"}}
            for month in QUARTER
        ]
        headers = {"X-Correlation-ID": chain}
        answer = await self.caller.call("POST", "/monitoring/v1/facts", {"facts": facts}, headers=headers)
        assert answer.json()["accepted"] == len(QUARTER), answer.text
        self.posted += facts
        await self.set_up.settled(SETTLE_SECONDS)

    async def fall_ill(self, code: str) -> None:
        """A member gets a serious diagnosis."""
        fact = illness_fact(household_code=code) | {"source_ref": f"{code}-illness"}
        assert (await self.caller.call("POST", "/monitoring/v1/facts", fact)).status_code == 201
        self.posted.append(fact)
        await self.set_up.settled(SETTLE_SECONDS)

    async def risks(self, code: str) -> list[dict[str, Any]]:
        """The risks of a household, the oldest first."""
        return list(reversed((await self.caller.get(f"/monitoring/v1/risks?household_code={code}"))["items"]))

    async def tasks(self, code: str) -> list[dict[str, Any]]:
        """The tasks of a household, the oldest first."""
        return list(reversed((await self.caller.get(f"/assistance/v1/tasks?household_code={code}"))["items"]))

    async def act(self, task_id: str, **body: Any) -> dict[str, Any]:
        """Somebody works on a task."""
        answer = await self.caller.call("POST", f"/assistance/v1/tasks/{task_id}/transitions", body)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def kept(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that must stay as it is under repeats."""
        return {
            f"{house}.{table}": await self.set_up.rows(house, table)
            for house, tables in KEPT.items()
            for table in tables
        }

    async def events(self, *houses: str) -> list[EncodedEvent]:
        """What lies on the bus."""
        return [event for house in houses for event in await self.set_up.bus.events(topic_of(house))]

    def _wage(self, code: str, month: str, amount: str, telling: str) -> dict[str, Any]:
        return income_fact(month, amount, household_code=code) | {"source_ref": f"{code}-{month}-{telling}"}


@pytest.mark.parametrize("kind", ["embedded", "distributed"])
async def test_the_main_job(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with _opened(kind, tmp_path, request) as set_up:
        await set_up.start_all()
        async with set_up.caller() as caller:
            story = Story(set_up, caller)
            await _illness_goes_from_fact_to_verdict(story, "ILL")
            await _income_falls_and_recovers(story, "FALL")
            await _second_fall_is_a_second_episode(story, "FALL")
            await _one_chain_from_request_to_last_effect(story, "FALL")
            await _repeated_facts_change_nothing(story)
            await _repeated_events_change_nothing(story)


async def _illness_goes_from_fact_to_verdict(story: Story, code: str) -> None:
    await story.settle_in(code)
    await story.set_up.settled(SETTLE_SECONDS)
    assert await story.tasks(code) == [], "history does not shout"
    await story.fall_ill(code)
    [risk], [task] = await story.risks(code), await story.tasks(code)
    assert (risk["kind"], risk["status"], risk["episode"], risk["verdict"]) == ("new_illness", "open", 1, None)
    assert [reason["rule"] for reason in risk["reasons"]] == ["new_illness.serious"]
    assert (task["risk_id"], task["status"], task["due_on"]) == (risk["risk_id"], "open", "2026-11-23")
    for action in ("accept", "start"):
        await story.act(task["task_id"], action=action)
    await story.act(task["task_id"], action="verify", verdict="confirmed", note="visited")
    closed = await story.act(task["task_id"], action="close")
    assert (closed["status"], closed["verdict"]) == ("closed", "confirmed")
    await story.set_up.settled(SETTLE_SECONDS)
    assert [risk["verdict"] for risk in await story.risks(code)] == ["confirmed"]


async def _income_falls_and_recovers(story: Story, code: str) -> None:
    await story.settle_in(code)
    await story.correct_quarter(code, "0.00", before="history", now="fallen", chain="first-fall")
    [risk], [task] = await story.risks(code), await story.tasks(code)
    assert (risk["kind"], risk["status"], risk["grade"]) == ("income_drop", "open", "orange")
    assert (task["kind"], task["status"], task["episode"]) == ("income_drop", "open", 1)
    await story.correct_quarter(code, STEADY, before="fallen", now="found", chain="recovery")
    [risk], [task] = await story.risks(code), await story.tasks(code)
    assert (risk["status"], risk["verdict"]) == ("cleared", None)
    assert risk["cleared_at"] is not None
    assert (task["status"], task["verdict"]) == ("closed", None), "nobody had begun: it closes itself"


async def _second_fall_is_a_second_episode(story: Story, code: str) -> None:
    await story.correct_quarter(code, "0.00", before="found", now="lost-again", chain="second-fall")
    assert [(risk["episode"], risk["status"]) for risk in await story.risks(code)] == [(1, "cleared"), (2, "open")]
    first, second = await story.tasks(code)
    assert (first["status"], second["status"], second["episode"]) == ("closed", "open", 2)
    await story.act(second["task_id"], action="accept")
    await story.correct_quarter(code, STEADY, before="lost-again", now="found-again", chain="second-recovery")
    _, second = await story.tasks(code)
    assert second["status"] == "accepted", "work has begun: its owner decides"
    assert second["history"][-1]["action"] == "cause_gone"


async def _one_chain_from_request_to_last_effect(story: Story, code: str) -> None:
    chains = {"monitoring.risk-raised.v1": "first-fall", "monitoring.risk-cleared.v1": "recovery"}
    chains |= {"assistance.task-opened.v1": "first-fall", "assistance.task-closed.v1": "recovery"}
    told = [decode(event.headers, event.value) for event in await story.events("monitoring", "assistance")]
    mine = [event for event in told if event.data.household_code == code and getattr(event.data, "episode", 0) == 1]
    assert {event.type: event.context.correlation_id for event in mine} == chains
    traces = {event.context.correlation_id: set[str]() for event in mine}
    for event in mine:
        traces[event.context.correlation_id].add(event.context.traceparent.split("-")[1])
    assert all(len(trace_ids) == 1 for trace_ids in traces.values()), "one trace for each chain"
    [verdict] = [
        row
        for row in await story.set_up.rows("monitoring", "audit")
        if row["action"] == "risk.verdict" and row["correlation_id"] == "recovery"
    ]
    assert verdict["after"]["closed_by"] == "cause_gone"
    lines = "".join(story.set_up.log_of(name).read_text() for name in story.set_up.roles).splitlines()
    said = {name for name in ("risk.raised", "task.opened") for line in lines if _tells(line, name, "first-fall")}
    assert said == {"risk.raised", "task.opened"}


def _tells(line: str, name: str, chain: str) -> bool:
    return f'"event": "{name}"' in line and f'"correlation_id": "{chain}"' in line


async def _repeated_facts_change_nothing(story: Story) -> None:
    before = await story.kept()
    answer = await story.caller.call("POST", "/monitoring/v1/facts", {"facts": story.posted})
    counts = {name: answer.json()[name] for name in ("accepted", "duplicate", "rejected")}
    assert counts == {"accepted": 0, "duplicate": len(story.posted), "rejected": 0}
    for fact in story.posted[:: len(story.posted) // 5]:
        assert (await story.caller.call("POST", "/monitoring/v1/facts", fact)).status_code == 200
    await story.set_up.settled(SETTLE_SECONDS)
    assert await story.kept() == before


async def _repeated_events_change_nothing(story: Story) -> None:
    before = await story.kept()
    if story.set_up.name == "embedded":
        _read_the_log_again(story.set_up)
        await story.set_up.ready()
    else:
        await story.set_up.bus.publish(await story.events(*HOUSES))
    await story.set_up.settled(SETTLE_SECONDS)
    assert await story.kept() == before


def _read_the_log_again(set_up: SetUp) -> None:
    """The embedded log holds an event once; here its readers forget how far they were."""
    names: Sequence[str] = list(set_up.roles)
    for name in names:
        set_up.stop(name)
    for house in HOUSES:
        with contextlib.closing(sqlite3.connect(set_up.folder / f"{house}.sqlite")) as connection, connection:
            connection.execute("UPDATE bus_position SET next_offset = 1")
    for name in names:
        set_up.start(name)
