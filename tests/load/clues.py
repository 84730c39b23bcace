"""Clues by batch and their verdicts in bulk, beside bare statements about the same rows."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.answers.store import CLUES
from services.monitoring.clues.commands.answer import ANSWERED, answer_clues
from services.monitoring.clues.commands.items import ClueToRecord, VerdictToGive
from services.monitoring.clues.commands.record import record_clues
from services.monitoring.clues.schemas import ClueIn
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import ClueReason
from shared.context import new_context
from shared.db.database import Database
from shared.db.rows import insert_tuples, update_tuples
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.http.batches import MAX_ITEMS
from shared.ids import new_id
from shared.security.actor import EVERY, Actor
from shared.security.issuer import ALL_SCOPES
from tests.load import aims
from tests.load.county import TODAY, household_code
from tests.load.events import risk_events
from tests.load.figures import Figure, Rounds

_CALLER: Final = Actor("province", frozenset(ALL_SCOPES), ("52",), sources=frozenset({EVERY}))
_BATCHES: Final = 2
"""Of a round: one clue for each of two thousand households."""
_COLUMNS: Final = tuple(column.name for column in CLUES.columns)


class _Evening:
    """Clues that nobody has sent yet."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def batches(self) -> list[list[ClueToRecord]]:
        """One clue for each household, as the route hands them to the command."""
        return [[self._clue(first + place) for place in range(MAX_ITEMS)] for first in range(0, _TOTAL, MAX_ITEMS)]

    def _clue(self, household: int) -> ClueToRecord:
        said = {
            "source": "medical-insurance",
            "source_ref": f"YB-{next(self._numbers)}",
            "channel": "department",
            "household_code": household_code(household),
            "received_on": TODAY.isoformat(),
            "indicator": "self-paid over the line",
            "kinds": ["dropout"],
        }
        return ClueToRecord(ClueIn.model_validate(said), _CALLER, new_context())


_TOTAL: Final = _BATCHES * MAX_ITEMS


async def clues(section: str, monitoring: Database, rounds: int, meter: Callable[[], float]) -> list[Figure]:
    """Taking clues in, and answering them with no risk, each beside the bare statements with an outbox row a clue.

    ``meter`` is the clock: processor time where all is done in this process.
    """
    evening, measured = _Evening(), Rounds()
    for place in range(rounds + 1):
        batches = evening.batches()
        found = {"taken": await _timed(meter, monitoring, record_clues, batches)}
        ids = await monitoring.read(_unanswered)
        rows = await monitoring.read(_rows_of, ids)
        copies = [[(new_id(), *row[1:]) for row in part] for part in _parts(rows)]
        found["inserted"] = await _timed(meter, monitoring, _insert, copies)
        await monitoring.write(_forget, [row[0] for part in copies for row in part])
        verdicts = [VerdictToGive(clue_id, TaskVerdict.NO_RISK, ClueReason.REIMBURSED, TODAY) for clue_id in ids]
        found["answered"] = await _timed(meter, monitoring, answer_clues, list(_parts(verdicts)))
        found["updated"] = await _timed(meter, monitoring, _update, list(_parts(await monitoring.read(_rows_of, ids))))
        measured.add_round(place, found)
    return [
        Figure(
            section,
            f"clues in batches of {MAX_ITEMS:,}, by command",
            "/s",
            measured["taken"],
            measured["inserted"],
            "plain inserts of the same rows, and an outbox row each",
            aims.CLUES_BY_BATCH,
        ),
        Figure(
            section,
            f"verdicts in batches of {MAX_ITEMS:,}, by command",
            "/s",
            measured["answered"],
            measured["updated"],
            "UPDATE of the same rows, and an outbox row each",
            aims.VERDICTS_IN_BULK,
        ),
    ]


async def _timed(
    meter: Callable[[], float],
    monitoring: Database,
    command: Callable[[UnitOfWork, Sequence[Any]], Any],
    batches: Sequence[Sequence[Any]],
) -> float:
    """Rows a second, a transaction for each batch."""
    began = meter()
    for batch in batches:
        await monitoring.write(command, batch, actor=_CALLER)
    return sum(map(len, batches)) / (meter() - began)


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(rows), MAX_ITEMS):
        yield rows[first : first + MAX_ITEMS]


def _unanswered(reading: Reading) -> list[UUID]:
    return list(reading.connection.scalars(sa.select(CLUES.c.id).where(CLUES.c.verdict.is_(None))))


def _rows_of(reading: Reading, ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
    rows = reading.connection.execute(sa.select(CLUES).where(CLUES.c.id.in_(ids)))
    return [tuple(row) for row in rows]


def _forget(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    uow.connection.execute(sa.delete(CLUES).where(CLUES.c.id.in_(ids)))


def _insert(uow: UnitOfWork, rows: Sequence[tuple[Any, ...]]) -> None:
    insert_tuples(uow.connection, CLUES, _COLUMNS, rows)
    _send(uow, len(rows))


def _update(uow: UnitOfWork, rows: Sequence[tuple[Any, ...]]) -> None:
    columns = (*ANSWERED, "version", "updated_at")
    places = [_COLUMNS.index(name) for name in (*columns, "id")]
    update_tuples(uow.connection, CLUES, "id", columns, [tuple(row[place] for place in places) for row in rows])
    _send(uow, len(rows))


def _send(uow: UnitOfWork, number: int) -> None:
    """Have as many events written to the outbox, and on SQLite to the feed, as every command does."""
    uow.emitted[:] = [event._replace(event_id=new_id()) for event in _EVENTS[:number]]


_EVENTS: Final = risk_events(0, MAX_ITEMS)
