"""What the work of placed members means for their household: the last one loses it, somebody begins anew."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from services.monitoring.evidence.job_loss import JOB_LOSS, JOB_LOSSES, JobLoss, load_job_losses
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.ledger.store import load_dossiers, write_windows
from services.monitoring.persons.store import are_former_people
from services.monitoring.placements.rules import after_loss, after_start
from services.monitoring.placements.store import delete_job_loss, write_job_losses
from services.monitoring.risks.commands.judge import judge_households
from services.monitoring.risks.rules.triggers import Trigger
from shared.context import Context
from shared.contracts.employment import Placement, PlacementEnded, PlacementStarted
from shared.contracts.envelope import Event
from shared.db.unit_of_work import UnitOfWork
from shared.words.said import says

_LEFT = "left_household"


def follow_placements(uow: UnitOfWork, events: Sequence[Event[Placement]]) -> None:
    """Keep which households lost their last placed earner, and judge them after every event that changes it.

    Events of one household are followed one after the other, so that a loss and the work found after it count
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
    dossiers = load_dossiers(uow, sorted(event.data.household_code for event in events), lock=True)
    known = load_job_losses(uow, [code for code, dossier in dossiers.items() if JOB_LOSSES.name in dossier.evidence])
    losses: dict[str, JobLoss] = {}
    triggers: dict[str, list[Trigger]] = {}
    for event in events:
        code = event.data.household_code
        if code not in dossiers:
            raise HouseholdNotFound(says("no-such-household", household=code))
        if _is_of_former_people(uow, event.data):
            continue
        loss = _after(known.get(code), event.data)
        if loss is not None and loss != known.get(code):
            trigger = Trigger(JOB_LOSS.clue_type, event.caused())
            losses[code], triggers[code] = loss, [trigger]
            _record_change(uow, code, known.get(code), loss, trigger.context)
    if not losses:
        return
    write_job_losses(uow, losses)
    changed = [dossiers[code] for code in losses]
    for dossier in changed:
        dossier.evidence |= {JOB_LOSSES.name}
        dossier.window_changed = True
        dossier.latest_day = losses[dossier.code].day
    judge_households(uow, changed, uow.today(), triggers)
    write_windows(uow, changed)


def leave_behind_job_loss(uow: UnitOfWork, code: str) -> None:
    """Forget the last loss of work of a household of whose people nobody is left; the audit keeps it."""
    known = load_job_losses(uow, [code]).get(code)
    if known is not None:
        delete_job_loss(uow, code)
        uow.audit("job.left_behind", code, before=_document(known))


def _is_of_former_people(uow: UnitOfWork, placement: Placement) -> bool:
    """Whether the work was that of people of whom nobody is left in the household."""
    if not isinstance(placement, PlacementEnded):
        return False
    left = str(placement.reason) == _LEFT
    return are_former_people(uow, placement.household_code, placement.member_no, placement.ended_on, left=left)


def _after(known: JobLoss | None, placement: Placement) -> JobLoss | None:
    if isinstance(placement, PlacementEnded):
        return after_loss(known, JobLoss(placement.placement_id, placement.ended_on, placement.reason))
    assert isinstance(placement, PlacementStarted), "a placement is followed when it starts and when it ends"
    return after_start(known, placement.placement_id, placement.started_on)


def _record_change(uow: UnitOfWork, code: str, before: JobLoss | None, after: JobLoss, context: Context) -> None:
    action = "job.lost" if after.stands else "job.regained"
    uow.audit(action, code, before=_document(before), after=_document(after), actor="employment", context=context)
    uow.log_after_commit(action, context=context, household=code)


def _document(loss: JobLoss | None) -> dict[str, Any] | None:
    if loss is None:
        return None
    return {name: None if value is None else str(value) for name, value in asdict(loss).items()}
