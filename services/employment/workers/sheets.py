"""Files of workers."""

from shared.codes.employment import WorkerStatus
from shared.codes.monitoring import Labour, Sex
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import HOUSEHOLD_CODE, MEMBER_NO, REGION_CODE, UPDATED_AT

WORKER_LIST = Sheet(
    "workers",
    "劳动力",
    "Workers",
    (
        Column("worker_id", "劳动力编号", "Worker", width=38),
        HOUSEHOLD_CODE,
        REGION_CODE,
        MEMBER_NO,
        Column("sex", "性别", "Sex", Form.CODE, Sex),
        Column("birth_year", "出生年份", "Year of birth", Form.WHOLE),
        Column("birthday_known", "出生日期是否已知", "Birthday known", Form.FLAG),
        Column("labour", "劳动技能", "Ability to work", Form.CODE, Labour, width=20),
        Column("status", "就业状态", "Status", Form.CODE, WorkerStatus),
        UPDATED_AT,
    ),
)
