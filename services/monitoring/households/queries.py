"""What monitoring can be asked. Every answer is limited to the caller's region."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.facts.errors import HouseholdNotFound, RiskNotFound
from services.monitoring.households.commands.register import household_out
from services.monitoring.households.schemas import HouseholdOut
from services.monitoring.households.store import standing_warnings
from services.monitoring.ledger.rules import state_income, window_months
from services.monitoring.ledger.store import load_files, load_months
from services.monitoring.models import Household, Risk
from services.monitoring.persons.store import members_of
from services.monitoring.risks.commands.judge import judge_files, rule_parameters
from services.monitoring.risks.queries import household_for, reasons_for
from services.monitoring.risks.rules.parameters import INCOME_LINE, WINDOW_MONTHS
from services.monitoring.risks.schemas import (
    Branches,
    Coverage,
    IncomeOut,
    Line,
    ReasonOut,
    RiskOut,
    VerdictOut,
    VerdictsOut,
    Window,
)
from shared.contracts.codes import RiskGrade, RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.http.pagination import PageRequest, as_wanted, newest_first, oldest_first
from shared.policy.parameters import ParameterValue, PolicyValueMissing
from shared.security.actor import PERSONAL


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


def household(reading: Reading, code: str) -> HouseholdOut:
    """A household as the caller may see it, with what should be checked at home."""
    found = _household_in_region(reading, code)
    members = [one.member for one in members_of(reading, code)]
    shown = range(len(members)) if reading.actor.may(PERSONAL) else ()
    warnings = standing_warnings(reading, code, found.region_code, members, shown) if found.ended_on is None else []
    return household_for(reading.actor, household_out(found, members, warnings))


def income(reading: Reading, code: str, as_of: dt.date | None) -> IncomeOut:
    """The income window of a date, from the month table, beside the line of that date."""
    found = _household_in_region(reading, code)
    on = as_of or reading.today()
    view = reading.policy.at(found.region_code, on)
    values = {key: view.find(key) for key in (WINDOW_MONTHS, INCOME_LINE)}
    lacking = sorted(key for key, value in values.items() if value is None)
    if lacking:
        raise PolicyValueMissing(lacking, found.region_code, on)
    return _income_out(reading, found, on, view.pack, values[WINDOW_MONTHS], values[INCOME_LINE])


def _income_out(
    reading: Reading,
    found: Household,
    on: dt.date,
    pack: str,
    length: ParameterValue | None,
    line: ParameterValue | None,
) -> IncomeOut:
    assert length is not None, "checked by the caller"
    assert line is not None, "checked by the caller"
    first, last = window_months(on, int(length.value))
    months = load_months(reading, [found.code], first, last).get(found.code, {})
    statement = state_income(months, first, last, found.member_count)
    return IncomeOut(
        window=Window(first=first, last=last),
        members=statement.members,
        branches=Branches(**{branch.value: amount for branch, amount in statement.branches.items()}),
        operating_cost=statement.operating_cost,
        net_income=statement.net,
        per_head=statement.per_head or 0,
        compliant_self_paid=statement.compliant_self_paid,
        coverage=Coverage(known=statement.known, missing=list(statement.missing)),
        line=Line(value=f"{line.value:.2f}", reference=line.reference, status=line.status.value),
        pack=pack,
    )


def verdicts(reading: Reading, code: str, as_of: dt.date | None) -> VerdictsOut:
    """What every rule says about a household on a date, from what is recorded now. Changes nothing.

    From the day of its end on nothing is said about a household any longer.
    """
    _household_in_region(reading, code)
    on = as_of or reading.today()
    files = list(load_files(reading, [code], lock=False).values())
    _, pack = rule_parameters(reading.policy, files[0].region_code, on)
    found = [
        VerdictOut(
            kind=verdict.kind,
            outcome=verdict.outcome.value,
            grade=verdict.grade,
            reasons=[ReasonOut.model_validate(reason.as_document()) for reason in verdict.reasons],
            missing_months=list(verdict.missing_months),
        )
        for judged in judge_files(reading, files, on)
        for verdict in judged.verdicts
    ]
    found = [reasons_for(reading.actor, verdict) for verdict in found]
    return VerdictsOut(household_code=code, as_of=on, pack=pack, verdicts=found)


def risk(reading: Reading, risk_id: UUID) -> RiskOut:
    """A risk with its reasons."""
    table = table_of(Risk)
    row = reading.connection.execute(sa.select(table).where(table.c.id == risk_id)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise RiskNotFound(f"no risk {risk_id} in region {reading.actor.place}")
    return _risk_out(reading, row)


def risks(reading: Reading, wanted: RiskFilter, page: PageRequest) -> Sequence[RiskOut]:
    """Risks, the newest first or in the order of their changes; one more than the page holds tells that it goes on."""
    table = table_of(Risk)
    statement = sa.select(table).where(within(table.c.region_code, reading.actor, wanted.region_code))
    statement = as_wanted(statement, table, wanted, "household_code", "kind", "status", "grade")
    if wanted.updated_after is None:
        ordered = newest_first(statement, table.c.opened_at, table.c.id, page)
    else:
        changed = statement.where(table.c.updated_at > wanted.updated_after)
        ordered = oldest_first(changed, table.c.updated_at, table.c.id, page)
    return [_risk_out(reading, row) for row in reading.connection.execute(ordered).mappings()]


def risk_key(wanted: RiskFilter) -> Callable[[RiskOut], tuple[str, ...]]:
    """Where a risk stands in the list."""

    def key(shown: RiskOut) -> tuple[str, ...]:
        moment = shown.opened_at if wanted.updated_after is None else shown.updated_at
        return moment.isoformat(), str(shown.risk_id)

    return key


def _risk_out(reading: Reading, row: Mapping[Any, Any]) -> RiskOut:
    return reasons_for(reading.actor, RiskOut.model_validate({**row, "risk_id": row["id"]}))


def _household_in_region(reading: Reading, code: str) -> Household:
    found = reading.session.get(Household, code)
    if found is None or not reading.actor.sees(found.region_code):
        raise HouseholdNotFound(f"no household {code} in region {reading.actor.place}")
    return found
