"""Members who die, leave and come 人员增减."""

from collections.abc import Sequence
from typing import Any, Final

from services.monitoring.answers.commands import match_registered
from services.monitoring.findings.commands.check import check_findings
from services.monitoring.household_events.commands.happening import Happening, demand_member, empty, write_happening
from services.monitoring.household_events.errors import (
    HouseholdEventInvalid,
)
from services.monitoring.household_events.schemas import (
    DeathIn,
    JoinIn,
    LeaveIn,
)
from services.monitoring.households.commands.change import (
    change_household,
    counts_of,
)
from services.monitoring.households.commands.completion import complete, refuse_masks
from services.monitoring.households.rules import OLDEST_AGE, impossible, plausible_days
from services.monitoring.households.schemas import MAX_MEMBERS, EndIn
from services.monitoring.households.store import load_homes
from services.monitoring.models.households import Household
from services.monitoring.persons.commands import seen_of, who_they_are
from services.monitoring.persons.errors import MemberElsewhere
from services.monitoring.persons.rules import MemberOfHousehold, RegisteredMember
from services.monitoring.persons.store import load_arrival, load_members
from shared.codes.monitoring import HouseholdEndReason
from shared.db.unit_of_work import UnitOfWork
from shared.findings import Finding
from shared.security.actor import PERSONAL
from shared.words.said import says

_MEMBER: Final = "/member"


def lose(
    uow: UnitOfWork,
    happening: Happening,
    household: Household,
    event: DeathIn | LeaveIn,
    ending: HouseholdEndReason,
    **more: Any,
) -> None:
    """Have a member live there no longer; with the last one the household ends. What was earned stays."""
    before = load_members(uow, household.code)
    gone = demand_member(before, event.member_no, "/member_no")
    arrived = load_arrival(uow, household.code, gone.person_id)
    if event.on < max(arrived or gone.member.birth_date, gone.member.birth_date):
        raise HouseholdEventInvalid.at("/on", says("before-the-member-came"))
    staying = [one for one in before if one is not gone]
    write_happening(uow, happening, event, **more)
    if staying:
        fields = counts_of([one.member for one in staying])
        change_household(uow, household, fields, before, staying, event.on, happening.event_id)
        check_findings(uow, [household.code])
    else:
        empty(uow, happening, household, before, EndIn(on=event.on, reason=ending))


def join(uow: UnitOfWork, happening: Happening, household: Household, event: JoinIn) -> None:
    """Have somebody live there from a day on."""
    code, before = household.code, load_members(uow, household.code)
    joining = _complete(uow, household, event, before)
    members = [*(one.member for one in before), joining]
    staying = [one.member.member_no for one in before]
    after = who_they_are(uow, code, household.version + 1, before, members, staying)
    write_happening(uow, happening, event, reason=event.reason)
    change_household(uow, household, counts_of(members), before, after, event.on, happening.event_id)
    match_registered(uow, [joining.id_number] if joining.id_number else (), [code])
    check_findings(uow, [code])


def _complete(
    uow: UnitOfWork, household: Household, event: JoinIn, before: Sequence[MemberOfHousehold]
) -> RegisteredMember:
    """Whoever joins, as it is registered. Raises what cannot be true, and MemberElsewhere."""
    refuse_masks([event.member], _MEMBER)
    if any(one.member.member_no == event.member.member_no for one in before):
        raise HouseholdEventInvalid.at("/member/member_no", says("number-is-held"))
    if len(before) == MAX_MEMBERS:
        raise HouseholdEventInvalid.at("/member", says("household-too-large", highest=MAX_MEMBERS))
    [joining] = complete([event.member], {}, sees_persons=uow.actor.may(PERSONAL), pointer=_MEMBER)
    _refuse_impossible_member(uow, household, event, [*(one.member for one in before), joining.member])
    if joining.member.id_number is not None:
        homes = load_homes(uow, [joining.member.id_number]).get(joining.member.id_number, {})
        if others := {code: region for code, region in homes.items() if code != household.code}:
            raise MemberElsewhere(says("member-lives-elsewhere"), household_codes=seen_of(uow, others))
    return joining.member


def _refuse_impossible_member(
    uow: UnitOfWork, household: Household, event: JoinIn, members: Sequence[RegisteredMember]
) -> None:
    """Raise HouseholdEventInvalid with what cannot be true of the last of these members."""
    oldest = uow.policy.at(household.region_code, uow.today()).find(OLDEST_AGE)
    days = plausible_days(uow.today(), None if oldest is None else int(oldest.value))
    place = f"/members/{len(members) - 1}"
    found_wrong = impossible(days, household.region_code, household.registered_on, members)
    wrong = [one for one in found_wrong if one.pointer == "/members" or one.pointer.startswith(place)]
    findings = [
        one._replace(pointer=_MEMBER + one.pointer.removeprefix(place).removeprefix("/members")) for one in wrong
    ]
    if event.on < members[-1].birth_date:
        findings.append(Finding("/on", says("before-the-member-came")))
    if findings:
        raise HouseholdEventInvalid.of(findings)
