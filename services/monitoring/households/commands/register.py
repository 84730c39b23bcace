"""Registering households and keeping them true."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple

from services.monitoring.answers.commands import match_registered
from services.monitoring.findings.commands.check import OF_THE_REGISTER, check_findings
from services.monitoring.findings.store.rows import mark_due
from services.monitoring.households.commands.change import change_household, counts_of, enter_households
from services.monitoring.households.commands.completion import complete, leaves_something_out, refuse_masks
from services.monitoring.households.errors import HouseholdInvalid
from services.monitoring.households.rules import (
    OLDEST_AGE,
    impossible,
    letters_of,
    plausible_days,
    standing_warnings,
    warnings_of_change,
    warnings_of_code,
)
from services.monitoring.households.schemas import HouseholdIn, HouseholdOut
from services.monitoring.households.store import (
    load_counties,
    load_homes,
    lock_registered,
    registered_elsewhere,
    with_what_stands,
    write_county,
)
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.models.households import Household
from services.monitoring.persons.commands import newcomers, who_they_are
from services.monitoring.persons.rules import MemberOfHousehold, RegisteredMember
from services.monitoring.persons.store import load_members_of
from shared.db.base import table_of
from shared.db.spelling import known_spellings, refuse_code_spelled_otherwise
from shared.db.unit_of_work import UnitOfWork
from shared.errors import HouseholdHasEnded
from shared.findings import Finding
from shared.http.batches import BATCH
from shared.identity import normalise_resident_id
from shared.records.outcomes import Outcome, take_each
from shared.regions import county_of
from shared.registers.commands import Put
from shared.registers.entries import owned_by_region
from shared.security.actor import PERSONAL
from shared.versions import ExpectedVersion, demand_version
from shared.words.said import says

AT_ONCE: Final = 100
"""Households of one transaction: while it stands, nobody else changes a row of the house that has a moment."""
_FIELDS = ("region_code", "category", "relocated", "dibao", "registered_on")
_CODE = table_of(Household).c.code
_demand_in_region = owned_by_region("household", HouseholdNotFound)


@dataclass(frozen=True, slots=True)
class PutHousehold(Put[HouseholdOut]):
    """A household after it was put, and whether it is new."""

    shows_more_than_told: bool
    """Whether the answer holds what the caller left out."""
    warnings: Sequence[Finding]
    """What should be checked at home."""

    @property
    def result(self) -> Literal["created", "changed", "unchanged"]:
        """What became of it."""
        if self.created:
            return "created"
        return "changed" if self.changed else "unchanged"


class HouseholdToPut(NamedTuple):
    """A household as it is told, and which version of it the caller changed."""

    code: str
    body: HouseholdIn
    expected: ExpectedVersion | None = None


def put_household(
    uow: UnitOfWork, code: str, body: HouseholdIn, expected: ExpectedVersion | None = None
) -> PutHousehold:
    """Register one household; see `put_households`. Raises what it is refused for."""
    [outcome] = put_households(uow, [HouseholdToPut(code, body, expected)])
    done = outcome.accepted()
    return replace(done, shown=with_what_stands(uow, done.shown))


def put_households(uow: UnitOfWork, items: Sequence[HouseholdToPut]) -> list[Outcome[PutHousehold]]:
    """Register households, or make each what its ``body`` says, in the order given. The same again changes nothing.

    What is left out of a member stays as it is registered. A changed household is judged at once: who shares an income
    decides what it is per head. One is refused as VersionChanged where ``expected`` names other versions, and as
    HouseholdHasEnded. All are locked in code order first, and those that are new are written together.
    """
    batch = _HouseholdBatch(uow, items)
    outcomes = take_each(batch.take, items)
    batch.write_new()
    uow.session.flush()  # flush: the answer is what was just written
    batch.match_clues()
    batch.check_findings()
    return outcomes


class _HouseholdBatch:
    """The households of one command: each decided upon by what is registered, and by those before it."""

    def __init__(self, uow: UnitOfWork, items: Sequence[HouseholdToPut]) -> None:
        self._uow = uow
        codes = sorted({item.code for item in items})
        self._registered = lock_registered(uow, codes)
        self._spellings = dict(known_spellings(uow, _CODE, [code for code in codes if code not in self._registered]))
        self._members = dict(load_members_of(uow, self._registered) if self._registered else {})
        told = [normalise_resident_id(one.id_number) for item in items for one in item.body.members if one.id_number]
        known = [one.member.id_number for members in self._members.values() for one in members if one.member.id_number]
        self._homes = load_homes(uow, {*told, *known})
        letters = {letters_of(code) for code in codes if code not in self._registered} - {None}
        self._counties = load_counties(uow, [each for each in letters if each is not None])
        self._entered: dict[str, Household] = {}
        self._new: list[str] = []
        """Those entered that are not written yet."""
        self._changed: dict[str, set[str]] = {}
        """By household that is new or changed, the identity numbers of its members, before and after."""

    def take(self, item: HouseholdToPut) -> Outcome[PutHousehold]:
        """Register or change one household. Raises what it is refused for."""
        uow, code, body = self._uow, item.code, item.body
        uow.actor.demand_region(body.region_code)
        refuse_masks(body.members)
        household = self._find_changeable(code)
        demand_version(item.expected, household.version if household else None)
        before = self._members.get(code, [])
        sees_persons = uow.actor.may(PERSONAL)
        present = {one.member.member_no: one.member for one in before}
        completed = complete(body.members, present, sees_persons=sees_persons)
        members = [one.member for one in completed]
        _refuse_impossible(uow, body, members)
        shown = [place for place, member in enumerate(body.members) if sees_persons or member.id_number is not None]
        warnings = self._standing_warnings(code, body.region_code, members, shown)
        created = household is None
        if household is None:
            if code == BATCH:
                raise HouseholdInvalid.at("/household_code", says("code-is-a-route", code=code))
            warnings = [*self._warnings_of_new_code(code, body.region_code), *warnings]
            household = self._register(code, body, members)
        elif _fields_of(household) == _fields_of(body) and _by_number(members) == [one.member for one in before]:
            return Outcome("duplicate", _put(household, body, members, warnings, changed=False))
        else:
            household = self._row_of(household)
            staying = [one.member.member_no for one in completed if one.stays]
            after = who_they_are(uow, code, household.version + 1, before, members, staying)
            change_household(uow, household, _fields(body, members), before, after, uow.today())
            self._remember(household, before, after)
            warnings += warnings_of_change(before, after)
        return Outcome("stored", _put(household, body, members, warnings, created=created))

    def write_new(self) -> None:
        """Write the households that are new since the last time, each with its members, its window and its event."""
        if not self._new:
            return
        entered = [self._entered[code] for code in self._new]
        enter_households(self._uow, entered, {code: self._members[code] for code in self._new})
        self._new = []

    def match_clues(self) -> None:
        """Have clues find those who were registered."""
        match_registered(self._uow, set().union(*self._changed.values()), self._changed)

    def check_findings(self) -> None:
        """Check what changed for findings; who shares an identity number with it is checked soon."""
        check_findings(self._uow, sorted(self._changed), OF_THE_REGISTER)
        numbers = set().union(*self._changed.values())
        mark_due(self._uow, {home for number in numbers for home in self._homes.get(number, ())} - self._changed.keys())

    def _row_of(self, household: Household) -> Household:
        """The household as a row that can be changed: one that this command entered is written first."""
        code = household.code
        if code in self._entered:
            self.write_new()
            self._registered |= lock_registered(self._uow, [code])
            del self._entered[code]
        return self._registered[code]

    def _find_changeable(self, code: str) -> Household | None:
        household = self._registered.get(code) or self._entered.get(code)
        if household is None:
            refuse_code_spelled_otherwise(self._spellings, code)
        else:
            _demand_changeable(self._uow, household)
        return household

    def _standing_warnings(
        self, code: str, region_code: str, members: Sequence[RegisteredMember], shown: Collection[int]
    ) -> list[Finding]:
        numbers = [member.id_number for member in members if member.id_number]
        homes = {number: self._homes[number] for number in numbers if number in self._homes}
        return standing_warnings(region_code, members, shown, registered_elsewhere(self._uow.actor, code, homes))

    def _warnings_of_new_code(self, code: str, region_code: str) -> list[Finding]:
        """Whether the code looks like one of another county; the county of its letters is remembered."""
        letters, county = letters_of(code), county_of(region_code)
        if letters is None:
            return warnings_of_code(code, county, ())
        counties = self._counties[letters]
        warnings = warnings_of_code(code, county, counties)
        if county not in counties:
            write_county(self._uow, letters, county)
            counties.add(county)
        return warnings

    def _register(self, code: str, body: HouseholdIn, members: Sequence[RegisteredMember]) -> Household:
        household = new_household(self._uow, code, body, members)
        self._entered[code] = household
        self._new.append(code)
        self._spellings[code.lower()] = code
        self._remember(household, [], newcomers(code, household.version, members))
        return household

    def _remember(
        self, household: Household, before: Sequence[MemberOfHousehold], after: Sequence[MemberOfHousehold]
    ) -> None:
        """What those that follow are decided by."""
        numbers = (one.member.id_number for one in (*before, *after))
        self._changed.setdefault(household.code, set()).update(number for number in numbers if number is not None)
        for one in before:
            if one.member.id_number is not None:
                self._homes.get(one.member.id_number, {}).pop(household.code, None)
        for one in after:
            if one.member.id_number is not None:
                self._homes.setdefault(one.member.id_number, {})[household.code] = household.region_code
        self._members[household.code] = sorted(after, key=lambda one: one.member.member_no)


def new_household(uow: UnitOfWork, code: str, body: HouseholdIn, members: Sequence[RegisteredMember]) -> Household:
    """The household as it is registered first."""
    moment = uow.stamp()
    return Household(
        code=code,
        version=1,
        created_at=moment,
        updated_at=moment,
        joined_on=uow.today(),
        **_fields(body, members),
    )


def _put(
    household: Household,
    body: HouseholdIn,
    members: Sequence[RegisteredMember],
    warnings: Sequence[Finding],
    *,
    created: bool = False,
    changed: bool = True,
) -> PutHousehold:
    shown = HouseholdOut.of(household, _by_number(members), warnings)
    return PutHousehold(shown, created, changed, any(map(leaves_something_out, body.members)), warnings)


def _refuse_impossible(uow: UnitOfWork, body: HouseholdIn, members: Sequence[RegisteredMember]) -> None:
    """Raise HouseholdInvalid with every pointer to what cannot be true."""
    today = uow.today()
    oldest = uow.policy.at(body.region_code, today).find(OLDEST_AGE)
    days = plausible_days(today, None if oldest is None else int(oldest.value))
    findings = impossible(days, body.region_code, body.registered_on, members)
    if findings:
        raise HouseholdInvalid.of(findings)


def _demand_changeable(uow: UnitOfWork, household: Household) -> None:
    _demand_in_region(uow, household)
    if household.ended_on is not None:
        raise HouseholdHasEnded(says("household-ended-since", household=household.code, ended_on=household.ended_on))


def _fields(body: HouseholdIn, members: Sequence[RegisteredMember]) -> dict[str, Any]:
    return dict(zip(_FIELDS, _fields_of(body), strict=True)) | counts_of(members)


def _fields_of(household: Household | HouseholdIn) -> tuple[Any, ...]:
    return tuple(getattr(household, name) for name in _FIELDS)


def _by_number(members: Sequence[RegisteredMember]) -> list[RegisteredMember]:
    return sorted(members, key=lambda member: member.member_no)
