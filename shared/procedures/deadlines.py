"""Deadlines that have passed: each is told once, also after a restart."""

from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from shared.db.rows import execute_rows
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.rows import Steps, Taken
from shared.security.actor import SYSTEM
from shared.words.said import says

BATCH: Final = 500


class Deadlines:
    """The things of one kind that are due by a day: `due_on` of their table; `overdue_of` is the one that was told."""

    def __init__(
        self,
        table: sa.Table,
        steps: Steps,
        *,
        ended: Collection[StrEnum],
        action: StrEnum,
        details: Sequence[str] = (),
        publish: Callable[[UnitOfWork, Any], None] | None = None,
    ) -> None:
        """``ended`` is where nobody waits for a thing any more, ``action`` how its history says that it is overdue.

        ``details`` are the columns that the history of this kind of thing tells; ``publish`` tells others of a row.
        The states are written into the statement, so that an index of what is not told of serves it; rows are locked
        in the order of their ids.
        """
        self._steps, self._action, self._details, self._publish = steps, action, details, publish
        untold = table.c.overdue_of.is_distinct_from(table.c.due_on)
        written_out = [sa.literal(str(status), sa.String(), literal_execute=True) for status in ended]
        is_late = table.c.status.not_in(written_out) & (table.c.due_on < sa.bindparam("today"))
        first_due = sa.select(table.c.id).where(is_late, untold).order_by(table.c.due_on, table.c.id).limit(BATCH)
        late = sa.select(table).where(table.c.id.in_(first_due), is_late, untold)
        self._select_late_for_update = late.order_by(table.c.id).with_for_update()
        self._update = sa.update(table).where(table.c.id == sa.bindparam("of_thing"))

    def tell(self, uow: UnitOfWork) -> bool:
        """Tell of each thing that is overdue 逾期 and was not told of; tells whether more is waiting.

        One whose deadline is another one by then is told of again.
        """
        rows = uow.connection.execute(self._select_late_for_update, {"today": uow.today()}).mappings().all()
        execute_rows(uow.connection, self._update, [_told(uow, row) for row in rows])
        self._steps.write(uow, [self._taken(uow, row) for row in rows])
        for row in rows:
            self._audit(uow, row)
            if self._publish is not None:
                self._publish(uow, row)
        return len(rows) == BATCH

    def _taken(self, uow: UnitOfWork, row: Any) -> Taken:
        return Taken(
            thing_id=row["id"],
            step_no=row["version"] + 1,
            at=uow.now(),
            action=str(self._action),
            status=str(row["status"]),
            taken_by=SYSTEM.id,
            note=says("was-due-on", due_on=row["due_on"]),
            details={name: row[name] and str(row[name]) for name in self._details},
        )

    def _audit(self, uow: UnitOfWork, row: Any) -> None:
        action, told = f"{self._steps.kind}.{self._action}", {"due_on": row["due_on"].isoformat()}
        context = uow.context.in_chain(row["correlation_id"])
        uow.record(action, row["id"], told, after=told, actor=SYSTEM.id, context=context)


def _told(uow: UnitOfWork, row: Any) -> dict[str, Any]:
    changed = {"overdue_of": row["due_on"], "version": row["version"] + 1, "updated_at": uow.stamp()}
    return {"of_thing": row["id"], **changed}
