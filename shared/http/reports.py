"""Named reports 报表: what all take, and how their sheets are answered as JSON or as Excel, as they are read."""

import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple

from anyio.to_thread import run_sync
from pydantic import BaseModel, Field
from pydantic_core import to_json

from shared.http.dependencies import Call
from shared.http.files import MEDIA_TYPES, WholeAnswer, named_file, sent_from
from shared.months import Month, format_month
from shared.regions import RegionFilter
from shared.sheets.columns import Sheet
from shared.sheets.writing import Line, Table, cells_of, headed, values_of
from shared.words.language import Language, speaking

Items = Sequence[BaseModel]
Parts = AsyncIterator[Sequence[Items]]
"""Part by part the lines of each sheet, in the order of the sheets."""
_JSON = "application/json"


class ReportQuery(BaseModel):
    """What every report can be asked for."""

    region_code: RegionFilter | None = Field(None, description="All of the caller's regions where it is left out")
    period: Month | None = Field(None, description="A month; as it is today where it is left out")
    format: Literal["json", "xlsx"] = Field("json", description="How the report is written")


class Leaf(NamedTuple):
    """A sheet of a report, and the field of the answer in JSON that holds its lines."""

    field: str
    sheet: Sheet


def report_answer(call: Call, asked: ReportQuery, report: str, leaves: Sequence[Leaf], parts: Parts) -> WholeAnswer:
    """A report as it is asked for. The lines of the first sheet are sent as they are read, those of the others last."""
    if asked.format == "json":
        period = None if asked.period is None else format_month(asked.period)
        head = {"report": report, "region_code": asked.region_code, "period": period}
        return WholeAnswer(_as_json(head, leaves, parts), _JSON)
    language, today = speaking.get(), call.house.database.resources.clock.today()
    name = named_file(leaves[0].sheet, asked.format, language, today.isoformat())
    return WholeAnswer(_as_xlsx(leaves, parts, language), MEDIA_TYPES[asked.format], name)


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


def _gather(later: Sequence[list[BaseModel]], others: Sequence[Items]) -> None:
    for gathered, items in zip(later, others, strict=True):
        gathered.extend(items)


def _lines(sheet: Sheet, items: Items, language: Language) -> Iterable[Line]:
    """The lines of a sheet; its cells are made when the first of them is taken, beside the event loop."""
    dumped = [item.model_dump(mode="json") for item in items]
    return chain(zip(*cells_of(sheet, values_of(sheet, dumped), language), strict=True))
