"""What can be asked of risks, as each caller may see it: no answer, and no two together, rebuild what is hidden."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.risks import Risk
from services.monitoring.risks.errors import RiskNotFound
from services.monitoring.risks.schemas import ReasonOut, RiskOut, VerdictOut
from services.monitoring.risks.sheets import RISK_LIST
from shared.codes.monitoring import RiskGrade, RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import HouseholdCode, UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.security.actor import PERSONAL, Actor
from shared.words.said import says

OF_HEALTH: Final = frozenset({RiskKind.NEW_ILLNESS})
"""Kinds of risk whose reasons tell who is ill, and of what."""
_HIDDEN: Final = says("reason-of-health-hidden")
ShownT = TypeVar("ShownT", RiskOut, VerdictOut)


class RiskList(ListQuery):
    """Which risks 风险 are asked for, the newest first."""

    order = newest_by("opened_at")
    sheet = RISK_LIST
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    kind: RiskKind | None = None
    status: RiskStatus | None = None
    grade: RiskGrade | None = None
    updated_after: UpdatedAfter = None


def risk(reading: Reading, risk_id: UUID) -> RiskOut:
    """A risk with its reasons."""
    table = table_of(Risk)
    row = reading.connection.execute(sa.select(table).where(table.c.id == risk_id)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise RiskNotFound(says("none-of-that-code", thing="risk", code=risk_id, region=reading.actor.place))
    return reasons_for(reading.actor, RiskOut.of(row))


def risks(reading: Reading, asked: RiskList) -> Page[RiskOut]:
    """Risks with their reasons."""

    def show(rows: Sequence[sa.Row[Any]]) -> list[RiskOut]:
        return [reasons_for(reading.actor, RiskOut.of(row._asdict())) for row in rows]

    return asked.page(reading, sa.select(table_of(Risk)), show)


def reasons_for(actor: Actor, shown: ShownT) -> ShownT:
    """A risk or verdict as this caller may see it: of what is about health the rule and the grade alone."""
    if actor.may(PERSONAL) or shown.kind not in OF_HEALTH:
        return shown
    return shown.model_copy(update={"reasons": _without_health(shown.reasons)})


def _without_health(reasons: Sequence[ReasonOut]) -> list[ReasonOut]:
    """One line for each rule, so that not even the number of diagnoses is told."""
    rules = dict.fromkeys(reason.rule for reason in reasons)
    return [ReasonOut(rule=rule, text=_HIDDEN.text, inputs={}, parameters=[]) for rule in rules]
