"""Recording household events: what each kind does to the register and to the ledgers."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from services.monitoring.answers.commands import match_registered, pass_clues
from services.monitoring.attributions.store import load_attributions
from services.monitoring.clues.commands.items import ClueToRecord
from services.monitoring.clues.commands.record import record_clues
from services.monitoring.clues.schemas import ClueIn
from services.monitoring.evidence.store import CountingFact, load_counting
from services.monitoring.findings.commands.check import check_findings
from services.monitoring.household_events.commands.passing import pass_facts
from services.monitoring.household_events.errors import (
    HouseholdCodeTaken,
    HouseholdEventContradicts,
    HouseholdEventInvalid,
)
from services.monitoring.household_events.rules import (
    HIGHEST_NUMBER,
    found,
    origin_after,
    renumber,
)
from services.monitoring.household_events.schemas import (
    DeathIn,
    EndEventIn,
    HouseholdEventIn,
    JoinIn,
    LeaveIn,
    MergeIn,
    MoveIn,
    SplitIn,
)
from services.monitoring.household_events.store import load_content_hash, load_last_day, write_event
from services.monitoring.households.commands.change import (
    change_household,
    counts_of,
    found_household,
    settle_household,
)
from services.monitoring.households.commands.completion import complete, refuse_masks
from services.monitoring.households.commands.end import close_household, impossible_day
from services.monitoring.households.rules import OLDEST_AGE, impossible, plausible_days
from services.monitoring.households.schemas import MAX_MEMBERS, EndIn
from services.monitoring.households.store import load_homes, lock_registered
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.ledger.store import lock_households
from services.monitoring.models.households import Household
from services.monitoring.persons.commands import seen_of, take_in, who_they_are
from services.monitoring.persons.errors import MemberElsewhere
from services.monitoring.persons.rules import MemberOfHousehold, RegisteredMember
from services.monitoring.persons.store import highest_number, load_arrival, load_former_persons, load_members
from shared.codes.monitoring import ClueChannel, HouseholdEndReason, HouseholdEventKind
from shared.db.base import table_of
from shared.db.spelling import refuse_other_spelling
from shared.db.unit_of_work import UnitOfWork
from shared.errors import HouseholdHasEnded
from shared.findings import Finding
from shared.http.batches import BATCH
from shared.ids import derived_id
from shared.records.outcomes import Outcome, take_each
from shared.regions import regions
from shared.security.actor import PERSONAL
from shared.security.sources import demand_sources
from shared.words.said import says

EventT = TypeVar("EventT", bound=HouseholdEventIn)
_MEMBER: Final = "/member"
_SPLIT_OFF_MONITORED: Final = "自监测户分出"
"""What gives the warning, in the words of the platform."""
_CODE = table_of(Household).c.code


class _Happening(NamedTuple):
    """An event that is carried out: its id, and the households it names, locked."""

    event_id: UUID
    content_hash: str
    households: Mapping[str, Household]


def record_household_events(uow: UnitOfWork, events: Sequence[HouseholdEventIn]) -> list[Outcome[UUID]]:
    """Record events in the order given, and carry each out; one that is refused leaves nothing behind.

    The same again changes nothing. All households they name are locked first, in code order.
    """
    lock_households(uow, sorted(set().union(*map(_named, events))))
    return take_each(partial(_record, uow), events)


def _named(event: HouseholdEventIn) -> set[str]:
    """The registered households that an event names."""
    return {event.household_code, event.into} if isinstance(event, MergeIn) else {event.household_code}


def _record(uow: UnitOfWork, event: HouseholdEventIn) -> Outcome[UUID]:
    """Record one event. Raises what it is refused for.

    SourceNotYours, HouseholdNotFound, HouseholdHasEnded, HouseholdEventContradicts, HouseholdEventInvalid,
    HouseholdCodeTaken, MemberElsewhere, RegionNotAllowed.
    """
    demand_sources(uow.actor, HouseholdEventInvalid, {"/source": event.source})
    event_id, content_hash = derived_id("household-event", event.source, event.source_ref), event.content_hash()
    _demand_seen(uow, lock_registered(uow, [event.household_code]), event.household_code)
    known = load_content_hash(uow, event_id)
    if known is not None:
        if known != content_hash:
            used = {"source": event.source, "reference": event.source_ref, "thing": "household-event"}
            raise HouseholdEventContradicts(says("reference-used", **used))
        return Outcome("duplicate", event_id)
    with uow.savepoint():
        households = lock_registered(uow, sorted(_named(event)))  # anew: a savepoint knows no row of before
        _carry_out(uow, _Happening(event_id, content_hash, households), event)
    return Outcome("stored", event_id)


def _demand_seen(uow: UnitOfWork, households: Mapping[str, Household], code: str) -> Household:
    household = households.get(code)
    if household is None or not uow.actor.sees(household.region_code):
        raise HouseholdNotFound(says("no-household-in-region", household=code, region=uow.actor.place))
    return household


def _carry_out(uow: UnitOfWork, happening: _Happening, event: HouseholdEventIn) -> None:
    household = happening.households[event.household_code]
    _demand_living(household)
    if finding := impossible_day(uow, household, event.on):
        raise HouseholdEventInvalid.of([finding])
    match event:
        case SplitIn():
            _split(uow, happening, household, event)
        case MergeIn():
            _merge(uow, happening, household, event)
        case MoveIn():
            _move(uow, happening, household, event)
        case DeathIn():
            _lose(uow, happening, household, event, HouseholdEndReason.DIED)
        case LeaveIn():
            _lose(uow, happening, household, event, HouseholdEndReason.MOVED, reason=event.reason)
        case JoinIn():
            _join(uow, happening, household, event)
        case EndEventIn():
            _end(uow, happening, household, event)
    uow.log_after_commit("household.event", household=household.code, happened=event.event)


def _demand_living(household: Household) -> None:
    if household.ended_on is not None:
        raise HouseholdHasEnded(says("household-ended-since", household=household.code, ended_on=household.ended_on))


def _refuse_before_others(uow: UnitOfWork, event: HouseholdEventIn, codes: Collection[str]) -> None:
    """What concerns the whole household comes after all that happened to it: the days before are as they were told."""
    last = load_last_day(uow, codes)
    if last is not None and event.on < last:
        raise HouseholdEventInvalid.at("/on", says("before-the-last-event", last=last))


def _write(uow: UnitOfWork, happening: _Happening, event: HouseholdEventIn, **more: Any) -> None:
    nothing = dict.fromkeys(("other_code", "moved_from", "moved_to", "reason"))
    row = {
        "id": happening.event_id,
        "event": HouseholdEventKind(event.event),
        **{name: getattr(event, name) for name in ("source", "source_ref", "household_code", "on")},
        "content_hash": happening.content_hash,
        "recorded_at": uow.stamp(),
        "recorded_by": uow.actor.id,
    }
    write_event(uow, nothing | row | more)
    told = {name: None if value is None else str(value) for name, value in {"on": event.on, **more}.items()}
    uow.audit(f"household-event.{event.event}", event.household_code, after=told)


def _split(uow: UnitOfWork, happening: _Happening, household: Household, event: SplitIn) -> None:
    """Have members found a household of their own 分户."""
    code, new = household.code, event.new.household_code
    before = load_members(uow, code)
    leaving = [_demand_member(before, number, f"/members/{place}") for place, number in enumerate(event.members)]
    staying = [one for one in before if one not in leaving]
    _refuse_impossible_split(uow, event, staying)
    facts = _counting_facts(uow, code, {one.person_id for one in leaving})
    founded = _found(uow, household, event, leaving)
    _write(uow, happening, event, other_code=new)
    pass_facts(uow, code, new, facts)
    fields = counts_of([one.member for one in staying]) | {"is_related": True}
    settling = found(leaving, event.new.head)
    change_household(uow, household, fields, before, staying, event.on, happening.event_id, new, settling)
    settle_household(uow, founded, settling, event.on, happening.event_id)
    check_findings(uow, sorted([code, new]))
    if household.monitored:
        _ask_to_look_at(uow, happening, event)


def _ask_to_look_at(uow: UnitOfWork, happening: _Happening, event: SplitIn) -> None:
    """A clue 线索 for a household that split off a monitored one: people say whether it needs watching, too."""
    clue = ClueIn(
        source=event.source,
        source_ref=f"split-{happening.event_id}",
        channel=ClueChannel.PLATFORM,
        household_code=event.new.household_code,
        received_on=uow.today(),
        indicator=_SPLIT_OFF_MONITORED,
        kinds=[],
    )
    [taken] = record_clues(uow, [ClueToRecord(clue, uow.actor, uow.context)])
    taken.accepted()


def _refuse_impossible_split(uow: UnitOfWork, event: SplitIn, staying: Sequence[MemberOfHousehold]) -> None:
    if not staying:
        raise HouseholdEventInvalid.at("/members", says("nobody-stays"))
    if event.new.head not in event.members:
        raise HouseholdEventInvalid.at("/new/head", says("head-is-none-of-them"))
    _refuse_before_others(uow, event, [event.household_code])
    new = event.new.household_code
    refuse_other_spelling(uow, _CODE, new)
    if new == BATCH or lock_registered(uow, [new]):
        raise HouseholdCodeTaken(says("household-code-taken", household=new))


def _counting_facts(uow: UnitOfWork, code: str, persons: Collection[UUID] | None = None) -> list[CountingFact]:
    """The facts that count for a household; with ``persons`` those that name one of them."""
    facts = load_counting(uow, [code], load_attributions(uow, [code])).get(code, [])
    return [one for one in facts if persons is None or one.person_id in persons]


def _found(uow: UnitOfWork, household: Household, event: SplitIn, leaving: Sequence[MemberOfHousehold]) -> Household:
    """The household that is founded in the village of the one it came from, and is what that one was."""
    moment = uow.stamp()
    kept: dict[str, Any] = {
        name: getattr(household, name)
        for name in ("region_code", "origin_region_code", "category", "relocated", "dibao")
    }
    founded = Household(
        code=event.new.household_code,
        version=1,
        registered_on=event.on,
        joined_on=uow.today(),
        created_at=moment,
        updated_at=moment,
        is_related=True,
        **kept | counts_of([one.member for one in leaving]),
    )
    found_household(uow, founded)
    return founded


def _merge(uow: UnitOfWork, happening: _Happening, household: Household, event: MergeIn) -> None:
    """Have all members belong to another household 并户, and end this one."""
    if event.into == event.household_code:
        raise HouseholdEventInvalid.at("/into", says("into-itself"))
    into = _demand_seen(uow, happening.households, event.into)
    _demand_living(into)
    _refuse_before_others(uow, event, [household.code, into.code])
    if event.on < into.registered_on:
        raise HouseholdEventInvalid.at("/on", says("before-it-was-registered", registered_on=into.registered_on))
    leaving, before = load_members(uow, household.code), load_members(uow, into.code)
    coming = _renumbered(uow, into.code, before, leaving)
    after = [*before, *coming]
    _refuse_impossible_merge(after)
    facts = _counting_facts(uow, household.code)
    _write(uow, happening, event, other_code=into.code)
    pass_facts(uow, household.code, into.code, facts)
    end = EndIn(on=event.on, reason=HouseholdEndReason.MERGED)
    _empty(uow, happening, household, leaving, end, coming, into.code)
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


def _empty(
    uow: UnitOfWork,
    happening: _Happening,
    household: Household,
    before: Sequence[MemberOfHousehold],
    end: EndIn,
    passed: Sequence[MemberOfHousehold] = (),
    merged_into: str | None = None,
) -> None:
    """End a household in which nobody is left."""
    take_in(uow, household.code, household.version + 1, before, [], end.on, happening.event_id)
    related = {"is_related": household.is_related or merged_into is not None}
    close_household(uow, household, end, {**counts_of([]), **related, "left_on": uow.today()}, merged_into, passed)


def _move(uow: UnitOfWork, happening: _Happening, household: Household, event: MoveIn) -> None:
    """Have the household live elsewhere 迁移; its land may stay where it was."""
    left, to = household.region_code, event.region_code
    uow.actor.demand_region(to)
    if regions().nearest_local(to) is None:
        raise HouseholdEventInvalid.at("/region_code", says("no-such-division"))
    if to == left:
        raise HouseholdEventInvalid.at("/region_code", says("lives-there-already"))
    _refuse_before_others(uow, event, [household.code])
    _write(uow, happening, event, moved_from=left, moved_to=to)
    members = load_members(uow, household.code)
    origin = origin_after(household.origin_region_code, left, to, keeps=event.keep_origin)
    fields = {"region_code": to, "origin_region_code": origin}
    change_household(uow, household, fields, members, members, event.on, happening.event_id)
    check_findings(uow, [household.code])


def _lose(
    uow: UnitOfWork,
    happening: _Happening,
    household: Household,
    event: DeathIn | LeaveIn,
    ending: HouseholdEndReason,
    **more: Any,
) -> None:
    """Have a member live there no longer; with the last one the household ends. What was earned stays."""
    before = load_members(uow, household.code)
    gone = _demand_member(before, event.member_no, "/member_no")
    arrived = load_arrival(uow, household.code, gone.person_id)
    if event.on < max(arrived or gone.member.birth_date, gone.member.birth_date):
        raise HouseholdEventInvalid.at("/on", says("before-the-member-came"))
    staying = [one for one in before if one is not gone]
    _write(uow, happening, event, **more)
    if staying:
        fields = counts_of([one.member for one in staying])
        change_household(uow, household, fields, before, staying, event.on, happening.event_id)
        check_findings(uow, [household.code])
    else:
        _empty(uow, happening, household, before, EndIn(on=event.on, reason=ending))


def _join(uow: UnitOfWork, happening: _Happening, household: Household, event: JoinIn) -> None:
    """Have somebody live there from a day on."""
    code, before = household.code, load_members(uow, household.code)
    joining = _complete(uow, household, event, before)
    members = [*(one.member for one in before), joining]
    staying = [one.member.member_no for one in before]
    after = who_they_are(uow, code, household.version + 1, before, members, staying)
    _write(uow, happening, event, reason=event.reason)
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


def _end(uow: UnitOfWork, happening: _Happening, household: Household, event: EndEventIn) -> None:
    """End a household 注销, as its own route does."""
    _refuse_before_others(uow, event, [household.code])
    _write(uow, happening, event, reason=event.reason)
    close_household(uow, household, EndIn(on=event.on, reason=event.reason, note=event.note))


def _demand_member(members: Sequence[MemberOfHousehold], number: int, pointer: str) -> MemberOfHousehold:
    for one in members:
        if one.member.member_no == number:
            return one
    raise HouseholdEventInvalid.at(pointer, says("nobody-of-that-number-lives-there"))
