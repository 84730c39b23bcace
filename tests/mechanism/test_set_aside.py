"""What a house cannot apply now: strangers' records, types of a later release, what is only too early, and floods."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from shared import metrics
from shared.bus.consumer import Consumer
from shared.bus.dead_letters import count_dead_letters
from shared.bus.poison import DEAD_IN_A_ROW, OF_LAST, PoisonLimit
from shared.codes.assistance import MeasureKind
from shared.contracts.assistance import MeasureRequested
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import EncodedEvent, Event
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from tests.builders import REGION, TODAY, published_as, risk_raised
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import ON_SQLITE, PROBE, Boom, Handling, effects, reader_of, record_of, rows_of, until


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


@pytest.fixture
def handling() -> Handling:
    return Handling()


def raised(*versions: int, household: str = "DJ-0001") -> list[EncodedEvent]:
    return [published_as(risk_raised(version=version, household_code=household)) for version in versions]


def changed(event: EncodedEvent, topic: str | None = None, key: str | None = None, **headers: str) -> EncodedEvent:
    return event._replace(topic=topic or event.topic, key=key or event.key, headers={**event.headers, **headers})


async def states(house: House) -> dict[str, int]:
    return {state: number for state, number in (await house.database.read(count_dead_letters)).items() if number}


async def read(consumer: Consumer, *events: EncodedEvent) -> None:
    await consumer.apply_batch([record_of(event) for event in events])


def counted(outcome: str, house: str = "assistance") -> float:
    return sum(
        sample.value
        for family in REGISTRY.collect()
        if family.name == "shouxian_events_consumed"
        for sample in family.samples
        if sample.name.endswith("_total") and (sample.labels["house"], sample.labels["outcome"]) == (house, outcome)
    )


@contextlib.asynccontextmanager
async def consuming(consumer: Consumer) -> AsyncIterator[Consumer]:
    task = asyncio.create_task(consumer.run())
    try:
        yield consumer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


STRANGE = {
    "of another house by its type": lambda e: changed(e, ce_type="employment.income-credited.v1"),
    "of another house by its source": lambda e: changed(e, ce_source="/services/employment"),
    "of nobody": lambda e: changed(e, ce_source="/services/nobody"),
    "on the topic of another house": lambda e: changed(e, topic="employment.events"),
    "under another key": lambda e: changed(e, key="DJ-9999"),
    "about another subject": lambda e: changed(e, ce_subject="DJ-9999"),
    "under another key and about it": lambda e: changed(e, key="DJ-9999", ce_subject="DJ-9999"),
    "at no time": lambda e: changed(e, ce_time="yesterday"),
    "at a time without a zone": lambda e: changed(e, ce_time="2026-11-16T02:30:00"),
    "by no id": lambda e: changed(e, ce_id="no uuid"),
    "of another specification": lambda e: changed(e, ce_specversion="0.3"),
    "of an ill-formed chain": lambda e: changed(e, ce_correlationid="one\ntwo"),
    "of a type nobody owns": lambda e: changed(e, ce_type="comet.seen.v1"),
    "of an unknown type under another key": lambda e: changed(e, key="DJ-9999", ce_type="monitoring.comet-seen.v1"),
    "without any attribute": lambda e: e._replace(headers={}),
}


@pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE.keys())
@ON_SQLITE
async def test_a_record_that_no_house_wrote_has_no_effect_and_blocks_nobody(
    house: House, handling: Handling, make: Any
) -> None:
    before = counted("foreign")
    [good] = raised(1)
    await read(reader_of(house, handling), make(good), *raised(2), *raised(3, household="DJ-9999"))
    assert await house.database.read(effects) == [("DJ-0001", 2), ("DJ-9999", 3)]
    assert await states(house) == {"foreign": 1}
    assert counted("foreign") - before == 1


async def test_a_strangers_record_under_the_id_of_a_real_event_does_not_hide_it(
    house: House, handling: Handling
) -> None:
    """The stranger was first; the event itself cannot be applied, and must not be lost."""
    handling.poison = {1}
    [event] = raised(1)
    with pytest.raises(ValueError, match="version 1"):
        await read(reader_of(house, handling), changed(event, ce_source="/services/nobody"), event)
    await house.transport.publish([changed(event, ce_source="/services/nobody")._replace(event_id=uuid4()), event])
    async with consuming(reader_of(house, handling)):
        await until(lambda: two_letters(house))
    assert await states(house) == {"dead": 1, "foreign": 1}


async def two_letters(house: House) -> bool:
    return len(await house.database.read(rows_of, "dead_letter")) == 2


async def test_a_flood_of_strangers_records_halts_nobody(house: House, handling: Handling) -> None:
    strange = [changed(event, ce_source="/services/nobody") for event in raised(*range(1, 3 * DEAD_IN_A_ROW))]
    await house.transport.publish([*strange, *raised(1, household="DJ-0002")])
    consumer = reader_of(house, handling)
    async with consuming(consumer):
        await until(lambda: has_effects(house, 1))
    assert not consumer.halted


async def has_effects(house: House, number: int) -> bool:
    return len(await house.database.read(effects)) >= number


async def test_a_strangers_record_behind_a_dead_one_does_not_become_dead(house: House, handling: Handling) -> None:
    handling.poison = {1}
    await house.transport.publish([*raised(1), changed(raised(2)[0], ce_source="/services/nobody"), *raised(3)])
    consumer = reader_of(house, handling)
    async with consuming(consumer):
        await until(lambda: letters(house, 3))
    assert await states(house) == {"dead": 1, "foreign": 1, "parked": 1}


async def letters(house: House, number: int) -> bool:
    return len(await house.database.read(rows_of, "dead_letter")) == number


async def test_a_record_that_was_applied_makes_no_dead_letter_though_it_could_not_be_counted(
    house: House, handling: Handling, monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    class Broken:
        def labels(self, *_: str) -> Any:
            raise Boom

    monkeypatch.setattr(metrics, "EVENT_TO_EFFECT_SECONDS", Broken())
    await house.transport.publish(raised(1, 2))
    async with consuming(reader_of(house, handling)):
        await until(lambda: has_effects(house, 2))
    assert await states(house) == {}
    assert handling.calls == 1
    assert logged.lines("consumer.not_counted")


async def test_an_event_of_a_later_release_is_kept_and_applied_by_the_release_that_knows_it(
    house: House, handling: Handling, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, entry = counted("unknown"), CATALOGUE["monitoring.risk-raised.v1"]
    monkeypatch.delitem(CATALOGUE, "monitoring.risk-raised.v1")
    old = Consumer("assistance", house.database, house.transport, {})
    records = [record_of(event) for event in raised_by(entry, 1, 2)]
    await old.apply_batch(records)
    assert await states(house) == {"unknown": 2}
    assert counted("unknown") - before == 2
    await old.take_up(at_start=True)
    assert await states(house) == {"unknown": 2}

    monkeypatch.setitem(CATALOGUE, "monitoring.risk-raised.v1", entry)
    async with consuming(reader_of(house, handling)):
        await until(lambda: has_effects(house, 2))
        await until(lambda: letters(house, 0))
    assert await house.database.read(effects) == [("DJ-0001", 1), ("DJ-0001", 2)]


def raised_by(entry: Any, *versions: int) -> list[EncodedEvent]:
    """As the later release publishes them, whose catalogue has the type."""
    with pytest.MonkeyPatch.context() as later:
        later.setitem(CATALOGUE, entry.type, entry)
        return raised(*versions)


async def test_an_event_this_release_does_not_react_to_yet_is_kept_for_the_one_that_does(
    house: House, handling: Handling
) -> None:
    """Its publisher counts this house among the readers, the release here has no reaction."""
    silent = Consumer("assistance", house.database, house.transport, {})
    await read(silent, *raised(1))
    assert await states(house) == {"unknown": 1}
    await reader_of(house, handling).take_up(at_start=True)
    assert await house.database.read(effects) == [("DJ-0001", 1)]
    assert await states(house) == {}


async def test_what_turns_out_not_to_be_for_this_house_is_let_go(
    house: House, handling: Handling, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = CATALOGUE["monitoring.risk-raised.v1"]
    monkeypatch.delitem(CATALOGUE, "monitoring.risk-raised.v1")
    events = [changed(event, ce_readers="assets") for event in raised_by(entry, 1)]
    old = Consumer("assistance", house.database, house.transport, {})
    await read(old, *events)
    assert await states(house) == {"unknown": 1}
    monkeypatch.setitem(CATALOGUE, "monitoring.risk-raised.v1", entry)
    await Consumer("assistance", house.database, house.transport, {}).take_up(at_start=True)
    assert await states(house) == {}


def with_value(event: EncodedEvent, **changes: Any) -> EncodedEvent:
    return event._replace(value=json.dumps({**json.loads(event.value), **changes}).encode())


async def test_a_code_nobody_branches_on_is_read_as_text(house: House, handling: Handling) -> None:
    await read(reader_of(house, handling), *[with_value(event, kind="comet_strike") for event in raised(1)])
    assert await house.database.read(effects) == [("DJ-0001", 1)]
    assert await states(house) == {}


async def test_an_event_with_a_code_the_reader_cannot_act_on_is_kept_and_its_household_goes_on(house: House) -> None:
    handled: list[int] = []

    def react(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
        for event in events:
            if event.data.kind == "comet_strike":
                raise ValueError("no such risk is known")
            handled.append(event.data.version)

    consumer = Consumer("assistance", house.database, house.transport, {"monitoring.risk-raised.v1": react})
    strange = with_value(raised(1)[0], kind="comet_strike")
    await house.transport.publish([strange, *raised(2)])
    async with consuming(consumer):
        await until(lambda: letters(house, 1))
        await until(lambda: handled[-1:] == [2])
    assert await states(house) == {"unknown": 1}


def requested(**changes: Any) -> EncodedEvent:
    asked = MeasureRequested(
        measure_id=uuid4(),
        task_id=uuid4(),
        household_code="DJ-0001",
        region_code=REGION,
        kind=MeasureKind.JOB,
        requested_on=TODAY,
    )
    return with_value(published_as(asked), **changes)


@pytest.mark.parametrize("rest", [{}, {"member_no": "several", "courses": [1]}], ids=["alone", "and more is new"])
@pytest.mark.parametrize("name", ["employment", "consumption", "assets"])
@ON_SQLITE
async def test_a_request_for_a_kind_of_help_this_house_does_not_give_is_passed_over(
    open_house: OpenHouse, name: str, rest: dict[str, Any]
) -> None:
    definition = __import__(f"services.{name}.app", fromlist=[name.upper()]).__dict__[name.upper()]
    helping = await open_house(definition)
    own = {"employment": "job", "consumption": "purchase", "assets": "asset_share"}[name]
    await read(helping.consumer, requested(kind="training", **rest), requested(kind=own))
    assert await states(helping) == {}


class TooEarly(ValueError):
    """Right a moment later."""

    passes_with_time = True


async def test_what_is_only_too_early_waits_with_its_household_and_the_others_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.bus.consumer._TAKE_UP_SECONDS", 0.05)
    handling, too_early = Handling(), [True]

    def react(uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
        if too_early[0] and any((event.data.household_code, event.data.version) == ("DJ-0001", 1) for event in events):
            raise TooEarly("lies in the future")
        handling(uow, events)

    consumer = Consumer("assistance", house.database, house.transport, {"monitoring.risk-raised.v1": react})
    await house.transport.publish([*raised(1, 2), *raised(7, household="DJ-0002"), *raised(3)])
    async with consuming(consumer):
        await until(lambda: letters(house, 3))
        assert await house.database.read(effects) == [("DJ-0002", 7)]
        assert await states(house) == {"parked": 2, "waiting": 1}
        too_early[0] = False
        await until(lambda: letters(house, 0))
    assert await house.database.read(effects) == [("DJ-0002", 7), *[("DJ-0001", version) for version in (1, 2, 3)]]


async def test_a_schema_of_another_release_is_waited_out(
    house: House, handling: Handling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The migration comes later than the first event: nothing is set aside, and somebody is called."""
    await house.database.write(renamed, "effect", "gone")
    await house.transport.publish(raised(1, 2))
    async with consuming(reader_of(house, handling)):
        await until(lambda: waits_for("schema") == 1)
        await house.database.write(renamed, "gone", "effect")
        await until(lambda: has_effects(house, 2))
        await until(lambda: waits_for("schema") == 0)
    assert await states(house) == {}


