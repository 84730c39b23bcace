"""Facts that name a person by identity number: where the person is registered, found for all of them at once."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.store import FACT_KIND, Told, load_told
from services.monitoring.persons.errors import PersonAmbiguous, PersonUnknown
from services.monitoring.persons.rules import Place, where_registered
from services.monitoring.persons.store import load_places
from shared.db.unit_of_work import Reading
from shared.errors import DomainError
from shared.words.said import says

MATCH: Final = "monitoring:match"
"""The scope to report about persons by identity number. It lets nobody learn where they live."""


def find_persons(reading: Reading, items: Sequence[FactToRecord]) -> Sequence[FactToRecord | DomainError]:
    """The facts as if each had named its household and member, or why the person of a number is not found.

    A fact whose reference is known, or that corrects one, belongs where that one belongs, if it is about the person of
    the number: who has moved since is not reported about twice.
    """
    by_number = [item for item in items if item.fact.id_number is not None]
    if not by_number:
        return items
    allowed = [item.fact.id_number for item in by_number if item.actor.may(MATCH)]
    places = load_places(reading, filter(None, allowed))
    told = load_told(reading, {each for item in by_number for each in _told_by(item.fact)})
    return [_found(item, places, told) for item in items]


def _told_by(fact: ReportedFact) -> Sequence[UUID]:
    """The fact itself, and the one that it corrects."""
    return [FACT_KIND.id_of(named) for named in (fact, fact.supersedes) if named is not None]


def _found(
    item: FactToRecord, places: Mapping[str, Sequence[Place]], told: Mapping[UUID, Told]
) -> FactToRecord | DomainError:
    fact = item.fact
    if fact.id_number is None:
        return item
    try:
        item.actor.demand(MATCH)
        seen = [place for place in places.get(fact.id_number, ()) if item.actor.sees(place.region_code)]
        place = _place_of(item, seen, told)
    except DomainError as error:
        return error
    return item._replace(fact=fact.of_member(place.household_code, place.member_no), person_id=place.person_id)


def _place_of(item: FactToRecord, seen: Sequence[Place], told: Mapping[UUID, Told]) -> Place:
    fact, by_person = item.fact, {place.person_id: place for place in seen}
    for known in map(told.get, _told_by(fact)):
        if known is not None and known.person_id in by_person:
            return by_person[known.person_id]._replace(member_no=known.member_no)
    if FACT_KIND.id_of(fact) in told:
        raise FACT_KIND.contradiction(fact)
    found = where_registered(seen, fact.observed_on)
    if not found:
        raise PersonUnknown(says("nobody-of-that-number", region=item.actor.place))
    if len(found) > 1:
        raise PersonAmbiguous(says("number-in-several-households"))
    return found[0]
