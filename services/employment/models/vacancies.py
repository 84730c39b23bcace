"""The table of vacancies."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.employment.models.base import Base
from shared.codes.employment import VacancyKind
from shared.db.base import OpenCode, UtcDateTime
from shared.db.spelling import spelling_index

_FEN = sa.BigInteger


class Vacancy(Base, table=True):
    """Vacancy 岗位: work that an employer offers. Codes are compared without case."""

    __table_args__ = (spelling_index("vacancy"),)

    code: str = Field(primary_key=True, max_length=64)
    employer: str = Field(max_length=128)
    kind: VacancyKind = Field(sa_type=OpenCode(VacancyKind))
    place_code: str = Field(max_length=12)
    occupation: str = Field(max_length=128)
    headcount: int
    wage_month: int = Field(sa_type=_FEN)
    min_age: int
    max_age: int
    needs: list[str] = Field(sa_type=sa.JSON)
    """Codes of the labour that fits 劳动技能要求."""
    valid_until: dt.date
    region_code: str | None = Field(max_length=12)
    """The region that owns it 归属地区, without filling zeros: it is changed from there or from around it. Empty is the
    whole country. None of those registered before owners were kept."""
    registered_by: str | None = Field(max_length=64)
    """The client that registered it."""
    version: int
    """Grows by one with every change of the vacancy."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
