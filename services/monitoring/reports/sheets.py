"""Files of registers, and of books of income."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.monitoring.households.sheets import HOUSEHOLDS
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.codes.monitoring import HouseholdClass, MonitoringStatus, RiskKind
from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, MONTH, REGION_CODE, yuan

_OF_THE_REGISTER: Final = {column.field: replace(column, place=column.field) for column in HOUSEHOLDS.columns}
_HEAD: Final = Column("head_name", "户主", "Head", width=10, masked=True)
_MONITORING: Final = Column("monitoring", "监测状态", "Monitoring", Form.CODE, MonitoringStatus, width=12)
_RISKS: Final = Column(f"risks/{EACH}", "风险类型", "Kind of risk", Form.CODE, RiskKind, width=20)


def _registered(*names: str) -> Iterator[Column]:
    return (_OF_THE_REGISTER[name] for name in names)


VILLAGE_REGISTER: Final = Sheet(
    "village-register",
    "村级农户册",
    "Village register",
    (
        HOUSEHOLD_CODE,
        REGION_CODE,
        _HEAD,
        *_registered("category", "relocated", "dibao"),
        Column("member_count", "家庭人口", "Members", Form.WHOLE, width=10),
        _MONITORING,
        Column("monitoring_class", "监测对象类别", "Class", Form.CODE, HouseholdClass, width=16),
        Column("known_months", "已掌握月数", "Months known", Form.WHOLE, width=12),
        yuan("net_income", "家庭纯收入", "Net income"),
        yuan("per_head", "人均纯收入", "Income per head"),
        *(
            Column(one.value, one.label_zh, one.label_en.capitalize(), Form.CODE, ProtectionStatus, width=12)
            for one in Protection
        ),
        _RISKS,
    ),
)
"""村有册: a row a household."""
COUNTY_FILE: Final = Sheet(
    "county-file",
    "县级电子档案",
    "County file",
    (
        HOUSEHOLD_CODE,
        REGION_CODE,
        *_registered("category", "dibao"),
        _MONITORING,
        *_registered(
            "member_no",
            "name",
            "relation",
            "sex",
            "birth_date",
            "id_number",
            "labour",
            "health",
            "student",
        ),
        _RISKS,
    ),
)
"""县电子档案: a row a member."""
TOTALS: Final = Sheet(
    "register-totals",
    "分村汇总",
    "Totals by village",
    (
        REGION_CODE,
        Column("name", "村名", "Village", width=20),
        Column("households", "户数", "Households", Form.WHOLE, width=10),
        Column("members", "人数", "People", Form.WHOLE, width=10),
        Column("lifted", "脱贫户数", "Lifted households", Form.WHOLE, width=10),
        Column("relocated", "易地搬迁户数", "Relocated households", Form.WHOLE, width=14),
        Column("dibao", "低保户数", "Households with the allowance", Form.WHOLE, width=10),
        Column("monitored", "监测户数", "Monitored households", Form.WHOLE, width=10),
        Column("at_risk", "有风险户数", "Households at risk", Form.WHOLE, width=12),
    ),
)
_AMOUNTS: Final = (
    yuan("wage", "工资性收入", "Wage income"),
    yuan("operating", "生产经营性收入", "Operating income"),
    yuan("property", "财产性收入", "Property income"),
    yuan("transfer", "转移性收入", "Transfer income"),
    yuan("operating_cost", "生产经营性支出", "Operating cost"),
    yuan("net", "纯收入", "Net income"),
)
INCOME_BOOK: Final = Sheet("income-book", "收入增长工作档案", "Book of income", (MONTH, *_AMOUNTS))
"""一户一本记账本: a row a month that is known."""
INCOME_TOTALS: Final = Sheet("income-totals", "全年合计", "Totals of the year", _AMOUNTS)
