"""Clues as records, what is known of them before they are taken or answered, and how they are shown."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.answers.rules import owner_region
from services.monitoring.answers.store import CLUES, SEALED_CLUES, STEPS, Clue
from services.monitoring.clues.errors import ClueContradicts
from services.monitoring.clues.procedure import OWNED_BY
from services.monitoring.clues.schemas import ClueOut
from services.monitoring.models.risks import Risk
from services.monitoring.risks.queries import OF_HEALTH
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ClearedBecause, ClueStatus, RiskKind
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.ids import derived_id
from shared.procedures.steps import Caller
from shared.security.actor import PERSONAL, Actor
from shared.words.said import says

_RISKS = table_of(Risk)
_ANSWER: Final = ("verdict", "reason", "answered_on", "outcome")
_OF_THE_HOUSEHOLD: Final = dict.fromkeys(("joined_to", "risk_id", "case_id"))
"""What a sender is not shown of a household outside of its region."""
_PRIVATE: Final = frozenset({"member_no", "indicator"})
_SELECT_KNOWN = sa.select(CLUES.c.id, CLUES.c.content_hash, CLUES.c.id_number_index, CLUES.c.person_id).where(
    is_one_of(CLUES.c.id, "ids")
)
_SELECT_JUDGED = (
    sa.select(CLUES, _RISKS.c.verdict.label("found"), _RISKS.c.kind.label("risk_kind"))
    .join(_RISKS, _RISKS.c.id == CLUES.c.risk_id)
    .where(
        is_one_of(CLUES.c.risk_id, "ids"),
        CLUES.c.status.in_([ClueStatus.LINKED, ClueStatus.OPEN, ClueStatus.ANSWERED]),
        _RISKS.c.kind != RiskKind.REPORTED,
        _RISKS.c.verdict.in_(list(TaskVerdict)),
        CLUES.c.verdict.is_distinct_from(_RISKS.c.verdict),
    )
    .order_by(CLUES.c.id)
    .with_for_update(of=CLUES)
)


def clue_id_of(source: str, source_ref: str) -> UUID:
    """The id of a clue: one for one source and reference."""
    return derived_id("clue", source, source_ref)


def contradiction(source: str, source_ref: str) -> ClueContradicts:
    """The refusal of a clue whose reference was used for something else."""
    return ClueContradicts(says("reference-used", source=source, reference=source_ref, thing="clue"))


def load_known(reading: Reading, ids: Collection[UUID]) -> dict[UUID, Any]:
    """Those of these clues that were taken before."""
    return {row.id: row for row in reading.connection.execute(_SELECT_KNOWN, {"ids": list(ids)})}


def lock_judged(uow: UnitOfWork, risk_ids: Collection[UUID]) -> Sequence[Clue]:
    """Clues whose risk was found to be something else than they are answered, locked; their households are locked."""
    return uow.connection.execute(_SELECT_JUDGED, {"ids": list(risk_ids)}).mappings().all()


def write_clues(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add clues."""
    insert_rows(uow.connection, CLUES, SEALED_CLUES.seal(uow, rows) if rows else ())


def marks_of(reading: Reading, numbers: Iterable[str]) -> Mapping[str, str]:
    """By blind index, the identity number behind it."""
    return SEALED_CLUES.marks(reading, "id_number", numbers)


def is_dismissed(reading: Reading, risk_id: UUID) -> bool:
    """Whether a visit cleared a risk."""
    asked = sa.select(_RISKS.c.id).where(_RISKS.c.id == risk_id, _RISKS.c.cleared_because == ClearedBecause.VERDICT)
    return reading.connection.scalar(asked) is not None


def shown_clues(reading: Reading, rows: Sequence[Clue]) -> list[ClueOut]:
    """Clues as the caller may see them, with their histories, which one statement finds."""
    histories = STEPS.load(reading, [row["id"] for row in rows])
    return [ClueOut.model_validate(_shown(reading, row, histories[row["id"]])) for row in rows]


def _shown(reading: Reading, row: Clue, history: list[dict[str, Any]]) -> dict[str, Any]:
    actor = reading.actor
    caller = Caller.of(actor, row["region_code"])
    answer = None if row["verdict"] is None else {name: row[name] for name in _ANSWER}
    shown = {
        **row,
        **_hidden(actor, row),
        "clue_id": row["id"],
        "owner_region": owner_region(row["region_code"], row["owner_level"]),
        "overdue": is_overdue(row, reading.today()),
        "answer": answer,
        "history": history if actor.may(PERSONAL) else [{**step, "note": None} for step in history],
        "allowed_actions": OWNED_BY[row["owner_level"]].allowed_to(caller, row["status"]),
    }
    return shown if actor.sees(row["region_code"]) else {**shown, **_as_sent(row)}


def _as_sent(row: Clue) -> dict[str, Any]:
    """What its sender sees otherwise of a clue that left its region: no more of the household than it said itself."""
    named = row["named_household"]
    no_more = {} if row["household_code"] == named else {"member_no": None}
    return {**_OF_THE_HOUSEHOLD, **no_more, "household_code": named, "history": [], "allowed_actions": []}


def was_sent_by(actor: Actor, row: Clue) -> bool:
    """Whether a clue is of a source of the caller's own, sent about somebody in its region."""
    return row["source"] in actor.own_sources and actor.sees(row["sent_within"])


def is_overdue(row: Clue, today: dt.date) -> bool:
    """Whether a clue is open after its last day."""
    return row["status"] is ClueStatus.OPEN and row["due_on"] is not None and row["due_on"] < today


def tells_of_persons(shown: ClueOut) -> bool:
    """Whether a clue shown in full tells who is ill, or what somebody wrote."""
    return shown.note is not None or not OF_HEALTH.isdisjoint(shown.kinds)


def _hidden(actor: Actor, row: Clue) -> dict[str, None]:
    """What the caller does not see of a clue."""
    if actor.may(PERSONAL):
        return {}
    of_health = not OF_HEALTH.isdisjoint(map(RiskKind.read, row["kinds"]))
    return dict.fromkeys({"note", *(_PRIVATE if of_health else ())})
