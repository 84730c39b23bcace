"""The ledger of a household as it was on a day, before it split, merged, or somebody came or left."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.monitoring.as_of.store import laid_out
from services.monitoring.attributions.rules import Attributions
from services.monitoring.attributions.store import load_attributions, load_passed_since
from services.monitoring.evidence.circumstances import SourceOrder
from services.monitoring.evidence.kept import AsOf, Kept, Person, Then
from services.monitoring.evidence.store import load_counting, look_back
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import IncomeMonth, summarise
from services.monitoring.ledger.rules.postings import post
from services.monitoring.ledger.store import load_dossiers, load_months, net_incomes
from services.monitoring.persons.rules import MemberOfHousehold, RegisteredMember
from shared.db.unit_of_work import Reading

_CODE, _NET = sa.column("household_code", sa.String), sa.column("net", sa.BigInteger)


def months_on(
    reading: Reading, code: str, first: int, last: int, day: date, order: SourceOrder
) -> dict[int, IncomeMonth]:
    """The months of a household from ``first`` to ``last``, of what counts for it as of a day.

    They are those of the month table, unless somebody passed to or from it later: then the facts are summed up.
    """
    then = _months_before_passings(reading, code, day, order)
    if then is None:
        return load_months(reading, [code], first, last).get(code, {})
    return {month: sums for month, sums in then.items() if first <= month <= last}


def _months_before_passings(
    reading: Reading, code: str, day: date, order: SourceOrder
) -> dict[int, IncomeMonth] | None:
    """All months by what counted on a day; none where what counts now counted then."""
    [dossier] = load_dossiers(reading, [code], lock=False).values()
    attributions = load_attributions(reading, [code] if dossier.is_related else [])
    then = attributions.on(day)
    if len(then.passings) == len(attributions.passings):
        return None
    _post_counting(reading, {code: dossier}, then, order)
    return dossier.months


def _post_counting(
    reading: Reading,
    dossiers: Mapping[str, HouseholdDossier],
    attributions: Attributions,
    order: SourceOrder,
) -> None:
    """Enter into dossiers that are only read all facts that count for them by these attributions."""
    for code, facts in load_counting(reading, dossiers, attributions).items():
        dossier = dossiers[code]
        for fact_id, fact, person_id in facts:
            post(dossier, fact_id, fact, person_id, order)


def net_incomes_on(reading: Reading, first: int, last: int, day: date, order: SourceOrder) -> sa.FromClause:
    """The net income 纯收入 of each household over a span of months by what counted for it on a day; see `net_incomes`.

    Where somebody passed to or from a household later, its facts are summed up. Facts about those months that came in
    later count: they are of those months.
    """
    incomes = net_incomes(first, last)
    codes = load_passed_since(reading, day) if day < reading.today() else frozenset[str]()
    if not codes:
        return incomes
    then = _nets_before_passings(reading, codes, first, last, day, order)
    others = sa.select(incomes.c.household_code, incomes.c.net).where(incomes.c.household_code.not_in(sorted(codes)))
    if not then:
        return others.subquery("incomes_then")
    of_then = laid_out((_CODE, _NET), then)
    return sa.union_all(others, sa.select(of_then.c.household_code, of_then.c.net)).subquery("incomes_then")


def _nets_before_passings(
    reading: Reading, codes: Collection[str], first: int, last: int, day: date, order: SourceOrder
) -> list[tuple[str, int]]:
    dossiers = load_dossiers(reading, sorted(codes), lock=False)
    then = load_attributions(reading, codes).on(day)
    _post_counting(reading, dossiers, then, order)
    found = []
    for code, dossier in dossiers.items():
        months = [sums for month, sums in dossier.months.items() if first <= month <= last and sums.known]
        if len(months) == last - first + 1:
            found.append((code, sum(sums.net for sums in months)))
    return found


def lay_on(
    reading: Reading,
    dossier: HouseholdDossier,
    members: Sequence[MemberOfHousehold],
    window: tuple[int, int],
    day: date,
    order: SourceOrder,
) -> None:
    """Make a dossier that is only read what ledger and members were on a day; ``window`` is first and last month.

    What was said of members counts for those who lived there then, by the facts that counted for the household.
    """
    attributions = load_attributions(reading, [dossier.code] if dossier.is_related else []).on(day)
    _post_counting(reading, {dossier.code: dossier}, attributions, order)
    first, last = window
    dossier.window = summarise(dossier.months, last, last - first + 1)
    dossier.members = len(members)
    dossier.able_workers = sum(one.member.labour.is_able for one in members)
    people = {one.person_id: _person(one.member) for one in members}
    as_of = AsOf(first, last, day)

    def then_of(kept: Kept[Any]) -> Then:
        return Then(dossier.rows.get(kept, {}), dossier.amounts.get(kept, {}), people, as_of)

    dossier.seen_then = look_back(reading, dossier.code, dossier.evidence, then_of)


def _person(member: RegisteredMember) -> Person:
    return Person(member.member_no, member.birth_date, member.labour.is_able, member.student)
