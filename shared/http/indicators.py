"""Indicators 指标 as answers: computed from the ledgers of a house, for a region and a month."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, Self

from pydantic import BaseModel, Field
from starlette.responses import Response

from shared.codes.indicators import IndicatorUnit
from shared.http.dependencies import Call
from shared.http.reports import Asked, Items, Leaf, PrintedReportQuery, head_of, report_answer
from shared.indicators import Counted, Indicator
from shared.sheets.columns import Column, Form, Sheet
from shared.words.language import Language, speaking


class IndicatorOut(BaseModel):
    """One indicator of a region and a month."""

    code: str
    name: str = Field(description="In the language of the reader")
    value: int | str | None = Field(description="A number, or text for a share or an amount; null is a part of nothing")
    unit: IndicatorUnit
    numerator: int | str | None = Field(description="The part, where the value is one of a whole")
    denominator: int | str | None = Field(description="The whole")
    target: str | None = Field(description="What is aimed at there and then, where a document says it")
    source: str = Field(description="The document that asks for it")

    @classmethod
    def of(cls, indicator: Indicator, counted: Counted, target: Any = None) -> Self:
        """The answer for what was counted."""
        code, is_part = indicator.code, counted.denominator is not None
        return cls(
            code=code.value,
            name=code.label_zh if speaking.get() is Language.ZH else code.label_en,
            value=counted.value(indicator.unit),
            unit=indicator.unit,
            numerator=counted.numerator if is_part else None,
            denominator=counted.denominator,
            target=None if target is None else str(target),
            source=indicator.source,
        )


class IndicatorsOut(BaseModel):
    """The indicators of a house for a region and a month."""

    report: str
    region_code: str | None
    period: str | None
    items: list[IndicatorOut]


_COLUMNS: Final = (
    Column("name", "指标", "Indicator", width=32),
    Column("value", "数值", "Value"),
    Column("unit", "单位", "Unit", Form.CODE, IndicatorUnit, width=8),
    Column("numerator", "分子", "Part"),
    Column("denominator", "分母", "Whole"),
    Column("target", "目标", "Target"),
    Column("source", "依据", "Source", width=40),
    Column("code", "代码", "Code", width=24),
)
INDICATOR_LIST: Final = Sheet("indicators", "指标", "Indicators", _COLUMNS)


def figures_sheet(kind: str, zh: str, en: str) -> Sheet:
    """The sheet of a report that is made of indicators, under a name of its own."""
    return Sheet(kind, zh, en, _COLUMNS)


async def indicators_answer(call: Call, asked: PrintedReportQuery, items: Sequence[IndicatorOut]) -> Response:
    """The indicators as they are asked for."""
    return await figures_answer(call, asked, head_of("indicators", asked), INDICATOR_LIST, items)


async def figures_answer(
    call: Call, asked: Asked, head: Mapping[str, Any], sheet: Sheet, items: Sequence[IndicatorOut]
) -> Response:
    """Indicators as a report, in JSON below ``head``."""
    return await report_answer(call, asked, head, [Leaf("items", sheet)], _once(items))


async def _once(items: Sequence[IndicatorOut]) -> AsyncIterator[Sequence[Items]]:
    yield [items]
