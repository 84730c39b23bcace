"""What people read above the fields of facts: the one place, for templates, lists and documents."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Heading(NamedTuple):
    """A heading 表头, with what the person who fills in the column has to know."""

    zh: str
    en: str
    width: int = 14
    example: str = ""
    """Where the field is needed; other fields have one of their form."""
    note: str = ""


TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "income": ("收入", "Income"),
    "expense": ("支出", "Expense"),
    "illness": ("疾病", "Illness"),
    "withdrawal": ("撤回", "Withdrawal"),
    "schooling": ("就学", "Schooling"),
    "dwelling": ("住房", "Dwelling"),
    "water": ("饮水", "Water"),
    "insurance": ("参保", "Insurance"),
    "work": ("务工", "Work"),
    "disability": ("残疾", "Disability"),
    "care": ("失能", "Care"),
    "chronic": ("慢病签约", "Chronic disease"),
    "disaster": ("受灾", "Disaster"),
    "accident": ("意外", "Accident"),
    "production": ("产业", "Production"),
    "relief": ("救助", "Relief"),
    "loan": ("负债", "Loan"),
    "means": ("生产条件", "Means of production"),
    "member_change": ("人口变动", "Change of members"),
}
"""What files of each type of fact are called."""

HEADINGS: Final[Mapping[str, Heading]] = {
    "amount": Heading("金额（元）", "Amount (yuan)"),
    "arable_mu": Heading("耕地（亩）", "Arable land (mu)", example="3.5"),
    "balance": Heading("余额（元）", "Balance (yuan)"),
    "branch": Heading("收入类型", "Branch of income"),
    "change": Heading("变动类型", "Change of member"),
    "channel": Heading("就业渠道", "Channel of work"),
    "checked_by": Heading("鉴定单位", "Checked by", width=24, example="德江县住房和城乡建设局"),
    "code": Heading("疾病编码", "Diagnosis code", example="C34.9", note="ICD-10"),
    "contract": Heading("签约状态", "Contract"),
    "cut_since": Heading("停水起始日", "Cut since"),
    "days_short": Heading("缺水天数", "Days short of water", note="一年内累计天数"),
    "disease": Heading("慢病病种", "Disease"),
    "distance_m": Heading("取水距离（米）", "Distance to water (m)"),
    "due_on": Heading("到期日", "Due on"),
    "effect": Heading("伤亡后果", "Effect"),
    "event": Heading("就学情况", "Event of schooling", width=16),
    "forest_mu": Heading("林地（亩）", "Forest land (mu)", example="10.0"),
    "grade": Heading("等级", "Grade", example="2"),
    "height_m": Heading("取水高差（米）", "Height to water (m)"),
    "house_damaged": Heading("住房是否受损", "House damaged"),
    "kind": Heading("类别", "Kind"),
    "expense.kind": Heading("支出类型", "Kind of expense"),
    "disability.kind": Heading("残疾类别", "Kind of disability"),
    "accident.kind": Heading("意外类型", "Kind of accident"),
    "production.kind": Heading("产业类型", "Kind of production"),
    "loan.kind": Heading("贷款类型", "Kind of loan"),
    "leaf": Heading("收入细项", "Leaf of income", width=20),
    "level": Heading("失能程度", "Level of care"),
    "litres_per_day": Heading("人均日用水量（升）", "Litres per day", width=18),
    "loss": Heading("损失（元）", "Loss (yuan)"),
    "main_earner": Heading("是否主要劳动力", "Main earner", width=16),
    "minutes": Heading("取水时间（分钟）", "Minutes to water", width=16),
    "month": Heading("月份", "Month", width=10),
    "name": Heading("疾病名称", "Diagnosis", width=24, example="肺恶性肿瘤"),
    "only_home": Heading("是否唯一住房", "Only home"),
    "operating_cost": Heading("生产经营性支出（元）", "Operating cost (yuan)", note="只有生产经营性收入才填写"),
    "outcome": Heading("受损情况", "Outcome"),
    "overdue": Heading("是否逾期", "Overdue loan"),
    "paid_by": Heading("缴费方式", "Paid by"),
    "place_code": Heading("工作地区划代码", "Place of work", note="6 位行政区划代码"),
    "quality": Heading("水质", "Quality of water"),
    "reason": Heading("原因", "Reason"),
    "supply": Heading("供水方式", "Supply of water"),
    "withdrawal.reason": Heading("撤回原因", "Reason of a withdrawal"),
    "schooling.reason": Heading("失学原因", "Reason of schooling"),
    "reimbursed": Heading("已报销（元）", "Reimbursed (yuan)"),
    "road_km": Heading("距主干道（公里）", "Distance to the road (km)", width=16, example="3.5"),
    "scheme": Heading("险种或救助类别", "Scheme", width=18),
    "insurance.scheme": Heading("险种", "Scheme of insurance"),
    "relief.scheme": Heading("救助类别", "Scheme of relief"),
    "school_code": Heading("学校代码", "School code"),
    "self_paid_compliant": Heading("合规自付（元）", "Compliant self-paid (yuan)"),
    "serious": Heading("是否大病", "Serious", width=10),
    "stage": Heading("学段", "Stage"),
    "status": Heading("所报状态", "Status reported"),
    "insurance.status": Heading("参保状态", "Status of insurance"),
    "work.status": Heading("务工状态", "Status of work"),
    "relief.status": Heading("救助状态", "Status of relief"),
    "sub_kind": Heading("灾害类型", "Kind of disaster"),
    "tools": Heading("生产工具", "Tools", width=24, example="拖拉机"),
    "willing": Heading("有无就业意愿", "Willing to work"),
    "year": Heading("年度", "Year", example="2026"),
}
"""By field of the payload; by type and field, where a type has a heading of its own."""


def heading_of(fact_type: str, field: str) -> Heading:
    """The heading of a field in files of one type. A field that nobody named is headed by its own name."""
    return HEADINGS.get(f"{fact_type}.{field}") or heading_of_all(field)


def heading_of_all(field: str) -> Heading:
    """The heading of a field where facts of several types stand in one list."""
    return HEADINGS.get(field) or Heading(field, field.replace("_", " ").capitalize())
