"""Files of wages."""

from typing import Final

from shared.codes.records import RecordStatus
from shared.sheets.columns import Column, Form, Sheet

WAGES: Final = Sheet(
    "wages",
    "务工月报",
    "Wages",
    (
        Column("placement_id", "就业记录编号", "Placement", needed=True, width=38, note="系统给出的就业记录编号"),
        Column("month", "月份", "Month", Form.MONTH, needed=True, width=10, example="2026-10"),
        Column("amount", "金额（元）", "Amount (yuan)", Form.YUAN, needed=True, example="4500.00"),
        Column("source_ref", "来源编号", "Reference", width=24, note="不填则由本行内容生成：内容相同的两行只算一次"),
        Column(
            "supersedes/source_ref",
            "更正的来源编号",
            "Corrects reference",
            width=24,
            note="更正以前上报的内容时填写",
        ),
    ),
)
"""务工月报表: a row a wage."""

WAGE_LIST = Sheet(
    "wages",
    "务工月报",
    "Wages",
    (
        Column("wage_id", "工资记录编号", "wage", width=38),
        Column("source", "来源", "source", width=24),
        Column("source_ref", "来源编号", "source reference", width=24),
        Column("placement_id", "输送编号", "placement", width=38),
        Column("month", "月份", "month", Form.MONTH),
        Column("amount", "金额（元）", "amount (yuan)", Form.YUAN),
        Column("supersedes_id", "所更正的记录", "corrects", width=38),
        Column("status", "记录状态", "status", Form.CODE, RecordStatus),
        Column("recorded_at", "记录时间", "recorded at", Form.MOMENT, width=20),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)
