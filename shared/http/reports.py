"""Named reports 报表: what all take, and how their sheets are answered: JSON and Excel as they are read, or printed."""

import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Protocol

from anyio.to_thread import run_sync
from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.responses import Response

from shared.errors import Conflict
from shared.http.dependencies import Call
from shared.http.files import MEDIA_TYPES, WholeAnswer, named_file, sent_from
from shared.months import Month, format_month
from shared.regions import RegionFilter
from shared.sheets.columns import Sheet
from shared.sheets.printing import PDF_TYPE, Block, printed
from shared.sheets.writing import Line, Table, cells_of, headed, values_of
from shared.words.language import Language, speaking
from shared.words.said import says

Items = Sequence[BaseModel]
Parts = AsyncIterator[Sequence[Items]]
"""Part by part the lines of each sheet, in the order of the sheets."""
MOST_PRINTED: Final = 2000
"""Lines: some forty pages."""
_JSON = "application/json"


class ReportQuery(BaseModel):
    """What every report can be asked for."""

    region_code: RegionFilter | None = Field(None, description="All of the caller's regions where it is left out")
    period: Month | None = Field(None, description="A month; as it is today where it is left out")
    format: Literal["json", "xlsx"] = Field("json", description="How the report is written")


class PrintedReportQuery(ReportQuery):
    """What a report can be asked for that is also printed."""

    format: Literal["json", "xlsx", "pdf"] = Field("json", description="How the report is written")  # type: ignore[assignment]


class ReportTooLong(Conflict):
    """The report has more lines than are printed; ``most`` says how many are. As Excel it has no such end."""

    code = "report-too-long"


class Leaf(NamedTuple):
    """A sheet of a report, and the field of the answer in JSON that holds its lines."""

    field: str
    sheet: Sheet
    is_form: bool = False
    """Whether it tells of one thing alone: it is printed with a heading beside each value."""


class Asked(Protocol):
    """How a report is asked for."""

    format: Any


async def report_answer(
    call: Call, asked: Asked, head: Mapping[str, Any], leaves: Sequence[Leaf], parts: Parts
) -> Response:
    """A report as it is asked for, in JSON below ``head``.

    In JSON and Excel the lines of the first sheet are sent as they are read, those of the others last.
    Raises ReportTooLong where more is to be printed than anybody reads.
    """
    if asked.format == "json":
        return WholeAnswer(_as_json(head, leaves, parts), _JSON)
    language, today = speaking.get(), call.house.database.resources.clock.today()
    name = named_file(leaves[0].sheet, asked.format, language, today.isoformat())
    if asked.format == "pdf":
        return Response(await _as_pdf(leaves, parts, language), media_type=PDF_TYPE, headers=name)
    return WholeAnswer(_as_xlsx(leaves, parts, language), MEDIA_TYPES["xlsx"], name)


def head_of(report: str, asked: ReportQuery) -> dict[str, Any]:
    """What a report in JSON begins with."""
    period = None if asked.period is None else format_month(asked.period)
    return {"report": report, "region_code": asked.region_code, "period": period}


async def _as_json(head: Mapping[str, Any], leaves: Sequence[Leaf], parts: Parts) -> AsyncGenerator[bytes, None]:
    later: list[list[BaseModel]] = [[] for _ in leaves[1:]]
    yield to_json(dict(head)).removesuffix(b"}") + b"," + _opening(leaves[0])
    between = b""
    async for first, *others in parts:
        if first:
            yield between + _lines_in_json(first)
            between = b","
        _gather(later, others)
    for leaf, items in zip(leaves[1:], later, strict=True):
        yield b"]," + _opening(leaf) + _lines_in_json(items)
    yield b"]}"


def _opening(leaf: Leaf) -> bytes:
    return to_json(leaf.field) + b":["


def _lines_in_json(items: Iterable[BaseModel]) -> bytes:
    return b",".join(item.model_dump_json().encode() for item in items)


async def _as_xlsx(leaves: Sequence[Leaf], parts: Parts, language: Language) -> AsyncGenerator[bytes, None]:
    later: list[list[BaseModel]] = [[] for _ in leaves[1:]]
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        path = Path(folder) / "report.xlsx"
        table = Table(path, leaves[0].sheet.title(language), headed(leaves[0].sheet, language))
        try:
            async for first, *others in parts:
                await run_sync(table.write, _lines(leaves[0].sheet, first, language))
                _gather(later, others)
            for leaf, items in zip(leaves[1:], later, strict=True):
                table.turn_to(leaf.sheet.title(language), headed(leaf.sheet, language))
                await run_sync(table.write, _lines(leaf.sheet, items, language))
            await run_sync(table.close)
        finally:
            table.leave()
        async for part in sent_from(path):
            yield part


async def _as_pdf(leaves: Sequence[Leaf], parts: Parts, language: Language) -> bytes:
    gathered: list[list[BaseModel]] = [[] for _ in leaves]
    async for part in parts:
        _gather(gathered, part)
        if sum(map(len, gathered)) > MOST_PRINTED:
            raise ReportTooLong(says("report-too-long", most=MOST_PRINTED), most=MOST_PRINTED)
    return await run_sync(_print, leaves, gathered, language)


def _print(leaves: Sequence[Leaf], gathered: Sequence[Items], language: Language) -> bytes:
    told = zip(leaves, gathered, strict=True)
    return printed(
        [Block(leaf.sheet, list(_lines(leaf.sheet, items, language)), leaf.is_form) for leaf, items in told], language
    )


def _gather(later: Sequence[list[BaseModel]], others: Sequence[Items]) -> None:
    for gathered, items in zip(later, others, strict=True):
        gathered.extend(items)


def _lines(sheet: Sheet, items: Items, language: Language) -> Iterable[Line]:
    """The lines of a sheet; its cells are made when the first of them is taken, beside the event loop."""
    dumped = [item.model_dump(mode="json") for item in items]
    return chain(zip(*cells_of(sheet, values_of(sheet, dumped), language), strict=True))
