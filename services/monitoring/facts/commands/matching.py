"""Facts that name a person by identity number: where the person is registered, found for all of them at once."""

import hashlib
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
from shared.records.kinds import reference_of_content
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
    told = load_told(reading, {each for item in by_number for each in _told_by(item, places)})
    return [_found(item, places, told) for item in items]


def _told_by(item: FactToRecord, places: Mapping[str, Sequence[Place]]) -> Sequence[UUID]:
    """The fact itself, whomever of the number it may be about, and the one that it corrects."""
    itself = _as_of_each(item, places.get(item.fact.id_number or "", ())) if item.by_content else [item.fact]
    return [FACT_KIND.id_of(named) for named in (*itself, item.fact.supersedes) if named is not None]


def _as_of_each(item: FactToRecord, places: Sequence[Place]) -> list[ReportedFact]:
    return [_under_reference_of(item.fact, place.person_id) for place in places]


def _under_reference_of(fact: ReportedFact, person_id: UUID) -> ReportedFact:
    """The fact under the reference that its content has where it is about this person.

    It is made of the id by which the house knows the person, which nobody outside can guess back to a number.
    """
    content = hashlib.sha256(f"{fact.source_ref}:{person_id}".encode()).hexdigest()
    return fact.model_copy(update={"source_ref": reference_of_content(content)})


def _found(
    item: FactToRecord, places: Mapping[str, Sequence[Place]], told: Mapping[UUID, Told]
) -> FactToRecord | DomainError:
    fact = item.fact
    if fact.id_number is None:
        return item
    try:
        item.actor.demand(MATCH)
        seen = [place for place in places.get(fact.id_number, ()) if item.actor.sees(place.region_code)]
        known = _known_by_content(item, seen, told)
        place = _place_of(item if known is None else item._replace(fact=known), seen, told)
    except DomainError as error:
        return error
    if item.by_content:
        fact = known or _under_reference_of(fact, place.person_id)
    found = fact.of_member(place.household_code, place.member_no)
    return item._replace(fact=found, person_id=place.person_id, by_content=False)


def _known_by_content(item: FactToRecord, seen: Sequence[Place], told: Mapping[UUID, Told]) -> ReportedFact | None:
    """The fact as it was told before of a person of the number, wherever that one was registered then."""
    if not item.by_content:
        return None
    return next((fact for fact in _as_of_each(item, seen) if FACT_KIND.id_of(fact) in told), None)


def _place_of(item: FactToRecord, seen: Sequence[Place], told: Mapping[UUID, Told]) -> Place:
    fact, by_person = item.fact, {(place.person_id, place.household_code): place for place in seen}
    for known in map(told.get, [FACT_KIND.id_of(named) for named in (fact, fact.supersedes) if named is not None]):
        if known is not None and (known.person_id, known.household_code) in by_person:
            return by_person[known.person_id, known.household_code]._replace(member_no=known.member_no)
    if FACT_KIND.id_of(fact) in told:
        raise FACT_KIND.contradiction(fact)
    found = where_registered(seen, fact.observed_on)
    if not found:
        raise PersonUnknown(says("nobody-of-that-number", region=item.actor.place))
    if len(found) > 1:
        raise PersonAmbiguous(says("number-in-several-households"))
    return found[0]
