"""Risks and verdicts as they are answered."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
)

from services.monitoring.risks.rules.verdicts import Verdict, written
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ClearedBecause, RiskGrade, RiskKind, RiskStatus
from shared.months import Month
from shared.words.said import Said


class ReasonOut(BaseModel):
    """Why: the rule, a sentence, the figures it saw and the parameters with their sources."""

    rule: str
    text: str
    inputs: dict[str, Any]
    parameters: list[dict[str, Any]]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """A reason that was kept, in the language of whoever reads it; earlier releases kept its text itself."""
        text = kept["text"] if "text" in kept else written(map(Said.of, kept["says"]), kept["inputs"])
        return cls.model_validate({**kept, "text": text})


class DutyOut(BaseModel):
    """核查责任: who sees to a risk, and by when."""

    level: str = Field(description="Region level: `village`, `township`, `county`, `prefecture` or `province`")
    by: dt.date | None = Field(description="Null where the policy has no value for the time limit")


class RiskOut(BaseModel):
    """A risk 风险 with its reasons."""

    model_config = ConfigDict(from_attributes=True)

    risk_id: UUID
    household_code: str
    region_code: str
    kind: RiskKind
    grade: RiskGrade
    status: RiskStatus
    episode: int
    opened_at: dt.datetime
    cleared_at: dt.datetime | None
    cleared_because: ClearedBecause | None = Field(description="Why it is open no longer; `verdict`: a visit says so")
    reasons: list[ReasonOut]
    verdict: TaskVerdict | None
    event_id: UUID | None = Field(description="The event that told of this state; null while it waits for its turn")
    incident_id: UUID | None = Field(description="The incident 突发事件 it belongs to")
    released_at: dt.datetime | None = Field(
        description="When it was told first; null while it waits, and for ever where its cause was gone before"
    )
    duty: DutyOut | None = Field(description="Who sees to it; null while it waits, and once it is cleared")
    updated_at: dt.datetime = Field(description="When it changed last, its verdict included")

    @classmethod
    def of(cls, row: Mapping[Any, Any], duty: DutyOut | None) -> Self:
        """The risk of a row, and who sees to it."""
        reasons = list(map(ReasonOut.of, row["reasons"]))
        return cls.model_validate({**row, "risk_id": row["id"], "reasons": reasons, "duty": duty})


class OrderedRisk(BaseModel):
    """An open risk in the order of a household's form."""

    kind: RiskKind
    grade: RiskGrade
    official_code: str | None = Field(description="The code of official lists; null where they have none")
    risk_id: UUID


class OrderedRisksOut(BaseModel):
    """The open risks of a household in order 致贫返贫风险."""

    main: RiskKind | None = Field(description="The first of them")
    ordered: list[OrderedRisk] = Field(description="At most five: red first, then as the policy orders them")
    beyond: list[RiskKind] = Field(description="Those that come after")


class VerdictOut(BaseModel):
    """What one rule says today."""

    kind: RiskKind
    outcome: Literal["fires", "clear", "insufficient_data", "undecided"]
    grade: RiskGrade | None
    reasons: list[ReasonOut]
    missing_months: list[Month]

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """What a rule answered, with its reasons in words."""
        return cls(
            kind=verdict.kind,
            outcome=verdict.outcome.value,
            grade=verdict.grade,
            reasons=[ReasonOut.of(reason.as_document() | {"text": reason.text}) for reason in verdict.reasons],
            missing_months=list(verdict.missing_months),
        )
