"""What can be asked of a household, as each caller may see it. Every answer is limited to the caller's region."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Final, TypeVar

import sqlalchemy as sa
from pydantic import Field

from services.monitoring.as_of.store import load_registered_on
from services.monitoring.cases.store.monitored import is_monitored_on
from services.monitoring.households.rules import FRAGILE, standing_warnings
from services.monitoring.households.schemas import (
    HouseholdListed,
    HouseholdOut,
    IncomeOut,
    JurisdictionOut,
    MemberOut,
    VerdictsOut,
)
from services.monitoring.households.sheets import HOUSEHOLD_LIST
from services.monitoring.households.store import (
    load_homes,
    load_what_stands,
    registered_elsewhere,
    with_what_stands,
)
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.ledger.queries import lay_on, months_on
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import state_income, window_months
from services.monitoring.ledger.store import load_dossiers
from services.monitoring.models.households import Household
from services.monitoring.persons.rules import RegisteredMember
from services.monitoring.persons.store import load_members, load_members_of, load_members_on
from services.monitoring.risks.queries import reasons_for
from services.monitoring.risks.rules.parameters import INCOME_LINE, WINDOW_MONTHS
from services.monitoring.risks.schemas import VerdictOut
from services.monitoring.risks.store.verdicts import judge_dossiers, rule_parameters
from shared.codes.monitoring import HouseholdCategory, Matter
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.findings import Finding
from shared.http.fields import UpdatedAfter
from shared.identity import mask_id, mask_name
from shared.lists.filters import holds
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.policy.parameters import ParameterValue, PolicyValueMissing, PolicyView
from shared.regions import RegionFilter
from shared.security.actor import PERSONAL, Actor
from shared.words.said import says

ORIGIN_MATTERS: Final = "monitoring.origin_matters"
"""原籍地办理事项: what a household whose land stayed elsewhere is cared for in where that is."""
_HOUSEHOLDS = table_of(Household)
ShownT = TypeVar("ShownT", bound=HouseholdListed)


def household(reading: Reading, code: str, as_of: dt.date | None = None) -> HouseholdOut:
    """A household as the caller may see it, with what should be checked at home.

    With ``as_of``, who lived there on that day, where it was and what it was registered as.
    """
    found = demand_household(reading, code)
    if as_of is not None:
        return household_for(reading.actor, with_what_stands(reading, _as_it_was(reading, found, as_of)))
    members = [one.member for one in load_members(reading, code)]
    warnings = _warnings(reading, found, members) if found.ended_on is None else []
    return household_for(reading.actor, with_what_stands(reading, HouseholdOut.of(found, members, warnings)))


def _warnings(reading: Reading, found: Household, members: Sequence[RegisteredMember]) -> list[Finding]:
    homes = load_homes(reading, [member.id_number for member in members if member.id_number])
    shown = range(len(members)) if reading.actor.may(PERSONAL) else ()
    return standing_warnings(found.region_code, members, shown, registered_elsewhere(reading.actor, found.code, homes))


def _as_it_was(reading: Reading, found: Household, day: dt.date) -> HouseholdOut:
    members = [one.member for one in load_members_on(reading, found.code, day)]
    shown = HouseholdOut.of(found, members, [])
    then: dict[str, Any] = {**load_registered_on(reading, found, day), "member_count": len(members)}
    if found.ended_on is not None and found.ended_on > day:
        then |= dict.fromkeys(("ended_on", "end_reason", "end_note"))
    return shown.model_copy(update=then)


_SELECT_HOUSEHOLDS = sa.select(*_HOUSEHOLDS.c, _HOUSEHOLDS.c.code.label("household_code"))


class HouseholdList(ListQuery):
    """Which households 农户 are asked for, by the region they live in and by code."""

    order = by("region_code", "household_code")
    sheet = HOUSEHOLD_LIST
    region_code: RegionFilter | None = None
    category: HouseholdCategory | None = None
    relocated: bool | None = None
    dibao: bool | None = None
    ended: Annotated[bool | None, holds(lambda _: _HOUSEHOLDS.c.ended_on.is_not(None))] = Field(
        None, description="Whether it is no more; both kinds where it is left out"
    )
    updated_after: UpdatedAfter = None


def households(reading: Reading, asked: HouseholdList) -> Page[HouseholdListed]:
    """Households with their members, as the caller may see them."""
    return asked.page(reading, _SELECT_HOUSEHOLDS, lambda rows: listed(reading, rows))


def listed(reading: Reading, rows: Sequence[Any]) -> list[HouseholdListed]:
    """Households from their rows, as the caller may see them."""
    codes = [row.code for row in rows]
    members, stands = load_members_of(reading, codes), load_what_stands(reading, codes)
    registered = ((row, [one.member for one in members[row.code]]) for row in rows)
    return [
        household_for(reading.actor, HouseholdListed.of_row(row, known, **stands[row.code]))
        for row, known in registered
    ]


def income(reading: Reading, code: str, as_of: dt.date | None) -> IncomeOut:
    """The income window of a date, beside the line of that date, among those who lived there then."""
    found = demand_household(reading, code)
    on = as_of or reading.today()
    region_code = load_registered_on(reading, found, on)["region_code"]
    view = reading.policy.at(region_code, on)
    length, line = _demand(view, region_code, WINDOW_MONTHS, INCOME_LINE)
    first, last = window_months(on, int(length.value))
    order = rule_parameters(reading.policy, region_code, on).source_order
    months = months_on(reading, code, first, last, on, order)
    members = found.member_count if as_of is None else len(load_members_on(reading, code, on))
    return IncomeOut.of(state_income(months, first, last, members), line, view.pack)


def jurisdiction(reading: Reading, code: str, matter: Matter) -> JurisdictionOut:
    """Which place cares for a household in a matter: where its land is, or where it lives 人地分离."""
    found = demand_household(reading, code)
    [of_the_land] = _demand(reading.policy.at(found.region_code, reading.today()), found.region_code, ORIGIN_MATTERS)
    at_origin = found.origin_region_code is not None and matter in of_the_land.value
    region_code = found.origin_region_code if at_origin else found.region_code
    return JurisdictionOut(
        household_code=code,
        matter=matter,
        region_code=region_code or found.region_code,
        reference=of_the_land.reference,
        status=of_the_land.status.value,
    )


def _demand(view: PolicyView, region_code: str, *keys: str) -> list[ParameterValue]:
    """The values of these parameters. Raises PolicyValueMissing with all that the policy lacks."""
    found = {key: view.find(key) for key in keys}
    lacking = sorted(key for key, value in found.items() if value is None)
    if lacking:
        raise PolicyValueMissing(lacking, region_code, view.on)
    return [value for value in found.values() if value is not None]


def verdicts(reading: Reading, code: str, as_of: dt.date | None) -> VerdictsOut:
    """What every rule says about a household on a date, from what is recorded now. Changes nothing.

    On a past date it is who lived there then, where and as what it was registered, and what counted for it then. From
    the day of its end on nothing is said about a household any longer.
    """
    registered = demand_household(reading, code)
    on = as_of or reading.today()
    dossiers = list(load_dossiers(reading, [code], lock=False).values())
    if on < reading.today():
        _date_back(reading, dossiers[0], registered, on)
    parameters = rule_parameters(reading.policy, dossiers[0].region_code, on)
    found = [
        reasons_for(reading.actor, VerdictOut.of(verdict))
        for judged in judge_dossiers(reading, dossiers, on)
        for verdict in judged.verdicts
    ]
    return VerdictsOut(household_code=code, as_of=on, pack=parameters.pack, verdicts=found)


def _date_back(reading: Reading, dossier: HouseholdDossier, registered: Household, on: dt.date) -> None:
    """Make a dossier that is only read what it was on a past day."""
    for name, value in load_registered_on(reading, registered, on).items():
        setattr(dossier, name, value)
    members = load_members_on(reading, dossier.code, on)
    dossier.fragile_members = sum(one.member.health in FRAGILE for one in members)
    dossier.monitored = is_monitored_on(reading, dossier.code, on)
    parameters = rule_parameters(reading.policy, dossier.region_code, on)
    window = window_months(on, parameters.demand_window())
    lay_on(reading, dossier, members, window, on, parameters.source_order)


def demand_household(reading: Reading, code: str) -> Household:
    """The household of a code. Raises HouseholdNotFound where the caller's region has none."""
    found = reading.session.get(Household, code)
    if found is None or not reading.actor.sees(found.region_code):
        raise HouseholdNotFound(says("no-household-in-region", household=code, region=reading.actor.place))
    return found


def household_for(actor: Actor, shown: ShownT) -> ShownT:
    """The household as this caller may see it."""
    if actor.may(PERSONAL):
        return shown
    return shown.model_copy(update={"members": [_masked(member) for member in shown.members], "end_note": None})


def _masked(member: MemberOut) -> MemberOut:
    hidden = {
        "name": mask_name(member.name),
        "id_number": mask_id(member.id_number) if member.id_number else None,
        "birth_date": None,
        "health": None,
    }
    return member.model_copy(update=hidden)