def renamed(uow: UnitOfWork, before: str, after: str) -> None:
    uow.connection.execute(sa.text(f"ALTER TABLE {before} RENAME TO {after}"))


def waits_for(cause: str) -> float | None:
    return REGISTRY.get_sample_value("shouxian_consumer_waiting", {"house": "assistance", "cause": cause})


def poison(key: str) -> EncodedEvent:
    return raised(1, household=key)[0]._replace(value=b"{not json")


async def test_poison_scattered_among_good_records_halts_nobody(house: House, handling: Handling) -> None:
    """Fifty bad ones in a batch of five hundred are bad records, not a bad release."""
    events = [
        poison(f"BAD-{number}") if number % 10 == 0 else raised(1, household=f"DJ-{number}")[0] for number in range(500)
    ]
    await house.transport.publish([*events, *raised(1, household="LAST")])
    consumer = reader_of(house, handling)
    async with consuming(consumer):
        await until(lambda: has_effects(house, 451))
    assert not consumer.halted
    assert await states(house) == {"dead": 50}


async def test_so_many_dead_in_a_row_of_one_partition_halt_whatever_the_batches(
    house: House, handling: Handling
) -> None:
    consumer = reader_of(house, handling)
    for number in range(DEAD_IN_A_ROW):
        await house.transport.publish([poison(f"BAD-{number}")])
    async with asyncio.timeout(30):
        await consumer.run()
    assert consumer.halted


