"""One trace and one correlation id from the request to the last effect in another house, also of many at once."""

import asyncio
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from services.monitoring.app import MONITORING
from services.monitoring.models.facts import Fact
from shared.bus.consumer import Consumer
from shared.contracts.envelope import Event
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from tests.builders import audit_rows, household, illness_fact, risk_updated
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import PROBE, rows_of, until

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def react(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """What another house does about a risk, in the chain of its cause."""
    for event in events:
        chain = event.caused()
        effect = risk_updated(household_code=event.data.household_code)
        uow.emit(effect, region=effect.region_code, context=chain)
        uow.audit("reacted", effect.household_code, context=chain)
        uow.log_after_commit("probe.reacted", context=chain)


async def test_request_event_and_effect_are_one_chain(
    open_house: OpenHouse, client_for: ClientFor, logged: Logged
) -> None:
    house = await open_house(PROBE, background=True)
    consumer = Consumer("assistance", house.database, house.transport, {"monitoring.risk-raised.v1": react})
    consuming = asyncio.create_task(consumer.run())
    await client_for(house).post(
        "/probe/v1/everything/DJ-0001",
        headers={"traceparent": f"00-{TRACE}-{SPAN}-01", "X-Correlation-Id": "chain-1"},
    )
    await until(lambda: "probe.reacted" in [line["event"] for line in logged.lines()])
    subscription = house.transport.subscribe("reader", ["monitoring.events"])
    await subscription.start({})
    cause, effect = [record.headers for _ in range(2) for record in await subscription.poll(1, 30)]
    await subscription.stop()
    consuming.cancel()
    await asyncio.gather(consuming, return_exceptions=True)

    assert effect["ce_causationid"] == cause["ce_id"]
    assert [headers["ce_correlationid"] for headers in (cause, effect)] == ["chain-1"] * 2
    traces = [headers["ce_traceparent"].split("-") for headers in (cause, effect)]
    assert [trace for _, trace, _, _ in traces] == [TRACE] * 2
    assert len({SPAN, *(span for _, _, span, _ in traces)}) == 3, "every step is a span of its own"
    assert [(row["action"], row["correlation_id"]) for row in await audit_rows(house)] == [
        ("counted", "chain-1"),
        ("reacted", "chain-1"),
    ]
    told = {line["event"]: line["correlation_id"] for line in logged.lines() if line["event"].startswith("probe.")}
    assert told == {"probe.counted": "chain-1", "probe.reacted": "chain-1"}


async def test_a_request_without_a_trace_begins_one(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(PROBE)
    client = client_for(house)
    for traceparent in ({}, {"traceparent": "no trace"}):
        answer = await client.post("/probe/v1/everything/DJ-0001", headers=traceparent)
        assert answer.status_code == 204
    first, second = [row["headers"] for row in await house.database.read(rows_of, "outbox")]
    for headers in (first, second):
        version, trace, span, _ = headers["ce_traceparent"].split("-")
        assert (version, len(trace), len(span)) == ("00", 32, 16)
        assert int(trace, 16) != 0
    assert first["ce_traceparent"] != second["ce_traceparent"]
    assert first["ce_correlationid"] != second["ce_correlationid"]


def chains_of_facts(reading: Reading) -> dict[str, str]:
    facts = table_of(Fact)
    rows = reading.connection.execute(sa.select(facts.c.household_code, facts.c.correlation_id))
    return {row.household_code: row.correlation_id for row in rows}


async def test_chains_that_share_a_commit_and_a_batch_stay_apart(
    open_house: OpenHouse, client_for: ClientFor, logged: Logged
) -> None:
    monitoring = await open_house(MONITORING, background=True)
    assistance = await open_house(ASSISTANCE, background=True)
    client = client_for(monitoring, assistance)
    cases = {f"DJ-{number:04d}": f"case-{number}" for number in range(5)}
    for code in cases:
        assert (await client.put(f"/monitoring/v1/households/{code}", json=household())).status_code == 201

    async def fall_ill(code: str, chain: str) -> None:
        fact = illness_fact(household_code=code) | {"source_ref": code}
        answer = await client.post("/monitoring/v1/facts", json=fact, headers={"X-Correlation-Id": chain})
        assert (answer.status_code, answer.headers["x-correlation-id"]) == (201, chain)

    before = len(logged.lines())
    await asyncio.gather(*(fall_ill(code, chain) for code, chain in cases.items()))
    await until(lambda: len(logged.lines("task.opened")) == len(cases))

    lines = [line for line in logged.lines()[before:] if "household" in line]
    told = {(line["household"], line["event"], line["correlation_id"]) for line in lines}
    assert told == {(code, event, chain) for code, chain in cases.items() for event in ("risk.raised", "task.opened")}
    assert await monitoring.database.read(chains_of_facts) == cases
    opened = [row["correlation_id"] for row in await audit_rows(assistance)]
    assert sorted(opened) == sorted(cases.values())
