"""Taking clues in: one set-based pass for the single route, the batch route and the importer."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic_core import to_json

from services.monitoring.answers.commands import Standings, audited, places_seen, step_of
from services.monitoring.answers.rules import Duty, duty_of, widest_around
from services.monitoring.answers.store import STEPS, lock_homes
from services.monitoring.attributions.rules import NO_ATTRIBUTIONS, Attributions
from services.monitoring.attributions.store import load_attributions
from services.monitoring.clues.commands.items import ClueTaken, ClueToRecord
from services.monitoring.clues.errors import ClueInvalid
from services.monitoring.clues.schemas import ClueIn
from services.monitoring.clues.store import clue_id_of, contradiction, load_known, marks_of, write_clues
from services.monitoring.facts.commands.checks import latest_day
from services.monitoring.facts.rules import impossible_day
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.persons.store import load_numbers, load_persons, load_places
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.codes.monitoring import ClueAction, ClueStatus
from shared.db.unit_of_work import UnitOfWork
from shared.errors import HouseholdHasEnded
from shared.findings import Finding
from shared.records.outcomes import Outcome, take_each
from shared.security.actor import PERSONAL, Actor
from shared.security.sources import demand_sources
from shared.words.said import says
from shared.workdays import WorkdayCalendar

MATCH: Final = "monitoring:match"
_UNANSWERED: Final = dict.fromkeys(("case_id", "verdict", "reason", "answered_on", "outcome"))
_NOWHERE: Final = dict.fromkeys(("household_code", "member_no", "person_id", "id_number", "risk_id", "joined_to"))


def record_clues(uow: UnitOfWork, items: Sequence[ClueToRecord]) -> list[Outcome[ClueTaken]]:
    """Take clues in, in the order given. The same clue again changes nothing; none opens a task.

    A clue is about the household that it names, or in which the person of its identity number is registered. Where
    that one was merged, or whom it names split off, it is about the one for which facts of them count. It is linked to
    an open risk of one of its kinds, or else open; a further open one of the household joins the first.
    """
    batch = _ClueBatch(uow, items)
    outcomes = take_each(batch.take, items)
    batch.write()
    return outcomes


def _asked_for(clue: ClueIn) -> str | None:
    """The identity number by which the household of a clue is looked for."""
    return clue.id_number if clue.household_code is None else None


class _ClueBatch:
    """The clues of one command: taken in order, and gathered with what has to be written."""

    def __init__(self, uow: UnitOfWork, items: Sequence[ClueToRecord]) -> None:
        clues = [item.clue for item in items]
        numbers = {number for number in map(_asked_for, clues) if number is not None}
        self._uow = uow
        self._places = load_places(uow, numbers)
        named = {clue.household_code for clue in clues if clue.household_code is not None}
        found = {place.household_code for places in self._places.values() for place in places}
        self._homes = dict(lock_homes(uow, named | found))
        self._attributions = self._follow()
        uow.stamp()  # from here on nobody else takes a clue in
        self._known = load_known(uow, [clue_id_of(clue.source, clue.source_ref) for clue in clues])
        self._marks = marks_of(uow, numbers)
        self._mark_by_number = {number: mark for mark, number in self._marks.items()}
        self._standings = Standings(uow, self._homes)
        of_members = {clue.household_code for clue in clues if clue.member_no is not None}
        self._persons = load_persons(uow, {code for code in of_members if code is not None})
        self._numbers = self._load_numbers(clues)
        self._calendar = WorkdayCalendar(uow.policy.workday_overrides())
        self._duties: dict[tuple[str, dt.date, str], Duty] = {}
        self._today, self._latest = uow.today(), latest_day(uow)
        self._rows: list[dict[str, Any]] = []

    def _follow(self) -> Attributions:
        """Who passed from one of the households to another; those where they live are locked after the others."""
        related = [code for code, home in self._homes.items() if home.is_related]
        if not related:
            return NO_ATTRIBUTIONS
        attributions = load_attributions(self._uow, related)
        self._homes |= lock_homes(self._uow, set().union(*map(attributions.homes_of, related)) - self._homes.keys())
        return attributions

    def _load_numbers(self, clues: Sequence[ClueIn]) -> Mapping[UUID, int]:
        """The numbers of persons who may have passed on."""
        if not self._attributions.passings:
            return {}
        named = [
            self._persons.named(clue.household_code, clue.member_no, clue.received_on)
            for clue in clues
            if clue.household_code is not None
        ]
        return load_numbers(self._uow, {one for one in named if one is not None})

    def take(self, item: ClueToRecord) -> Outcome[ClueTaken]:
        """Decide about one clue. Raises what it is refused for."""
        clue, actor = item.clue, item.actor
        demand_sources(actor, ClueInvalid, {"/source": clue.source})
        number = _asked_for(clue)
        if number is not None:
            actor.demand(MATCH, PERSONAL)
        clue_id = clue_id_of(clue.source, clue.source_ref)
        content_hash = _content_of(clue)
        known = self._known.get(clue_id)
        if known is not None:
            if known.content_hash != content_hash or not self._is_of(known, number):
                raise contradiction(clue.source, clue.source_ref)
            return Outcome("duplicate", ClueTaken(clue_id))
        where = self._find(clue_id, clue, actor)
        duty = self._check(clue, where["region_code"])
        self._rows.append(self._row(item, clue_id, content_hash, where, duty))
        self._known[clue_id] = _Known(content_hash, self._mark_of(number), where["person_id"])
        return Outcome("stored", ClueTaken(clue_id, () if duty.is_listed else _not_listed(clue)))

    def write(self) -> None:
        """Write the clues that are new."""
        write_clues(self._uow, self._rows)
        steps = [step_of(row, ClueAction.RECEIVE, row["received_at"], row["recorded_by"]) for row in self._rows]
        STEPS.write(self._uow, steps)
        for row in self._rows:
            self._uow.audit("clue.received", str(row["id"]), after=audited(row), actor=row["recorded_by"])

    def _is_of(self, known: Any, number: str | None) -> bool:
        """Whether a clue taken before was about the person of this number."""
        if number is None:
            return True
        if known.person_id is None:
            return self._marks.get(known.id_number_index) == number
        return known.person_id in {place.person_id for place in self._places.get(number, ())}

    def _mark_of(self, number: str | None) -> str | None:
        return None if number is None else self._mark_by_number.get(number)

    def _find(self, clue_id: UUID, clue: ClueIn, actor: Actor) -> dict[str, Any]:
        """Which household a clue is about, and where it stands in it."""
        if clue.household_code is not None:
            return self._of_household(clue_id, clue, clue.household_code, actor)
        number = _asked_for(clue)
        places = places_seen(self._places.get(number or "", ()), actor.regions, clue.received_on)
        if len(places) == 1:
            [place] = places
            return self._in(clue_id, clue, place.household_code, place.member_no, place.person_id)
        region_code = clue.region_code or (places[0].region_code if places else None)
        if region_code is None:
            raise ClueInvalid.at("/region_code", says("region-of-the-clue-needed"))
        actor.demand_region(region_code)
        status = ClueStatus.AMBIGUOUS if places else ClueStatus.UNMATCHED
        return {**_NOWHERE, "id_number": number, "region_code": region_code, "status": status}

    def _of_household(self, clue_id: UUID, clue: ClueIn, code: str, actor: Actor) -> dict[str, Any]:
        home = self._homes.get(code)
        if home is None or not actor.sees(home.region_code):
            raise HouseholdNotFound(says("no-household-in-region", household=code, region=actor.place))
        person_id = self._persons.named(code, clue.member_no, clue.received_on)
        if clue.member_no is not None and person_id is None:
            raise ClueInvalid.at("/member_no", says("no-such-member"))
        found = self._attributions.of(code, person_id)
        if found == code:
            return self._in(clue_id, clue, code, clue.member_no, person_id)
        number = None if person_id is None else self._numbers.get(person_id)
        sent_within = widest_around(actor.regions, home.region_code)
        return self._in(clue_id, clue, found, number, person_id) | {"sent_within": sent_within}

    def _in(
        self, clue_id: UUID, clue: ClueIn, code: str, member_no: int | None, person_id: UUID | None
    ) -> dict[str, Any]:
        """Where a clue stands in its household, which is locked."""
        home = self._homes[code]
        if home.ended_on is not None and clue.received_on > home.ended_on:
            raise HouseholdHasEnded(says("household-ended-since", household=code, ended_on=home.ended_on))
        return {
            **_NOWHERE,
            "household_code": code,
            "member_no": member_no,
            "person_id": person_id,
            "region_code": home.region_code,
            **self._standings.of(clue_id, code, clue.kinds)._asdict(),
        }

    def _check(self, clue: ClueIn, region_code: str) -> Duty:
        """Who has to answer a clue. Raises ClueInvalid for a day on which none can have come in."""
        parameters = rule_parameters(self._uow.policy, region_code, self._today)
        why = impossible_day(clue.received_on, parameters, self._latest)
        if why is not None:
            raise ClueInvalid.at("/received_on", why)
        view = self._uow.policy.at(region_code, clue.received_on)
        key = (view.region, clue.received_on, str(clue.channel))
        if key not in self._duties:
            self._duties[key] = duty_of(str(clue.channel), clue.received_on, view, self._calendar)
        return self._duties[key]

    def _row(
        self, item: ClueToRecord, clue_id: UUID, content_hash: str, where: Mapping[str, Any], duty: Duty
    ) -> dict[str, Any]:
        clue, moment = item.clue, self._uow.stamp()
        return {
            "id": clue_id,
            "source": clue.source,
            "source_ref": clue.source_ref,
            "content_hash": content_hash,
            "channel": clue.channel,
            "named_household": clue.household_code,
            "sent_within": where.get("sent_within") or widest_around(item.actor.regions, where["region_code"]),
            **where,
            "received_on": clue.received_on,
            "indicator": clue.indicator,
            "kinds": list(map(str, clue.kinds)),
            "note": clue.note,
            "owner_level": duty.level.value,
            "due_on": duty.due_on,
            "due_provisional": duty.due_provisional,
            "pack": duty.pack,
            **_UNANSWERED,
            "received_at": moment,
            "recorded_by": item.actor.id,
            "correlation_id": item.context.correlation_id,
            "version": 1,
            "updated_at": moment,
        }


class _Known(NamedTuple):
    """A clue as it is known before."""

    content_hash: str
    id_number_index: str | None
    person_id: UUID | None


def _not_listed(clue: ClueIn) -> list[Finding]:
    return [Finding("/channel", says("channel-not-in-the-policy", channel=str(clue.channel)))]


def _content_of(clue: ClueIn) -> str:
    """What two clues under one reference must have in common; not the number, which nobody may guess from it."""
    said = clue.model_dump(mode="json", exclude={"id_number"}) | {"by_number": _asked_for(clue) is not None}
    return hashlib.sha256(to_json(said)).hexdigest()
