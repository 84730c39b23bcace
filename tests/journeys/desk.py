"""What an officer sees and does: templates are filled in, files sent, and rows that came back put right."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.sheets.columns import Sheet
from tests.journeys.set_ups import Caller
from tests.sheets import counts, table_of

IMPORTS = "/monitoring/v1/imports"


class Desk:
    """What an officer sees and does."""

    def __init__(self, caller: Caller, folder: Path) -> None:
        caller.client.headers["Accept-Language"] = "zh-CN"
        self._caller = caller
        self._file = folder / "from-the-house.xlsx"

    async def template(self, kind: str) -> list[list[Any]]:
        """The file to fill in."""
        answer = await self._caller.insist("GET", f"{IMPORTS}/templates/{kind}.xlsx")
        return table_of(answer.content, self._file)

    async def send(self, content: bytes, kind: str, **fields: str) -> dict[str, Any]:
        """Send a file; the job as it was taken on."""
        return await self._caller.send_file(content, kind, **fields)

    async def job(self, taken: dict[str, Any]) -> dict[str, Any]:
        """The job as it stands."""
        found: dict[str, Any] = await self._caller.get(taken["location"])
        return found

    async def done(self, taken: dict[str, Any]) -> dict[str, int]:
        """What came of a file, once all of it is done."""
        return counts(await self._caller.job_at_end(taken))

    async def rejected(self, taken: dict[str, Any]) -> list[list[Any]]:
        """The rows that came back, under their headings."""
        answer = await self._caller.insist("GET", f"{IMPORTS}/{taken['job_id']}/rejected.xlsx")
        return table_of(answer.content, self._file)

    async def reasons(self, taken: dict[str, Any]) -> list[dict[str, Any]]:
        """Why rows came back."""
        rows = (await self._caller.get(f"{IMPORTS}/{taken['job_id']}/rows?status=rejected"))["items"]
        return [reason for row in rows for reason in row["reasons"]]

    async def sheet(self, path: str) -> list[list[Any]]:
        """A list as it leaves for Excel, without its headings."""
        answer = await self._caller.insist("GET", f"{path}format=xlsx")
        return table_of(answer.content, self._file)


def written_above(sheet: Sheet, fields: str) -> list[str]:
    """What stands above these columns, in Chinese."""
    return [next(each.zh for each in sheet.columns if each.parts[-1] == field) for field in fields.split()]


def under(headings: Sequence[str], table: Sequence[Sequence[Any]]) -> tuple[list[Any], Sequence[Sequence[Any]]]:
    """The line that has all these headings, and the lines below it."""
    at = next(number for number, cells in enumerate(table) if set(headings) <= {_heading(cell) for cell in cells})
    return [_heading(cell) for cell in table[at]], table[at + 1 :]


def _heading(cell: Any) -> str:
    return str(cell).removesuffix("*").strip()
