"""An audit that cannot be bent: whoever changes, removes, adds, moves or cuts off rows is found out."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import rfc8785
import sqlalchemy as sa
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import create_async_engine

from services.employment.app import EMPLOYMENT
from shared.audit.chain import HeadName, Link
from shared.audit.nightly import look_after_chain
from shared.audit.sealing import attach, head_of, name_of, seal_next, state_of, waiting_rows
from shared.audit.verifying import verify
from shared.audit.walk import Fault
from shared.db.database import Database
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.house import House
from shared.operations import verify_audit
from shared.runtime import house_main
from shared.security.audit_keys import audit_public_keys, ensure_audit_key
from tests.builders import TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.test_kept_through_releases import PLACED, after_migrating, insert
from tests.logged import Logged
from tests.mechanism.probe import ON_POSTGRESQL, ON_SQLITE, PROBE, Boom, emit_everything, explode, rows_of, until

ROWS = 6
GENESIS = "0" * 64


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


async def write(house: House, count: int = ROWS, name: str = "DJ") -> None:
    """So many rows of the audit, each by a transaction of its own."""

    def act(uow: UnitOfWork, number: int) -> None:
        after = {"value": number, "名": "张三", "large": 2**60, "list": [1, None, {"b": 1, "a": "é"}]}
        uow.audit("counted", f"{name}-{number}", before={"value": number - 1}, after=after, reason="入户核查")

    for number in range(count):
        await house.database.write(act, number)


async def seal(database: Database) -> None:
    while await database.read(lambda reading: len(waiting_rows(reading).rows)):
        await seal_next(database)


async def say(house: House, *statements: str) -> None:
    """What somebody does who has the database in hand."""

    def at_a_console(uow: UnitOfWork) -> None:
        for statement in statements:
            uow.connection.execute(sa.text(statement))

    await house.database.write(at_a_console)


async def faults(house: House, told: HeadName | None = None) -> list[Fault]:
    keys = await asyncio.to_thread(audit_public_keys, house.settings.data)
    return list((await verify(house.database, house.name, keys, told)).faults)


async def head(house: House) -> HeadName:
    return await house.database.read(lambda reading: name_of(reading, head_of(reading)))


async def subjects(house: House) -> list[str]:
    """The subjects of the sealed rows, in the order of the chain."""

    def ask(reading: Reading) -> list[str]:
        audit, chain = reading.system_tables.audit, reading.system_tables.audit_seal
        joined = sa.select(audit.c.subject).join(chain, chain.c.seq == audit.c.seq).order_by(chain.c.place)
        return list(reading.connection.scalars(joined))

    return await house.database.read(ask)


async def test_an_outsider_computes_every_hash_from_what_the_route_shows(house: House, client_for: ClientFor) -> None:
    await write(house)
    client = client_for(house)
    unsealed = (await client.get("/probe/v1/audit")).json()["items"]
    assert {(row["prev"], row["hash"]) for row in unsealed} == {(None, None)}
    await seal(house.database)
    rows = (await client.get("/probe/v1/audit", params={"limit": 3})).json()
    rows["items"] += (await client.get("/probe/v1/audit", params={"cursor": rows["next_cursor"]})).json()["items"]
    prev = GENESIS
    for row in reversed(rows["items"]):
        assert row["prev"] == prev
        prev = row.pop("hash")
        row["after"]["large"] = str(row["after"]["large"])
        assert hashlib.sha256(rfc8785.dumps(row)).hexdigest() == prev
    assert str(await head(house)) == f"{ROWS}:{prev}"


SWAP_ROWS = tuple(
    f"UPDATE audit SET seq = {after} WHERE seq = {before}" for before, after in ((3, 99), (5, 3), (99, 5))
)
SWAP_SEALS = tuple(
    f"UPDATE audit_seal SET place = {after} WHERE place = {before}" for before, after in ((3, 99), (5, 3), (99, 5))
)
NOBODY = "INSERT INTO audit (seq, at, actor, action, subject, correlation_id) VALUES ({}, '{}', 'x', 'x', 'x', 'x')"
LONG_AGO = "2020-01-01 00:00:00+00:00"
TAMPERED: dict[str, tuple[Sequence[str], list[Fault]]] = {
    "nothing": ((), []),
    "who did it": (("UPDATE audit SET actor = 'another' WHERE seq = 3",), [Fault("changed", 3, 3)]),
    "what it became": (("""UPDATE audit SET after = '{"value": 7}' WHERE seq = 1""",), [Fault("changed", 1, 1)]),
    "when": ((f"UPDATE audit SET at = '{LONG_AGO}' WHERE seq = 6",), [Fault("changed", 6, 6)]),
    "a row is removed": (("DELETE FROM audit WHERE seq = 3",), [Fault("removed", 3, 3)]),
    "a row and its seal are removed": (
        ("DELETE FROM audit WHERE seq = 3", "DELETE FROM audit_seal WHERE seq = 3"),
        [Fault("removed", None, 3)],
    ),
    "a row is added": ((NOBODY.format(0, LONG_AGO),), [Fault("inserted", 0, None)]),
    "two rows change places": (SWAP_ROWS, [Fault("moved", 3, 3, 5), Fault("moved", 5, 5, 3)]),
    "a row is put before all others": (
        ("UPDATE audit SET seq = 0 WHERE seq = 4",),
        [Fault("moved", 4, 4, 0)],
    ),
    "two seals change places": (
        SWAP_SEALS,
        [Fault("moved", seq, place, seq) for place, seq in ((3, 5), (4, 4), (5, 3), (6, 6))],
    ),
    "a hash is another one": (
        (f"UPDATE audit_seal SET hash = '{'a' * 64}' WHERE place = 3",),
        [Fault("changed", 3, 3)],
    ),
    "the last rows are cut off": (("DELETE FROM audit WHERE seq > 4",), [Fault("cut", 5, 5)]),
    "the last rows are cut off with their seals": (
        ("DELETE FROM audit WHERE seq > 4", "DELETE FROM audit_seal WHERE seq > 4"),
        [Fault("cut", None, 5)],
    ),
    "the head is another one": ((f"UPDATE audit_head SET hash = '{'a' * 64}'",), [Fault("rewritten", None, 6)]),
    "all of it is gone": (("DELETE FROM audit",), [Fault("cut", 1, 1)]),
}


@pytest.mark.parametrize("name", TAMPERED)
async def test_whoever_bends_the_audit_is_found_out_and_the_row_is_named(house: House, name: str) -> None:
    await write(house)
    await seal(house.database)
    statements, expected = TAMPERED[name]
    await say(house, *statements)
    assert await faults(house) == expected


@ON_SQLITE
@pytest.mark.parametrize("change", ["after = '{broken'", "at = 'yesterday'", "after = '1e999'"])
async def test_a_row_that_cannot_be_read_any_more_is_named_like_another(house: House, change: str) -> None:
    await write(house)
    await seal(house.database)
    await say(house, f"UPDATE audit SET {change} WHERE seq = 3")
    assert await faults(house) == [Fault("changed", 3, 3)]


async def test_of_many_rows_that_were_cut_off_the_first_is_named(house: House) -> None:
    await house.database.write(lambda uow: [uow.audit("counted", str(number)) for number in range(700)])
    await seal(house.database)
    await say(house, "DELETE FROM audit WHERE seq > 200", "UPDATE audit SET actor = 'x' WHERE seq = 7")
    assert await faults(house) == [Fault("changed", 7, 7), Fault("cut", 201, 201)]


FORGE_THE_END = (
    "DELETE FROM audit WHERE seq > 4",
    "DELETE FROM audit_seal WHERE seq > 4",
    "UPDATE audit_head SET place = 4, reached = 4, hash = (SELECT hash FROM audit_seal WHERE place = 4)",
)
FORGE_ALL = (
    "UPDATE audit SET actor = 'another' WHERE seq = 2",
    "DELETE FROM audit_seal",
    f"UPDATE audit_head SET place = 0, reached = 0, hash = '{GENESIS}'",
)


@pytest.mark.parametrize(
    ("forgery", "signed", "told"),
    [
        (FORGE_THE_END, Fault("cut", None, 6), Fault("cut", 6, None)),
        (FORGE_ALL, Fault("rewritten", 6, 6), Fault("rewritten", 6, 6)),
    ],
)
async def test_a_chain_forged_as_a_whole_is_not_the_one_whose_head_was_kept_or_signed(
    house: House, forgery: Sequence[str], signed: Fault, told: Fault
) -> None:
    await write(house)
    await seal(house.database)
    kept = await head(house)
    await say(house, *forgery)
    await seal(house.database)
    assert await faults(house) == [], "without the key and without the head it is a chain like another"
    assert await faults(house, kept) == [told]
    assert await faults(house, HeadName(kept.seq, kept.hash[:12])) == [told]


async def test_a_signed_head_holds_the_chain_as_it_was(house: House) -> None:
    await write(house)
    await seal(house.database)
    await look_after_chain(house.database, house.name, house.settings.data)
    assert await faults(house) == []
    for forgery, found in ((FORGE_THE_END, Fault("cut", None, 6)), (FORGE_ALL, Fault("cut", None, 6))):
        await say(house, *forgery)
        await seal(house.database)
        assert await faults(house) == [found]


async def test_a_head_signed_with_another_key_or_for_another_place_holds_nothing(house: House, tmp_path: Path) -> None:
    await write(house)
    await seal(house.database)
    await look_after_chain(house.database, house.name, house.settings.data)
    await say(house, "UPDATE audit_signed_head SET place = 5")
    assert await faults(house) == [Fault("signature", None, 5)]
    stranger = tmp_path / "stranger"
    await asyncio.to_thread(stranger.mkdir)
    await asyncio.to_thread(ensure_audit_key, stranger)
    await say(house, "UPDATE audit_signed_head SET place = 6")
    assert await faults(house) == []
    other = await verify(house.database, house.name, audit_public_keys(stranger))
    assert other.faults == [Fault("signature", None, 6)]


async def test_the_head_is_signed_once_a_day_and_told_in_the_log(house: House, logged: Logged) -> None:
    await look_after_chain(house.database, house.name, house.settings.data)
    assert await house.database.read(rows_of, "audit_signed_head") == [], "there is nothing to sign yet"
    await write(house)
    await seal(house.database)
    for _ in range(2):
        await look_after_chain(house.database, house.name, house.settings.data)
    [row] = await house.database.read(rows_of, "audit_signed_head")
    assert (row["signed_on"], row["place"]) == (TODAY, ROWS)
    [line] = logged.lines("audit.head_signed")
    assert (line["head"], line["token"]) == (str(await head(house)), row["token"])


async def test_a_chain_that_is_bent_is_not_signed_but_told(house: House, logged: Logged) -> None:
    await write(house)
    await seal(house.database)
    await say(house, "UPDATE audit SET actor = 'another' WHERE seq = 3")
    for _ in range(2):
        await look_after_chain(house.database, house.name, house.settings.data)
    assert await house.database.read(rows_of, "audit_signed_head") == []
    assert [line["seq"] for line in logged.lines("audit.bent")] == [3]
    assert (await house.database.read(state_of)).head.faults == 1


def shown(name: str) -> float | None:
    return REGISTRY.get_sample_value(f"shouxian_{name}", {"house": "probe"})


async def all_sealed(house: House) -> bool:
    return len(await subjects(house)) == ROWS


async def test_a_house_at_work_seals_within_seconds_and_shows_its_head(open_house: OpenHouse) -> None:
    house = await open_house(PROBE, background=True)
    await write(house)
    await until(partial(all_sealed, house))
    fingerprint = int((await head(house)).hash[:12], 16)
    await until(lambda: (shown("audit_sealed_rows"), shown("audit_head")) == (ROWS, fingerprint))
    assert (shown("audit_unsealed_oldest_seconds"), shown("audit_faults")) == (0, 0)
    assert await faults(house) == []


async def test_rows_that_wait_for_their_seal_grow_old(house: House) -> None:
    await write(house, 1)
    first = (await house.database.read(state_of)).unsealed_seconds
    await write(house, 1, "later")
    assert 0 < first < (await house.database.read(state_of)).unsealed_seconds


async def test_a_process_that_dies_between_commit_and_seal_leaves_the_rows_to_the_next(
    open_house: OpenHouse,
) -> None:
    house = await open_house(PROBE)
    await write(house)
    await house.database.read(waiting_rows)  # read to be sealed, and there it ends
    following = await open_house(PROBE, background=True)
    await until(partial(all_sealed, following))
    assert await subjects(following) == [f"DJ-{number}" for number in range(ROWS)]
    assert await faults(following) == []


async def test_of_two_that_seal_the_same_rows_one_does(house: House) -> None:
    await write(house)
    waiting = await house.database.read(waiting_rows)
    await seal_next(house.database)
    before = await head(house)
    assert not await house.database.write(attach, waiting, [Link(ROWS, ROWS, "f" * 64)])
    assert (await head(house), await faults(house)) == (before, [])


async def test_workers_that_seal_at_once_beside_writers_make_one_chain(house: House) -> None:
    url = house.settings.database_url_of("probe")
    workers = [Database(url, house.database.resources, house.settings.limits) for _ in range(2)]
    writing = asyncio.gather(*(write(house, 40, name) for name in ("A", "B", "C")))

    async def work(database: Database) -> None:
        while not writing.done():
            await seal_next(database)

    await asyncio.gather(writing, *(work(database) for database in workers))
    await seal(house.database)
    assert await faults(house) == []
    assert len(await subjects(house)) == 120
    for database in workers:
        await database.close()


async def test_what_was_rolled_back_is_no_gap_in_the_chain(house: House) -> None:
    await house.database.write(emit_everything, "DJ-1")
    for _ in range(2):
        with pytest.raises(Boom):
            await house.database.write(explode)
        with pytest.raises(sa.exc.IntegrityError):
            await house.database.write(fail_after_the_audit)
    await seal(house.database)
    await house.database.write(emit_everything, "DJ-2")
    await seal(house.database)
    assert (await subjects(house), await faults(house)) == (["DJ-1", "DJ-2"], [])


def fail_after_the_audit(uow: UnitOfWork) -> None:
    """The row has its number when the transaction fails."""
    uow.audit("counted", "nobody")
    uow.complete()
    clock = uow.system_tables.commit_clock
    uow.connection.execute(sa.insert(clock).values(id=1, last_given=0))


@ON_POSTGRESQL
async def test_a_row_that_is_committed_late_is_sealed_behind_those_that_came_first(house: House) -> None:
    engine = create_async_engine(house.database.url)

    def act(connection: sa.Connection) -> None:
        uow = house.database.unit_of_work(connection)
        uow.audit("counted", "late")
        uow.complete()

    async with engine.connect() as connection, connection.begin():
        await connection.run_sync(act)
        await write(house, 2, "early")
        await seal(house.database)
        assert (await subjects(house), await faults(house)) == (["early-0", "early-1"], [])
    assert await faults(house) == [], "it has its time"
    await seal(house.database)
    await write(house, 1, "next")
    await seal(house.database)
    await engine.dispose()
    assert await subjects(house) == ["early-0", "early-1", "late", "next-0"]
    assert await faults(house) == []


async def test_rows_of_an_earlier_release_are_sealed_in_their_order(
    databases: Databases, open_house: OpenHouse
) -> None:
    def of_before(connection: sa.Connection) -> None:
        for seq in (2, 3, 7):
            insert(connection, "audit", seq=seq, at=PLACED, actor="x", action="x", subject=str(seq), correlation_id="c")

    def read(connection: Any) -> Any:
        return connection.execute(sa.text("SELECT place, faults FROM audit_head")).one()

    assert await after_migrating(databases, EMPLOYMENT, of_before, read, release="0008") == (0, 0)
    house = await open_house(EMPLOYMENT)
    await seal(house.database)
    assert (await subjects(house), await faults(house)) == (["2", "3", "7"], [])
    assert (await house.database.read(head_of)).gaps == [], "nobody writes under numbers of long ago"


@pytest.fixture
def run(house: House, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    async def verified(told: HeadName | None = None) -> tuple[int, list[dict[str, Any]]]:
        code = await verify_audit(house, told)
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]

    return verified


async def test_the_command_line_prints_the_head_and_each_fault(house: House, run: Callable[..., Any]) -> None:
    await write(house)
    await seal(house.database)
    kept = await head(house)
    whole = {"house": "probe", "rows": ROWS, "head": str(kept), "signed_heads": 0, "faults": 0}
    assert await run() == (0, [whole])
    assert await run(HeadName.parse(str(kept))) == (0, [whole])
    await say(house, "DELETE FROM audit WHERE seq = 2")
    code, [first, *rest] = await run()
    assert (code, first["faults"], rest) == (1, 1, [Fault("removed", 2, 2)._asdict()])
    assert (await house.database.read(state_of)).head.faults == 1


@pytest.mark.parametrize("text", ["7", "7:", "7:abc", f"x:{GENESIS}", f"7:{GENESIS}0", "7:GENESIS00000000"])
def test_a_head_that_is_none_is_refused_at_the_command_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        house_main(EMPLOYMENT, ["verify-audit", "--head", text])
    assert (refused.value.code, "--head" in capsys.readouterr().err) == (2, True)
