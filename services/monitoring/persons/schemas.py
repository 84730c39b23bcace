"""Looking for a person, as it is asked and answered."""

from pydantic import BaseModel, Field

from services.monitoring.persons.rules import Place
from shared.http.dependencies import MAX_PURPOSE_LENGTH
from shared.http.fields import Body, KnownIdNumber, Text


class PersonSearchIn(Body):
    """Whom somebody looks for, and what for."""

    id_number: KnownIdNumber = Field(repr=False)
    purpose: Text = Field(
        max_length=MAX_PURPOSE_LENGTH, examples=["医保名单核对"], description="Kept in the audit beside each household"
    )


class PersonPlace(BaseModel):
    """Where the person is registered."""

    household_code: str
    member_no: int


class PersonFound(BaseModel):
    """The households in your region in which somebody of the identity number is registered, by code."""

    items: list[PersonPlace]

    @classmethod
    def at(cls, places: list[Place]) -> "PersonFound":
        """Found in these places."""
        found = [PersonPlace(household_code=place.household_code, member_no=place.member_no) for place in places]
        return cls(items=found)
