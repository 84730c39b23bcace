"""Files of disbursements."""

from shared.sheets.columns import Column, Form, Sheet

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
    ),
)
