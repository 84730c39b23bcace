"""What is refused of a fact at the door, whoever brings it and by whichever door."""

import datetime as dt

from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.facts.errors import AmountImplausible, FactInvalid
from services.monitoring.facts.rules import impossible_day, looks_like_a_slip
from services.monitoring.facts.store import FACT_KIND
from services.monitoring.risks.rules.parameters import RuleParameters
from shared.clock import BUSINESS_ZONE
from shared.db.unit_of_work import Reading
from shared.errors import HouseholdHasEnded
from shared.money import format_yuan
from shared.months import first_day
from shared.security.actor import SYSTEM, Actor
from shared.security.sources import HOUSE_SOURCES
from shared.words.said import Said, says

_GRACE = dt.timedelta(minutes=5)
"""How far the clock of whoever reports may be ahead of ours."""


def refuse_foreign_sources(fact: ReportedFact, actor: Actor) -> None:
    """Refuse what the caller may not say: nobody speaks for a house, and a client for its own sources alone.

    The same holds for the fact that is superseded: only who may speak for its source corrects or withdraws it.
    """
    if actor is not SYSTEM:
        FACT_KIND.demand_sources(actor, FactInvalid, fact)


def latest_day(reading: Reading) -> dt.date:
    """The last day that facts can be about: today, and shortly before midnight the day that is about to begin.

    A business date that was set by hand has no midnight.
    """
    now = reading.now().astimezone(BUSINESS_ZONE)
    return (now + _GRACE).date() if now.date() == reading.today() else reading.today()


def refuse_impossible(fact: ReportedFact, parameters: RuleParameters, latest: dt.date) -> None:
    """Refuse what cannot be true. Houses count their days by their own clock: what they wrote is not measured here."""
    if fact.source not in HOUSE_SOURCES:
        _refuse_day("/observed_on", impossible_day(fact.observed_on, parameters, latest))
        month = fact.month_named()
        if month is not None:
            _refuse_day("/payload/month", impossible_day(first_day(month), parameters, latest))
    cause = fact.cause_named()
    if cause is not None and cause not in parameters.causes_extra:
        raise FactInvalid.at("/payload/kind", says("cause-not-in-the-policy", cause=cause))
    if doubt := fact.doubt():
        raise FactInvalid.at(*doubt)


def refuse_after_the_end(fact: ReportedFact, ended_on: dt.date | None, home: str | Said) -> None:
    """Refuse what was observed of a household after its end.

    What was observed before is history. Credits are entered, and what was said is put right, whenever that is told.
    """
    if fact.source in HOUSE_SOURCES or fact.supersedes is not None:
        return
    if ended_on is not None and fact.observed_on > ended_on:
        raise HouseholdHasEnded(says("household-ended-since", household=home, ended_on=ended_on))


def is_slip(fact: ReportedFact, parameters: RuleParameters) -> bool:
    """Whether the amount looks like a slip of the pen and nobody said why it is right.

    Raises AmountImplausible for a fact; a credit was paid, so that its amount can only be asked about.
    """
    amount, plausible = fact.income_of_month(), parameters.month_plausible
    if fact.confirmed is not None or amount is None:
        return False
    if plausible is None or not looks_like_a_slip(amount, parameters):
        return False
    if fact.source in HOUSE_SOURCES:
        return True
    lowest, highest = format_yuan(plausible.start), format_yuan(plausible.stop - 1)
    asked = says("month-implausible", amount=format_yuan(amount), lowest=lowest, highest=highest)
    raise AmountImplausible.at("/payload/amount", asked)


def _refuse_day(pointer: str, why: Said | None) -> None:
    if why is not None:
        raise FactInvalid.at(pointer, why)
