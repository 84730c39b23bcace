"""Dead letters at the command line: listed, tried, replayed and dropped, like by REST."""

import json
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from shared.bus.dead_letters import set_aside
from shared.bus.interface import Record
from shared.codes.operations import DeadLetterState
from shared.db.unit_of_work import Reading
from shared.house import House
from shared.operations import DEAD_LETTER_OPERATIONS
from tests.builders import NOW, published_as, risk_raised
from tests.conftest import OpenHouse


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    """A house with a dead letter that a replay can apply, and one that nobody can read."""
    house = await open_house(ASSISTANCE)
    good = published_as(risk_raised(household_code="GOOD"))
    for offset, (key, headers, value) in enumerate([("GOOD", good.headers, good.value), ("BAD", {}, b"?")]):
        record = Record("monitoring.events", 0, offset, key, headers, value, NOW)
        await house.database.write(set_aside, record, DeadLetterState.DEAD, "a bad release")
    return house


async def run(house: House, capsys: pytest.CaptureFixture[str], name: str, *ids: Any) -> tuple[int, list[Any]]:
    code = await DEAD_LETTER_OPERATIONS[name](house, ids)
    said = capsys.readouterr().out.splitlines()
    return code, [json.loads(line) for line in said if line.startswith("{")]


def tasks(reading: Reading) -> int:
    return int(reading.connection.scalar(sa.text("SELECT count(*) FROM task")) or 0)


async def test_dead_letters_from_list_to_drop(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    code, letters = await run(house, capsys, "dead-letters")
    assert (code, [letter["key"] for letter in letters]) == (1, ["GOOD", "BAD"])
    code, tried = await run(house, capsys, "try-dead-letters")
    assert (code, [one["outcome"] for one in tried]) == (1, ["would_apply", "failed"])
    assert await house.database.read(tasks) == 0
    code, replayed = await run(house, capsys, "replay-dead-letters")
    assert (code, [one["outcome"] for one in replayed]) == (1, ["applied", "failed"])
    assert await house.database.read(tasks) == 1
    assert await run(house, capsys, "drop-dead-letters") == (1, []), "nothing is given up by accident"
    [_, bad] = letters
    code, dropped = await run(house, capsys, "drop-dead-letters", UUID(bad["id"]))
    assert (code, [one["outcome"] for one in dropped]) == (0, ["dropped"])
    assert await run(house, capsys, "dead-letters") == (0, [])
