"""Lists as files: CSV as its rows come, Excel from a temporary file; whole, or else the connection breaks."""

import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

from anyio import open_file
from anyio.to_thread import run_sync
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.lists.portions import Portion
from shared.sheets.columns import Sheet
from shared.sheets.writing import CSV_TYPE, XLSX_TYPE, Line, Table, csv_head, csv_lines, headed
from shared.words.language import Language

Format = Literal["csv", "xlsx"]
Portions = AsyncIterator[Portion[Any]]
MEDIA_TYPES: Final[dict[Format, str]] = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
_PART: Final = 256 * 1024
"""Bytes of an Excel file that are sent at once."""


class WholeAnswer(StreamingResponse):
    """What is sent as it is read. What it holds open is let go also when the reader goes away, or when reading fails.

    Then the connection is broken before its proper end: a part never looks like the whole.
    """

    def __init__(self, parts: AsyncGenerator[bytes, None], media_type: str, name: dict[str, str] | None = None) -> None:
        """``name`` is the header that names a file."""
        self._parts = parts
        super().__init__(parts, media_type=media_type, headers=name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._parts.aclose()


class FileAnswer(WholeAnswer):
    """A file of rows."""

    def __init__(self, sheet: Sheet, form: Format, portions: Portions, language: Language, day: str) -> None:
        """``day`` stands in the name of the file."""
        write = _written_as_csv if form == "csv" else _written_as_xlsx
        super().__init__(write(sheet, portions, language), MEDIA_TYPES[form], named_file(sheet, form, language, day))


def named_file(sheet: Sheet, form: str, language: Language, day: str) -> dict[str, str]:
    """The header that names a file, in letters that every reader knows, too."""
    name = f"{sheet.title(language)}-{day}.{form}"
    disposition = f"attachment; filename=\"{sheet.kind}-{day}.{form}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": disposition}


async def _written_as_csv(sheet: Sheet, portions: Portions, language: Language) -> AsyncGenerator[bytes, None]:
    yield csv_head(sheet, language)
    async for portion in portions:
        yield await run_sync(_csv_part, portion, language)


def _csv_part(portion: Portion[Any], language: Language) -> bytes:
    return csv_lines(portion.cells(language))


async def _written_as_xlsx(sheet: Sheet, portions: Portions, language: Language) -> AsyncGenerator[bytes, None]:
    with tempfile.TemporaryDirectory(prefix="list-") as folder:
        path = Path(folder) / "list.xlsx"
        blocks = (_lines(portion, language) async for portion in portions)
        await write_xlsx(path, sheet.title(language), headed(sheet, language), blocks)
        async for part in sent_from(path):
            yield part


async def sent_from(path: Path) -> AsyncIterator[bytes]:
    """What a file holds, part by part."""
    async with await open_file(path, "rb") as file:
        while part := await file.read(_PART):
            yield part


def _lines(portion: Portion[Any], language: Language) -> Iterator[Line]:
    """The rows of a portion; its cells are made when the first of them is taken, beside the event loop."""
    yield from zip(*portion.cells(language), strict=True)


async def write_xlsx(
    path: Path, title: str, headings: Sequence[tuple[str, int]], blocks: AsyncIterator[Iterable[Line]]
) -> None:
    """Write rows that come in blocks into an Excel file; whatever goes wrong, nothing beside the file stays open."""
    table = Table(path, title, headings)
    try:
        async for block in blocks:
            await run_sync(table.write, block)
        await run_sync(table.close)
    finally:
        table.leave()
