"""A set is one parameter: whatever is in it is found, through the index of its column."""

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.house import House
from tests.builders import waiting_events
from tests.conftest import OpenHouse
from tests.mechanism.probe import ON_SQLITE, PROBE, SYSTEM_TABLES, Counter, count_many, emit_numbered

NAME, EVENT_ID = table_of(Counter).c.name, SYSTEM_TABLES.outbox.c.event_id
NAMED, SENT = sa.select(NAME).where(is_one_of(NAME, "names")), sa.select(EVENT_ID).where(is_one_of(EVENT_ID, "ids"))


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


def named(reading: Reading, names: Collection[str]) -> list[str]:
    return sorted(reading.connection.scalars(NAMED, {"names": names}))


def sent(reading: Reading, ids: Collection[UUID]) -> set[UUID]:
    return set(reading.connection.scalars(SENT, {"ids": ids}))


def plan_of(reading: Reading, statement: sa.Select[Any]) -> str:
    text = str(statement.compile(dialect=reading.connection.dialect))
    return str(reading.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("[]",)).first())


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([], []),
        (["one"], ["one"]),
        (("three", "one", "never"), ["one", "three"]),
        ({"two", "it's"}, ["it's", "two"]),
        (['say "hi"', "李家"], ['say "hi"', "李家"]),
    ],
)
async def test_texts_are_found(house: House, asked: Collection[str], found: list[str]) -> None:
    await house.database.write(count_many, ["one", "two", "three", "it's", 'say "hi"', "李家"])
    assert await house.database.read(named, asked) == found


async def test_ids_are_found(house: House) -> None:
    await house.database.write(emit_numbered, 3)
    ids = [event.id for event in await waiting_events(house)]
    assert await house.database.read(sent, [ids[0], uuid4(), ids[2]]) == {ids[0], ids[2]}


@ON_SQLITE
async def test_the_index_is_used(house: House) -> None:
    for statement in (NAMED, SENT):
        assert "SEARCH" in await house.database.read(plan_of, statement)
