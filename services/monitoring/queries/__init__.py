"""What monitoring can be asked. Every answer is limited to the caller's region."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.commands.judgement import judge_files, rule_parameters
from services.monitoring.commands.ledger import load_files, load_months
from services.monitoring.errors import HouseholdNotFound, RiskNotFound
from services.monitoring.models import Household, Member, Risk
from services.monitoring.rules.income import state_income, window_months
from services.monitoring.rules.parameters import INCOME_LINE, WINDOW_MONTHS
from services.monitoring.schemas import (
    Branches,
    Coverage,
    HouseholdOut,
    IncomeOut,
    Line,
    MemberOut,
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
from shared.identity import mask_id, mask_name
from shared.policy.parameters import ParameterValue, PolicyValueMissing

PERSONAL = "monitoring:pii"


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
    """A household; names and identity numbers are masked unless the caller may see them."""
    found = _household_in_region(reading, code)
    rows = reading.connection.execute(
        sa.select(table_of(Member)).where(col(Member.household_code) == code).order_by(col(Member.member_no))
    ).mappings()
    members = [MemberOut.model_validate(dict(row)) for row in rows]
    shown = HouseholdOut(
        household_code=found.code,
        region_code=found.region_code,
        category=found.category,
        relocated=found.relocated,
        dibao=found.dibao,
        registered_on=found.registered_on,
        version=found.version,
        members=members,
    )
    return shown if reading.actor.may(PERSONAL) else masked(shown)


def masked(shown: HouseholdOut) -> HouseholdOut:
    """The household without what tells who its members are."""
    members = [
        member.model_copy(
            update={
                "name": mask_name(member.name),
                "id_number": mask_id(member.id_number) if member.id_number else None,
            }
        )
        for member in shown.members
    ]
    return shown.model_copy(update={"members": members})


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
    """What every rule says about a household on a date, from what is recorded now. Changes nothing."""
    _household_in_region(reading, code)
    on = as_of or reading.today()
    files = list(load_files(reading, [code], lock=False).values())
    _, pack = rule_parameters(reading.policy, files[0].region_code, on)
    [judged] = judge_files(reading, files, on)
    found = [
        VerdictOut(
            kind=verdict.kind,
            outcome=verdict.outcome.value,
            grade=verdict.grade,
            reasons=[reason.as_document() for reason in verdict.reasons],
            missing_months=list(verdict.missing_months),
        )
        for verdict in judged.verdicts
    ]
    return VerdictsOut(household_code=code, as_of=on, pack=pack, verdicts=found)


def risk(reading: Reading, risk_id: UUID) -> RiskOut:
    """A risk with its reasons."""
    table = table_of(Risk)
    row = reading.connection.execute(sa.select(table).where(table.c.id == risk_id)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise RiskNotFound(f"no risk {risk_id} in region {reading.actor.place}")
    return _risk_out(row)


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
    return [_risk_out(row) for row in reading.connection.execute(ordered).mappings()]


def risk_key(wanted: RiskFilter) -> Callable[[RiskOut], tuple[str, ...]]:
    """Where a risk stands in the list."""

    def key(shown: RiskOut) -> tuple[str, ...]:
        moment = shown.opened_at if wanted.updated_after is None else shown.updated_at
        return moment.isoformat(), str(shown.risk_id)

    return key


def _risk_out(row: Mapping[Any, Any]) -> RiskOut:
    return RiskOut.model_validate({**row, "risk_id": row["id"]})


def _household_in_region(reading: Reading, code: str) -> Household:
    found = reading.session.get(Household, code)
    if found is None or not reading.actor.sees(found.region_code):
        raise HouseholdNotFound(f"no household {code} in region {reading.actor.place}")
    return found
