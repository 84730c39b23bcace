"""Members of school age, as they are answered."""

import datetime as dt

from pydantic import BaseModel, Field

from shared.codes.circumstances import SchoolingEvent


class SchoolAgeOut(BaseModel):
    """A member of compulsory age 适龄儿童少年."""

    place: str | None = Field(
        description="Whose ledger of the view it is: a county's, a township's, a village's, a school's"
    )
    household_code: str
    region_code: str
    member_no: int
    age: int = Field(description="Completed years today 周岁")
    school_code: str | None = Field(description="The school that was named last 学校标识码")
    status: SchoolingEvent | None = Field(
        description="The last event but visits; null where nothing was said, and without `monitoring:pii` where it"
        " tells of health"
    )
    persuasion_visits: int = Field(description="Visits to persuade 劝返 since the member dropped out last")
    last_visit_on: dt.date | None
