"""Files of disbursements."""

from dataclasses import replace
from typing import Final

from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import (
    AMOUNT,
    CORRECTS,
    HOUSEHOLD_CODE,
    MEASURE_ID,
    MONTH,
    RECORDED_AT,
    RECORDED_BY,
    REGION_CODE,
    SOURCE,
    SOURCE_REF,
    UPDATED_AT,
)

_KIND: Final = Column(
    "kind", "发放类别", "Kind", needed=True, width=20, example="temporary_relief", note="小写字母和下划线"
)

DISBURSEMENTS: Final = Sheet(
    "disbursements",
    "发放",
    "Disbursements",
    (
        replace(HOUSEHOLD_CODE, needed=True),
        _KIND,
        replace(MONTH, needed=True),
        replace(AMOUNT, needed=True, example="800.00"),
        replace(MEASURE_ID, note="兑现帮扶措施的，填系统给出的编号"),
        Column("instalment", "分期发放", "Instalment", Form.FLAG, width=10, note="后面还要发放的填“是”"),
        SOURCE_REF,
        CORRECTS,
    ),
)
"""发放表: a row a payment."""

DISBURSEMENT_LIST = Sheet(
    "disbursements",
    "资金发放",
    "Disbursements",
    (
        Column("disbursement_id", "发放编号", "Disbursement", width=38),
        SOURCE,
        SOURCE_REF,
        HOUSEHOLD_CODE,
        REGION_CODE,
        MEASURE_ID,
        _KIND,
        MONTH,
        AMOUNT,
        Column("supersedes_id", "所更正的记录", "Corrects", width=38),
        Column("disbursed_on", "发放日期", "Disbursed on", Form.DAY, width=12),
        Column("withdrawn_on", "撤回日期", "Withdrawn on", Form.DAY, width=12),
        RECORDED_AT,
        RECORDED_BY,
        UPDATED_AT,
    ),
)
