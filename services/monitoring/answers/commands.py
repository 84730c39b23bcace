"""What happens to clues by itself: they find their household, follow it and its risks, and their senders are told."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.monitoring.answers.rules import Home, Standing, first_of, standing_in
from services.monitoring.answers.store import (
    STEPS,
    Clue,
    load_found,
    load_open_risks,
    load_roots,
    lock_answered_of_case,
    lock_homes,
    lock_linked,
    lock_of_household,
    lock_open_of,
    lock_waiting_for,
    write_changes,
)
from services.monitoring.persons.rules import Place, where_registered
from services.monitoring.persons.store import load_places
from shared.codes.monitoring import ClueAction, ClueOutcome, ClueStatus, RiskKind
from shared.context import Context
from shared.contracts.monitoring import ClueAnswered
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.rows import Taken
from shared.security.actor import SYSTEM

BATCH: Final = 500
"""Clues that are matched together."""
_MATCHED: Final = (
    "household_code",
    "member_no",
    "person_id",
    "region_code",
    "id_number",
    "id_number_index",
    "status",
    "risk_id",
    "joined_to",
)
_PASSED: Final = ("household_code", "member_no", "region_code", "status", "risk_id", "joined_to")
_AUDITED: Final = (
    "household_code",
    "region_code",
    "status",
    "joined_to",
    "risk_id",
    "case_id",
    "verdict",
    "reason",
    "outcome",
)


def tell_outcome(uow: UnitOfWork, case_id: UUID, outcome: ClueOutcome) -> None:
    """Tell the senders of the clues of a case what became of the household; the same outcome is told once."""
    clues = [row for row in lock_answered_of_case(uow, case_id) if row["outcome"] is not outcome]
    for row in write_changes(uow, [{**clue, "outcome": outcome} for clue in clues], ("outcome",)):
        publish_answer(uow, row)


def publish_answer(uow: UnitOfWork, clue: Clue, context: Context | None = None) -> None:
    """Publish the answer to a clue, which is locked."""
    told = ClueAnswered(
        clue_id=clue["id"],
        household_code=clue["household_code"],
        region_code=clue["region_code"],
        channel=clue["channel"],
        verdict=clue["verdict"],
        reason=clue["reason"],
        outcome=clue["outcome"],
        answered_on=clue["answered_on"],
    )
    uow.emit(told, region=clue["region_code"], context=context)


class Standings:
    """Where clues stand in households that are locked; of several new ones the first is joined by the others."""

    def __init__(self, uow: UnitOfWork, codes: Collection[str]) -> None:
        self._risks: Mapping[str, Mapping[RiskKind, UUID]] = load_open_risks(uow, codes) if codes else {}
        self._roots = load_roots(uow, codes) if codes else {}

    def of(self, clue_id: UUID, code: str, kinds: Sequence[str]) -> Standing:
        """Where a clue stands that enters a household now."""
        found = standing_in(kinds, self._risks.get(code, {}), self._roots.get(code))
        if found.status is ClueStatus.OPEN and found.joined_to is None:
            self._roots[code] = clue_id
        return found


def match_registered(uow: UnitOfWork, numbers: Collection[str], codes: Collection[str]) -> None:
    """Have clues that wait for somebody of these identity numbers find one of these households, which are locked."""
    waiting = lock_waiting_for(uow, numbers) if numbers else []
    if waiting:
        _match(uow, waiting, lock_homes(uow, codes))


def match_waiting(uow: UnitOfWork) -> bool:
    """Match clues that came in while their household was being registered; tells whether more are waiting."""
    found = load_found(uow, BATCH)
    places = load_places(uow, {row["id_number"] for row in found})
    homes = lock_homes(uow, {place.household_code for each in places.values() for place in each})
    waiting = lock_waiting_for(uow, {row["id_number"] for row in found})
    _match(uow, waiting, homes)
    return len(found) == BATCH


def places_seen(places: Iterable[Place], within: tuple[str, ...], on: dt.date) -> Sequence[Place]:
    """Where somebody belongs whom a clue of a day is about, as its sender may know it."""
    return where_registered([place for place in places if place.region_code.startswith(within)], on)


def _match(uow: UnitOfWork, waiting: Sequence[Clue], homes: Mapping[str, Home]) -> None:
    """Match those of these clues whose person lives in one of these households, which are locked."""
    places = load_places(uow, {row["id_number"] for row in waiting})
    standings, changed = Standings(uow, homes), []
    for row in waiting:
        found = places_seen(places.get(row["id_number"], ()), (row["sent_within"],), row["received_on"])
        if len(found) == 1 and found[0].household_code in homes:
            changed.append(matched(row, found[0], homes, standings))
        elif len(found) > 1 and row["status"] is ClueStatus.UNMATCHED:
            _write(uow, [{**row, "status": ClueStatus.AMBIGUOUS}], ("status",), ClueAction.MATCH)
    _write(uow, changed, _MATCHED, ClueAction.MATCH)


def matched(clue: Clue, place: Place, homes: Mapping[str, Home], standings: Standings) -> dict[str, Any]:
    """The clue in the household of whom it is about. The identity number is kept no longer."""
    code = place.household_code
    return {
        **clue,
        "household_code": code,
        "member_no": place.member_no,
        "person_id": place.person_id,
        "region_code": homes[code].region_code,
        "id_number": None,
        "id_number_index": None,
        **standings.of(clue["id"], code, clue["kinds"])._asdict(),
    }


def reopen_linked(uow: UnitOfWork, risk_ids: Collection[UUID]) -> None:
    """Have clues be checked by themselves whose risks cleared without a verdict; their households are locked."""
    linked = lock_linked(uow, risk_ids) if risk_ids else ()
    if not linked:
        return
    roots = load_roots(uow, {row["household_code"] for row in linked})
    reopened = []
    for row in sorted(linked, key=lambda row: (row["received_at"], row["id"])):
        root = roots.setdefault(row["household_code"], row["id"])
        reopened.append({**row, "status": ClueStatus.OPEN, "joined_to": None if root == row["id"] else root})
    _write(uow, reopened, ("status", "joined_to"), ClueAction.REOPEN)


def join_anew(uow: UnitOfWork, codes: Collection[str]) -> None:
    """Join the open clues of households, which are locked, to the first one that is left of them."""
    by_home: defaultdict[str, list[Clue]] = defaultdict(list)
    for row in lock_open_of(uow, codes):
        by_home[row["household_code"]].append(row)
    changed = []
    for clues in by_home.values():
        root = first_of(clues)
        wanted = [{**row, "joined_to": None if row["id"] == root else root} for row in clues]
        changed += [row for row, before in zip(wanted, clues, strict=True) if row["joined_to"] != before["joined_to"]]
    write_changes(uow, changed, ("joined_to",))


def move_clues(uow: UnitOfWork, household_code: str, region_code: str) -> None:
    """Take the clues of a household, which is locked, along to the region it moved to."""
    elsewhere = [row for row in lock_of_household(uow, household_code) if row["region_code"] != region_code]
    write_changes(uow, [{**row, "region_code": region_code} for row in elsewhere], ("region_code",))


def pass_clues(uow: UnitOfWork, left: str, to: str, numbers: Mapping[UUID, int]) -> None:
    """Have the open clues of a household be about the one it was merged into; both are locked, the first has ended.

    They stand there as new ones would. ``numbers`` tells the member numbers there by person.
    """
    clues = [row for row in lock_of_household(uow, left) if row["status"] is ClueStatus.OPEN]
    if not clues:
        return
    standings, home = Standings(uow, [to]), lock_homes(uow, [to])[to]
    passed = [
        {
            **row,
            "household_code": to,
            "region_code": home.region_code,
            "member_no": numbers.get(row["person_id"]),
            **standings.of(row["id"], to, row["kinds"])._asdict(),
        }
        for row in sorted(clues, key=lambda row: (row["received_at"], row["id"]))
    ]
    _write(uow, passed, _PASSED, ClueAction.PASS)


def _write(uow: UnitOfWork, rows: Sequence[Clue], names: Sequence[str], action: ClueAction) -> None:
    """Write what happened to clues by itself, with its step and audit."""
    changed = write_changes(uow, rows, names)
    STEPS.write(uow, [step_of(row, action, uow.now(), SYSTEM.id) for row in changed])
    for row in changed:
        uow.audit(f"clue.{action}", str(row["id"]), after=audited(row), actor=SYSTEM.id)


def step_of(clue: Clue, action: ClueAction, at: dt.datetime, by: str, **said: Any) -> Taken:
    """What was done with a clue, for its history."""
    return Taken(clue["id"], clue["version"], at, str(action), str(clue["status"]), by, **said)


def audited(clue: Clue) -> dict[str, Any]:
    """What the audit keeps of a clue: nobody's name, number or health."""
    return {name: clue[name] and str(clue[name]) for name in _AUDITED}
