"""Files of members of school age."""

from typing import Final

from shared.codes.circumstances import SchoolingEvent
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, MEMBER_NO, REGION_CODE

SCHOOL_AGE_LIST: Final = Sheet(
    "school-age",
    "控辍保学台账",
    "Members of school age",
    (
        Column("place", "台账单位", "Ledger of", width=16),
        HOUSEHOLD_CODE,
        REGION_CODE,
        MEMBER_NO,
        Column("age", "年龄", "Age", Form.WHOLE, width=8),
        Column("school_code", "学校代码", "School code", width=16),
        Column("status", "就学情况", "Schooling", Form.CODE, SchoolingEvent, width=16, masked=True),
        Column("persuasion_visits", "劝返次数", "Visits to persuade", Form.WHOLE, width=10),
        Column("last_visit_on", "最近劝返日期", "Last visit on", Form.DAY, width=14),
    ),
)
"""控辍保学台账: a row a member of compulsory age."""
