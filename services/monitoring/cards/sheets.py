"""The card of a household as it is printed: a form of its own for each thing that there is once, else a table."""

from typing import Final

from services.monitoring.households.sheets import HOUSEHOLDS
from services.monitoring.protections.sheets import PROTECTION_LIST
from shared.codes.circumstances import DwellingGrade, LoanKind
from shared.codes.monitoring import (
    ContactRole,
    ExpenseKind,
    HouseholdCategory,
    HouseholdClass,
    MonitoringStatus,
    RiskGrade,
    RiskKind,
)
from shared.sheets.columns import EACH, Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, REGION_CODE, yuan

_OBSERVED: Final = Column("observed_on", "发现日期", "Observed on", Form.DAY)
_MEMBER_FIELDS: Final = {column.field: column for column in HOUSEHOLDS.columns if column.each}


CARD_HOUSEHOLD: Final = Sheet(
    "household-card",
    "帮扶卡",
    "Household card",
    (
        HOUSEHOLD_CODE,
        REGION_CODE,
        Column("region", "住址", "Region"),
        Column("head_name", "户主", "Head", masked=True),
        Column("member_count", "家庭人口", "Members", Form.WHOLE),
        Column("category", "农户类型", "Category", Form.CODE, HouseholdCategory),
        Column("monitoring", "监测状态", "Monitoring", Form.CODE, MonitoringStatus),
        Column("monitoring_class", "监测对象类别", "Class", Form.CODE, HouseholdClass),
        Column("admitted_on", "纳入日期", "Admitted on", Form.DAY),
        Column("relocated", "易地搬迁", "Relocated", Form.FLAG),
        Column("dibao", "低保户", "Subsistence allowance", Form.FLAG),
        Column("registered_on", "登记日期", "Registered on", Form.DAY),
        Column("ended_on", "注销日期", "Ended on", Form.DAY),
    ),
)
CARD_MEMBERS: Final = Sheet(
    "card-members",
    "家庭成员",
    "Members",
    tuple(Column(name, one.zh, one.en, one.form, one.codes, width=one.width) for name, one in _MEMBER_FIELDS.items()),
)
CARD_MEANS: Final = Sheet(
    "card-means",
    "生产条件",
    "Means of production",
    (
        Column("arable_mu", "耕地（亩）", "Arable land (mu)", Form.DECIMAL),
        Column("forest_mu", "林地（亩）", "Forest land (mu)", Form.DECIMAL),
        Column("road_km", "与村主干路距离（公里）", "Way to the road (km)", Form.DECIMAL),
        Column(f"tools/{EACH}", "生产工具", "Tools"),
        _OBSERVED,
    ),
)
CARD_DWELLING: Final = Sheet(
    "card-dwelling",
    "住房",
    "Dwelling",
    (
        Column("grade", "房屋安全等级", "Grade", Form.CODE, DwellingGrade),
        Column("only_home", "唯一住房", "Only home", Form.FLAG),
        Column("checked_by", "鉴定单位", "Checked by"),
        _OBSERVED,
    ),
)
CARD_INCOME: Final = Sheet(
    "card-income",
    "家庭收入",
    "Income",
    (
        Column("first", "自", "From", Form.MONTH),
        Column("last", "至", "To", Form.MONTH),
        Column("known_months", "已掌握月数", "Months known", Form.WHOLE),
        yuan("wage", "工资性收入", "Wage income"),
        yuan("operating", "生产经营性收入", "Operating income"),
        yuan("operating_cost", "生产经营性支出", "Operating cost"),
        yuan("property", "财产性收入", "Property income"),
        yuan("transfer", "转移性收入", "Transfer income"),
        yuan("net_income", "家庭纯收入", "Net income"),
        yuan("per_head", "人均纯收入", "Income per head"),
        yuan("compliant_self_paid", "合规自付支出", "Compliant self-paid expense"),
        yuan("civil_per_head", "民政口径人均收入", "Income per head by civil affairs"),
    ),
)
CARD_EXPENSE: Final = Sheet(
    "card-expense",
    "家庭支出",
    "Expense",
    (
        Column("kind", "支出类型", "Kind of expense", Form.CODE, ExpenseKind),
        yuan("amount", "金额", "Amount"),
        yuan("self_paid_compliant", "合规自付", "Compliant self-paid"),
        yuan("reimbursed", "报销", "Reimbursed"),
    ),
)
CARD_LOANS: Final = Sheet(
    "card-loans",
    "负债",
    "Loans",
    (
        Column("kind", "贷款种类", "Kind of loan", Form.CODE, LoanKind),
        yuan("balance", "余额", "Balance"),
        Column("due_on", "到期日", "Due on", Form.DAY),
        Column("overdue", "逾期", "Overdue", Form.FLAG),
        _OBSERVED,
    ),
)
CARD_PROTECTIONS: Final = Sheet(
    "card-protections",
    PROTECTION_LIST.zh,
    PROTECTION_LIST.en,
    tuple(column for column in PROTECTION_LIST.columns if column.field in ("code", "status", "checked_on")),
)
CARD_RISKS: Final = Sheet(
    "card-risks",
    "返贫致贫风险",
    "Risks",
    (
        Column("kind", "风险类型", "Kind of risk", Form.CODE, RiskKind, width=20),
        Column("grade", "预警等级", "Grade", Form.CODE, RiskGrade),
        Column("official_code", "风险代码", "Official code"),
    ),
)
CARD_CONTACTS: Final = Sheet(
    "card-contacts",
    "联系人",
    "Contacts",
    (
        Column("contact_code", "联系人编号", "Contact", width=20),
        Column("role", "职责", "Role", Form.CODE, ContactRole, width=20),
        Column("area", "网格", "Area", width=20),
    ),
)
