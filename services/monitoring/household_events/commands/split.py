"""Splitting a household 分户: members found one of their own."""

from collections.abc import Sequence
from typing import Any, Final

from services.monitoring.clues.commands.items import ClueToRecord
from services.monitoring.clues.commands.record import record_clues
from services.monitoring.clues.schemas import ClueIn
from services.monitoring.findings.commands.check import check_findings
from services.monitoring.household_events.commands.happening import (
    Happening,
    counting_facts,
    demand_member,
    refuse_before_others,
    write_happening,
)
from services.monitoring.household_events.commands.passing import pass_facts
from services.monitoring.household_events.errors import (
    HouseholdCodeTaken,
    HouseholdEventInvalid,
)
from services.monitoring.household_events.rules import (
    found,
)
from services.monitoring.household_events.schemas import (
    SplitIn,
)
from services.monitoring.households.commands.change import (
    change_household,
    counts_of,
    found_household,
    settle_household,
)
from services.monitoring.households.store import lock_registered
from services.monitoring.models.households import Household
from services.monitoring.persons.rules import MemberOfHousehold
from services.monitoring.persons.store import load_members
from shared.codes.monitoring import ClueChannel
from shared.db.base import table_of
from shared.db.spelling import refuse_other_spelling
from shared.db.unit_of_work import UnitOfWork
from shared.http.batches import BATCH
from shared.words.said import says

_SPLIT_OFF_MONITORED: Final = "自监测户分出"
"""What gives the warning, in the words of the platform."""
_CODE = table_of(Household).c.code


def split(uow: UnitOfWork, happening: Happening, household: Household, event: SplitIn) -> None:
    """Have members found a household of their own 分户."""
    code, new = household.code, event.new.household_code
    before = load_members(uow, code)
    leaving = [demand_member(before, number, f"/members/{place}") for place, number in enumerate(event.members)]
    staying = [one for one in before if one not in leaving]
    _refuse_impossible_split(uow, event, staying)
    facts = counting_facts(uow, code, {one.person_id for one in leaving})
    founded = _found(uow, household, event, leaving)
    write_happening(uow, happening, event, other_code=new)
    pass_facts(uow, code, new, facts)
    fields = counts_of([one.member for one in staying]) | {"is_related": True}
    settling = found(leaving, event.new.head)
    change_household(uow, household, fields, before, staying, event.on, happening.event_id, new, settling)
    settle_household(uow, founded, settling, event.on, happening.event_id)
    check_findings(uow, sorted([code, new]))
    if household.monitored:
        _ask_to_look_at(uow, happening, event)


def _ask_to_look_at(uow: UnitOfWork, happening: Happening, event: SplitIn) -> None:
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
    refuse_before_others(uow, event, [event.household_code])
    new = event.new.household_code
    refuse_other_spelling(uow, _CODE, new)
    if new == BATCH or lock_registered(uow, [new]):
        raise HouseholdCodeTaken(says("household-code-taken", household=new))


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
