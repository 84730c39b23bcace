"""Files of households."""

from typing import Final

from shared.codes.monitoring import Health, HouseholdCategory, Labour, Relation, Sex
from shared.sheets.columns import Column, Form, Sheet

_OF_THE_HOUSEHOLD: Final = "同一户各行填写一致，或只在第一行填写"

HOUSEHOLDS: Final = Sheet(
    "households",
    "农户",
    "Households",
    (
        Column(
            "household_code",
            "户编号",
            "Household code",
            needed=True,
            example="DJ-0001",
            note="每名成员一行，同一户各行填写同一编号",
        ),
        Column(
            "region_code",
            "行政区划代码",
            "Region code",
            needed=True,
            width=16,
            example="520626001001",
            note=f"12 位行政区划代码；{_OF_THE_HOUSEHOLD}",
        ),
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
        Column("members/*/member_no", "成员序号", "Member number", Form.WHOLE, needed=True, width=10, example="1"),
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
            "劳动能力",
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
    group="household_code",
)
"""农户花名册: a row a member."""
