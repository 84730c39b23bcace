"""Files of households."""

from dataclasses import replace
from typing import Final

from shared.codes.monitoring import ExchangeSystem, Health, HouseholdCategory, HouseholdEndReason, Labour, Relation, Sex
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, MEMBER_NO, REGION_CODE, UPDATED_AT, VERSION

_OF_THE_HOUSEHOLD: Final = "同一户各行填写一致，或只在第一行填写"

HOUSEHOLDS: Final = Sheet(
    "households",
    "农户",
    "Households",
    (
        replace(HOUSEHOLD_CODE, needed=True, note="每名成员一行，同一户各行填写同一编号"),
        replace(REGION_CODE, needed=True, note=f"{REGION_CODE.note}；{_OF_THE_HOUSEHOLD}"),
        Column(
            "category",
            "农户类型",
            "Category",
            Form.CODE,
            HouseholdCategory,
            needed=True,
            example=HouseholdCategory.LIFTED.label_zh,
            note=_OF_THE_HOUSEHOLD,
        ),
        Column("relocated", "易地搬迁", "Relocated", Form.FLAG, width=10, example="否", note=_OF_THE_HOUSEHOLD),
        Column("dibao", "低保户", "Subsistence allowance", Form.FLAG, width=10, example="否", note=_OF_THE_HOUSEHOLD),
        Column(
            "registered_on",
            "登记日期",
            "Registered on",
            Form.DAY,
            needed=True,
            example="2026-05-01",
            note=_OF_THE_HOUSEHOLD,
        ),
        replace(MEMBER_NO, place="members/*/member_no", needed=True),
        Column("members/*/name", "姓名", "Name", needed=True, example="王小明", masked=True),
        Column(
            "members/*/relation",
            "与户主关系",
            "Relation",
            Form.CODE,
            Relation,
            needed=True,
            width=12,
            example=Relation.HEAD.label_zh,
        ),
        Column("members/*/sex", "性别", "Sex", Form.CODE, Sex, needed=True, width=8, example=Sex.MALE.label_zh),
        Column(
            "members/*/birth_date",
            "出生日期",
            "Date of birth",
            Form.DAY,
            needed=True,
            example="1980-01-01",
            masked=True,
        ),
        Column(
            "members/*/id_number",
            "公民身份号码",
            "Identity number",
            Form.IDENTIFIER,
            width=22,
            note="须为文本格式；数字格式会丢失末几位",
            masked=True,
        ),
        Column(
            "members/*/labour",
            "劳动技能",
            "Ability to work",
            Form.CODE,
            Labour,
            needed=True,
            example=Labour.ORDINARY.label_zh,
        ),
        Column(
            "members/*/health",
            "健康状况",
            "Health",
            Form.CODE,
            Health,
            needed=True,
            example=Health.HEALTHY.label_zh,
            masked=True,
        ),
        Column("members/*/student", "在校生", "Student", Form.FLAG, width=10, example="否"),
    ),
    group=("household_code",),
)
"""农户花名册: a row a member."""

HOUSEHOLD_LIST: Final = Sheet(
    "household-list",
    "农户名单",
    "Household register",
    (
        *HOUSEHOLDS.columns,
        Column("members/*/birth_year", "出生年份", "Year of birth", Form.WHOLE, width=10),
        Column("member_count", "家庭人口", "Members", Form.WHOLE, width=10),
        Column("head_name", "户主", "Head", width=10, masked=True),
        Column("open_risks", "未解除风险数", "Open risks", Form.WHOLE, width=14),
        *(
            Column(f"external_codes/{system}", f"{system.label_zh}户编码", f"Code of the {system.label_en}", width=22)
            for system in ExchangeSystem
        ),
        VERSION,
        Column("origin_region_code", "原籍区划代码", "Region of its land", width=16),
        Column("ended_on", "注销日期", "Ended on", Form.DAY, width=12),
        Column("end_reason", "注销原因", "Reason of the end", Form.CODE, HouseholdEndReason, width=16),
        Column("end_note", "注销说明", "Note of the end", width=24, masked=True),
        UPDATED_AT,
    ),
)
"""农户名单: a row a household, its members in one cell a column."""
