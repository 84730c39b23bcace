"""Recording household events: each is known by its reference, locked, and carried out by its kind."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from services.monitoring.household_events.commands.happening import (
    Happening,
    demand_living,
    demand_seen,
    refuse_before_others,
    write_happening,
)
from services.monitoring.household_events.commands.members import join, lose
from services.monitoring.household_events.commands.merge import merge
from services.monitoring.household_events.commands.move import move
from services.monitoring.household_events.commands.split import split
from services.monitoring.household_events.errors import (
    HouseholdEventContradicts,
    HouseholdEventInvalid,
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
from services.monitoring.household_events.store import load_content_hash
from services.monitoring.households.commands.end import close_household, impossible_day
from services.monitoring.households.schemas import EndIn
from services.monitoring.households.store import lock_registered
from services.monitoring.ledger.store import lock_households
from services.monitoring.models.households import Household
from shared.codes.monitoring import HouseholdEndReason
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.records.outcomes import Outcome, take_each
from shared.security.sources import demand_sources
from shared.words.said import says


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
    demand_seen(uow, lock_registered(uow, [event.household_code]), event.household_code)
    known = load_content_hash(uow, event_id)
    if known is not None:
        if known != content_hash:
            used = {"source": event.source, "reference": event.source_ref, "thing": "household-event"}
            raise HouseholdEventContradicts(says("reference-used", **used))
        return Outcome("duplicate", event_id)
    with uow.savepoint():
        households = lock_registered(uow, sorted(_named(event)))  # anew: a savepoint knows no row of before
        _carry_out(uow, Happening(event_id, content_hash, households), event)
    return Outcome("stored", event_id)


def _carry_out(uow: UnitOfWork, happening: Happening, event: HouseholdEventIn) -> None:
    household = happening.households[event.household_code]
    demand_living(household)
    if finding := impossible_day(uow, household, event.on):
        raise HouseholdEventInvalid.of([finding])
    match event:
        case SplitIn():
            split(uow, happening, household, event)
        case MergeIn():
            merge(uow, happening, household, event)
        case MoveIn():
            move(uow, happening, household, event)
        case DeathIn():
            lose(uow, happening, household, event, HouseholdEndReason.DIED)
        case LeaveIn():
            lose(uow, happening, household, event, HouseholdEndReason.MOVED, reason=event.reason)
        case JoinIn():
            join(uow, happening, household, event)
        case EndEventIn():
            _end(uow, happening, household, event)
    uow.log_after_commit("household.event", household=household.code, happened=event.event)


def _end(uow: UnitOfWork, happening: Happening, household: Household, event: EndEventIn) -> None:
    """End a household 注销, as its own route does."""
    refuse_before_others(uow, event, [household.code])
    write_happening(uow, happening, event, reason=event.reason)
    close_household(uow, household, EndIn(on=event.on, reason=event.reason, note=event.note))
