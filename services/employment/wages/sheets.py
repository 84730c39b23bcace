"""Files of wages."""

from shared.codes.records import RecordStatus
from shared.sheets.columns import Column, Form, Sheet

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
