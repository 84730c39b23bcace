"""Facts by command on SQLite, beside the same statements executed by nobody but sqlite3."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.monitoring.facts.commands.record import record_batch
from shared.db.database import Database
from shared.db.engines import sqlite_writer
from tests.load import aims
from tests.load.figures import Figure, Rounds
from tests.load.writes import fact_batches

_Statement = tuple[str, Any, bool]


@dataclass(slots=True)
class Recorded:
    """What was executed in one transaction after the other, with its parameters as the driver was given them."""

    statements: list[_Statement] = field(default_factory=list)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record what this process executes meanwhile."""
        sa.event.listen(sa.Engine, "before_cursor_execute", self._record)
        sa.event.listen(sa.Engine, "commit", self._end)
        try:
            yield
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", self._record)
            sa.event.remove(sa.Engine, "commit", self._end)

    def until_commits(self, number: int) -> list[_Statement]:
        """What the first so many transactions executed."""
        return self.statements[: self._end_of(number)]

    def since_commits(self, number: int) -> list[_Statement]:
        """What those after them executed."""
        return self.statements[self._end_of(number) :]

    def _end_of(self, number: int) -> int:
        commits = [place for place, (statement, _, _) in enumerate(self.statements) if statement == "COMMIT"]
        return commits[number - 1] + 1

    def _record(self, _: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
        self.statements.append((statement, parameters, many))

    def _end(self, _: Any) -> None:
        self.statements.append(("COMMIT", (), False))


async def by_command(monitoring: Database, beside: Path, rounds: int, seconds: float, ill: int) -> list[Figure]:
    """Facts in batches of 500 by processor time; ``beside`` is a copy of the same database, as it is before."""
    engine = sqlite_writer(sa.make_url(f"sqlite:///{beside}"))
    bare = engine.raw_connection()
    batches, measured = fact_batches("command", ill), Rounds()
    for place in range(rounds + 1):
        recorded, facts, spent = Recorded(), 0, 0.0
        with recorded.recording():
            while spent < seconds:
                batch = next(batches)
                started = time.process_time()
                await monitoring.write(record_batch, batch, False)
                spent += time.process_time() - started
                facts += len(batch)
        replayed = replay(bare.cursor(), recorded.statements)
        measured.add_round(place, {"command": facts / spent, "bare": facts / replayed})
    bare.close()
    engine.dispose()
    path = "facts in batches of 500, one in ten raises an event, by command, a second of processor time"
    limit = "the same statements replayed by sqlite3"
    return [
        Figure("a embedded, SQLite", path, "/s", measured["command"], measured["bare"], limit, aims.FACTS_BY_COMMAND)
    ]


def replay(cursor: Any, statements: Sequence[_Statement]) -> float:
    """Execute all of them; returns the seconds of processor time that took."""
    started = time.process_time()
    for statement, parameters, many in statements:
        if many:
            cursor.executemany(statement, parameters)
        else:
            cursor.execute(statement, parameters).fetchall()
    return time.process_time() - started
