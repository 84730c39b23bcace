"""Lines of the ledger of insurance, as they are answered."""

import datetime as dt

from pydantic import BaseModel, Field

from shared.codes.circumstances import InsurancePayer, InsuranceScheme
from shared.codes.monitoring import InsuranceStanding


class InsuranceLine(BaseModel):
    """A member in the ledger of insurance 参保台账."""

    household_code: str
    region_code: str
    member_no: int
    scheme: InsuranceScheme
    year: int = Field(description="The year of insurance 参保年度")
    status: InsuranceStanding = Field(description="`unknown`: nothing was said of this scheme and year")
    paid_by: InsurancePayer | None
    observed_on: dt.date | None = Field(description="The day on which that was so; null where nothing was said")
    source: str | None = Field(description="Who says so")
