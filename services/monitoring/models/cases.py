"""Tables of cases, and of where each household stands by them."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from services.monitoring.models.base import FEN, Base
from shared.codes.monitoring import (
    CLOSED_CASES,
    CaseKind,
    CaseRefusal,
    CaseStatus,
    EliminationManner,
    HouseholdClass,
    MonitoringStatus,
    RiskKind,
)
from shared.db.base import OpenCode, UtcDateTime, closed_code

_OPEN = "status NOT IN ({})".format(", ".join(f"'{status}'" for status in sorted(CLOSED_CASES)))
_UNTOLD = f"{_OPEN} AND overdue_of {{}} due_on"
"""Which cases may still be told of as overdue, in the words of `Deadlines`."""


def _where(sqlite: str, postgresql: str | None = None) -> dict[str, Any]:
    return {"sqlite_where": sa.text(sqlite), "postgresql_where": sa.text(postgresql or sqlite)}


class Case(Base, table=True):
    """Case 识别认定案, 风险消除案: whether a household is admitted, or the risk of a monitored one is gone."""

    __tablename__ = "monitoring_case"
    __table_args__ = (
        sa.Index("uq_monitoring_case_open", "household_code", unique=True, **_where(_OPEN)),
        sa.Index("ix_monitoring_case_household_code", "household_code"),
        sa.Index("ix_monitoring_case_region_code_id", "region_code", "id"),
        sa.Index("ix_monitoring_case_status_region_code_id", "status", "region_code", "id"),
        sa.Index("ix_monitoring_case_open", "region_code", "id", **_where(_OPEN)),
        sa.Index("ix_monitoring_case_updated_at_id", "updated_at", "id"),
        sa.Index(
            "ix_monitoring_case_untold",
            "due_on",
            "id",
            **_where(_UNTOLD.format("IS NOT"), _UNTOLD.format("IS DISTINCT FROM")),
        ),
    )

    id: UUID = Field(primary_key=True)
    kind: CaseKind = Field(sa_type=closed_code(CaseKind))
    household_code: str = Field(foreign_key="household.code", max_length=64)
    region_code: str = Field(max_length=12)
    """Where the household lives; it moves with it."""
    status: CaseStatus = Field(sa_type=closed_code(CaseStatus))
    opened_on: dt.date
    """立案日期: the policy of this day holds to the end."""
    opened_in: str = Field(max_length=12)
    """Where the household lived on that day: the policy of this region holds to the end."""
    pack: str = Field(max_length=96)
    """The pack of that region and day, as verdicts name it."""
    stepped_on: dt.date
    """The day of the last step."""
    due_on: dt.date | None
    """识别认定时限; none where the policy has none, and for an elimination."""
    due_provisional: bool
    """Counted on working days that are not officially arranged yet."""
    overdue_of: dt.date | None
    """The due date of which the history has told that it passed 逾期."""
    emergency: bool
    """先帮扶后纳入: the village confirmed that help may begin before."""
    appealed: bool
    """Whether a refusal was appealed against: that is done once."""
    visited_on: dt.date | None
    consented_on: dt.date | None
    compared_on: dt.date | None
    can_cope: bool | None
    """自主应对能力: whether the household can cope by itself, as the visit saw it."""
    life_difficult: bool | None
    """基本生活出现严重困难, as the visit saw it."""
    main_risk: RiskKind | None = Field(sa_type=OpenCode(RiskKind))
    risks: list[str] = Field(sa_type=sa.JSON)
    """Kinds of risk that the visit named, the main one first."""
    hits: list[str] = Field(sa_type=sa.JSON)
    """Items of the comparison that were hit."""
    manner: EliminationManner | None = Field(sa_type=OpenCode(EliminationManner))
    household_class: HouseholdClass | None = Field(sa_type=OpenCode(HouseholdClass))
    """The class as it stood at the review; none before."""
    per_head: int | None = Field(sa_type=FEN)
    """家庭人均纯收入 of the window before `opened_on`, as it stood at the review."""
    reference_per_head: int | None = Field(sa_type=FEN)
    """纳入监测对象的人均收入参考范围, as it stood at the review."""
    line_per_head: int | None = Field(sa_type=FEN)
    """监测范围, as it stood at the review."""
    criteria: list[dict[str, Any]] | None = Field(sa_type=sa.JSON(none_as_null=True))
    """风险消除条件, as they stood when the county approved."""
    publicity_until: dt.date | None
    """公示期满日."""
    publicity_rule: dict[str, Any] | None = Field(sa_type=sa.JSON(none_as_null=True))
    appeal_until: dt.date | None
    """The last day of an appeal 申诉期满日."""
    appeal_rule: dict[str, Any] | None = Field(sa_type=sa.JSON(none_as_null=True))
    watch_until: dt.date | None
    """The last day of being watched after an elimination."""
    watch_rule: dict[str, Any] | None = Field(sa_type=sa.JSON(none_as_null=True))
    refusal: CaseRefusal | None = Field(sa_type=OpenCode(CaseRefusal))
    approved_on: dt.date | None
    """县级审批日期."""
    contact_code: str | None = Field(max_length=64)
    """监测联系人 who entered it."""
    package: dict[str, Any] | None = Field(sa_type=sa.JSON(none_as_null=True))
    """Eleven amounts and four protections, as they stood when it was entered 一头一尾."""
    episode: int | None
    """Which admission of the household it is about; none until there is one."""
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    version: int
    """Grows by one with every step."""
    correlation_id: str = Field(max_length=64)
    """The chain that opened it."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class MonitoredHousehold(Base, table=True):
    """Where a household stands in monitoring 监测状态. A household of which nothing was ever opened has no row."""

    __tablename__ = "monitored_household"
    __table_args__ = (sa.Index("ix_monitored_household_status", "status", "region_code", "household_code"),)

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    region_code: str = Field(max_length=12)
    status: MonitoringStatus = Field(sa_type=closed_code(MonitoringStatus))
    household_class: HouseholdClass | None = Field(sa_type=OpenCode(HouseholdClass))
    """监测对象类别 of the last admission."""
    main_risk: RiskKind | None = Field(sa_type=OpenCode(RiskKind))
    episode: int
    """How often the household was admitted."""
    opened_on: dt.date | None
    """The day on which the case of the last admission was opened: help since then counts for it."""
    admitted_on: dt.date | None
    """纳入日期: the day the county approved the last admission."""
    eliminated_on: dt.date | None
    """风险消除日期 of the last admission; none while it lasts."""
    watch_until: dt.date | None
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


class CompletedMeasure(Base, table=True):
    """A measure 帮扶措施 that a house told of as completed."""

    __tablename__ = "completed_measure"
    __table_args__ = (sa.Index("ix_completed_measure_household_code", "household_code", "completed_on"),)

    measure_id: UUID = Field(primary_key=True)
    household_code: str = Field(max_length=64)
    house: str = Field(max_length=32)
    completed_on: dt.date
