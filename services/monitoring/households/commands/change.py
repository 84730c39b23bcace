"""Changing a household: its row and its members become what they are said to be, and it is judged anew."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.monitoring.answers.commands import move_clues
from services.monitoring.as_of.store import write_before
from services.monitoring.cases.commands.follow import move_cases
from services.monitoring.households.rules import FRAGILE
from services.monitoring.households.store import write_households
from services.monitoring.ledger.store import load_dossiers, open_windows, write_windows
from services.monitoring.models.households import Household
from services.monitoring.persons.commands import take_in
from services.monitoring.persons.rules import MemberOfHousehold, RegisteredMember, nobody_is_left
from services.monitoring.persons.store import write_members, write_moves
from services.monitoring.placements.commands import leave_behind_job_loss
from services.monitoring.protections.commands import renew_protections
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
from shared.registers.entries import renew


def counts_of(members: Sequence[RegisteredMember]) -> dict[str, int]:
    """What a household keeps of how many live there."""
    return {
        "member_count": len(members),
        "able_workers": sum(member.labour.is_able for member in members),
        "fragile_members": sum(member.health in FRAGILE for member in members),
    }


def enter_households(
    uow: UnitOfWork, households: Sequence[Household], members: Mapping[str, Sequence[MemberOfHousehold]]
) -> None:
    """Write households that are new, each with its members, its window and its event."""
    write_households(uow, households)
    write_members(uow, members)
    open_windows(uow, [household.code for household in households])
    for household in households:
        _publish(uow, household_state(HouseholdRegistered, household, members[household.code]), before=None)


def change_household(
    uow: UnitOfWork,
    household: Household,
    fields: Mapping[str, Any],
    before: Sequence[MemberOfHousehold],
    after: Sequence[MemberOfHousehold],
    on: date,
    event_id: UUID | None = None,
    passed_to: str | None = None,
    passed: Sequence[MemberOfHousehold] = (),
) -> None:
    """Give a locked household these fields and, from a day on, these members, and judge it anew today.

    ``event_id`` names the household event that says so, ``passed`` who lives elsewhere by it, as they do there.
    """
    code, was = household.code, household_state(HouseholdChanged, household, before)
    write_before(uow, household, fields, on)
    renew(uow, household, dict(fields))
    take_in(uow, code, household.version, before, after, on, event_id)
    household.sqlmodel_update(dict.fromkeys(_moved(before, after), uow.today()))
    if nobody_is_left(before, after):
        household.sqlmodel_update({"renewed_version": household.version, "renewed_on": uow.today()})
        leave_behind_job_loss(uow, code)
    uow.session.flush()  # flush: the judgement below reads the new head count
    if household.region_code != was.region_code:
        uow.emit(_moved_away(household, was.region_code), region=was.region_code)
        move_cases(uow, code, household.region_code)
    state = household_state(HouseholdChanged, household, after)
    _publish(uow, state.model_copy(update={"passed_to": passed_to, **told_of(passed)}), before=_for_audit(was))
    _judge(uow, household)


def found_household(uow: UnitOfWork, household: Household) -> None:
    """Write a household of whose members nobody is there yet."""
    write_households(uow, [household])
    open_windows(uow, [household.code])


def settle_household(
    uow: UnitOfWork, household: Household, members: Sequence[MemberOfHousehold], on: date, event_id: UUID
) -> None:
    """Have those who founded a household live in it from a day on, and judge it."""
    write_members(uow, {household.code: members})
    write_moves(uow, household.code, household.version, on, event_id, left=(), arrived=members)
    _publish(uow, household_state(HouseholdRegistered, household, members), before=None)
    _judge(uow, household)


def _judge(uow: UnitOfWork, household: Household) -> None:
    code, trigger = household.code, Trigger("household", uow.context)
    dossiers = list(load_dossiers(uow, [code], lock=True).values())
    judge_households(uow, dossiers, uow.today(), {code: [trigger]})
    write_windows(uow, dossiers)
    move_risks(uow, code, household.region_code, trigger.clue)
    move_clues(uow, code, household.region_code)
    renew_protections(uow, dossiers)


def _moved(before: Sequence[MemberOfHousehold], after: Sequence[MemberOfHousehold]) -> Iterator[str]:
    """The columns that say when somebody was taken in last, and left last, where somebody was or did."""
    were, are = {one.person_id for one in before}, {one.person_id for one in after}
    if are - were:
        yield "joined_on"
    if were - are:
        yield "left_on"


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


def told_of(passed: Sequence[MemberOfHousehold]) -> dict[str, Any]:
    """Who lives in another household now, as the other houses are told of it."""
    return {
        "passed_on": tuple(one.person_id for one in passed),
        "passed_as": tuple(one.member.member_no for one in passed),
    }


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
