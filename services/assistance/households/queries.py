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
from shared.helping.households import HouseholdUnknown
from shared.money import format_yuan
from shared.months import format_month
from shared.security.actor import SYSTEM, Actor

Row = Mapping[Any, Any]


def story(reading: Reading, household_code: str) -> StoryOut:
    """What happened to a household and what came of it: all of it for whoever has the household in the own region.

    Where the household is not known there, as much as the own region has done for it.
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
    if known is None and not of_household and not money:
        raise HouseholdUnknown(f"no household {household_code} in region {reading.actor.place}")
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
    named = f"{row['kind']}, episode {row['episode']}"
    for entry in history:
        at, action = entry["at"], entry["action"]
        if clue := entry.get("clue"):
            yield StoryEntry(at=at, what="clue", text=f"clue: {clue['type']}", fact_id=clue["fact_id"], **chain)
        if action in _OF_RISK:
            text = f"risk {_OF_RISK[action]}: {named}; {entry['note']}"
            yield StoryEntry(at=at, what=f"risk.{_OF_RISK[action]}", text=text, **chain)
        if action not in _WITHOUT_OWN_WORDS:
            found = f"; found: {entry['verdict']}" if action == TaskAction.VERIFY else ""
            text = f"task for {named}: {action} by {entry['by']}, now {entry['status']}{found}"
            yield StoryEntry(at=at, what=f"task.{action}", text=text, **chain)


def _measure_entries(row: Row) -> Iterator[StoryEntry]:
    chain = {"correlation_id": row["correlation_id"], "task_id": row["task_id"], "measure_id": row["id"]}
    wish = f" of {format_yuan(row['amount'])} yuan" if row["amount"] else ""
    steps = [("requested", row["requested_at"]), ("accepted", row["accepted_at"]), ("overdue", row["overdue_at"])]
    if row["status"] is not MeasureStatus.ACCEPTED:
        steps.append((str(row["status"]), row["answered_at"]))
    for what, at in steps:
        if at is not None:
            why = f": {row['reason']}" if what == MeasureStatus.REFUSED else ""
            text = f"measure {row['kind']}{wish} {what}{why}"
            yield StoryEntry(at=at, what=f"measure.{what}", text=text, **chain)


def _credit_entries(
    money: Sequence[Row],
    corrected: frozenset[tuple[str, UUID]],
    taken_back: Mapping[tuple[str, UUID], Row],
    chains: Mapping[UUID, str],
) -> Iterator[StoryEntry]:
    for row in money:
        text = f"{row['branch']} income of {format_yuan(row['amount'])} yuan for {format_month(row['month'])}"
        text += f" through {row['house']}"
        text += f"; corrects {row['supersedes']}" if row["supersedes"] else ""
        text += "; corrected since, does not count" if (row["house"], row["credit_id"]) in corrected else ""
        text += "; withdrawn since, does not count" if (row["house"], row["credit_id"]) in taken_back else ""
        yield StoryEntry(
            at=row["at"],
            what=f"credit.{row['branch']}",
            text=text,
            correlation_id=chains.get(row["measure_id"], row["correlation_id"]),
            measure_id=row["measure_id"],
            credit_id=row["credit_id"],
        )


def _withdrawal_entries(taken_back: Iterable[Row]) -> Iterator[StoryEntry]:
    for row in taken_back:
        yield StoryEntry(
            at=row["at"],
            what=f"withdrawal.{row['branch']}",
            text=f"{row['branch']} income for {format_month(row['month'])} through {row['house']} withdrawn: "
            f"{row['reason']}",
            correlation_id=row["correlation_id"],
            credit_id=row["credit_id"],
        )
