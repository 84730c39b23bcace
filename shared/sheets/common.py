"""Columns that files of several topics share: what means the same is called the same wherever it stands."""

from typing import Final

from shared.sheets.columns import Column, Form

HOUSEHOLD_CODE: Final = Column("household_code", "户编号", "Household code", width=18, example="DJ-0001")
REGION_CODE: Final = Column(
    "region_code", "区划代码", "Region code", width=16, example="520626001001", note="12 位行政区划代码"
)
MEMBER_NO: Final = Column("member_no", "成员序号", "Member number", Form.WHOLE, width=10, example="1")
MONTH: Final = Column("month", "月份", "Month", Form.MONTH, width=10, example="2026-10")
AMOUNT: Final = Column("amount", "金额（元）", "Amount (yuan)", Form.YUAN)
SOURCE: Final = Column("source", "来源", "Source", width=24)
SOURCE_REF: Final = Column(
    "source_ref",
    "来源编号",
    "Source reference",
    width=24,
    note="不填则由本行内容生成：内容相同的两行只算一次",
)
CORRECTS: Final = Column(
    "supersedes/source_ref", "更正的来源编号", "Corrects reference", width=24, note="更正以前上报的内容时填写"
)
MEASURE_ID: Final = Column("measure_id", "措施编号", "Measure", width=38)
REQUEST_ID: Final = Column("request_id", "需求编号", "Request", width=38)
TASK_ID: Final = Column("task_id", "任务编号", "Task", width=38)
RECORDED_AT: Final = Column("recorded_at", "记录时间", "Recorded at", Form.MOMENT, width=20)
RECORDED_BY: Final = Column("recorded_by", "记录客户端", "Recorded by", width=18)
UPDATED_AT: Final = Column("updated_at", "更新时间", "Updated at", Form.MOMENT, width=20)
VERSION: Final = Column("version", "版本", "Version", Form.WHOLE)
CORRELATION_ID: Final = Column("correlation_id", "关联编号", "Correlation id", width=38)


def yuan(place: str, zh: str, en: str, width: int = 16) -> Column:
    """A column of an amount, headed with its unit."""
    return Column(place, f"{zh}（元）", f"{en} (yuan)", Form.YUAN, width=width)
