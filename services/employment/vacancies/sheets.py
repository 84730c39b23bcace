"""Files of vacancies."""

from typing import Final

from shared.codes.employment import VacancyKind
from shared.codes.monitoring import Labour
from shared.sheets.columns import Column, Form, Sheet

VACANCIES: Final = Sheet(
    "vacancies",
    "岗位",
    "Vacancies",
    (
        Column("vacancy_code", "岗位编号", "Vacancy code", needed=True, example="DG-2026-17"),
        Column("employer", "用人单位", "Employer", needed=True, width=24, example="东莞某电子厂"),
        Column(
            "kind",
            "岗位类型",
            "Kind",
            Form.CODE,
            VacancyKind,
            needed=True,
            example=VacancyKind.MARKET.label_zh,
        ),
        Column("place_code", "工作地区划代码", "Place code", needed=True, width=16, example="441900"),
        Column("occupation", "工种", "Occupation", needed=True, example="装配工"),
        Column("headcount", "招工人数", "Headcount", Form.WHOLE, needed=True, width=10, example="20"),
        Column("wage_month", "月工资（元）", "Monthly wage (yuan)", Form.YUAN, needed=True, example="4500.00"),
        Column("min_age", "最低年龄", "Minimum age", Form.WHOLE, needed=True, width=10, example="18"),
        Column("max_age", "最高年龄", "Maximum age", Form.WHOLE, needed=True, width=10, example="55"),
        Column(
            "needs/*",
            "所需劳动能力",
            "Labour that fits",
            Form.CODE,
            Labour,
            needed=True,
            width=24,
            example=f"{Labour.ORDINARY.label_zh}、{Labour.SKILLED.label_zh}",
            note="可填多项，以顿号分隔",
        ),
        Column("valid_until", "有效期至", "Valid until", Form.DAY, needed=True, example="2026-12-31"),
        Column("region_code", "归属地区划代码", "Region code", width=16, note="不填则归填报单位所在地区"),
    ),
)
"""岗位表: a row a vacancy."""

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
