"""HTTP bodies of findings, in and out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from services.monitoring.findings.procedure import TRANSITIONS
from services.monitoring.findings.rules.rule import Rule
from shared.codes.monitoring import FindingAction, FindingGroup, FindingSeverity, FindingStatus
from shared.findings import WrongValue
from shared.http.batches import MAX_ITEMS
from shared.http.fields import Body, Day, Remark
from shared.http.problems import problem_document
from shared.records.outcomes import Outcome
from shared.words.language import Language
from shared.words.said import says


class FindingTransitionIn(Body):
    """What is done with a finding."""

    action: FindingAction
    reason: Remark | None = Field(
        None,
        validate_default=True,
        min_length=1,
        description="For whoever may see persons; `exempt` needs one",
    )
    until: Day | None = Field(None, description="The last day of the exemption; it has none where it is left out")

    @field_validator("reason")
    @classmethod
    def _says_why(cls, reason: str | None, info: ValidationInfo) -> str | None:
        if reason is None and info.data.get("action") in TRANSITIONS.needing("reason"):
            raise WrongValue(says("exemption-needs-reason"))
        return reason

    @field_validator("until")
    @classmethod
    def _ends_an_exemption(cls, until: dt.date | None, info: ValidationInfo) -> dt.date | None:
        if until is not None and info.data.get("action") is not FindingAction.EXEMPT:
            raise WrongValue(says("exemption-alone"))
        return until


class ExemptionsIn(Body):
    """Several findings that are exempted for one reason."""

    ids: list[UUID] = Field(min_length=1, max_length=MAX_ITEMS)
    reason: Remark = Field(min_length=1)
    until: Day | None = Field(None, description="The last day of the exemptions; they have none where it is left out")

    @field_validator("ids")
    @classmethod
    def _are_distinct(cls, ids: list[UUID]) -> list[UUID]:
        if len(set(ids)) < len(ids):
            raise WrongValue(says("one-finding-twice"))
        return ids


class ExemptionItem(BaseModel):
    """What became of one of them."""

    index: int
    finding_id: UUID
    status: int = Field(examples=[200], description="200, or why not: 403, 404, 409")
    problem: dict[str, Any] | None

    @classmethod
    def of(cls, index: int, finding_id: UUID, outcome: Outcome[Any]) -> Self:
        """What became of the one at a place."""
        if outcome.error is None:
            return cls(index=index, finding_id=finding_id, status=200, problem=None)
        problem = problem_document("monitoring", outcome.error)
        return cls(index=index, finding_id=finding_id, status=outcome.error.status, problem=problem)


class ExemptionsOut(BaseModel):
    """The answer to several exemptions."""

    exempted: int
    rejected: int
    items: list[ExemptionItem] = Field(description="In the order sent")

    @classmethod
    def of(cls, ids: Sequence[UUID], outcomes: Sequence[Outcome[Any]]) -> Self:
        """What became of each of these."""
        items = [ExemptionItem.of(index, *each) for index, each in enumerate(zip(ids, outcomes, strict=True))]
        rejected = sum(item.problem is not None for item in items)
        return cls(exempted=len(items) - rejected, rejected=rejected, items=items)


class StepOut(BaseModel):
    """One step that was taken with a finding, or that it took by itself."""

    at: dt.datetime
    action: FindingAction
    by: str = Field(description="The client; `system` for what came by itself")
    status: FindingStatus = Field(description="Where the finding stood afterwards")
    note: str | None = Field(description="What a person wrote is null without `monitoring:pii`")


class ExemptionOut(BaseModel):
    """Why a finding is exempted 豁免."""

    reason: str | None = Field(description="Null without `monitoring:pii`")
    until: dt.date | None = Field(description="Its last day; null where it has none")
    on: dt.date
    by: str


class FindingOut(BaseModel):
    """A finding 疑点. What tells of health or identity shows its rule alone without `monitoring:pii`."""

    finding_id: UUID
    rule: str
    group: FindingGroup | None = Field(description="Null where a later release knows the rule no more")
    severity: FindingSeverity | None
    household_code: str
    region_code: str
    member_no: int | None = Field(description="Null where it is about the household")
    status: FindingStatus
    found_on: dt.date = Field(description="The day it was found, the last time")
    cleared_on: dt.date | None
    text: str
    inputs: dict[str, Any] = Field(description="What it rests on; other households only those of your region")
    exemption: ExemptionOut | None
    updated_at: dt.datetime
    history: list[StepOut] = Field(description="Since it was found, the oldest first")
    allowed_actions: list[FindingAction] = Field(description="What you may do with it now")

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """The finding of a row as it is to be shown."""
        return cls.model_validate(dict(row))


class FindingRuleOut(BaseModel):
    """A rule of findings 疑点规则."""

    rule: str
    group: FindingGroup
    severity: FindingSeverity
    text_zh: str
    text_en: str
    source_rule: str | None = Field(
        description="Its numbers in the list of a county of 贵州 (2023–2024); null for one of our own"
    )
    parameters: list[str] = Field(description="Keys of the policy that it rests on")

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """The rule as it is answered."""
        return cls(
            rule=rule.code,
            group=rule.group,
            severity=rule.severity,
            text_zh=rule.said.written(Language.ZH),
            text_en=rule.said.written(Language.EN),
            source_rule=rule.source,
            parameters=list(rule.parameters),
        )


class FindingRulesOut(BaseModel):
    """All rules of findings."""

    items: list[FindingRuleOut]
