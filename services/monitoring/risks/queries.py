"""What can be asked of risks, as each caller may see it: no answer, and no two together, rebuild what is hidden."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.models.risks import Risk
from services.monitoring.risks.errors import RiskNotFound
from services.monitoring.risks.schemas import ReasonOut, RiskOut, VerdictOut
from shared.codes.monitoring import RiskGrade, RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, moment_or_change, newest_or_change
from shared.security.actor import PERSONAL, Actor

OF_HEALTH: Final = frozenset({RiskKind.NEW_ILLNESS})
"""Kinds of risk whose reasons tell who is ill, and of what."""
_HIDDEN: Final = "What was found is shown to whoever may see the health of the members."
ShownT = TypeVar("ShownT", RiskOut, VerdictOut)


@dataclass(frozen=True, slots=True)
class RiskFilter:
    """Which risks are asked for."""

    household_code: str | None
    region_code: str | None
    kind: RiskKind | None
    status: RiskStatus | None
    grade: RiskGrade | None
    updated_after: dt.datetime | None = None
    """Only what changed later than this, in the order of the changes."""


def risk(reading: Reading, risk_id: UUID) -> RiskOut:
    """A risk with its reasons."""
    table = table_of(Risk)
    row = reading.connection.execute(sa.select(table).where(table.c.id == risk_id)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise RiskNotFound(f"no risk {risk_id} in region {reading.actor.place}")
    return reasons_for(reading.actor, RiskOut.of(row))


def risks(reading: Reading, wanted: RiskFilter, page: PageRequest) -> Sequence[RiskOut]:
    """Risks, the newest first or in the order of their changes; one more than the page holds tells that it goes on."""
    table = table_of(Risk)
    statement = sa.select(table).where(within(table.c.region_code, reading.actor, wanted.region_code))
    statement = as_wanted(statement, table, wanted, "household_code", "kind", "status", "grade")
    ordered = newest_or_change(statement, table, table.c.opened_at, wanted.updated_after, page)
    return [reasons_for(reading.actor, RiskOut.of(row)) for row in reading.connection.execute(ordered).mappings()]


def risk_key(wanted: RiskFilter) -> Callable[[RiskOut], tuple[str, ...]]:
    """Where a risk stands in the list."""
    return moment_or_change(lambda shown: shown.opened_at, lambda shown: shown.risk_id, wanted.updated_after)


def reasons_for(actor: Actor, shown: ShownT) -> ShownT:
    """A risk or verdict as this caller may see it: of what is about health the rule and the grade alone."""
    if actor.may(PERSONAL) or shown.kind not in OF_HEALTH:
        return shown
    return shown.model_copy(update={"reasons": _without_health(shown.reasons)})


def _without_health(reasons: Sequence[ReasonOut]) -> list[ReasonOut]:
    """One line for each rule, so that not even the number of diagnoses is told."""
    rules = dict.fromkeys(reason.rule for reason in reasons)
    return [ReasonOut(rule=rule, text=_HIDDEN, inputs={}, parameters=[]) for rule in rules]
