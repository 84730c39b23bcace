"""Files of the low-income population."""

from typing import Final

from shared.codes.monitoring import LowIncomeClass
from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, REGION_CODE, yuan

LOW_INCOME_LIST: Final = Sheet(
    "low-income",
    "低收入人口台账",
    "Low-income population",
    (
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("class", "低收入类别", "Class", Form.CODE, LowIncomeClass, width=20),
        Column(f"undecided/{EACH}", "无法判定的类别", "Undecided", Form.CODE, LowIncomeClass, width=20),
        Column("head_name", "户主", "Head", width=10, masked=True),
        Column("member_count", "家庭人口", "Members", Form.WHOLE, width=10),
        yuan("per_head", "民政口径人均收入", "Income per head by civil affairs", width=24),
        yuan("compliant_self_paid", "合规自付支出", "Compliant self-paid", width=20),
        Column("known_months", "已掌握月数", "Months known", Form.WHOLE, width=12),
    ),
)
"""低收入人口台账: a row a household."""