async def test_half_of_the_last_records_dead_halts_though_good_ones_stand_between(
    house: House, handling: Handling
) -> None:
    events = [
        poison(f"BAD-{number}") if number % 3 else raised(1, household=f"DJ-{number}")[0] for number in range(OF_LAST)
    ]
    await house.transport.publish(events)
    async with asyncio.timeout(30):
        await reader_of(house, handling).run()


def test_a_limit_forgets_what_is_long_past() -> None:
    limit = PoisonLimit()
    for _ in range(3):
        for _ in range(DEAD_IN_A_ROW - 1):
            limit.dead()
        limit.applied()
    assert not limit.is_reached
    for _ in range(OF_LAST):
        limit.applied()
    assert limit.is_clean
    for _ in range(DEAD_IN_A_ROW):
        assert not limit.is_reached
        limit.dead()
    assert limit.is_reached


async def test_a_set_aside_type_is_told_at_the_level_of_warnings(
    house: House, handling: Handling, logged: Logged
) -> None:
    logged.configure("warning")
    handling.poison = {1}
    await house.transport.publish([*raised(1), changed(raised(2)[0], ce_source="/services/nobody")])
    async with consuming(reader_of(house, handling)):
        await until(lambda: letters(house, 2))
        await until(lambda: logged.lines("event.dead"))
    [dead] = logged.lines("event.dead")
    assert (dead["level"], dead["event_type"]) == ("warning", "monitoring.risk-raised.v1")
    [aside] = logged.lines("event.set_aside")
    assert (aside["state"], aside["topic"], aside["records"]) == ("foreign", "monitoring.events", 1)


