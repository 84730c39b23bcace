"""The ledger of a household as it was on a day, before it split, merged, or somebody came or left."""

from collections.abc import Sequence
from datetime import date

from services.monitoring.attributions.store import load_attributions
from services.monitoring.evidence.circumstances import SourceOrder
from services.monitoring.evidence.store import load_counting
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import IncomeMonth, summarise
from services.monitoring.ledger.rules.postings import post
from services.monitoring.ledger.store import load_dossiers, load_months
from services.monitoring.persons.rules import MemberOfHousehold
from shared.db.unit_of_work import Reading


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
    for fact_id, fact, person_id in load_counting(reading, [code], then).get(code, ()):
        post(dossier, fact_id, fact, person_id, order)
    return dossier.months


def lay_on(
    reading: Reading,
    dossier: HouseholdDossier,
    members: Sequence[MemberOfHousehold],
    window: tuple[int, int],
    day: date,
    order: SourceOrder,
) -> None:
    """Make a dossier that is only read what ledger and members were on a day; ``window`` is first and last month."""
    months, (first, last) = _months_before_passings(reading, dossier.code, day, order), window
    if months is not None:
        dossier.window = summarise(months, last, last - first + 1)
    dossier.members = len(members)
    dossier.able_workers = sum(one.member.labour.is_able for one in members)
