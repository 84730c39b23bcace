"""Moving a household 迁移; its land may stay where it was 人地分离."""

from services.monitoring.findings.commands.check import check_findings
from services.monitoring.household_events.commands.happening import Happening, refuse_before_others, write_happening
from services.monitoring.household_events.errors import (
    HouseholdEventInvalid,
)
from services.monitoring.household_events.rules import (
    origin_after,
)
from services.monitoring.household_events.schemas import (
    MoveIn,
)
from services.monitoring.households.commands.change import (
    change_household,
)
from services.monitoring.models.households import Household
from services.monitoring.persons.store import load_members
from shared.db.unit_of_work import UnitOfWork
from shared.regions import regions
from shared.words.said import says


def move(uow: UnitOfWork, happening: Happening, household: Household, event: MoveIn) -> None:
    """Have the household live elsewhere 迁移; its land may stay where it was."""
    left, to = household.region_code, event.region_code
    uow.actor.demand_region(to)
    if regions().nearest_local(to) is None:
        raise HouseholdEventInvalid.at("/region_code", says("no-such-division"))
    if to == left:
        raise HouseholdEventInvalid.at("/region_code", says("lives-there-already"))
    refuse_before_others(uow, event, [household.code])
    write_happening(uow, happening, event, moved_from=left, moved_to=to)
    members = load_members(uow, household.code)
    origin = origin_after(household.origin_region_code, left, to, keeps=event.keep_origin)
    fields = {"region_code": to, "origin_region_code": origin}
    change_household(uow, household, fields, members, members, event.on, happening.event_id)
    check_findings(uow, [household.code])
