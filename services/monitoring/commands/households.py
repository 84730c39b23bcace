"""Registering households and keeping them true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from services.monitoring.commands.judgement import judge_households
from services.monitoring.commands.ledger import load_files, open_window, store_windows
from services.monitoring.commands.risks import move_risks
from services.monitoring.errors import HouseholdInvalid, HouseholdNotFound
from services.monitoring.models import Household, HouseholdWindow, Member
from services.monitoring.rules.leads import Lead
from services.monitoring.schemas import HouseholdIn, HouseholdOut, MemberIn, MemberOut
from shared.contracts.codes import Health, Relation
from shared.contracts.monitoring import HouseholdChanged, HouseholdMember, HouseholdRegistered, HouseholdState
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.identity import check_resident_id, normalise_resident_id
from shared.regions import regions

FRAGILE = frozenset({Health.SERIOUS, Health.DISABLED})
"""患有大病或重度残疾."""


@dataclass(frozen=True, slots=True)
class PutHousehold:
    """A household after it was put, and whether it is new."""

    household: HouseholdOut
    created: bool


def put_household(uow: UnitOfWork, code: str, body: HouseholdIn) -> PutHousehold:
    """Register a household, or make it what ``body`` says. The same again changes nothing.

    A changed household is judged at once: who shares an income decides what it is per head.
    """
    uow.actor.demand_region(body.region_code)
    warnings = _check(body, uow.today())
    household = uow.session.get(Household, code, with_for_update=True)
    if household is not None and not uow.actor.sees(household.region_code):
        raise HouseholdNotFound(f"no household {code} in region {uow.actor.place}")
    created = household is None
    if household is None:
        household = _register(uow, code, body)
    elif _members_of(uow, code) != body.members or _facts_of(household) != _facts_of(body):
        _change(uow, household, body)
    uow.session.flush()  # flush: the answer and the judgement read what was just written
    return PutHousehold(_answer(household, body, warnings), created)


def _register(uow: UnitOfWork, code: str, body: HouseholdIn) -> Household:
    household = Household(code=code, version=1, created_at=uow.now(), updated_at=uow.now(), **_facts(body))
    uow.session.add(household)
    uow.session.flush()  # flush: members and window refer to the household
    _write_members(uow, code, body.members)
    uow.connection.execute(sa.insert(HouseholdWindow), [open_window(code)])
    _tell(uow, HouseholdRegistered, household, body, before=None)
    return household


def _change(uow: UnitOfWork, household: Household, body: HouseholdIn) -> None:
    before = _state(HouseholdChanged, household, _members_of(uow, household.code)).model_dump(mode="json")
    household.sqlmodel_update(_facts(body) | {"version": household.version + 1, "updated_at": uow.now()})
    uow.session.flush()  # flush: the judgement below reads the new head count
    _write_members(uow, household.code, body.members)
    _tell(uow, HouseholdChanged, household, body, before=before)
    lead = Lead("household", uow.context)
    files = list(load_files(uow, [household.code], lock=True).values())
    judge_households(uow, files, uow.today(), {household.code: [lead]})
    store_windows(uow, files)
    move_risks(uow, household.code, household.region_code, lead.clue)


def _facts(body: HouseholdIn) -> dict[str, Any]:
    return {
        "region_code": body.region_code,
        "category": body.category,
        "relocated": body.relocated,
        "dibao": body.dibao,
        "registered_on": body.registered_on,
        "member_count": len(body.members),
        "able_workers": sum(member.labour.is_able for member in body.members),
        "fragile_members": sum(member.health in FRAGILE for member in body.members),
    }


def _facts_of(household: Household | HouseholdIn) -> tuple[Any, ...]:
    names = ("region_code", "category", "relocated", "dibao", "registered_on")
    return tuple(getattr(household, name) for name in names)


def _members_of(uow: UnitOfWork, code: str) -> list[MemberIn]:
    rows = uow.connection.execute(
        sa.select(table_of(Member)).where(col(Member.household_code) == code).order_by(col(Member.member_no))
    ).mappings()
    return [MemberIn(**{name: row[name] for name in MemberIn.model_fields}) for row in rows]


def _write_members(uow: UnitOfWork, code: str, members: Sequence[MemberIn]) -> None:
    uow.connection.execute(sa.delete(Member).where(col(Member.household_code) == code))
    rows = [{"household_code": code, **member.model_dump()} for member in members]
    uow.connection.execute(sa.insert(Member), rows)


def _state(kind: type[HouseholdState], household: Household, members: Sequence[MemberIn]) -> HouseholdState:
    return kind(
        household_code=household.code,
        region_code=household.region_code,
        category=household.category,
        relocated=household.relocated,
        dibao=household.dibao,
        version=household.version,
        members=tuple(
            HouseholdMember(
                member_no=member.member_no,
                sex=member.sex,
                birth_year=member.birth_date.year,
                labour=member.labour,
                student=member.student,
            )
            for member in members
        ),
    )


def _tell(
    uow: UnitOfWork,
    kind: type[HouseholdState],
    household: Household,
    body: HouseholdIn,
    before: dict[str, Any] | None,
) -> None:
    state = _state(kind, household, body.members)
    uow.emit(state, region=household.region_code)
    action = kind.event_type.split(".")[1]
    uow.audit(action, household.code, before=before, after=state.model_dump(mode="json"))
    uow.note(action.replace("-", "."), household=household.code, version=household.version)


def _answer(household: Household, body: HouseholdIn, warnings: list[str]) -> HouseholdOut:
    members = [MemberOut.model_validate(member) for member in body.members]
    return HouseholdOut(
        household_code=household.code, version=household.version, members=members, warnings=warnings, **body_facts(body)
    )


def body_facts(body: HouseholdIn | Household) -> dict[str, Any]:
    """The household's own fields, by name."""
    names = ("region_code", "category", "relocated", "dibao", "registered_on")
    return dict(zip(names, _facts_of(body), strict=True))


