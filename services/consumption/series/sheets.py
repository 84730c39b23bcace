"""Columns that files of reports share."""

from dataclasses import replace
from typing import Final

from shared.codes.records import RecordStatus
from shared.codes.slow_sales import ReportMode
from shared.sheets.columns import Column, Form
from shared.sheets.common import RECORDED_AT, REGION_CODE, SOURCE, SOURCE_REF, UPDATED_AT

COMMODITY_CODE: Final = Column("commodity_code", "品类编号", "Commodity code", width=18)
_ON: Final = Column("on", "日期", "On", Form.DAY, width=12, example="2026-11-03")
ABOUT_THE_REPORT: Final = (
    Column("report_id", "记录编号", "Report", width=38),
    SOURCE,
    SOURCE_REF,
    COMMODITY_CODE,
    REGION_CODE,
    _ON,
)
WHAT_BECAME_OF_IT: Final = (
    Column("mode", "录入方式", "Mode", Form.CODE, ReportMode),
    Column("status", "记录状态", "Status", Form.CODE, RecordStatus),
    Column("supersedes_id", "所更正的记录", "Corrects", width=38),
    RECORDED_AT,
    UPDATED_AT,
)
SAID_OF_A_SERIES: Final = (
    replace(SOURCE, note="不填则为上传时指明的来源"),
    SOURCE_REF,
    replace(COMMODITY_CODE, needed=True, example="WHITE-TEA"),
    replace(REGION_CODE, needed=True),
    replace(_ON, needed=True),
)
"""What a row of a file in begins with."""
