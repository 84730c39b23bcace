"""Files of wages."""

from dataclasses import replace
from typing import Final

from shared.codes.records import RecordStatus
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import AMOUNT, CORRECTS, MONTH, RECORDED_AT, SOURCE, SOURCE_REF, UPDATED_AT

_PLACEMENT_ID: Final = Column("placement_id", "输送编号", "Placement", needed=True, width=38, note="系统给出的输送编号")

WAGES: Final = Sheet(
    "wages",
    "务工月报",
    "Wages",
    (
        _PLACEMENT_ID,
        replace(MONTH, needed=True),
        replace(AMOUNT, needed=True, example="4500.00"),
        SOURCE_REF,
        CORRECTS,
    ),
)
"""务工月报表: a row a wage."""

WAGE_LIST = Sheet(
    "wages",
    "务工月报",
    "Wages",
    (
        Column("wage_id", "工资记录编号", "Wage", width=38),
        SOURCE,
        SOURCE_REF,
        _PLACEMENT_ID,
        MONTH,
        AMOUNT,
        Column("supersedes_id", "所更正的记录", "Corrects", width=38),
        Column("status", "记录状态", "Status", Form.CODE, RecordStatus),
        RECORDED_AT,
        UPDATED_AT,
    ),
)
