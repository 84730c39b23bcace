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
from shared.codes.monitoring import RiskGrade, RiskKind, RiskStatus
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
    reasons: list[ReasonOut]
    verdict: TaskVerdict | None
    event_id: UUID
    updated_at: dt.datetime = Field(description="When it changed last, its verdict included")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The risk of a row."""
        return cls.model_validate({**row, "risk_id": row["id"], "reasons": list(map(ReasonOut.of, row["reasons"]))})


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
