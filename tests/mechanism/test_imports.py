"""Files in: what is refused at the door, a job that is killed in the middle, and what is kept of a file."""

import asyncio
import datetime as dt
import uuid
import zipfile
from io import BytesIO
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.monitoring.app import MONITORING
from services.monitoring.imports import IMPORTS
from shared.bus.retention import IMPORT_KEPT, Retention
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from shared.imports.taking import importing
from shared.jobs.commands import start_job
from shared.jobs.running import run_part
from shared.jobs.work import Kinds, Part, Standing, Work
from tests.builders import HOUSEHOLD
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.mechanism.probe import ON_SQLITE, until
from tests.problems import IN_CHINESE, pointers, problem_document
from tests.sheets import counts, csv_file, imported, result, send, xlsx_file

ROWS = 2300


def headed(*lines: Any) -> tuple[Any, ...]:
    return (("户编号", "收入类型", "月份", "金额（元）", "发现日期"), *lines)


def many(rows: int = ROWS) -> bytes:
    lines = [(HOUSEHOLD, "工资性收入", "2026-10", f"{number}.00", "2026-11-03") for number in range(1000, 1000 + rows)]
    return csv_file(*headed(*lines))


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    assert (await found.put()).status_code == 201
    return found


def bomb() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<c>" * 3_000_000)
    return buffer.getvalue()


REFUSED_FILES = {
    "empty": (b"", "file-without-rows"),
    "headings alone": (csv_file(*headed()), "file-without-rows"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "file-no-table"),
    "neither encoding": (b"\xff\xfe\x80\xff,\x80", "file-no-table"),
    "behind a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "file-old-or-locked"),
    "a broken zip": (xlsx_file(*headed())[:700], "file-broken"),
    "a zip of something else": (b"PK\x03\x04" + bytes(100), "file-broken"),
    "a bomb": (bomb(), "file-bomb"),
}


@pytest.mark.parametrize("name", REFUSED_FILES)
@ON_SQLITE
async def test_a_file_that_cannot_be_read_is_refused_and_nothing_of_it_is_kept(
    monitoring: Monitoring, name: str
) -> None:
    content, code = REFUSED_FILES[name]
    before = await monitoring.counts()
    answer = await send(monitoring.client, content, "income", source="office")
    document = problem_document(answer)
    assert (answer.status_code, document["type"]) == (422, "urn:problem:monitoring:file-unreadable")
    assert [(error["pointer"], error["code"]) for error in document["errors"]] == [("/file", code)]
    assert await monitoring.counts() == before


async def test_columns_that_are_missing_or_unknown_are_named(monitoring: Monitoring) -> None:
    before = await monitoring.counts()
    monitoring.client.headers.update(IN_CHINESE)
    content = csv_file(("收入表",), ("户编号", "收入类型", "月 份", "金额", "备注", "户编号"), ("DJ-1",))
    answer = await send(monitoring.client, content, "income", source="office")
    document = problem_document(answer)
    assert (answer.status_code, document["type"]) == (422, "urn:problem:monitoring:columns-wrong")
    assert document["title"] == "列与模板不符"
    assert [(error["pointer"], error["detail"]) for error in document["errors"]] == [
        ("/发现日期", "缺少此列"),
        ("/金额（元）", "缺少此列"),
        ("/金额", "没有这一列"),
        ("/备注", "没有这一列"),
        ("/户编号", "此列重复出现"),
    ]
    assert await monitoring.counts() == before


async def form(client: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await client.post("/monitoring/v1/imports", files=[(name, (None, said)) for name, said in fields.items()])


@ON_SQLITE
async def test_a_form_that_says_something_else_is_refused_by_field(monitoring: Monitoring) -> None:
    client = monitoring.client
    assert pointers(problem_document(await form(client, kind="income", mode="commit"))) == ["/file"]
    assert pointers(problem_document(await send(client, many(1), "weather"))) == ["/kind"]
    assert pointers(problem_document(await send(client, many(1), "income", mode="try", wish="x"))) == ["/mode", "/wish"]
    as_json = await client.post("/monitoring/v1/imports", json={"kind": "income"})
    broken = await client.post(
        "/monitoring/v1/imports", content=b"--x\r\nno form", headers={"content-type": "multipart/form-data; boundary=y"}
    )
    assert (as_json.status_code, broken.status_code) == (415, 400)


@ON_SQLITE
async def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    monitoring: Monitoring,
) -> None:
    most = monitoring.house.settings.max_file_bytes
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(most + 1)}
    answer = await monitoring.client.post("/monitoring/v1/imports", content=b"--x", headers=headers)
    assert (answer.status_code, most) == (413, 200 * 1024 * 1024)
    large = await send(monitoring.client, many(20_000), "income", source="office", mode="preview")
    assert large.status_code == 202, "a file may be larger than a request"


