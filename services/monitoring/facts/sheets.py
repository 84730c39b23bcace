"""Files of facts. The columns of what a fact says are those of its payload."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, get_args

from pydantic import BaseModel

from services.monitoring.evidence.headings import TITLES, Heading, heading_of, heading_of_all
from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.table import EVIDENCE
from services.monitoring.evidence.types import EvidenceType
from shared.codes.assistance import TaskVerdict
from shared.codes.code import Code, one_list
from shared.codes.monitoring import FactMode, RiskKind, RiskStatus
from shared.codes.records import RecordStatus
from shared.money import YUAN_PATTERN
from shared.months import MONTH_PATTERN
from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.common import (
    CORRECTS,
    HOUSEHOLD_CODE,
    MEMBER_NO,
    RECORDED_AT,
    RECORDED_BY,
    REGION_CODE,
    SOURCE,
    SOURCE_REF,
    UPDATED_AT,
)

_PERSON: Final = Column(
    "id_number",
    "公民身份号码",
    "Identity number",
    Form.IDENTIFIER,
    width=22,
    note="代替户编号和成员序号，须有 monitoring:match 权限；须为文本格式",
    masked=True,
)
_OBSERVED: Final = Column(
    "observed_on", "发现日期", "Observed on", Form.DAY, needed=True, example="2026-11-03", note="如 2026-11-03"
)
_CONFIRMED: Final = Column(
    "confirmed", "核实说明", "Confirmed because", width=24, note="金额明显偏高但属实的，说明原因"
)
_FORM_OF_TYPE: Final = {"boolean": Form.FLAG, "integer": Form.WHOLE, "number": Form.DECIMAL}
_FORM_OF_TEXT: Final = {YUAN_PATTERN: Form.YUAN, MONTH_PATTERN: Form.MONTH}
_DIGITS: Final = "^[0-9"
"""What the pattern of text that is a number begins with."""
_EXAMPLES: Final[Mapping[Form, str]] = {
    Form.FLAG: "是",
    Form.WHOLE: "1",
    Form.DECIMAL: "1.0",
    Form.YUAN: "3200.00",
    Form.MONTH: "2026-10",
    Form.DAY: "2026-11-03",
}


def _columns_said(evidence: EvidenceType, fact: type[ReportedFact]) -> Iterator[Column]:
    """A column for each field of what a fact of a type says."""
    payload = _payload_of(fact)
    described = payload.model_json_schema()["properties"]
    shown = [name for name, field in payload.model_fields.items() if field.is_required()] or [*payload.model_fields][:1]
    for name, field in payload.model_fields.items():
        heading, codes = heading_of(evidence.name, name), _codes_in(field.annotation)
        said = _without_null(described[name])
        several = said.get("type") == "array"
        form = Form.CODE if codes else _form_of(said["items"] if several else said)
        yield Column(
            f"payload/{name}/{EACH}" if several else f"payload/{name}",
            heading.zh,
            heading.en,
            form,
            codes,
            needed=field.is_required(),
            width=heading.width,
            example=_example(heading, form, codes) if name in shown else "",
            note=heading.note,
            masked=evidence.may_tell_of_health and name not in (evidence.shown_of_health or ()),
        )


def _payload_of(fact: type[ReportedFact]) -> type[BaseModel]:
    payload = fact.model_fields["payload"].annotation
    assert isinstance(payload, type), "what a fact says is one model"
    assert issubclass(payload, BaseModel), "what a fact says is a model"
    return payload


def _codes_in(annotation: Any) -> type[Code] | None:
    """The list that the values of a field come from, however they may be missing or several."""
    if isinstance(annotation, type) and issubclass(annotation, Code):
        return annotation
    return next(filter(None, map(_codes_in, get_args(annotation))), None)


def _without_null(said: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((one for one in said.get("anyOf", ()) if one.get("type") != "null"), said)


def _form_of(said: Mapping[str, Any]) -> Form:
    """How a value stands in a cell that is described so in a body."""
    if said.get("type") in _FORM_OF_TYPE:
        return _FORM_OF_TYPE[said["type"]]
    if said.get("format") == "date":
        return Form.DAY
    pattern = said.get("pattern", "")
    return _FORM_OF_TEXT.get(pattern, Form.DECIMAL if pattern.startswith(_DIGITS) and "." in pattern else Form.TEXT)


def _example(heading: Heading, form: Form, codes: type[Code] | None) -> str:
    if codes is not None:
        return next(iter(codes)).label_zh
    return heading.example or _EXAMPLES.get(form, "")


def _sheet_of(evidence: EvidenceType, fact: type[ReportedFact]) -> Sheet:
    """The file of a type: who says it, of whom, since when, and what."""
    zh, en = TITLES.get(evidence.name, (evidence.name, evidence.name))
    columns: Sequence[Column] = (
        replace(SOURCE, note="不填则为上传时指明的来源"),
        SOURCE_REF,
        replace(HOUSEHOLD_CODE, note="户编号与公民身份号码填其中一项"),
        replace(MEMBER_NO, note="不填则为全户的情况"),
        _PERSON,
        _OBSERVED,
        *_columns_said(evidence, fact),
        replace(CORRECTS, needed=fact.model_fields["supersedes"].is_required()),
        _CONFIRMED,
    )
    return Sheet(evidence.name, zh, en, columns, fixed={"type": evidence.name})


FACT_SHEETS: Final[Mapping[str, Sheet]] = {
    name: _sheet_of(one, one.fact) for name, one in EVIDENCE.items() if one.fact is not None
}
"""A file for every type of fact that is reported, by its name: a row a fact."""


def _said_in_lists(sheets: Iterable[Sheet]) -> Iterator[Column]:
    """A column for each field that a fact of any type may say. Where types share a field, so do they its column."""
    by_place: defaultdict[str, list[Column]] = defaultdict(list)
    for sheet in sheets:
        for column in sheet.columns:
            if column.parts[0] == "payload":
                shown = EVIDENCE[sheet.kind].shown_of_health
                by_place[column.place].append(replace(column, masked=column.masked and shown is not None))
    return map(_shared, by_place.values())


def _shared(columns: Sequence[Column]) -> Column:
    """The column of a field in a list of facts of all types."""
    first, masked = columns[0], any(column.masked for column in columns)
    if len({(column.form, column.codes, column.zh) for column in columns}) == 1:
        return replace(first, masked=masked)
    heading = heading_of_all(first.field)
    lists = list(dict.fromkeys(column.codes for column in columns if column.codes is not None))
    form = first.form if len({column.form for column in columns}) == 1 else Form.TEXT
    codes = one_list(heading.en, lists) if form is Form.CODE else None
    return Column(first.place, heading.zh, heading.en, form, codes, width=heading.width, masked=masked)


FACT_LIST: Final = Sheet(
    "facts",
    "上报信息",
    "Facts",
    (
        Column("fact_id", "信息编号", "Fact", width=38),
        SOURCE,
        SOURCE_REF,
        HOUSEHOLD_CODE,
        REGION_CODE,
        replace(MEMBER_NO, masked=True),
        Column("type", "信息类型", "Type"),
        _OBSERVED,
        *_said_in_lists(FACT_SHEETS.values()),
        replace(_CONFIRMED, masked=True),
        Column("mode", "录入方式", "Mode", Form.CODE, FactMode),
        Column("status", "记录状态", "Status", Form.CODE, RecordStatus),
        Column("supersedes", "所更正的信息", "Corrects", width=38),
        Column("superseded_by", "被何信息更正", "Corrected by", width=38),
        RECORDED_BY,
        RECORDED_AT,
        UPDATED_AT,
        Column("risks/*/kind", "所致风险", "Risks", Form.CODE, RiskKind, width=20),
        Column("risks/*/status", "风险状态", "Status of the risk", Form.CODE, RiskStatus),
        Column("risks/*/verdict", "核实结论", "Verdict", Form.CODE, TaskVerdict),
    ),
)
