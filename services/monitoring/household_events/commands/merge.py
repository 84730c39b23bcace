"""Merging a household 并户: all its members belong to another one, and it ends."""

from collections.abc import Sequence

from services.monitoring.answers.commands import pass_clues
from services.monitoring.findings.commands.check import check_findings
from services.monitoring.household_events.commands.happening import (
    Happening,
    counting_facts,
    demand_living,
    demand_seen,
    empty,
    refuse_before_others,
    write_happening,
)
from services.monitoring.household_events.commands.passing import pass_facts
from services.monitoring.household_events.errors import (
    HouseholdEventInvalid,
)
from services.monitoring.household_events.rules import (
    HIGHEST_NUMBER,
    renumber,
)
from services.monitoring.household_events.schemas import (
    MergeIn,
)
from services.monitoring.households.commands.change import (
    change_household,
    counts_of,
)
from services.monitoring.households.schemas import MAX_MEMBERS, EndIn
from services.monitoring.models.households import Household
from services.monitoring.persons.rules import MemberOfHousehold
from services.monitoring.persons.store import highest_number, load_former_persons, load_members
from shared.codes.monitoring import HouseholdEndReason
from shared.db.unit_of_work import UnitOfWork
from shared.words.said import says


def merge(uow: UnitOfWork, happening: Happening, household: Household, event: MergeIn) -> None:
    """Have all members belong to another household 并户, and end this one."""
    if event.into == event.household_code:
        raise HouseholdEventInvalid.at("/into", says("into-itself"))
    into = demand_seen(uow, happening.households, event.into)
    demand_living(into)
    refuse_before_others(uow, event, [household.code, into.code])
    if event.on < into.registered_on:
        raise HouseholdEventInvalid.at("/on", says("before-it-was-registered", registered_on=into.registered_on))
    leaving, before = load_members(uow, household.code), load_members(uow, into.code)
    coming = _renumbered(uow, into.code, before, leaving)
    after = [*before, *coming]
    _refuse_impossible_merge(after)
    facts = counting_facts(uow, household.code)
    write_happening(uow, happening, event, other_code=into.code)
    pass_facts(uow, household.code, into.code, facts)
    end = EndIn(on=event.on, reason=HouseholdEndReason.MERGED)
    empty(uow, happening, household, leaving, end, coming, into.code)
    fields = counts_of([one.member for one in after]) | {"is_related": True}
    change_household(uow, into, fields, before, after, event.on, happening.event_id)
    pass_clues(uow, household.code, into.code, {one.person_id: one.member.member_no for one in coming})
    check_findings(uow, [into.code])


def _renumbered(
    uow: UnitOfWork, into: str, before: Sequence[MemberOfHousehold], coming: Sequence[MemberOfHousehold]
) -> list[MemberOfHousehold]:
    held = {one.member.member_no for one in before}
    former = {one.person_id: one.described.member_no for one in reversed(load_former_persons(uow, into))}
    free = {person_id: number for person_id, number in former.items() if number not in held}
    return renumber(coming, free, highest_number(uow, into))


def _refuse_impossible_merge(after: Sequence[MemberOfHousehold]) -> None:
    numbers = [one.member.id_number for one in after if one.member.id_number is not None]
    if len(set(numbers)) < len(numbers):
        raise HouseholdEventInvalid.at("/into", says("one-identity-number-twice"))
    highest = max((one.member.member_no for one in after), default=0)
    if len(after) > MAX_MEMBERS or highest > HIGHEST_NUMBER:
        raise HouseholdEventInvalid.at("/into", says("household-too-large", highest=MAX_MEMBERS))
