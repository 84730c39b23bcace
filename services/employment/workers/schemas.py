"""Bodies of workers."""

import datetime as dt
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared.codes.employment import WorkerStatus
from shared.codes.monitoring import Labour, Sex


class WorkerOut(BaseModel):
    """A worker 劳动力. Whoever may see names finds them in monitoring, by household and member number."""

    model_config = ConfigDict(from_attributes=True)

    worker_id: UUID = Field(validation_alias="id")
    household_code: str
    region_code: str
    member_no: int
    sex: Sex
    birth_year: int
    birthday_known: bool = Field(
        validation_alias="born_on",
        description="Whether ages are counted to the day; else the lower of the two ages of the year counts",
    )
    labour: Labour
    status: WorkerStatus
    updated_at: dt.datetime = Field(description="When the household or a placement changed it last")

    @field_validator("birthday_known", mode="before")
    @classmethod
    def _is_known(cls, born_on: dt.date | None) -> bool:
        return born_on is not None

    @classmethod
    def of(cls, row: Any) -> Self:
        """A worker from its row."""
        return cls.model_validate(row)
