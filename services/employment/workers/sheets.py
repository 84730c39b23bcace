"""Files of workers."""

from shared.codes.employment import WorkerStatus
from shared.codes.monitoring import Labour, Sex
from shared.sheets.columns import Column, Form, Sheet

WORKER_LIST = Sheet(
    "workers",
    "劳动力",
    "Workers",
    (
        Column("worker_id", "劳动力编号", "worker", width=38),
        Column("household_code", "户编号", "household", width=18),
        Column("region_code", "区划代码", "region"),
        Column("member_no", "家庭成员序号", "member", Form.WHOLE),
        Column("sex", "性别", "sex", Form.CODE, Sex),
        Column("birth_year", "出生年份", "year of birth", Form.WHOLE),
        Column("birthday_known", "出生日期是否已知", "birthday known", Form.FLAG),
        Column("labour", "劳动技能", "ability to work", Form.CODE, Labour, width=20),
        Column("status", "就业状态", "status", Form.CODE, WorkerStatus),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)
