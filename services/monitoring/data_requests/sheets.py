"""The fields that are held, and files of requests for data."""

from collections.abc import Iterator, Mapping
from typing import Final

from services.monitoring.facts.sheets import FACT_SHEETS
from services.monitoring.households.sheets import HOUSEHOLDS
from shared.codes.monitoring import DataRequestStatus
from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.common import REGION_CODE, REQUEST_ID, UPDATED_AT


def _held() -> Iterator[tuple[str, str]]:
    for column in HOUSEHOLDS.columns:
        yield f"{'member' if column.each else 'household'}.{column.field}", column.zh
    for name, sheet in FACT_SHEETS.items():
        for column in sheet.columns:
            if column.parts[0] == "payload":
                yield f"{name}.{column.field}", f"{sheet.zh}：{column.zh}"


HELD_FIELDS: Final[Mapping[str, str]] = dict(_held())
"""数据项目录: every field that is held, with what people call it: those of the register, then of each type of fact."""
DATA_REQUEST_LIST: Final = Sheet(
    "data-requests",
    "报表数据需求",
    "Requests for data",
    (
        REQUEST_ID,
        Column("requester", "需求部门", "Department", width=20),
        Column("purpose", "用途", "Purpose", width=40),
        Column(f"fields/{EACH}", "数据项", "Fields", width=40),
        REGION_CODE,
        Column("collect", "需采集", "To be collected", Form.FLAG, width=10),
        Column("status", "需求状态", "Status", Form.CODE, DataRequestStatus, width=12),
        Column("requested_by", "申请客户端", "Requested by", width=18),
        Column("requested_at", "申请时间", "Requested at", Form.MOMENT, width=20),
        UPDATED_AT,
    ),
)
