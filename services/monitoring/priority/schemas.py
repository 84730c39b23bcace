"""Priority as it is answered."""

from pydantic import BaseModel, ConfigDict, Field

from shared.codes.monitoring import HouseholdCategory, PriorityGroup
from shared.shares import ShareShown


class PriorityHousehold(BaseModel):
    """A household of one group; of two groups it is listed twice."""

    model_config = ConfigDict(from_attributes=True)

    household_code: str
    region_code: str
    category: HouseholdCategory
    group: PriorityGroup


class PriorityVillage(BaseModel):
    """How many people of a village are monitored."""

    region_code: str
    people: int
    monitored_people: int
    share: ShareShown = Field(description="Of the people of the village, rounded half up")
    focus: bool = Field(description="More than `monitoring.focus.village_share` of the place, unrounded")
