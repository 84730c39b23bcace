"""The base of every published event payload."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """Data of one event version: frozen, and readers ignore fields they do not know.

    A payload carries codes, amounts and opaque ids; never a name, an identity number, a phone or a diagnosis.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_type: ClassVar[str]
    """`<house>.<fact-in-past-tense>.v<major>`."""
