"""What the work of placed members means for their household: the last one loses it, somebody begins anew."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.monitoring import models
from services.monitoring.facts.errors import HouseholdNotFound
from services.monitoring.ledger.store import load_files, load_job_losses, store_windows
from services.monitoring.persons.store import are_former_people
from services.monitoring.risks.commands.judge import judge_households
from services.monitoring.risks.rules.job_loss import after_loss, after_start
from services.monitoring.risks.rules.state import JobLoss
from services.monitoring.risks.rules.triggers import Lead
from shared.context import Context
from shared.contracts.employment import Placement, PlacementEnded, PlacementStarted
from shared.contracts.envelope import Event
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.unit_of_work import UnitOfWork

_LOSSES = table_of(models.JobLoss)
_LEFT = "left_household"


def follow_placements(uow: UnitOfWork, events: Sequence[Event[Placement]]) -> None:
    """Keep which households lost their last placed earner, and judge them after every event that changes it.

    Events of one household are followed one after the other, so that a loss and the work found after it are told
    alike whether they arrive together or apart. The end of work that is not the household's last changes nothing.
    """
    for turn in _turns(events):
        _follow(uow, turn)


def _turns(events: Iterable[Event[Placement]]) -> Iterator[Sequence[Event[Placement]]]:
    """The events in turns that hold each household at most once, in order."""
    waiting = [event for event in events if not isinstance(event.data, PlacementEnded) or event.data.last_earner]
    while waiting:
        turn: dict[str, Event[Placement]] = {}
        later = [event for event in waiting if turn.setdefault(event.data.household_code, event) is not event]
        yield list(turn.values())
        waiting = later


def _follow(uow: UnitOfWork, events: Sequence[Event[Placement]]) -> None:
    files = load_files(uow, sorted(event.data.household_code for event in events), lock=True)
    known = load_job_losses(uow, [code for code, file in files.items() if file.has_job_loss])
    losses: dict[str, JobLoss] = {}
    leads: dict[str, list[Lead]] = {}
    for event in events:
        code = event.data.household_code
        if code not in files:
            raise HouseholdNotFound(f"no household {code}")
        if _is_of_former_people(uow, event.data):
            continue
        loss = _after(known.get(code), event.data)
        if loss is not None and loss != known.get(code):
            lead = Lead("placement", event.caused())
            losses[code], leads[code] = loss, [lead]
            _tell(uow, code, known.get(code), loss, lead.context)
    if not losses:
        return
    _store(uow, losses)
    changed = [files[code] for code in losses]
    for file in changed:
        file.has_job_loss = file.window_changed = True
        file.latest_day = losses[file.code].told_on
    judge_households(uow, changed, uow.today(), leads)
    store_windows(uow, changed)


def leave_behind_job_loss(uow: UnitOfWork, code: str) -> None:
    """Forget the last loss of work of a household of whose people nobody is left; the audit keeps it."""
    known = load_job_losses(uow, [code]).get(code)
    if known is not None:
        uow.connection.execute(sa.delete(_LOSSES).where(_LOSSES.c.household_code == code))
        uow.audit("job.left_behind", code, before=_document(known))


def _is_of_former_people(uow: UnitOfWork, told: Placement) -> bool:
    """Whether the work was that of people of whom nobody is left in the household."""
    if not isinstance(told, PlacementEnded):
        return False
    left = str(told.reason) == _LEFT
    return are_former_people(uow, told.household_code, told.member_no, told.ended_on, left=left)


def _after(known: JobLoss | None, told: Placement) -> JobLoss | None:
    if isinstance(told, PlacementEnded):
        return after_loss(known, JobLoss(told.placement_id, told.ended_on, told.reason))
    assert isinstance(told, PlacementStarted), "a placement is followed when it starts and when it ends"
    return after_start(known, told.placement_id, told.started_on)


def _store(uow: UnitOfWork, losses: dict[str, JobLoss]) -> None:
    rows = [{"household_code": code, **asdict(loss)} for code, loss in losses.items()]
    execute_rows(uow.connection, _storing(uow.connection.dialect.name), rows)


@cache
def _storing(dialect: str) -> Any:
    """An insert that takes the place of the household's row that is there."""
    statement = insert_into(_LOSSES, dialect)
    told = {column.name: statement.excluded[column.name] for column in _LOSSES.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=["household_code"], set_=told)


def _tell(uow: UnitOfWork, code: str, before: JobLoss | None, after: JobLoss, context: Context) -> None:
    action = "job.lost" if after.stands else "job.regained"
    uow.audit(action, code, before=_document(before), after=_document(after), actor="employment", context=context)
    uow.note(action, context=context, household=code)


def _document(loss: JobLoss | None) -> dict[str, Any] | None:
    if loss is None:
        return None
    return {name: None if value is None else str(value) for name, value in asdict(loss).items()}
