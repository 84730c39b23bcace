"""Batches of facts as they are sent, and facts as they are answered."""

import datetime as dt
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, WithJsonSchema

from services.monitoring.evidence.table import FactIn, reported_types
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import FactMode, RiskKind, RiskStatus
from shared.findings import WrongValue
from shared.http.batches import MAX_ITEMS
from shared.http.fields import Body
from shared.words.said import says

_TYPES: Final = {"type": "string", "enum": reported_types()}


def _demand_reported(name: str) -> str:
    if name not in reported_types():
        raise WrongValue(says("not-in-list", choices=reported_types()))
    return name


ReportedType = Annotated[str, AfterValidator(_demand_reported), WithJsonSchema(_TYPES)]
"""The type of a fact that sources report."""


class FactBatchIn(Body):
    """Up to 1,000 facts; each is answered on its own unless `atomic`."""

    mode: FactMode = FactMode.LIVE
    atomic: StrictBool = Field(False, description="Store all or, if any is refused, none")
    facts: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)


class FactBatchDocument(FactBatchIn):
    """The batch as documented: every item is a fact."""

    facts: list[FactIn] = Field(min_length=1, max_length=MAX_ITEMS)


class FactStored(BaseModel):
    """The answer to one fact."""

    fact_id: UUID
    status: Literal["stored", "duplicate"]


class FactItem(BaseModel):
    """The answer to one fact of a batch."""

    index: int
    source: str | None = Field(description="As it was sent; null where it is no text")
    source_ref: str | None = Field(description="As it was sent; null where it is no text")
    status: int = Field(examples=[201], description="201 stored, 200 the same again, or why not: 403, 404, 409, 422")
    fact_id: UUID | None
    problem: dict[str, Any] | None


class FactBatchAnswer(BaseModel):
    """The answer to a batch."""

    accepted: int
    duplicate: int
    rejected: int
    items: list[FactItem] = Field(description="In the order sent; with `return=rejected` those that were refused")


class FactRisk(BaseModel):
    """A risk that a fact led to, with what became of it."""

    model_config = ConfigDict(from_attributes=True)

    risk_id: UUID
    kind: RiskKind
    episode: int
    status: RiskStatus
    verdict: TaskVerdict | None = Field(description="What the visit found; null until its task closes")


class FactOut(BaseModel):
    """A fact as it is kept, and what it led to: the answer to whoever brought it."""

    fact_id: UUID
    source: str
    source_ref: str
    household_code: str
    region_code: str = Field(description="Where the household lives now")
    member_no: int | None = Field(description="Null without `monitoring:pii` where it would tell who is ill")
    type: Annotated[str, WithJsonSchema(_TYPES)]
    observed_on: dt.date
    payload: dict[str, Any] = Field(description="As sent; without `monitoring:pii` a diagnosis shows `serious` alone")
    confirmed: str | None = Field(description="Why an unlikely amount is right; null without `monitoring:pii`")
    mode: FactMode
    status: Literal["stands", "superseded", "withdrawn"]
    supersedes: UUID | None = Field(description="The fact this one corrects or withdraws")
    superseded_by: UUID | None = Field(description="The fact that corrected or withdrew this one")
    recorded_by: str = Field(description="The client that brought it")
    recorded_at: dt.datetime
    updated_at: dt.datetime = Field(description="When the fact, or what became of a risk it led to, changed last")
    risks: list[FactRisk] = Field(description="The risks whose last changes it explains")
