"""Lists as files: whole whatever their length, and never a part that looks like the whole."""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from services.assistance.app import ASSISTANCE
from services.assistance.models import Disbursement
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.lists.portions import ROWS_AT_ONCE, SHOWN_AT_ONCE
from tests.builders import TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import METADATA, ON_SQLITE, PROBE, count_many, until
from tests.mechanism.wire import served

COUNTERS = "/probe/v1/counters"
NAMES = [f"n{number:04d}" for number in range(2 * SHOWN_AT_ONCE + 1)]
PAID = ROWS_AT_ONCE + 7
MOMENT = dt.datetime(2026, 11, 15, 16, 30, tzinfo=dt.UTC)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    house = await open_house(PROBE)
    await house.database.write(count_many, NAMES)
    return house


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def lying_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def table_in(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_a_file_is_the_whole_list_however_many_portions_it_takes(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    rows = [["name", "value"], *([name, "1"] for name in NAMES)]
    assert table_in(await client.get(COUNTERS, params={"format": "csv"})) == rows


async def test_a_list_that_ends_with_a_portion_is_whole_and_ends(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(PROBE)
    assert table_in(await client_for(house).get(COUNTERS, params={"format": "csv"})) == [["name", "value"]]
    await house.database.write(count_many, NAMES[:SHOWN_AT_ONCE])
    rows = table_in(await client_for(house).get(COUNTERS, params={"format": "csv"}))
    assert [name for name, _ in rows[1:]] == NAMES[:SHOWN_AT_ONCE]


def pay(uow: UnitOfWork, region_code: str, ids: Sequence[int]) -> None:
    """Disbursements of one moment, so that the id alone tells them apart."""
    same: dict[str, Any] = {
        "source": "civil-affairs",
        "household_code": "H-1",
        "region_code": region_code,
        "kind": "temporary_relief",
        "month": 2026 * 12,
        "amount": 12345,
        "disbursed_on": TODAY,
        "recorded_at": MOMENT,
        "recorded_by": "tester",
        "correlation_id": "c",
        "measure_id": None,
        "supersedes_id": None,
        "withdrawn_on": None,
        "updated_at": MOMENT,
    }
    rows = [{"id": UUID(int=each), "source_ref": f"R-{each}", **same} for each in ids]
    insert_rows(uow.connection, table_of(Disbursement), rows)


async def test_rows_that_are_answers_as_they_are_kept_come_whole_and_only_from_the_own_region(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    await house.database.write(pay, "520626001001", range(PAID))
    await house.database.write(pay, "520625001001", range(PAID, PAID + 10))
    client = client_for(house, region="520626")
    [_, *rows] = table_in(await client.get("/assistance/v1/disbursements", params={"format": "csv"}))
    assert [row[0] for row in rows] == [str(UUID(int=each)) for each in reversed(range(PAID))]
    last = ["R-0", "H-1", "520626001001", "", "temporary_relief", "2026-01", "123.45", "", str(TODAY), ""]
    assert rows[-1][2:] == [*last, "2026-11-16 00:30:00", "tester", "2026-11-16 00:30:00"]
    [_, *others] = table_in(await client.get("/assistance/v1/disbursements?format=csv&household_code=H-2"))
    assert others == []


async def test_a_file_has_no_pages_and_says_so_in_the_language_of_the_caller(
    house: House, client_for: ClientFor
) -> None:
    client = client_for(house)
    for form in ("csv", "xlsx"):
        asked = {"format": form, "limit": "50", "cursor": "x"}
        refused = await client.get(COUNTERS, params=asked, headers={"Accept-Language": "zh-CN"})
        assert refused.status_code == 422
        assert [(error["pointer"], error["detail"]) for error in refused.json()["errors"]] == [
            ("/limit", "文件为完整列表，不分页"),
            ("/cursor", "文件为完整列表，不分页"),
        ]
    english = await client.get(COUNTERS, params={"format": "csv", "limit": "50"})
    assert english.json()["errors"][0]["detail"] == "a file is the whole list and has no pages"


async def test_a_file_is_named_and_headed_in_the_language_of_the_caller(house: House, client_for: ClientFor) -> None:
    client = client_for(house)
    answer = await client.get(COUNTERS, params={"format": "xlsx"}, headers={"Accept-Language": "zh-CN"})
    named = f"filename*=UTF-8''%E8%AE%A1%E6%95%B0%E5%99%A8-{TODAY}.xlsx"
    assert answer.headers["content-disposition"] == f'attachment; filename="counters-{TODAY}.xlsx"; {named}'
    assert answer.headers["content-language"] == "zh"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert workbook.sheet_names == ["计数器"]
    rows = workbook.get_sheet_by_index(0).to_python()
    assert rows[0] == ["名称", "数值"]
    assert [row[0] for row in rows[1:]] == NAMES


async def test_what_is_refused_is_refused_before_a_file_begins(open_house: OpenHouse, client_for: ClientFor) -> None:
    client = client_for(await open_house(ASSISTANCE), region="520626")
    for form in ("csv", "xlsx"):
        outside = await client.get("/assistance/v1/tasks", params={"format": form, "region_code": "5201"})
        assert outside.status_code == 403
        assert outside.headers["content-type"] == "application/problem+json"
    nobody = client_for(await open_house(PROBE), scopes=("assistance:read",))
    assert (await nobody.get(COUNTERS, params={"format": "csv"})).status_code == 403


def break_a_row(uow: UnitOfWork) -> None:
    """The row behind the first portion cannot be shown."""
    counter = METADATA.tables["counter"]
    broken = sa.update(counter).where(counter.c.name == NAMES[SHOWN_AT_ONCE + 1])
    uow.connection.execute(broken.values(value=sa.text("'broken'")))


@ON_SQLITE
@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_list_that_cannot_be_read_to_its_end_breaks_the_connection(
    house: House, client_for: ClientFor, form: str, temporary: Path
) -> None:
    await house.database.write(break_a_row)
    client = client_for(house)
    app = client._transport.app  # type: ignore[attr-defined]
    async with served(app) as url, httpx.AsyncClient(headers=client.headers) as on_the_wire:
        with pytest.raises(httpx.RemoteProtocolError):
            await on_the_wire.get(f"{url}{COUNTERS}", params={"format": form})
        assert (await on_the_wire.get(f"{url}{COUNTERS}")).status_code == 200
    assert lying_in(temporary) == []


@ON_SQLITE
async def test_nothing_is_left_of_an_excel_file_whose_reader_goes_away(
    house: House, client_for: ClientFor, temporary: Path
) -> None:
    client = client_for(house)
    app = client._transport.app  # type: ignore[attr-defined]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await until(lambda: lying_in(temporary))
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": COUNTERS,
        "raw_path": COUNTERS.encode(),
        "root_path": "",
        "query_string": b"format=xlsx",
        "headers": [(b"authorization", client.headers["authorization"].encode())],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
    }
    await app(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert lying_in(temporary) == []
