"""Answering clues: one set-based pass for the single step, the route of verdicts and the importer."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.monitoring.answers.commands import join_anew, publish_answer, step_of
from services.monitoring.answers.rules import widest
from services.monitoring.answers.store import (
    STEPS,
    Clue,
    load_open_risks,
    lock_held,
    lock_homes,
    lock_homes_of,
    lock_open_of,
    write_changes,
)
from services.monitoring.clues.commands.items import VerdictToGive
from services.monitoring.clues.commands.open_cases import Opened, open_cases
from services.monitoring.clues.errors import AlreadyAnswered, ClueInvalid, ClueNotFound, ClueWithoutHousehold
from services.monitoring.clues.procedure import OWNED_BY
from services.monitoring.evidence.report import Report
from services.monitoring.risks.commands.reported import raise_reported
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ClueAction, ClueOutcome, ClueStatus, RiskKind
from shared.db.trouble import HouseholdBusy
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.days import why_not_on
from shared.procedures.errors import LevelTooLow
from shared.procedures.rows import ACTED_FOR
from shared.procedures.steps import Caller, Step, acted_for, reaches
from shared.records.outcomes import Outcome, take_each
from shared.words.said import says

ANSWERED: Final = ("status", "verdict", "reason", "answered_on", "outcome", "risk_id", "case_id")


def answer_clues(uow: UnitOfWork, items: Sequence[VerdictToGive]) -> list[Outcome[UUID]]:
    """Answer clues, in the order given. The same answer again changes nothing.

    A verdict answers every open clue of the household that had come in by its day. One that confirms opens an
    identification case, unless the household has one or is monitored, and raises the risk `reported`: one task.
    """
    batch = _VerdictBatch(uow, items)
    outcomes = take_each(batch.take, items)
    batch.write()
    return outcomes


def no_such_clue(uow: UnitOfWork, clue_id: UUID) -> ClueNotFound:
    """The refusal of a clue that is not there, or not in the caller's region."""
    return ClueNotFound(says("none-of-that-code", thing="clue", code=clue_id, region=uow.actor.place))


def demand_step(uow: UnitOfWork, clue: Clue, action: ClueAction, level: str) -> Step[ClueStatus, ClueAction]:
    """The step of a clue. Raises TransitionNotAllowed, or LevelTooLow where the check is the duty of a wider level."""
    procedure, caller = OWNED_BY[level], Caller.of(uow.actor, clue["region_code"])
    step = procedure.demand(caller, clue["status"], action)
    if step.level is not None and not reaches(step, caller):
        named = {"thing": procedure.thing, "action": step.action, "level": step.level}
        raise LevelTooLow(says("step-of-a-wider-region", **named), level=step.level.value)
    return step


def details_of(uow: UnitOfWork, clue: Clue, step: Step[ClueStatus, ClueAction]) -> Mapping[str, Any] | None:
    """What the history tells beside a step: for which level a caller of a wider region acted."""
    level = acted_for(step, Caller.of(uow.actor, clue["region_code"]))
    return None if level is None else {ACTED_FOR: level.value}


