"""Checking households for findings: when something of them changes, and every night."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final

from services.monitoring.findings.rules.life_cycle import Change, Standing, follow, moved
from services.monitoring.findings.rules.rule import Found
from services.monitoring.findings.rules.seen import CONFIRMED, DOUBLED, HEALTH, HOMES, IDENTITY, REGISTER, Seen
from services.monitoring.findings.rules.table import RULES, check, rules_reading, that_can_say
from services.monitoring.findings.store.inputs import load_seen
from services.monitoring.findings.store.rows import (
    STEPS,
    KeptFinding,
    Place,
    forget_due,
    load_due,
    load_kept,
    load_night,
    load_standing_codes,
    mark_due,
    write_changed,
    write_found,
)
from services.monitoring.ledger.store import lock_free_households
from shared import metrics
from shared.codes.monitoring import FindingAction, FindingStatus
from shared.db.unit_of_work import UnitOfWork
from shared.policy.parameters import PolicyView
from shared.procedures.rows import Taken
from shared.security.actor import SYSTEM

BATCH: Final = 500
"""Households of one transaction at night."""
OF_THE_REGISTER: Final = frozenset({REGISTER, HEALTH, IDENTITY, HOMES})
"""What changes of a household when it is put."""
_READ: Final = frozenset(name for rule in RULES.values() for name in rule.reads)
_KEYS: Final = frozenset(key for rule in RULES.values() for key in rule.parameters)


@cache
def inputs_changed(fact_type: str, *, corrects: str | None, confirmed: bool, has_rivals: bool) -> frozenset[str]:
    """What the rules look at of what a fact changes. The ledger of months is looked at by night.

    ``corrects`` is the type of the fact that it supersedes, ``has_rivals`` tells whether another source may have said
    the same of one of them.
    """
    changed = {fact_type, corrects}
    if confirmed or corrects is not None:
        changed.add(CONFIRMED)
    if has_rivals:
        changed.add(DOUBLED)
    return _READ.intersection(changed)


def check_findings(uow: UnitOfWork, codes: Collection[str], changed: frozenset[str] = _READ) -> None:
    """Check these households, which are locked, by the rules that look at what changed.

    What is found is kept once, what is found no more clears, and an exemption ends with what it rests on. A rule for
    which the policy lacks a number says nothing, and leaves what it found before. Of a household that is no more all
    clears.
    """
    rules = rules_reading(changed)
    if not codes or not rules:
        return
    seen = load_seen(uow, codes, frozenset().union(*(rule.reads for rule in rules)))
    kept = load_kept(uow, codes)
    found: dict[Place, Standing] = {}
    asked: set[tuple[str, str]] = set()
    for one in seen:
        numbers = uow.policy.in_form(_numbers, one.region_code, one.on)
        speaking = that_can_say(rules, numbers)
        asked |= {(one.code, rule.code) for rule in speaking}
        found |= _standings(one, check(speaking, one, numbers))
    regions = {one.code: one.region_code for one in seen}
    _write(uow, kept, found, asked | _of_the_ended(kept, regions), regions)


def _numbers(view: PolicyView) -> Mapping[str, Any]:
    """The numbers of the rules under a policy."""
    return {key: value.value for key in _KEYS if (value := view.find(key)) is not None}


def _standings(seen: Seen, found: Mapping[tuple[str, int | None], Found]) -> dict[Place, Standing]:
    persons = {one.member_no: one.person_id for one in seen.members}
    return {
        Place(seen.code, rule, member_no): Standing(
            status=FindingStatus.OPEN,
            region_code=seen.region_code,
            person_id=None if member_no is None else persons[member_no],
            inputs=dict(one.inputs),
            found_on=seen.on,
        )
        for (rule, member_no), one in found.items()
    }


def _of_the_ended(kept: Collection[Place], standing: Collection[str]) -> set[tuple[str, str]]:
    return {(place.household_code, place.rule) for place in kept if place.household_code not in standing}


def _write(
    uow: UnitOfWork,
    kept: Mapping[Place, KeptFinding],
    found: Mapping[Place, Standing],
    asked: Collection[tuple[str, str]],
    regions: Mapping[str, str],
) -> None:
    """Write what changed. ``asked`` are the household and the rule of every check that could say something."""
    changes = {
        place: change for place, one in kept.items() if (change := _change(uow, place, one, found, asked, regions))
    }
    new = {place: standing for place, standing in found.items() if place not in kept}
    write_found(uow, new)
    versions = {place: kept[place].version + (change.action is not None) for place, change in changes.items()}
    write_changed(uow, {place: KeptFinding(versions[place], change.standing) for place, change in changes.items()})
    STEPS.write(
        uow, [_taken(uow, place, versions[place], change) for place, change in changes.items() if change.action]
    )
    for place in new:
        uow.count_after_commit(metrics.FINDINGS.labels(place.rule, "found"))
    for place, change in changes.items():
        if change.action is not None:
            uow.count_after_commit(metrics.FINDINGS.labels(place.rule, _COUNTED_AS[change.action]))


_COUNTED_AS: Final[Mapping[FindingAction, str]] = {
    FindingAction.CLEAR: "cleared",
    FindingAction.REOPEN: "found",
    FindingAction.LAPSE: "lapsed",
}


def _change(
    uow: UnitOfWork,
    place: Place,
    kept: KeptFinding,
    found: Mapping[Place, Standing],
    asked: Collection[tuple[str, str]],
    regions: Mapping[str, str],
) -> Change | None:
    if (place.household_code, place.rule) in asked:
        return follow(kept.standing, found.get(place), uow.today())
    return moved(kept.standing, regions[place.household_code])


def _taken(uow: UnitOfWork, place: Place, version: int, change: Change) -> Taken:
    return Taken(
        thing_id=place.finding_id,
        step_no=version,
        at=uow.now(),
        action=str(change.action),
        status=str(change.standing.status),
        taken_by=SYSTEM.id,
        note=change.note,
    )


def check_due(uow: UnitOfWork) -> bool:
    """Check who is marked, then everybody once a night, in the order of their codes.

    Does a bounded part and tells whether more is waiting. Nobody is waited for: who is held by somebody is marked.
    """
    marked = load_due(uow, BATCH)
    if marked and (free := _check_free(uow, marked)):
        forget_due(uow, free)
        return True
    night = load_night(uow)
    if night.ended:
        return False
    codes = load_standing_codes(uow, night.after, BATCH)
    free = _check_free(uow, codes)
    night.sqlmodel_update({"after": codes[-1] if codes else night.after, "ended": len(codes) < BATCH})
    uow.session.flush()  # flush: who is marked is marked last
    mark_due(uow, set(codes).difference(free))
    return not night.ended


def _check_free(uow: UnitOfWork, codes: Sequence[str]) -> Sequence[str]:
    free = lock_free_households(uow, codes)
    check_findings(uow, free)
    return free