async def test_the_same_letters_replayed_by_many_at_once_are_applied_once_and_none_fails(
    house: House, handling: Handling, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    handling.poison = {1}
    await house.transport.publish([event for number in range(20) for event in raised(1, 2, household=f"DJ-{number}")])
    monkeypatch.setattr(house, "consumer", reader_of(house, handling))
    async with consuming(house.consumer):
        await until(lambda: letters(house, 40))
    handling.poison = set()
    ids = [str(row["id"]) for row in await house.database.read(rows_of, "dead_letter") if row["state"] == "dead"]
    clients = [client_for(house) for _ in range(4)]
    body = {"ids": ids, "dry_run": False}
    answers = await asyncio.gather(*(client.post("/probe/v1/dead-letters/replay", json=body) for client in clients))
    outcomes = [item["outcome"] for answer in answers for item in answer.json()["items"]]
    assert sorted(outcomes) == ["applied"] * 20 + ["not_found"] * 60
    assert len(await house.database.read(effects)) == 40
    assert await states(house) == {}


async def test_letters_of_a_household_are_replayed_in_the_order_they_arrived_though_its_partition_changed(
    house: House, handling: Handling, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More partitions were added meanwhile: what came later stands at a smaller offset of another partition."""
    handling.poison = {1}
    consumer = reader_of(house, handling)
    monkeypatch.setattr(house, "consumer", consumer)
    await house.transport.publish(raised(1))
    async with consuming(consumer):
        await until(lambda: letters(house, 1))
    late = record_of(raised(2)[0], offset=0)._replace(partition=0)
    await consumer.apply_batch([record_of(raised(3)[0], offset=900)._replace(partition=7), late])
    handling.poison = set()
    client = client_for(house)
    ids = [str(row["id"]) for row in await house.database.read(rows_of, "dead_letter")]
    answer = await client.post("/probe/v1/dead-letters/replay", json={"ids": ids[::-1], "dry_run": False})
    assert answer.status_code == 200
    assert await house.database.read(effects) == [("DJ-0001", 1), ("DJ-0001", 3), ("DJ-0001", 2)]
