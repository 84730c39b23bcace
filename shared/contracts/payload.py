"""The base of every published event payload."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

HouseholdCode = Annotated[str, Field(description="Code of the household 农户编码, opaque to readers")]
RegionCode = Annotated[str, Field(description="Division code 区划代码 of the household's village, 12 digits")]
Episode = Annotated[int, Field(ge=1, description="Counts the times this kind of risk opened for this household")]


class Payload(BaseModel):
    """Data of one event version: frozen, and readers ignore fields they do not know.

    A payload carries codes, amounts and opaque ids; never a name, an identity number, a phone or a diagnosis.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, json_schema_serialization_defaults_required=True
    )

    event_type: ClassVar[str]
    """`<house>.<fact-in-past-tense>.v<major>`."""
