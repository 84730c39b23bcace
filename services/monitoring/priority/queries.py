"""Which households and villages are looked after first."""

from typing import Annotated

import sqlalchemy as sa

from services.monitoring.priority.schemas import PriorityHousehold, PriorityVillage
from services.monitoring.priority.sheets import PRIORITY_LIST, VILLAGE_LIST
from services.monitoring.priority.store import in_group, is_in_focus, villages_on
from shared.codes.monitoring import ABOUT_HEALTH, PriorityGroup
from shared.db.unit_of_work import Reading
from shared.lists.filters import Filter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.money import divide_half_up
from shared.regions import RegionFilter
from shared.security.actor import PERSONAL
from shared.shares import WHOLE


class PriorityList(ListQuery):
    """Which groups are asked for, by region, household and group."""

    order = by("region_code", "household_code", "group")
    sheet = PRIORITY_LIST
    region_code: RegionFilter | None = None
    group: Annotated[PriorityGroup | None, Filter(lambda *_: sa.true())] = None


class VillageList(ListQuery):
    """Which villages are asked for."""

    order = by("region_code")
    sheet = VILLAGE_LIST
    region_code: RegionFilter | None = None
    focus: bool | None = None


def priority_households(reading: Reading, asked: PriorityList) -> Page[PriorityHousehold]:
    """Households of the groups that the caller may know of. Raises ScopeMissing for a group that tells of health."""
    if asked.group in ABOUT_HEALTH:
        reading.actor.demand(PERSONAL)
    hidden = frozenset() if reading.actor.may(PERSONAL) else ABOUT_HEALTH
    groups = [asked.group] if asked.group is not None else [group for group in PriorityGroup if group not in hidden]
    found = sa.union_all(*(in_group(reading, group) for group in groups)).subquery()
    return asked.page(reading, sa.select(found), lambda rows: list(map(PriorityHousehold.model_validate, rows)))


def priority_villages(reading: Reading, asked: VillageList) -> Page[PriorityVillage]:
    """Villages with the share of their people who are monitored today."""
    villages = villages_on(reading, reading.today())
    rows = sa.select(villages, is_in_focus(villages).label("focus"))
    return asked.page(reading, rows, lambda found: list(map(_village, found)))


def _village(row: sa.Row[tuple[object, ...]]) -> PriorityVillage:
    share = divide_half_up(row.monitored_people * WHOLE, row.people)
    return PriorityVillage.model_validate({**row._asdict(), "share": share})
