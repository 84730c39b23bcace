"""Rows of the household register: locked, entered, their income, and the counties of household codes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.monitoring.cases.store.standings import load_standings
from services.monitoring.households.schemas import HouseholdOut, MonitoringOut
from services.monitoring.ledger.rules.income import IncomeStatement, state_income, window_months
from services.monitoring.ledger.store import load_months
from services.monitoring.models.exchange import ExternalCode
from services.monitoring.models.households import CodePrefix, Household
from services.monitoring.models.risks import Risk
from services.monitoring.persons.store import load_places
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.codes.monitoring import ExchangeSystem, MonitoringStatus, RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.rows import insert_into, insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.security.actor import Actor

_HOUSEHOLDS, _PREFIXES = table_of(Household), table_of(CodePrefix)
_EXTERNAL, _RISKS = table_of(ExternalCode), table_of(Risk)
_SELECT_EXTERNAL = (
    sa.select(_EXTERNAL.c.household_code, _EXTERNAL.c.system, _EXTERNAL.c.code)
    .where(is_one_of(_EXTERNAL.c.household_code, "codes"), _EXTERNAL.c.code.is_not(None))
    .order_by(_EXTERNAL.c.household_code, _EXTERNAL.c.system)
)
_SELECT_OPEN_RISKS = (
    sa.select(_RISKS.c.household_code, _RISKS.c.kind)
    .where(is_one_of(_RISKS.c.household_code, "codes"), _RISKS.c.status == RiskStatus.OPEN)
    .order_by(_RISKS.c.household_code, _RISKS.c.kind)
)
_SELECT_COUNTIES = sa.select(_PREFIXES.c.prefix, _PREFIXES.c.county).where(is_one_of(_PREFIXES.c.prefix, "letters"))


def lock_registered(uow: UnitOfWork, codes: Collection[str]) -> dict[str, Household]:
    """The households that are registered under these codes, locked in code order."""
    locking = sa.select(Household).where(is_one_of(_HOUSEHOLDS.c.code, "codes")).order_by(_HOUSEHOLDS.c.code)
    as_it_is = locking.with_for_update().execution_options(populate_existing=True)
    found = uow.session.scalars(as_it_is, {"codes": list(codes)})
    return {household.code: household for household in found}


def write_households(uow: UnitOfWork, households: Sequence[Household]) -> None:
    """Add households that are new."""
    names = _HOUSEHOLDS.c.keys()
    insert_rows(uow.connection, _HOUSEHOLDS, [{name: getattr(one, name) for name in names} for one in households])


def load_homes(reading: Reading, numbers: Collection[str]) -> dict[str, dict[str, str]]:
    """Where somebody of these identity numbers is registered now: by number, the region of each household."""
    places = load_places(reading, numbers)
    return {
        number: {place.household_code: place.region_code for place in found if place.until is None}
        for number, found in places.items()
    }


def registered_elsewhere(
    actor: Actor, code: str, homes: Mapping[str, Mapping[str, str]]
) -> Mapping[str, Sequence[str]]:
    """By identity number, the other households where it is registered: of them only those the caller may see."""
    others = {
        number: {other: region for other, region in found.items() if other != code} for number, found in homes.items()
    }
    return {
        number: sorted(other for other, region in found.items() if actor.sees(region))
        for number, found in others.items()
        if found
    }


def load_counties(reading: Reading, letters: Collection[str]) -> defaultdict[str, set[str]]:
    """The counties in which household codes begin with these letters."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for prefix, county in reading.connection.execute(_SELECT_COUNTIES, {"letters": list(letters)}) if letters else ():
        found[prefix].add(county)
    return found


def write_county(uow: UnitOfWork, letters: str, county: str) -> None:
    """Remember that household codes of a county begin with these letters."""
    remember = insert_into(_PREFIXES, uow.connection.dialect.name).on_conflict_do_nothing()
    uow.connection.execute(remember, {"prefix": letters, "county": county})


def load_external_codes(reading: Reading, codes: Collection[str]) -> Mapping[str, dict[ExchangeSystem, str]]:
    """Under which codes other platforms know these households."""
    found: defaultdict[str, dict[ExchangeSystem, str]] = defaultdict(dict)
    for household_code, system, code in reading.connection.execute(_SELECT_EXTERNAL, {"codes": list(codes)}):
        found[household_code][system] = code
    return found


def load_open_risks(reading: Reading, codes: Collection[str]) -> Mapping[str, list[RiskKind]]:
    """The kinds of the risks of these households that are open."""
    found: defaultdict[str, list[RiskKind]] = defaultdict(list)
    for household_code, kind in reading.connection.execute(_SELECT_OPEN_RISKS, {"codes": list(codes)}):
        found[household_code].append(kind)
    return found


def load_what_stands(reading: Reading, codes: Collection[str]) -> Mapping[str, dict[str, Any]]:
    """What is shown of these households beside what is registered: how many risks are open, and codes elsewhere."""
    risks, external = load_open_risks(reading, codes), load_external_codes(reading, codes)
    return {code: {"open_risks": len(risks.get(code, ())), "external_codes": external.get(code, {})} for code in codes}


def with_what_stands(reading: Reading, shown: HouseholdOut) -> HouseholdOut:
    """The household with that beside it."""
    code = shown.household_code
    monitoring = MonitoringOut.model_validate(load_standings(reading, [code])[code])
    if shown.ended_on is not None:
        monitoring = monitoring.model_copy(update={"status": MonitoringStatus.ENDED})
    return shown.model_copy(update={**load_what_stands(reading, [code])[code], "monitoring": monitoring})


def load_statements(reading: Reading, households: Iterable[Any], on: dt.date) -> Mapping[str, IncomeStatement]:
    """The income of each of these households in its window of a day; none where the policy names no window."""
    windows: defaultdict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for one in households:
        length = rule_parameters(reading.policy, one.region_code, on).window_months
        if length is not None:
            windows[window_months(on, length)][one.code] = one.member_count
    found: dict[str, IncomeStatement] = {}
    for span, members in windows.items():
        months = load_months(reading, list(members), *span)
        found |= {code: state_income(months.get(code, {}), *span, number) for code, number in members.items()}
    return found
