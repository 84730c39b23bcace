"""Bodies of vacancies."""

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from shared.codes.employment import VacancyKind
from shared.codes.monitoring import Labour
from shared.findings import WrongValue
from shared.http.fields import Body, Code, Day, Text
from shared.money import FenAsYuan, PositiveYuan
from shared.regions import RegionFilter
from shared.words.said import says

MAX_HEADCOUNT = 100_000
MAX_AGE = 120
VacancyCode = Annotated[Code, Field(examples=["DG-2026-17"])]
Name = Annotated[Text, Field(max_length=128)]
Age = Annotated[int, Field(strict=True, ge=0, le=MAX_AGE)]


class VacancyIn(Body):
    """A vacancy as an employer or a labour station offers it."""

    employer: Name
    kind: VacancyKind
    place_code: RegionFilter = Field(description="Division code 区划代码 of the place of work", examples=["441900"])
    occupation: Name = Field(description="What the work is 工种")
    headcount: Annotated[int, Field(strict=True, ge=1, le=MAX_HEADCOUNT)]
    wage_month: PositiveYuan = Field(description="Wage of a month, in yuan")
    min_age: Age
    max_age: Age
    needs: Annotated[list[Literal[Labour.ORDINARY, Labour.SKILLED, Labour.WEAK]], Field(min_length=1, max_length=3)] = (
        Field(description="The labour that fits: one of these")
    )
    valid_until: Day = Field(description="Last day on which somebody can be placed")
    region_code: RegionFilter | None = Field(
        None,
        description="The region that owns the vacancy 归属地区: it is changed from there or from around it. "
        "Left out: as it was; of a new one, the first region of the client",
    )

    @field_validator("max_age")
    @classmethod
    def _not_below_min_age(cls, max_age: int, info: ValidationInfo) -> int:
        if max_age < info.data.get("min_age", 0):
            raise WrongValue(says("below-min-age"))
        return max_age

    @field_validator("needs")
    @classmethod
    def _each_once(cls, needs: list[Labour]) -> list[Labour]:
        if len(set(needs)) < len(needs):
            raise WrongValue(says("labour-named-twice"))
        return needs


class VacancyOut(BaseModel):
    """A vacancy 岗位."""

    model_config = ConfigDict(from_attributes=True)

    vacancy_code: str = Field(validation_alias="code")
    employer: str
    kind: VacancyKind
    place_code: str
    occupation: str
    headcount: int
    taken: int = Field(description="Placements that have not ended")
    wage_month: FenAsYuan
    min_age: int
    max_age: int
    needs: list[Labour]
    valid_until: dt.date
    region_code: str | None = Field(
        description="The region that owns it; null where the whole country does, or none was kept"
    )
    version: int = Field(description="Grows with every change; `ETag` and `If-Match` name it")
    updated_at: dt.datetime = Field(description="When it was put last; `taken` follows the placements")

    @field_validator("region_code")
    @classmethod
    def _everywhere_has_no_code(cls, region_code: str | None) -> str | None:
        return region_code or None

    @classmethod
    def of(cls, row: Any) -> Self:
        """A vacancy from its row, beside which the number of places taken stands."""
        return cls.model_validate(row)