def killed_in(kinds: Kinds, at: int) -> Kinds:
    """The same work, killed before the commit of a part."""
    work = kinds["import"]

    def do_part(uow: UnitOfWork, standing: Standing) -> Part:
        done = work.do_part(uow, standing)
        if (standing.position or [0, 0])[1] == at:
            raise asyncio.CancelledError
        return done

    return {"import": Work(work.total, do_part)}


@pytest.mark.parametrize("accept", ["good", "all"])
async def test_an_import_that_is_killed_goes_on_where_it_stood_and_doubles_nothing(
    monitoring: Monitoring, open_house: OpenHouse, accept: str
) -> None:
    started = (await send(monitoring.client, many(), "income", source="office", accept=accept)).json()
    kinds, job_id = importing("monitoring", IMPORTS), uuid.UUID(started["job_id"])
    with pytest.raises(asyncio.CancelledError):
        while await run_part(monitoring.house.database, killed_in(kinds, at=1), job_id):
            pass
    half = (await monitoring.client.get(started["location"])).json()
    assert (half["status"], half["done"]) == ("running", 2000)
    again = await open_house(MONITORING)
    while await run_part(again.database, kinds, job_id):
        pass
    job = (await monitoring.client.get(started["location"])).json()
    assert (job["status"], counts(job)) == ("done", result(ROWS, accepted=ROWS, stored=ROWS))
    assert (await monitoring.counts())["fact"] == ROWS
    branches = (await monitoring.get("households/DJ-0001/income"))["branches"]
    assert branches["wage"] == f"{sum(range(1000, 1000 + ROWS))}.00"


async def test_a_house_takes_files_by_itself(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(MONITORING, background=True)
    client = client_for(house)
    started = (await send(client, many(3), "income", source="office", mode="preview")).json()

    async def ended() -> bool:
        return bool((await client.get(started["location"])).json()["status"] == "done")

    await until(ended)
    assert counts((await client.get(started["location"])).json()) == result(3, rejected=3)


async def test_what_is_kept_of_a_file_is_forgotten_in_time(monitoring: Monitoring) -> None:
    bad = csv_file(*headed(("DJ-2", "工资性收入", "2026-10", "1000", "2026-11-03")))
    old, fresh = [await imported(monitoring.house, monitoring.client, bad, "income", source="office") for _ in range(2)]
    waiting = (await send(monitoring.client, bad, "income", source="office")).json()
    cancelled = (await send(monitoring.client, bad, "income", source="office")).json()
    await monitoring.client.post(f"{cancelled['location']}/cancel")
    long_ago = monitoring.house.database.resources.clock.now() - IMPORT_KEPT - dt.timedelta(days=1)
    await monitoring.house.database.write(end_at, uuid.UUID(old["job_id"]), long_ago)
    await trim(monitoring.house)
    statuses = [
        (await monitoring.client.get(f"/monitoring/v1/imports/{job['job_id']}/rows")).status_code
        for job in (old, fresh, waiting)
    ]
    assert statuses == [404, 200, 200]
    stored = await monitoring.counts()
    assert (stored["import_row"], stored["import_part"], stored["import_file"]) == (1, 1, 3), "the one that waits"


def end_at(uow: UnitOfWork, job_id: uuid.UUID, at: dt.datetime) -> None:
    table = uow.system_tables.job
    uow.connection.execute(sa.update(table).where(table.c.id == job_id).values(ended_at=at))


async def trim(house: House) -> None:
    await Retention("monitoring", house.database, house.transport, 30).trim()


async def test_a_job_that_is_no_file_has_no_rows(monitoring: Monitoring) -> None:
    job_id = await monitoring.house.database.write(start_job, "screening", {})
    answer = await monitoring.client.get(f"/monitoring/v1/imports/{job_id}/rows")
    assert (answer.status_code, problem_document(answer)["type"]) == (404, "urn:problem:monitoring:job-not-found")
