"""Files of vacancies."""

from dataclasses import replace
from typing import Final

from shared.codes.employment import VacancyKind
from shared.codes.monitoring import Labour
from shared.sheets.columns import Column, Form, Sheet
from shared.sheets.common import REGION_CODE, UPDATED_AT, VERSION

_CODE: Final = Column("vacancy_code", "岗位编号", "Vacancy code", needed=True, width=18, example="DG-2026-17")
_KIND: Final = Column(
    "kind", "岗位类型", "Kind", Form.CODE, VacancyKind, needed=True, example=VacancyKind.MARKET.label_zh
)
_NEEDS: Final = Column(
    "needs/*",
    "所需劳动技能",
    "Labour that fits",
    Form.CODE,
    Labour,
    needed=True,
    width=28,
    example=f"{Labour.ORDINARY.label_zh}、{Labour.SKILLED.label_zh}",
    note="可填多项，以顿号分隔",
)
_EMPLOYER: Final = Column("employer", "用人单位", "Employer", needed=True, width=28, example="东莞某电子厂")
_PLACE_CODE: Final = Column("place_code", "工作地区划代码", "Place of work", needed=True, width=16, example="441900")
_OCCUPATION: Final = Column("occupation", "工种", "Occupation", needed=True, width=18, example="装配工")
_HEADCOUNT: Final = Column("headcount", "招聘人数", "Headcount", Form.WHOLE, needed=True, width=10, example="20")
_WAGE: Final = Column("wage_month", "月工资（元）", "Monthly wage (yuan)", Form.YUAN, needed=True, example="4500.00")
_MIN_AGE: Final = Column("min_age", "最低年龄", "Minimum age", Form.WHOLE, needed=True, width=10, example="18")
_MAX_AGE: Final = Column("max_age", "最高年龄", "Maximum age", Form.WHOLE, needed=True, width=10, example="55")
_VALID_UNTIL: Final = Column("valid_until", "有效期至", "Valid until", Form.DAY, needed=True, example="2026-12-31")
_WORK: Final = (_CODE, _EMPLOYER, _KIND, _PLACE_CODE, _OCCUPATION, _HEADCOUNT)
_WANTED: Final = (_WAGE, _MIN_AGE, _MAX_AGE, _NEEDS, _VALID_UNTIL)

VACANCY_LIST: Final = Sheet(
    "vacancies",
    "岗位",
    "Vacancies",
    (
        *_WORK,
        Column("taken", "已占名额", "Places taken", Form.WHOLE),
        *_WANTED,
        REGION_CODE,
        VERSION,
        UPDATED_AT,
    ),
)
VACANCIES: Final = Sheet(
    "vacancies",
    "岗位",
    "Vacancies",
    (
        *_WORK,
        *_WANTED,
        replace(REGION_CODE, note="岗位归属地；不填则归填报单位所在地区"),
    ),
    listed=VACANCY_LIST,
)
"""岗位表: a row a vacancy."""
