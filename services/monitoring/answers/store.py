"""Rows of clues, and what is asked of their households. Clues of a household are changed under its lock."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.answers.rules import Home
from services.monitoring.models import PROCEDURE_STEP
from services.monitoring.models.clues import ClueRow
from services.monitoring.models.households import Household
from services.monitoring.models.persons import Member
from services.monitoring.models.risks import Risk
from shared.codes.monitoring import ClueStatus, RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.rows import read_tuples, update_tuples
from shared.db.sealed import SealedTable
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.procedures.rows import Steps

CLUES: Final = table_of(ClueRow)
SEALED_CLUES: Final = SealedTable(CLUES)
STEPS: Final = Steps(PROCEDURE_STEP, "clue")
_HOUSEHOLDS, _RISKS, _MEMBERS = table_of(Household), table_of(Risk), table_of(Member)
_BY_ID = sa.select(CLUES).order_by(CLUES.c.id)
_FOR_UPDATE = _BY_ID.with_for_update()
_OF_CASE = _FOR_UPDATE.where(CLUES.c.case_id == sa.bindparam("case_id"), CLUES.c.status == ClueStatus.ANSWERED)
_OF_HOUSEHOLDS = _FOR_UPDATE.where(is_one_of(CLUES.c.household_code, "codes"))
_HELD: Final = (
    "id",
    "household_code",
    "region_code",
    "channel",
    "received_on",
    "received_at",
    "status",
    "joined_to",
    "owner_level",
    "verdict",
    "reason",
    "answered_on",
    "outcome",
    "risk_id",
    "case_id",
    "correlation_id",
    "version",
)
"""What is asked of a clue by whoever answers it: nothing that was sent beside its day."""
_SELECT_HELD = sa.select(*(CLUES.c[name] for name in _HELD)).order_by(CLUES.c.id).with_for_update()
_HELD_OF_IDS = _SELECT_HELD.where(is_one_of(CLUES.c.id, "ids"))
_OPEN_OF_HOUSEHOLDS = _SELECT_HELD.where(is_one_of(CLUES.c.household_code, "codes"), CLUES.c.status == ClueStatus.OPEN)
_OF_IDS = _FOR_UPDATE.where(is_one_of(CLUES.c.id, "ids"))
_LINKED = _FOR_UPDATE.where(is_one_of(CLUES.c.risk_id, "ids"), CLUES.c.status == ClueStatus.LINKED)
_WAITING_FOR = _FOR_UPDATE.where(is_one_of(CLUES.c.id_number_index, "marks"))
_LOCK_HOMES = (
    sa.select(_HOUSEHOLDS.c.code, _HOUSEHOLDS.c.region_code, _HOUSEHOLDS.c.ended_on, _HOUSEHOLDS.c.is_related)
    .order_by(_HOUSEHOLDS.c.code)
    .with_for_update()
)
_HOMES_OF_CODES = _LOCK_HOMES.where(is_one_of(_HOUSEHOLDS.c.code, "codes"))
_HOMES_OF_CLUES = _LOCK_HOMES.where(
    _HOUSEHOLDS.c.code.in_(sa.select(CLUES.c.household_code).where(is_one_of(CLUES.c.id, "ids")))
)
_OPEN_RISKS = sa.select(_RISKS.c.household_code, _RISKS.c.kind, _RISKS.c.id).where(
    is_one_of(_RISKS.c.household_code, "codes"), _RISKS.c.status == RiskStatus.OPEN
)
_ROOTS = sa.select(CLUES.c.household_code, CLUES.c.id).where(
    is_one_of(CLUES.c.household_code, "codes"), CLUES.c.status == ClueStatus.OPEN, CLUES.c.joined_to.is_(None)
)
_HOLDING = (
    sa.select(sa.func.count(_MEMBERS.c.household_code.distinct()))
    .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _MEMBERS.c.household_code)
    .where(
        _MEMBERS.c.id_number_index == CLUES.c.id_number_index,
        _HOUSEHOLDS.c.ended_on.is_(None),
        sa.func.substr(_HOUSEHOLDS.c.region_code, 1, sa.func.length(CLUES.c.sent_within)) == CLUES.c.sent_within,
    )
    .correlate(CLUES)
    .scalar_subquery()
)
_FOUND = sa.or_(
    (CLUES.c.status == ClueStatus.UNMATCHED) & (_HOLDING >= 1),
    (CLUES.c.status == ClueStatus.AMBIGUOUS) & (_HOLDING == 1),
)
Clue = Mapping[Any, Any]
"""A row of a clue by the names of its columns."""


def lock_homes(uow: UnitOfWork, codes: Collection[str]) -> Mapping[str, Home]:
    """These households, locked in code order."""
    return _homes(uow, _HOMES_OF_CODES, {"codes": sorted(codes)})


def lock_homes_of(uow: UnitOfWork, clue_ids: Collection[UUID]) -> Mapping[str, Home]:
    """The households that these clues are about, locked in code order."""
    return _homes(uow, _HOMES_OF_CLUES, {"ids": list(clue_ids)})


def _homes(uow: UnitOfWork, statement: sa.Select[Any], asked: Mapping[str, Any]) -> Mapping[str, Home]:
    return {code: Home(*home) for code, *home in read_tuples(uow.connection, statement, asked)}


def load_open_risks(reading: Reading, codes: Collection[str]) -> Mapping[str, Mapping[RiskKind, UUID]]:
    """The open risks of these households, by kind."""
    found: defaultdict[str, dict[RiskKind, UUID]] = defaultdict(dict)
    for code, kind, risk_id in reading.connection.execute(_OPEN_RISKS, {"codes": sorted(codes)}):
        found[code][kind] = risk_id
    return found


def load_roots(reading: Reading, codes: Collection[str]) -> dict[str, UUID]:
    """The open clue of each of these households that further ones join."""
    rows = reading.connection.execute(_ROOTS, {"codes": sorted(codes)})
    return {row.household_code: row.id for row in rows}


def lock_clues(uow: UnitOfWork, ids: Collection[UUID]) -> Sequence[Clue]:
    """These clues, locked; their households are locked before."""
    return uow.connection.execute(_OF_IDS, {"ids": list(ids)}).mappings().all()


def lock_of_household(uow: UnitOfWork, code: str) -> Sequence[Clue]:
    """All clues of a household, which is locked."""
    return uow.connection.execute(_OF_HOUSEHOLDS, {"codes": [code]}).mappings().all()


def lock_open_of(uow: UnitOfWork, codes: Collection[str]) -> Sequence[Clue]:
    """The open clues of households, which are locked, without what was sent."""
    return _held(uow, _OPEN_OF_HOUSEHOLDS, {"codes": sorted(codes)})


def lock_held(uow: UnitOfWork, ids: Collection[UUID]) -> Sequence[Clue]:
    """These clues, locked, without what was sent; their households are locked before."""
    return _held(uow, _HELD_OF_IDS, {"ids": list(ids)})


def _held(uow: UnitOfWork, statement: sa.Select[Any], asked: Mapping[str, Any]) -> Sequence[Clue]:
    return [dict(zip(_HELD, row, strict=True)) for row in read_tuples(uow.connection, statement, asked)]


def lock_answered_of_case(uow: UnitOfWork, case_id: UUID) -> Sequence[Clue]:
    """The answered clues of a case, locked; its household is locked before."""
    return uow.connection.execute(_OF_CASE, {"case_id": case_id}).mappings().all()


def lock_linked(uow: UnitOfWork, risk_ids: Collection[UUID]) -> Sequence[Clue]:
    """The clues that wait for the verdict of the tasks of these risks, locked; their households are locked before."""
    return uow.connection.execute(_LINKED, {"ids": list(risk_ids)}).mappings().all()


def lock_waiting_for(uow: UnitOfWork, numbers: Collection[str]) -> list[dict[str, Any]]:
    """The clues that name somebody of one of these identity numbers, locked and opened."""
    marks = SEALED_CLUES.marks(uow, "id_number", numbers)
    if not marks:
        return []
    rows = uow.connection.execute(_WAITING_FOR, {"marks": list(marks)}).mappings()
    return [{**row, "id_number": marks[row["id_number_index"]]} for row in rows]


def load_found(reading: Reading, limit: int) -> Sequence[Clue]:
    """Clues that wait although a registered household holds their number, opened."""
    waiting = sa.select(CLUES).where(CLUES.c.id_number_index.is_not(None), _FOUND).order_by(CLUES.c.id).limit(limit)
    return [SEALED_CLUES.open(reading, row) for row in reading.connection.execute(waiting).mappings()]


def write_changes(uow: UnitOfWork, rows: Sequence[Clue], names: Sequence[str]) -> list[dict[str, Any]]:
    """Write these columns of clues, which are locked, as their next versions; the rows as they stand then."""
    changed = [{**row, "version": row["version"] + 1, "updated_at": uow.stamp()} for row in rows]
    columns = (*names, "version", "updated_at")
    update_tuples(uow.connection, CLUES, "id", columns, list(map(itemgetter(*columns, "id"), changed)))
    return changed
