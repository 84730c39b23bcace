"""Rows, events, audit, notes and metrics stand or fall together, and they stand before the caller is answered."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from shared import metrics
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.policy.loader import PolicyBook
from tests.builders import audit_rows, risk_raised, waiting_events
from tests.conftest import ClientFor, OpenHouse
from tests.logged import Logged
from tests.mechanism.probe import (
    PROBE,
    Boom,
    Counter,
    count_up,
    counters,
    emit,
    emit_everything,
    explode,
    measured,
    rows_of,
)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    metrics.FACTS.clear()
    return await open_house(PROBE)


async def test_row_event_audit_note_and_metric_are_there_after_the_answer(
    house: House, client_for: ClientFor, logged: Logged
) -> None:
    answer = await client_for(house, client_id="clerk").post(
        "/probe/v1/everything/one", headers={"X-Correlation-Id": "chain-1"}
    )
    assert answer.status_code == 204
    assert await house.database.read(counters) == {"one": 1}
    [event] = await waiting_events(house)
    assert (event.data.household_code, event.context.correlation_id) == ("one", "chain-1")
    [audited] = await audit_rows(house)
    assert audited["actor"] == "clerk"
    assert (audited["action"], audited["subject"], audited["correlation_id"]) == ("counted", "one", "chain-1")
    assert [line["name"] for line in logged.lines("probe.counted")] == ["one"]
    assert measured() == {"one": 1}


async def test_a_rolled_back_command_leaves_nothing(house: House, client_for: ClientFor, logged: Logged) -> None:
    answer = await client_for(house).post("/probe/v1/explosions")
    assert answer.status_code == 500
    assert await house.database.read(counters) == {}
    assert await waiting_events(house) == []
    assert await audit_rows(house) == []
    assert "probe.counted" not in [line["event"] for line in logged.lines()]
    assert measured() == {}


async def refuse_commits(house: House, table: str) -> None:
    """Have the database refuse at the very commit whatever adds to this table."""
    if house.database.is_sqlite:
        statements = [
            "CREATE TABLE nowhere (id INTEGER PRIMARY KEY)",
            "CREATE TABLE refused (id INTEGER REFERENCES nowhere (id) DEFERRABLE INITIALLY DEFERRED)",
            f"CREATE TRIGGER refuse AFTER INSERT ON {table} BEGIN INSERT INTO refused VALUES (1); END",
        ]
    else:
        statements = [
            (
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'refused at commit'; END $$"
            ),
            (
                f"CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION refuse()"
            ),
        ]

    def execute(uow: UnitOfWork) -> None:
        for statement in statements:
            uow.connection.exec_driver_sql(statement)

    await house.database.write(execute)


async def test_a_commit_that_fails_is_never_answered_as_done(
    house: House, client_for: ClientFor, logged: Logged
) -> None:
    await refuse_commits(house, "counter")
    committed: list[UnitOfWork] = []
    house.database.on_commit(committed.append)
    answer = await client_for(house).post("/probe/v1/everything/one")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert await house.database.read(counters) == {}
    assert await waiting_events(house) == []
    assert await audit_rows(house) == []
    assert committed == []
    assert "probe.counted" not in [line["event"] for line in logged.lines()]
    assert measured() == {}


async def test_after_a_failed_commit_the_next_command_works(house: House, client_for: ClientFor) -> None:
    await refuse_commits(house, "audit")
    client = client_for(house)
    assert (await client.post("/probe/v1/everything/one")).status_code == 500
    assert (await client.post("/probe/v1/counters", json={"name": "two"})).status_code == 201
    assert await house.database.read(counters) == {"two": 1}


def two_parts_of_which_one_is_taken_back(uow: UnitOfWork) -> None:
    emit_everything(uow, "kept")
    with pytest.raises(Boom), uow.savepoint():
        explode(uow)
    emit_everything(uow, "kept too")


async def test_returning_to_a_savepoint_forgets_what_was_gathered_since(house: House, logged: Logged) -> None:
    await house.database.write(two_parts_of_which_one_is_taken_back)
    assert await house.database.read(counters) == {"kept": 1, "kept too": 1}
    assert [event.data.household_code for event in await waiting_events(house)] == ["kept", "kept too"]
    assert [row["subject"] for row in await audit_rows(house)] == ["kept", "kept too"]
    assert [line["name"] for line in logged.lines("probe.counted")] == ["kept", "kept too"]
    assert measured() == {"kept": 1, "kept too": 1}


def change_then_take_back(uow: UnitOfWork) -> int:
    count_up(uow, "same")
    with pytest.raises(Boom), uow.savepoint():
        count_up(uow, "same")
        uow.session.flush()
        raise Boom
    return uow.session.exec(select(Counter)).one().value


async def test_objects_read_after_a_savepoint_show_what_the_database_holds(house: House) -> None:
    assert await house.database.write(change_then_take_back) == 1
    assert await house.database.read(counters) == {"same": 1}


async def test_events_stand_in_the_outbox_in_the_order_they_were_emitted(house: House) -> None:
    await house.database.write(emit, *(risk_raised(version=version) for version in range(1, 8)))
    await house.database.write(emit, *(risk_raised(version=version) for version in range(8, 12)))
    assert [event.data.version for event in await waiting_events(house)] == list(range(1, 12))
    rows: list[dict[str, Any]] = await house.database.read(rows_of, "outbox")
    assert len({row["event_id"] for row in rows}) == 11


def parts_that_stand_alone(uow: UnitOfWork) -> str:
    count_up(uow, "outside")
    held = uow.session.get(Counter, "outside")
    assert held is not None
    with uow.savepoint():
        emit_everything(uow, "outside")
        emit_everything(uow, "inside")
    with pytest.raises(Boom), uow.savepoint():
        count_up(uow, "outside")
        explode(uow)
    with pytest.raises(sa.exc.IntegrityError), uow.savepoint():
        uow.session.add(Counter(name="inside", value=7))
    seen = held.value
    count_up(uow, "outside")
    return f"{seen} then {held.value}"


async def test_a_part_that_fails_takes_only_itself_back(house: House, logged: Logged) -> None:
    assert await house.database.write(parts_that_stand_alone) == "2 then 3"
    assert await house.database.read(counters) == {"outside": 3, "inside": 1}
    assert [event.data.household_code for event in await waiting_events(house)] == ["outside", "inside"]
    assert [row["subject"] for row in await audit_rows(house)] == ["outside", "inside"]
    assert len(logged.lines("probe.counted")) == 2


async def test_a_transaction_decides_by_one_book_and_the_next_one_by_the_book_that_took_its_place(
    house: House, policy_book: PolicyBook
) -> None:
    added = PolicyBook(policy_book.packs, {})

    def replaced_under_way(uow: UnitOfWork) -> bool:
        begun_with = uow.policy
        uow.resources.policy = added
        return uow.policy is begun_with is policy_book

    assert await house.database.write(replaced_under_way)
    assert await house.database.read(lambda reading: reading.policy) is added
