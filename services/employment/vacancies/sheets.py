"""Files of vacancies."""

from shared.codes.employment import VacancyKind
from shared.codes.monitoring import Labour
from shared.sheets.columns import Column, Form, Sheet

VACANCY_LIST = Sheet(
    "vacancies",
    "岗位",
    "Vacancies",
    (
        Column("vacancy_code", "岗位编号", "vacancy", width=18),
        Column("employer", "用工单位", "employer", width=28),
        Column("kind", "岗位类型", "kind", Form.CODE, VacancyKind),
        Column("place_code", "工作地区划代码", "place of work"),
        Column("occupation", "工种", "occupation", width=18),
        Column("headcount", "招聘人数", "headcount", Form.WHOLE),
        Column("taken", "已占名额", "places taken", Form.WHOLE),
        Column("wage_month", "月工资（元）", "wage of a month (yuan)", Form.YUAN),
        Column("min_age", "最低年龄", "youngest age", Form.WHOLE),
        Column("max_age", "最高年龄", "oldest age", Form.WHOLE),
        Column("needs/*", "劳动技能要求", "labour that fits", Form.CODE, Labour, width=28),
        Column("valid_until", "有效期至", "valid until", Form.DAY, width=12),
        Column("region_code", "归属区划代码", "owning region"),
        Column("version", "版本", "version", Form.WHOLE),
        Column("updated_at", "更新时间", "updated at", Form.MOMENT, width=20),
    ),
)
