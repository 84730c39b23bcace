"""The key ring: what it seals opens in its place only, and a start without the right ring is refused."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.assistance.app import ASSISTANCE
from services.keys import main as keys
from shared.contracts.catalogue import HOUSES
from shared.db.base import Sealed
from shared.db.sealing_keys import GRACE
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.http.idempotency import Answer, answer_once
from shared.runtime import house_main
from shared.security.keyring import KeyRing, KeyRingRefused, SealBroken, make_ring, read_ring
from shared.security.vault import place_of
from tests.conftest import OpenHouse
from tests.mechanism.probe import PROBE, until
from tests.mechanism.test_clients import exit_code_of
from tests.stolen import read_in, stolen

HERE = place_of("member", "name", ["DJ-1", 1])
NAME = "王小明"


@pytest.fixture
def ring_file(tmp_path: Path) -> Path:
    make_ring(tmp_path / "keyring.json")
    return tmp_path / "keyring.json"


@pytest.fixture
def ring(ring_file: Path) -> KeyRing:
    return read_ring(ring_file)


def test_a_value_is_sealed_anew_each_time_and_opens_where_it_was_sealed(ring: KeyRing) -> None:
    once, again = (ring.newest.seal(NAME, HERE) for _ in range(2))
    assert once != again, "equal names cannot be told by their sealed texts"
    assert NAME not in once
    assert [ring.newest.open(sealed, HERE) for sealed in (once, again)] == [NAME, NAME]


@pytest.mark.parametrize(
    "place",
    [
        place_of("member", "name", ["DJ-1", 2]),
        place_of("member", "name", ["DJ-11", ""]),
        place_of("member", "id_number", ["DJ-1", 1]),
        place_of("former_member", "name", ["DJ-1", 1]),
    ],
)
def test_a_value_opens_at_no_other_place(ring: KeyRing, place: bytes) -> None:
    with pytest.raises(SealBroken, match="does not open"):
        ring.newest.open(ring.newest.seal(NAME, HERE), place)


@pytest.mark.parametrize("changed", ["", "AAAA", "no base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_a_value_that_was_changed_does_not_open(ring: KeyRing, changed: str) -> None:
    with pytest.raises(SealBroken) as refused:
        ring.newest.open(f"{ring.newest.id}.{changed}", HERE)
    assert NAME not in str(refused.value)


def test_equal_numbers_have_one_blind_index_that_another_key_does_not_give(tmp_path: Path, ring: KeyRing) -> None:
    make_ring(tmp_path / "another.json")
    other = read_ring(tmp_path / "another.json").newest
    number = "110101198005010018"
    assert ring.newest.index_of(number, "id_number") == ring.newest.index_of(number, "id_number")
    assert ring.newest.index_of(number, "id_number") != ring.newest.index_of(number, "phone")
    mine, theirs = (key.index_of(number, "id_number").partition(".")[2] for key in (ring.newest, other))
    assert mine != theirs


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"keys": []}', b'{"keys": [{"id": "k1"}]}', b'{"keys": 3}', b"\xff\xfe"],
)
def test_a_damaged_ring_is_refused(ring_file: Path, content: bytes) -> None:
    ring_file.write_bytes(content)
    with pytest.raises(KeyRingRefused, match="is damaged: put it back"):
        read_ring(ring_file)


def test_a_ring_that_others_can_read_is_refused(ring_file: Path) -> None:
    assert ring_file.stat().st_mode & 0o777 == 0o600
    ring_file.chmod(0o640)
    with pytest.raises(KeyRingRefused, match="can be read by others: its mode must be 0600"):
        read_ring(ring_file)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data folder of an operator in production, with a database of assistance and no key ring."""
    for name in [name for name in os.environ if name.startswith("SHOUXIAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHOUXIAN_DATA", str(tmp_path))
    monkeypatch.setenv("SHOUXIAN_ISSUER_MODE", "built-in")
    before = os.umask(0o077)
    assert exit_code_of(lambda: house_main(ASSISTANCE, ["migrate"])) == 0
    yield tmp_path
    os.umask(before)


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    """What a start of assistance in production says before it ends."""
    capsys.readouterr()
    assert exit_code_of(lambda: house_main(ASSISTANCE, ["dead-letters"])) == 1
    [line] = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("{")]
    return line