class _VerdictBatch:
    """The verdicts of one command: given in order, and gathered with what has to be written."""

    def __init__(self, uow: UnitOfWork, items: Sequence[VerdictToGive]) -> None:
        ids = {item.clue_id for item in items}
        self._uow = uow
        self._homes = lock_homes_of(uow, ids)
        self._open: defaultdict[str, dict[UUID, Clue]] = defaultdict(dict)
        for row in lock_open_of(uow, self._homes) if self._homes else ():
            self._open[row["household_code"]][row["id"]] = row
        self._clues = {row["id"]: row for rows in self._open.values() for row in rows.values() if row["id"] in ids}
        others = ids - self._clues.keys()
        self._clues |= {row["id"]: row for row in lock_held(uow, others)} if others else {}
        self._today = uow.today()
        self._steps: dict[tuple[str, ClueStatus, str], Mapping[str, Any] | None] = {}
        """By region, status and level, what the history tells beside a step that the caller may take."""
        self._answered: dict[UUID, Clue] = {}
        self._told: dict[UUID, tuple[dt.date, str | None, Mapping[str, Any] | None]] = {}
        """By clue that was answered, the day, the note and the details of its step."""
        self._left: set[str] = set()
        """Households of which an open clue came in later than the verdict."""

    def take(self, item: VerdictToGive) -> Outcome[UUID]:
        """Decide about one verdict. Raises what it is refused for."""
        clue = self._clues.get(item.clue_id)
        if clue is None or not self._uow.actor.sees(clue["region_code"]):
            raise no_such_clue(self._uow, item.clue_id)
        if clue["status"] is ClueStatus.ANSWERED:
            return _same_again(clue, item)
        code, on = clue["household_code"], item.on or self._today
        if code is not None and code not in self._homes:
            raise HouseholdBusy.of(code)
        joined = list(self._open[code].values()) if clue["status"] is ClueStatus.OPEN else [clue]
        level = joined[0]["owner_level"] if len(joined) == 1 else widest([row["owner_level"] for row in joined])
        details = self._demand_step(clue, level)
        if (wrong := why_not_on(on, clue["received_on"], self._today)) is not None:
            raise ClueInvalid.at("/on", wrong)
        if code is None and item.verdict is TaskVerdict.CONFIRMED:
            raise ClueWithoutHousehold(says("match-the-clue-first"))
        for row in joined:
            self._answer(row, item, on, details)
        return Outcome("stored", item.clue_id)

    def _demand_step(self, clue: Clue, level: str) -> Mapping[str, Any] | None:
        place = (clue["region_code"], clue["status"], level)
        if place not in self._steps:
            step = demand_step(self._uow, clue, ClueAction.ANSWER, level)
            self._steps[place] = details_of(self._uow, clue, step)
        return self._steps[place]

    def _answer(self, clue: Clue, item: VerdictToGive, on: dt.date, details: Mapping[str, Any] | None) -> None:
        code = clue["household_code"]
        if clue["received_on"] > on:
            self._left.add(code)
            return
        answered = {
            **clue,
            "status": ClueStatus.ANSWERED,
            "verdict": item.verdict,
            "reason": item.reason,
            "answered_on": on,
            "outcome": ClueOutcome.NONE,
            "risk_id": None,
        }
        self._answered[clue["id"]] = self._clues[clue["id"]] = answered
        self._told[clue["id"]] = (on, item.note, details)
        if code is not None:
            self._open[code].pop(clue["id"], None)

    def write(self) -> None:
        """Write the answers, and do what follows from those that confirm."""
        uow = self._uow
        follow = follow_confirmed(uow, list(self._answered.values()), raises=True)
        rows = [with_what_follows(row, follow) for row in self._answered.values()]
        changed = write_changes(uow, rows, ANSWERED)
        now, by = uow.now(), uow.actor.id
        steps = []
        for row in changed:
            on, note, details = self._told[row["id"]]
            steps.append(step_of(row, ClueAction.ANSWER, now, by, taken_on=on, note=note, details=details))
        STEPS.write(uow, steps)
        tell_answers(uow, changed)
        if self._left:
            join_anew(uow, self._left)


def _same_again(clue: Clue, item: VerdictToGive) -> Outcome[UUID]:
    if (clue["verdict"], clue["reason"]) != (item.verdict, item.reason):
        raise AlreadyAnswered(says("clue-already-answered", answered_on=clue["answered_on"]))
    return Outcome("duplicate", item.clue_id)


def follow_confirmed(
    uow: UnitOfWork, answered: Sequence[Clue], *, raises: bool
) -> Mapping[str | None, Mapping[str, Any]]:
    """Open cases for the households of confirmed clues, and with ``raises`` the risk `reported`.

    Answers what the clues of each say from then on: its outcome, its case and its risk. Of a household that has ended
    nothing follows.
    """
    clues: defaultdict[str, list[Clue]] = defaultdict(list)
    for row in answered:
        if row["verdict"] is TaskVerdict.CONFIRMED:
            clues[row["household_code"]].append(row)
    standing = [code for code, home in (lock_homes(uow, clues) if clues else {}).items() if home.ended_on is None]
    if not standing:
        return {}
    confirmed = {code: clues[code][0] for code in standing}
    opened = open_cases(uow, confirmed, {code: [row["id"] for row in clues[code]] for code in standing})
    if not raises:
        return {code: _follows(one) for code, one in opened.items()}
    contexts = {code: uow.context.in_chain(row["correlation_id"]) for code, row in confirmed.items()}
    reports = {code: Report(row["id"], row["answered_on"]) for code, row in confirmed.items()}
    raise_reported(uow, reports, contexts)
    risks = load_open_risks(uow, confirmed)
    raised = {code: risks.get(code, {}).get(RiskKind.REPORTED) for code in confirmed}
    return {code: {**_follows(one), "risk_id": raised[code]} for code, one in opened.items()}


def with_what_follows(answered: Clue, follow: Mapping[str | None, Mapping[str, Any]]) -> Clue:
    """A clue that was answered, with what followed where it was confirmed."""
    if answered["verdict"] is not TaskVerdict.CONFIRMED:
        return answered
    return {**answered, **follow.get(answered["household_code"], {})}


def _follows(opened: Opened) -> Mapping[str, Any]:
    return {"case_id": opened.case_id, "outcome": opened.outcome}


def tell_answers(uow: UnitOfWork, changed: Sequence[Clue], by: str | None = None) -> None:
    """Publish these answers in the chains of their clues, and keep them in the audit."""
    for row in changed:
        context = uow.context.in_chain(row["correlation_id"])
        publish_answer(uow, row, context)
        uow.audit("clue.answered", str(row["id"]), after=_audited(row), actor=by, context=context)


def _audited(row: Clue) -> dict[str, Any]:
    """What the audit keeps of an answer."""
    case_id = row["case_id"]
    said = {"verdict": row["verdict"], "reason": row["reason"], "outcome": row["outcome"]}
    return said | {"case_id": case_id and str(case_id)}