def _check(body: HouseholdIn, today: date) -> list[str]:
    """Refuse what cannot be true; return what should be checked at home.

    Identity numbers are normalised in place and, once every pointer is named, members put in order.
    """
    errors: list[dict[str, str]] = []
    warnings: list[str] = []
    if body.registered_on > today:
        errors.append({"pointer": "/registered_on", "detail": "lies in the future"})
    known = regions().nearest_local(body.region_code)
    if known is None:
        errors.append({"pointer": "/region_code", "detail": "no county, township or village has this code"})
    elif known.code != body.region_code:
        warnings.append(f"region_code: not in the list of divisions; the nearest known is {known.name}")
    for index, member in enumerate(body.members):
        _check_member(member, f"/members/{index}", today, errors, warnings)
    numbers = [member.id_number for member in body.members if member.id_number]
    if len(set(numbers)) < len(numbers):
        errors.append({"pointer": "/members", "detail": "two members carry the same identity number"})
    if sum(member.relation is Relation.HEAD for member in body.members) != 1:
        warnings.append("members: a household has exactly one head")
    if errors:
        raise HouseholdInvalid.of(errors)
    body.members.sort(key=lambda member: member.member_no)
    return warnings


def _check_member(
    member: MemberIn, pointer: str, today: date, errors: list[dict[str, str]], warnings: list[str]
) -> None:
    if member.birth_date > today:
        errors.append({"pointer": f"{pointer}/birth_date", "detail": "lies in the future"})
    if member.id_number is None:
        return
    member.id_number = normalise_resident_id(member.id_number)
    found = check_resident_id(member.id_number, birth_date=member.birth_date, sex=member.sex)
    errors += [{"pointer": f"{pointer}/id_number", "detail": str(error)} for error in found.errors]
    warnings += [f"{pointer[1:]}/id_number: {warning}" for warning in found.warnings]