@pytest.mark.usefixtures("logged")
def test_production_starts_with_the_right_ring_only(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys).startswith(
        f"refusing to start: there is no key ring {machine / 'keyring.json'}: put it back"
    )
    assert not (machine / "keyring.json").exists(), "none is made by looking for it"

    assert keys(["make"]) == 0
    assert exit_code_of(lambda: house_main(ASSISTANCE, ["dead-letters"])) == 0
    assert keys(["make"]) == 1, "a ring that may be in use is not overwritten"
    [first] = read_ring(machine / "keyring.json").keys

    (machine / "keyring.json").rename(machine / "right.json")
    assert keys(["make"]) == 0
    assert f"has no key {first}: put it back from where it is kept" in refused(capsys)

    another = json.loads((machine / "keyring.json").read_text())
    another["keys"][0]["id"] = first
    (machine / "keyring.json").write_text(json.dumps(another))
    assert f"has another key under the name {first} than the one that sealed the database" in refused(capsys)

    (machine / "right.json").rename(machine / "keyring.json")
    assert exit_code_of(lambda: house_main(ASSISTANCE, ["dead-letters"])) == 0


@pytest.mark.usefixtures("logged")
def test_a_key_is_added_taken_into_use_and_retired_a_day_later(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keys(["make"]) == 0
    assert exit_code_of(lambda: house_main(ASSISTANCE, ["dead-letters"])) == 0
    assert keys(["add"]) == 0
    first, second = capsys.readouterr().out.split()
    assert keys(["retire", second]) == 1
    assert "is the newest key" in capsys.readouterr().err
    assert keys(["retire", first]) == 1
    assert f"{first} is needed by assistance" in capsys.readouterr().err

    assert exit_code_of(lambda: house_main(ASSISTANCE, ["rotate-keys"])) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["key"], told["replaced"]) == ("done", second, [first])
    assert keys(["retire", first]) == 1, "a process that hung may have used it again"
    capsys.readouterr()

    engine = sa.create_engine(f"sqlite:///{machine / 'assistance.sqlite'}")
    with engine.begin() as connection:
        table = ASSISTANCE.system_tables.sealing_key
        long_ago = sa.func.datetime(table.c.replaced_at, f"-{GRACE.days + 1} days")
        connection.execute(sa.update(table).where(table.c.id == first).values(replaced_at=sa.cast(long_ago, sa.Text())))
    engine.dispose()
    assert keys(["retire", first]) == 0
    assert {path.stem for path in machine.glob("*.sqlite")} & set(HOUSES) == {"assistance"}, "looking makes none"
    assert keys(["list"]) == 0
    assert capsys.readouterr().out.startswith(f"{second} made=")
    assert exit_code_of(lambda: house_main(ASSISTANCE, ["dead-letters"])) == 0


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(PROBE)


async def test_an_answer_that_is_kept_for_its_key_is_kept_sealed(house: House) -> None:
    def ask(uow: UnitOfWork) -> Answer:
        return answer_once(uow, "key-1", "print", lambda _: Answer(201, f'{{"contact":"{NAME}"}}'))

    answers = [await house.database.write(ask) for _ in range(2)]
    assert answers == [Answer(201, f'{{"contact":"{NAME}"}}')] * 2
    found = await stolen(house)
    assert (read_in(found, [NAME]), read_in(found, ["key-1"])) == (set(), {"key-1"})


async def test_a_text_that_is_not_sealed_cannot_be_stored(house: House) -> None:
    table = PROBE.system_tables.idempotency
    row = {"client_id": "c", "key": "k", "request_hash": "x", "created_at": house.database.resources.clock.now()}

    def write(uow: UnitOfWork, answer: str) -> None:
        uow.connection.execute(sa.insert(table).values(**row, answer=answer))

    with pytest.raises(sa.exc.StatementError, match="not sealed"):
        await house.database.write(write, NAME)
    await house.database.write(write, Sealed("k1.x"))


async def test_a_house_that_loses_its_ring_is_not_ready_until_it_is_back(open_house: OpenHouse, tmp_path: Path) -> None:
    house = await open_house(PROBE, background=True)

    def ask(uow: UnitOfWork) -> Answer:
        return answer_once(uow, "key-1", "print", lambda _: Answer(200, NAME))

    async def not_ready() -> str:
        return " ".join(await house.not_ready())

    async def says_so() -> bool:
        return "there is no key ring" in await not_ready()

    async def is_well() -> bool:
        return "key ring" not in await not_ready()

    await house.database.write(ask)
    (tmp_path / "keyring.json").rename(tmp_path / "lost.json")
    await until(says_so)
    with pytest.raises(KeyRingRefused, match="put it back from where it is kept"):
        await house.database.write(ask)
    (tmp_path / "lost.json").rename(tmp_path / "keyring.json")
    await until(is_well)
    assert await house.database.write(ask) == Answer(200, NAME)
