"""Registering households and keeping them true."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from services.monitoring.households.commands.completion import complete, leaves_something_out, refuse_masks
from services.monitoring.households.errors import HouseholdInvalid
from services.monitoring.households.rules import (
    FRAGILE,
    OLDEST_AGE,
    county_of,
    impossible,
    letters_of,
    plausible_days,
    warnings_of_change,
    warnings_of_code,
)
from services.monitoring.households.schemas import HouseholdIn, HouseholdOut
from services.monitoring.households.store import load_counties, standing_warnings, write_county
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.ledger.store import load_dossiers, open_window, write_windows
from services.monitoring.models.households import Household
from services.monitoring.persons.commands import take_in
from services.monitoring.persons.rules import MemberOfHousehold, RegisteredMember, nobody_is_left
from services.monitoring.persons.store import load_members
from services.monitoring.placements.commands import leave_behind_job_loss
from services.monitoring.risks.commands.judge import judge_households
from services.monitoring.risks.commands.move import move_risks
from services.monitoring.risks.rules.triggers import Trigger
from shared.contracts.monitoring import (
    HouseholdChanged,
    HouseholdMember,
    HouseholdMovedAway,
    HouseholdRegistered,
    HouseholdState,
)
from shared.db.unit_of_work import UnitOfWork
from shared.errors import HouseholdHasEnded
from shared.findings import Finding
from shared.registers.commands import Put
from shared.registers.entries import enter, lock_entry, owned_by_region, renew
from shared.security.actor import PERSONAL
from shared.versions import ExpectedVersion, demand_version
from shared.words.said import says

_FIELDS = ("region_code", "category", "relocated", "dibao", "registered_on")
_demand_in_region = owned_by_region("household", HouseholdNotFound)


@dataclass(frozen=True, slots=True)
class PutHousehold(Put[HouseholdOut]):
    """A household after it was put, and whether it is new."""

    shows_more_than_told: bool
    """Whether the answer holds what the caller left out."""
    warnings: Sequence[Finding]
    """What should be checked at home."""


def put_household(
    uow: UnitOfWork, code: str, body: HouseholdIn, expected: ExpectedVersion | None = None
) -> PutHousehold:
    """Register a household, or make it what ``body`` says. The same again changes nothing.

    What is left out of a member stays as it is registered. A changed household is judged at once: who shares an income
    decides what it is per head. Raises VersionChanged where ``expected`` names other versions, and HouseholdHasEnded.
    """
    uow.actor.demand_region(body.region_code)
    refuse_masks(body.members)
    household = lock_entry(uow, Household, code, _demand_changeable)
    demand_version(expected, household.version if household else None)
    before = load_members(uow, code) if household else []
    present = {one.member.member_no: one.member for one in before}
    sees_persons = uow.actor.may(PERSONAL)
    completed = complete(body.members, present, sees_persons=sees_persons)
    members = [one.member for one in completed]
    _refuse_impossible(uow, body, members)
    shown = [place for place, member in enumerate(body.members) if sees_persons or member.id_number is not None]
    warnings = standing_warnings(uow, code, body.region_code, members, shown)
    created, changed = household is None, True
    if household is None:
        warnings = [*_warnings_of_new_code(uow, code, body.region_code), *warnings]
        household = _register(uow, code, body, members)
    elif _fields_of(household) != _fields_of(body) or _by_number(members) != [one.member for one in before]:
        staying = [one.member.member_no for one in completed if one.stays]
        warnings += _change(uow, household, body, before, members, staying)
    else:
        changed = False
    uow.session.flush()  # flush: the answer reads what was just written
    shown_out = HouseholdOut.of(household, _by_number(members), warnings)
    return PutHousehold(shown_out, created, changed, any(map(leaves_something_out, body.members)), warnings)


def _refuse_impossible(uow: UnitOfWork, body: HouseholdIn, members: Sequence[RegisteredMember]) -> None:
    """Raise HouseholdInvalid with every pointer to what cannot be true."""
    today = uow.today()
    oldest = uow.policy.at(body.region_code, today).find(OLDEST_AGE)
    days = plausible_days(today, None if oldest is None else int(oldest.value))
    findings = impossible(days, body.region_code, body.registered_on, members)
    if findings:
        raise HouseholdInvalid.of(findings)


def _warnings_of_new_code(uow: UnitOfWork, code: str, region_code: str) -> list[Finding]:
    """Whether the code looks like one of another county; the county of its letters is remembered."""
    letters, county = letters_of(code), county_of(region_code)
    counties: set[str] = set() if letters is None else load_counties(uow, letters)
    if letters is not None and county not in counties:
        write_county(uow, letters, county)
    return warnings_of_code(code, county, counties)


def _demand_changeable(uow: UnitOfWork, household: Household) -> None:
    _demand_in_region(uow, household)
    if household.ended_on is not None:
        raise HouseholdHasEnded(says("household-ended-since", household=household.code, ended_on=household.ended_on))


def _register(uow: UnitOfWork, code: str, body: HouseholdIn, members: Sequence[RegisteredMember]) -> Household:
    household = enter(uow, Household, code, _fields(body, members))
    after = take_in(uow, code, household.version, [], members)
    open_window(uow, code)
    _publish(uow, household_state(HouseholdRegistered, household, after), before=None)
    return household


def _change(
    uow: UnitOfWork,
    household: Household,
    body: HouseholdIn,
    before: Sequence[MemberOfHousehold],
    members: Sequence[RegisteredMember],
    staying: Collection[int],
) -> list[Finding]:
    """Make the household what it is said to be, and judge it anew; what this change makes worth a look."""
    code, was = household.code, household_state(HouseholdChanged, household, before)
    renew(uow, household, _fields(body, members))
    after = take_in(uow, code, household.version, before, members, staying)
    if nobody_is_left(before, after):
        household.sqlmodel_update({"renewed_version": household.version, "renewed_on": uow.today()})
        leave_behind_job_loss(uow, code)
    uow.session.flush()  # flush: the judgement below reads the new head count
    if household.region_code != was.region_code:
        uow.emit(_moved_away(household, was.region_code), region=was.region_code)
    _publish(uow, household_state(HouseholdChanged, household, after), before=_for_audit(was))
    trigger = Trigger("household", uow.context)
    dossiers = list(load_dossiers(uow, [code], lock=True).values())
    judge_households(uow, dossiers, uow.today(), {code: [trigger]})
    write_windows(uow, dossiers)
    move_risks(uow, code, household.region_code, trigger.clue)
    return warnings_of_change(before, after)


def _fields(body: HouseholdIn, members: Sequence[RegisteredMember]) -> dict[str, Any]:
    return dict(zip(_FIELDS, _fields_of(body), strict=True)) | {
        "member_count": len(members),
        "able_workers": sum(member.labour.is_able for member in members),
        "fragile_members": sum(member.health in FRAGILE for member in members),
    }


def _fields_of(household: Household | HouseholdIn) -> tuple[Any, ...]:
    return tuple(getattr(household, name) for name in _FIELDS)


def _by_number(members: Sequence[RegisteredMember]) -> list[RegisteredMember]:
    return sorted(members, key=lambda member: member.member_no)


def household_state(
    kind: type[HouseholdState], household: Household, members: Sequence[MemberOfHousehold]
) -> HouseholdState:
    """The household as the other houses are told of it. Of the birthdays only those of members able to work."""
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
                birth_year=member.birth_year,
                born_on=member.birth_date if member.labour.is_able else None,
                person_id=person_id,
                labour=member.labour,
                student=member.student,
            )
            for person_id, member in sorted(members, key=lambda one: one.member.member_no)
        ),
    )


def _moved_away(household: Household, left: str) -> HouseholdMovedAway:
    return HouseholdMovedAway(
        household_code=household.code, region_code=left, version=household.version, moved_to=household.region_code
    )


def _publish(uow: UnitOfWork, state: HouseholdState, before: dict[str, Any] | None) -> None:
    uow.emit(state, region=state.region_code)
    action = state.event_type.split(".")[1]
    uow.audit(action, state.household_code, before=before, after=_for_audit(state))
    uow.log_after_commit(action.replace("-", "."), household=state.household_code, household_version=state.version)


def _for_audit(state: HouseholdState) -> dict[str, Any]:
    """The state without the birthdays: operators read the audit, and need not know them."""
    return state.model_dump(mode="json", exclude={"members": {"__all__": {"born_on"}}})
