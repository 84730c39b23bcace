"""What a fact may say, what makes two facts the same, and whether one still counts.

What cannot be true is refused, what is hardly true is asked about.
"""

import hashlib
from datetime import date

from pydantic_core import to_json

from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.table import withdraws
from services.monitoring.risks.rules.parameters import RuleParameters
from shared.codes.records import RecordStatus
from shared.words.said import Said, says


def impossible_day(day: date, parameters: RuleParameters, latest: date) -> Said | None:
    """Why nothing can have been observed on a day, for something that comes in no later than on `latest`."""
    if day > latest:
        return says("in-the-future")
    if parameters.earliest_fact is not None and day < parameters.earliest_fact:
        return says("before-the-first-year", year=parameters.earliest_fact.year)
    return None


def looks_like_a_slip(amount: int, parameters: RuleParameters) -> bool:
    """Whether an income in fen is one that hardly anybody has in a month 单月收入异常. A zero is none."""
    plausible = parameters.month_plausible
    return plausible is not None and amount != 0 and amount not in plausible


def content_of(fact: ReportedFact) -> str:
    """Everything that a fact says but the reference under which it is said."""
    corrected = fact.supersedes and (fact.supersedes.source, fact.supersedes.source_ref)
    said = (fact.source, fact.household_code, fact.member_no, fact.observed_on, fact.type, corrected, fact.confirmed)
    return to_json(said).decode() + fact.said()


def content_hash_of(fact: ReportedFact, payload: str) -> str:
    """What two facts under one reference must have in common to be the same fact."""
    corrected = fact.supersedes and (fact.supersedes.source, fact.supersedes.source_ref)
    said = (fact.source, fact.source_ref, fact.household_code, fact.member_no, fact.observed_on, fact.type, corrected)
    return hashlib.sha256(to_json(said) + payload.encode()).hexdigest()


def status_of(superseded_as: str | None) -> RecordStatus:
    """Whether a fact still counts, by the type of the fact that superseded it; None where nothing did."""
    if superseded_as is None:
        return RecordStatus.STANDS
    return RecordStatus.WITHDRAWN if withdraws(superseded_as) else RecordStatus.SUPERSEDED
