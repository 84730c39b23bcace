"""Files of disbursements."""

from typing import Final

from shared.sheets.columns import Column, Form, Sheet

DISBURSEMENTS: Final = Sheet(
    "disbursements",
    "发放",
    "Disbursements",
    (
        Column("household_code", "户编号", "Household code", needed=True, example="DJ-0001"),
        Column("kind", "发放类别", "Kind", needed=True, width=20, example="temporary_relief", note="小写字母和下划线"),
        Column("month", "月份", "Month", Form.MONTH, needed=True, width=10, example="2026-10"),
        Column("amount", "金额（元）", "Amount (yuan)", Form.YUAN, needed=True, example="800.00"),
        Column("measure_id", "帮扶措施编号", "Measure", width=38, note="兑现帮扶措施的，填系统给出的编号"),
        Column("instalment", "分期发放", "Instalment", Form.FLAG, width=10, note="后面还要发放的填“是”"),
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
"""发放表: a row a payment."""
