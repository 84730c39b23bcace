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

DISBURSEMENT_LIST = Sheet(
    "disbursements",
    "资金发放",
    "Disbursements",
    (
        Column("disbursement_id", "发放编号", "disbursement", width=38),
        Column("source", "来源", "source", width=24),
        Column("source_ref", "来源编号", "source reference", width=24),
        Column("household_code", "户编号", "household", width=18),
        Column("region_code", "区划代码", "region"),
        Column("measure_id", "措施编号", "measure", width=38),
        Column("kind", "资金类型", "kind", width=20),
        Column("month", "所属月份", "month", Form.MONTH),
        Column("amount", "金额（元）", "amount (yuan)", Form.YUAN),
        Column("supersedes_id", "所更正的发放", "corrects", width=38),
        Column("disbursed_on", "发放日期", "disbursed on", Form.DAY, width=12),
        Column("withdrawn_on", "撤回日期", "withdrawn on", Form.DAY, width=12),
        Column("recorded_at", "记录时间", "recorded at", Form.MOMENT, width=20),
        Column("recorded_by", "记录客户端", "recorded by", width=18),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)
