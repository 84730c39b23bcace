"""An event that is carried out: what every kind of it asks first, and writes of itself."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from services.monitoring.attributions.store import load_attributions
from services.monitoring.evidence.store import CountingFact, load_counting
from services.monitoring.household_events.errors import (
    HouseholdEventInvalid,
)
from services.monitoring.household_events.schemas import (
    HouseholdEventIn,
)
from services.monitoring.household_events.store import load_last_day, write_event
from services.monitoring.households.commands.change import (
    counts_of,
)
from services.monitoring.households.commands.end import close_household
from services.monitoring.households.schemas import EndIn
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.models.households import Household
from services.monitoring.persons.commands import take_in
from services.monitoring.persons.rules import MemberOfHousehold
from shared.codes.monitoring import HouseholdEventKind
from shared.db.unit_of_work import UnitOfWork
from shared.errors import HouseholdHasEnded
from shared.words.said import says


class Happening(NamedTuple):
    """An event that is carried out: its id, and the households it names, locked."""

    event_id: UUID
    content_hash: str
    households: Mapping[str, Household]


def demand_seen(uow: UnitOfWork, households: Mapping[str, Household], code: str) -> Household:
    """The household of a code, out of those that are locked. Raises HouseholdNotFound where the caller sees none."""
    household = households.get(code)
    if household is None or not uow.actor.sees(household.region_code):
        raise HouseholdNotFound(says("no-household-in-region", household=code, region=uow.actor.place))
    return household


def demand_living(household: Household) -> None:
    """Raise HouseholdHasEnded for a household that is no more."""
    if household.ended_on is not None:
        raise HouseholdHasEnded(says("household-ended-since", household=household.code, ended_on=household.ended_on))


def refuse_before_others(uow: UnitOfWork, event: HouseholdEventIn, codes: Collection[str]) -> None:
    """What concerns the whole household comes after all that happened to it: the days before are as they were told."""
    last = load_last_day(uow, codes)
    if last is not None and event.on < last:
        raise HouseholdEventInvalid.at("/on", says("before-the-last-event", last=last))


def demand_member(members: Sequence[MemberOfHousehold], number: int, pointer: str) -> MemberOfHousehold:
    """The member of a number. Raises HouseholdEventInvalid at the pointer where nobody of it lives there."""
    for one in members:
        if one.member.member_no == number:
            return one
    raise HouseholdEventInvalid.at(pointer, says("nobody-of-that-number-lives-there"))


def write_happening(uow: UnitOfWork, happening: Happening, event: HouseholdEventIn, **more: Any) -> None:
    """Write the event with what it did, and keep it in the audit."""
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


def counting_facts(uow: UnitOfWork, code: str, persons: Collection[UUID] | None = None) -> list[CountingFact]:
    """The facts that count for a household; with ``persons`` those that name one of them."""
    facts = load_counting(uow, [code], load_attributions(uow, [code])).get(code, [])
    return [one for one in facts if persons is None or one.person_id in persons]


def empty(
    uow: UnitOfWork,
    happening: Happening,
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
