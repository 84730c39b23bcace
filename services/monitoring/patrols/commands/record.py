"""Recording which households were seen, and correcting it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from services.monitoring.contacts.rules import serves
from services.monitoring.contacts.store import demand_contact, load_homes
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.patrols.errors import (
    PatrolAlreadySuperseded,
    PatrolAlreadyWithdrawn,
    PatrolContradicts,
    PatrolInvalid,
    SupersededPatrolNotFound,
)
from services.monitoring.patrols.schemas import PatrolIn, PatrolOut
from services.monitoring.patrols.store import load_patrol, lock_patrol, replace_patrol, write_patrol
from shared.codes.records import RecordStatus
from shared.contracts.assistance import TaskClosed
from shared.contracts.envelope import Event
from shared.db.unit_of_work import UnitOfWork
from shared.findings import Finding
from shared.ids import derived_id
from shared.records.kinds import RecordKind
from shared.records.outcomes import Outcome
from shared.words.said import says

_KIND: Final = RecordKind(
    thing="patrol",
    home="contact",
    home_key="contact_code",
    content=("contact_code", "on", "household_codes", "supersedes_id"),
    instead=says("record-the-patrol-anew"),
    contradicts=PatrolContradicts,
    superseded_not_found=SupersededPatrolNotFound,
    already_superseded=PatrolAlreadySuperseded,
    already_withdrawn=PatrolAlreadyWithdrawn,
)
_ASSISTANCE: Final = "assistance"


def record_patrol(uow: UnitOfWork, body: PatrolIn) -> Outcome[PatrolOut]:
    """Record that a contact went to see households on a day, once for each reference.

    A correction takes the place of the patrol of this contact that it supersedes.

    Raises:
        SourceNotYours: the source, or that of what is corrected, belongs to another client.
        ContactNotFound, HouseholdNotFound: they are not there within the caller's region.
        PatrolInvalid: a household lives outside of the contact's region, or the day lies ahead.
        PatrolContradicts: the reference was used for another patrol.
        SupersededPatrolNotFound, PatrolAlreadySuperseded, PatrolAlreadyWithdrawn: what is corrected does not count.
    """
    _KIND.demand_sources(uow.actor, PatrolInvalid, body)
    patrol_id, supersedes_id = _KIND.id_of(body), _KIND.superseded_id(body)
    old = None if supersedes_id is None else lock_patrol(uow, supersedes_id)
    known = _repeated(uow, patrol_id, body)
    if known is not None:
        return Outcome("duplicate", known)
    _demand_possible(uow, body)
    if body.supersedes is not None:
        old = _KIND.demand_known(body.supersedes, body.contact_code, old)
        _KIND.demand_standing(body.supersedes, old["status"])
    row = _row(uow, patrol_id, body.source, body.source_ref, body.contact_code, body.on) | {
        "supersedes_id": supersedes_id
    }
    if not write_patrol(uow, row, body.household_codes):  # somebody else wrote it in this moment
        known = _repeated(uow, patrol_id, body)
        assert known is not None, "what is in the way has the same id"
        return Outcome("duplicate", known)
    if supersedes_id is not None:
        replace_patrol(uow, supersedes_id, RecordStatus.SUPERSEDED)
    told = {"contact": body.contact_code, "on": body.on.isoformat()}
    corrects = {} if supersedes_id is None else {"supersedes": str(supersedes_id)}
    uow.audit("patrol.recorded", str(patrol_id), after=told | corrects)
    uow.log_after_commit("patrol.recorded", patrol_id=str(patrol_id), households=len(body.household_codes))
    return Outcome("stored", _shown(uow, patrol_id))


def count_visits(uow: UnitOfWork, events: Sequence[Event[TaskClosed]]) -> None:
    """Count the visit that a closed task rests on: whoever said there what it found has seen the household."""
    judged = [event.data for event in events if isinstance(event.data, TaskClosed) and event.data.verdict is not None]
    registered = load_homes(uow, {task.household_code for task in judged})
    for task in judged:
        if task.household_code in registered:
            reference = f"{task.task_id}:{task.task_version or 0}"
            visit_id = derived_id(_KIND.thing, _ASSISTANCE, reference)
            row = _row(uow, visit_id, _ASSISTANCE, reference, None, task.closed_on)
            write_patrol(uow, row, [task.household_code])


def _row(
    uow: UnitOfWork, patrol_id: UUID, source: str, source_ref: str, contact_code: str | None, on: Any
) -> dict[str, Any]:
    return {
        "id": patrol_id,
        "source": source,
        "source_ref": source_ref,
        "contact_code": contact_code,
        "on": on,
        "status": RecordStatus.STANDS,
        "recorded_by": uow.actor.id,
        "recorded_at": uow.now(),
    }


def _shown(uow: UnitOfWork, patrol_id: UUID) -> PatrolOut:
    found = load_patrol(uow, patrol_id)
    assert found is not None, "it was written before"
    return PatrolOut.of(*found)


def _repeated(uow: UnitOfWork, patrol_id: UUID, body: PatrolIn) -> PatrolOut | None:
    """What is recorded under the reference already, whether it still counts or not.

    Raises PatrolContradicts where it says something else.
    """
    found = load_patrol(uow, patrol_id)
    if found is None:
        return None
    row, household_codes = found
    said = {"contact_code": body.contact_code, "on": body.on, "household_codes": sorted(body.household_codes)}
    known = {**row._asdict(), "household_codes": household_codes}
    _KIND.demand_same(body, said | {"supersedes_id": _KIND.superseded_id(body)}, known)
    return PatrolOut.of(row, household_codes)


def _demand_possible(uow: UnitOfWork, body: PatrolIn) -> None:
    contact, homes = demand_contact(uow, body.contact_code), load_homes(uow, body.household_codes)
    unknown = [code for code in body.household_codes if code not in homes or not uow.actor.sees(homes[code])]
    if unknown:
        raise HouseholdNotFound(says("no-household-in-region", household=unknown[0], region=uow.actor.place))
    findings = [Finding("/on", says("in-the-future"))] if body.on > uow.today() else []
    findings += [
        Finding(f"/household_codes/{index}", says("household-lives-elsewhere", household=code))
        for index, code in enumerate(body.household_codes)
        if not serves(contact.region_code, homes[code])
    ]
    if findings:
        raise PatrolInvalid.of(findings)
