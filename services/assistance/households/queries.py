"""The story of a household: what happened to it and what came of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assistance.households.rules import CreditLine, effect_of, superseded
from services.assistance.households.schemas import EffectOut, StoryEntry, StoryOut
from services.assistance.known_households.store import HOUSEHOLDS
from services.assistance.measures.store import load_measures
from services.assistance.models import Credit, Disbursement, Task, Withdrawal
from services.assistance.tasks.store import STEPS
from shared.codes.assistance import MeasureStatus, TaskAction, TaskChange
from shared.codes.monitoring import IncomeBranch
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.db.within import within
from shared.money import format_yuan
from shared.months import format_month
from shared.security.actor import SYSTEM, Actor
from shared.words.said import Said, says

Row = Mapping[Any, Any]


def story(reading: Reading, household_code: str) -> StoryOut:
    """What happened to a household and what came of it: all of it for whoever has the household in the own region.

    Where the household is not known there, as much as the own region has done for it. Raises HouseholdUnknown where
    that is nothing.
    """
    known = HOUSEHOLDS.find(reading, [household_code]).get(household_code)
    actor = SYSTEM if known else reading.actor
    of_household = _rows(reading, Task, household_code, actor)
    ids = [row["id"] for row in of_household]
    asked = [row for rows in load_measures(reading, ids).values() for row in rows]
    histories = STEPS.load(reading, ids)
    money = [
        *map(_own_credit, _rows(reading, Disbursement, household_code, actor)),
        *_rows(reading, Credit, household_code, actor),
    ]
    if not of_household and not money:
        HOUSEHOLDS.one(reading, household_code)
    chains = {row["id"]: row["correlation_id"] for row in asked}
    taken_back = {(row["house"], row["credit_id"]): row for row in _rows(reading, Withdrawal, household_code, actor)}
    lines = [_credit_line(row, withdrawn=(row["house"], row["credit_id"]) in taken_back) for row in money]
    entries = [
        *[entry for row in of_household for entry in _task_entries(row, histories[row["id"]])],
        *[entry for row in asked for entry in _measure_entries(row)],
        *_credit_entries(money, superseded(lines), taken_back, chains),
        *_withdrawal_entries(taken_back.values()),
    ]
    members = known.members if known else None
    effect = EffectOut(members=members, **effect_of(lines, members)._asdict())
    entries.sort(key=lambda entry: entry.at)  # of one moment: tasks, measures, money, withdrawals, each as it was kept
    return StoryOut(household_code=household_code, entries=entries, effect=effect)


def _rows(
    reading: Reading, model: type[Task | Disbursement | Credit | Withdrawal], code: str, actor: Actor
) -> Sequence[Row]:
    table = table_of(model)
    mine = (table.c.household_code == code) & within(table.c.region_code, actor)
    return reading.connection.execute(sa.select(table).where(mine).order_by(*table.primary_key)).mappings().all()


def _own_credit(row: Row) -> Row:
    """A disbursement as the credit it is."""
    return {
        **row,
        "house": "assistance",
        "credit_id": row["id"],
        "branch": IncomeBranch.TRANSFER,
        "supersedes": row["supersedes_id"],
        "at": row["recorded_at"],
    }


def _credit_line(row: Row, *, withdrawn: bool) -> CreditLine:
    """One that is withdrawn is worth nothing; what it corrected does not count again."""
    amount = 0 if withdrawn else row["amount"]
    return CreditLine(row["house"], row["credit_id"], row["branch"], amount, row["supersedes"])


_OF_RISK = {
    TaskChange.OPENED: "raised",
    TaskChange.UPDATED: "updated",
    TaskChange.ESCALATED: "updated",
    TaskChange.NEW_CAUSE: "updated",
    TaskChange.CLOSED: "cleared",
    TaskChange.CAUSE_GONE: "cleared",
}
"""What the risk did, where that is why something happened to its task."""
_WITHOUT_OWN_WORDS = (
    TaskChange.UPDATED,
    TaskChange.CAUSE_GONE,
    TaskChange.MEASURE_REQUESTED,
    TaskChange.PAYMENT_WITHDRAWN,
)
"""What the history of a task says and the story tells of the risk, the measure or the money alone."""


def _task_entries(row: Row, history: Sequence[Row]) -> Iterator[StoryEntry]:
    chain = {"correlation_id": row["correlation_id"], "task_id": row["id"], "risk_id": row["risk_id"]}
    for entry in history:
        at, action = entry["at"], entry["action"]
        if clue := entry.get("clue"):
            text = says("clue-came-in", type=clue["type"]).text
            yield StoryEntry(at=at, what="clue", text=text, fact_id=clue["fact_id"], **chain)
        if action in _OF_RISK:
            yield StoryEntry(at=at, what=f"risk.{_OF_RISK[action]}", text=_of_risk(row, entry).text, **chain)
        if action not in _WITHOUT_OWN_WORDS:
            yield StoryEntry(at=at, what=f"task.{action}", text=_of_task(row, entry).text, **chain)


def _of_risk(row: Row, entry: Row) -> Said:
    """What a risk did, and what the history of its task says of that."""
    told = {"kind": row["kind"], "episode": row["episode"], "why": entry["note"]}
    match _OF_RISK[entry["action"]]:
        case "raised":
            return says("risk-was-raised", **told)
        case "cleared":
            return says("risk-was-cleared", **told)
    return says("risk-was-updated", **told)


def _of_task(row: Row, entry: Row) -> Said:
    """What was done with a task, and what the visit found where that was verifying it."""
    step = TaskAction.read(entry["action"])
    told = {
        "kind": row["kind"],
        "episode": row["episode"],
        "action": step if step.is_known else TaskChange.read(step),
        "by": says("the-system") if entry["by"] == SYSTEM.id else entry["by"],
        "status": entry["status"],
    }
    if step is TaskAction.VERIFY:
        return says("task-was-verified", **told, verdict=entry["verdict"])
    return says("task-was-taken-further", **told)


_OVERDUE = "overdue"


def _measure_entries(row: Row) -> Iterator[StoryEntry]:
    chain = {"correlation_id": row["correlation_id"], "task_id": row["task_id"], "measure_id": row["id"]}
    steps = [("requested", row["requested_at"]), ("accepted", row["accepted_at"]), (_OVERDUE, row["overdue_at"])]
    if row["status"] is not MeasureStatus.ACCEPTED:
        steps.append((str(row["status"]), row["answered_at"]))
    for what, at in steps:
        if at is not None:
            yield StoryEntry(at=at, what=f"measure.{what}", text=_of_measure(row, what).text, **chain)


def _of_measure(row: Row, what: str) -> Said:
    """What became of a measure, and why where it cannot be met."""
    measure = says("measure-of-a-kind", kind=row["kind"])
    if row["amount"]:
        measure = says("measure-of-an-amount", kind=row["kind"], amount=format_yuan(row["amount"]))
    if what == _OVERDUE:
        return says("measure-was-overdue", measure=measure)
    if what == MeasureStatus.REFUSED and row["reason"]:
        return says("measure-was-refused", measure=measure, status=what, reason=row["reason"])
    return says("measure-came-to", measure=measure, status=what)


def _credit_entries(
    money: Sequence[Row],
    corrected: frozenset[tuple[str, UUID]],
    taken_back: Mapping[tuple[str, UUID], Row],
    chains: Mapping[UUID, str],
) -> Iterator[StoryEntry]:
    for row in money:
        credit = (row["house"], row["credit_id"])
        yield StoryEntry(
            at=row["at"],
            what=f"credit.{row['branch']}",
            text=_of_credit(row, corrected=credit in corrected, withdrawn=credit in taken_back).text,
            correlation_id=chains.get(row["measure_id"], row["correlation_id"]),
            measure_id=row["measure_id"],
            credit_id=row["credit_id"],
        )


def _of_credit(row: Row, *, corrected: bool, withdrawn: bool) -> Said:
    """Money that came home, what it corrects, and whether it counts."""
    amount, month = format_yuan(row["amount"]), format_month(row["month"])
    said = says("income-came-home", branch=row["branch"], amount=amount, month=month, house=row["house"])
    if row["supersedes"]:
        said = says("credit-that-corrects", credit=said, corrected=row["supersedes"])
    if corrected:
        said = says("credit-corrected-since", credit=said)
    return says("credit-withdrawn-since", credit=said) if withdrawn else said


def _withdrawal_entries(taken_back: Iterable[Row]) -> Iterator[StoryEntry]:
    for row in taken_back:
        yield StoryEntry(
            at=row["at"],
            what=f"withdrawal.{row['branch']}",
            text=_of_withdrawal(row).text,
            correlation_id=row["correlation_id"],
            credit_id=row["credit_id"],
        )


def _of_withdrawal(row: Row) -> Said:
    named = {"branch": row["branch"], "month": format_month(row["month"]), "house": row["house"]}
    return says("income-was-withdrawn", **named, reason=row["reason"])
