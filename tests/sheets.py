"""Files as officers send them, and the way of a file through a house."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import xlsxwriter
from python_calamine import load_workbook

from shared.house import House
from shared.jobs.running import run_next_part

Cells = Sequence[Any]


def csv_file(*lines: Cells, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """A csv as Excel writes it."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(lines)
    return buffer.getvalue().encode(encoding)


def xlsx_file(*lines: Cells) -> bytes:
    """An Excel file whose cells are text, numbers and days as they are given."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        worksheet = workbook.add_worksheet()
        for number, cells in enumerate(lines):
            worksheet.write_row(number, 0, cells)
    return buffer.getvalue()


def table_of(content: bytes, path: Path) -> list[list[Any]]:
    """The cells of an Excel file."""
    path.write_bytes(content)
    rows: list[list[Any]] = load_workbook(path).get_sheet_by_index(0).to_python()
    return rows


def rows_of_csv(content: bytes) -> list[list[str]]:
    """The cells of a csv as it leaves the houses."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def send(
    client: httpx.AsyncClient,
    content: bytes,
    kind: str,
    *,
    house: str = "monitoring",
    key: str | None = None,
    **fields: str,
) -> httpx.Response:
    """Send a file, to be taken unless told otherwise."""
    return await client.post(
        f"/{house}/v1/imports",
        files={"file": ("table", content)},
        data={"kind": kind, "mode": "commit"} | fields,
        headers={} if key is None else {"Idempotency-Key": key},
    )


async def imported(house: House, client: httpx.AsyncClient, content: bytes, kind: str, **fields: str) -> dict[str, Any]:
    """The job of a file, at its end."""
    answer = await send(client, content, kind, house=house.name, **fields)
    assert answer.status_code == 202, answer.text
    while await run_next_part(house.database, house.definition.long_work):
        pass
    job: dict[str, Any] = (await client.get(answer.json()["location"])).json()
    return job


async def rows_of(
    client: httpx.AsyncClient, job: Mapping[str, Any], house: str = "monitoring", **asked: str
) -> list[dict[str, Any]]:
    """The rows that came back, or should be checked."""
    answer = await client.get(f"/{house}/v1/imports/{job['job_id']}/rows", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def counts(job: Mapping[str, Any]) -> dict[str, int]:
    """How many rows of an import became what."""
    return {name: value for name, value in job["result"].items() if name not in ("committed", "reasons")}


def result(rows: int, **counted: int) -> dict[str, int]:
    """The counts of a job: what is not named is none."""
    return {"rows": rows, "accepted": 0, "duplicate": 0, "rejected": 0, "ambiguous": 0, "stored": 0} | counted
