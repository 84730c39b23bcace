"""What is done with a job: it is started, done part by part, cancelled, or ended by an error."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.codes.operations import JobStatus
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Conflict, DomainError, something_failed
from shared.ids import new_id
from shared.jobs.queries import UNFINISHED, may_see, next_job, no_such_job
from shared.jobs.work import Document, Kinds, Standing
from shared.words.said import says


class JobHasEnded(Conflict):
    """There is nothing left to cancel."""

    code = "job-ended"


def start_job(uow: UnitOfWork, kind: str, asked: Document, job_id: UUID | None = None) -> UUID:
    """Queue long work; whoever asks twice under one `Idempotency-Key` is answered with the same job.

    ``job_id`` is given where rows of the job were written before it.
    """
    job_id = job_id or new_id()
    row = {
        "id": job_id,
        "kind": kind,
        "status": JobStatus.QUEUED,
        "asked": asked,
        "asked_by": uow.actor.id,
        "done": 0,
        "result": {},
        "correlation_id": uow.context.correlation_id,
        "created_at": uow.stamp(),
    }
    uow.connection.execute(sa.insert(uow.system_tables.job).values(row))
    uow.record("job.started", job_id, {"kind": kind}, after={"kind": kind, "asked": asked})
    return job_id


def start_or_join(uow: UnitOfWork, kind: str, asked: Document) -> UUID:
    """The job of this kind that has not ended, with what it was asked for; a new one where there is none."""
    found = next_job(uow, kind)
    return start_job(uow, kind, asked) if found is None else found


def do_part(uow: UnitOfWork, kinds: Kinds, job_id: UUID) -> bool:
    """Do the next part of a job; tells whether more is left. A job that has ended meanwhile is left as it is."""
    job = _lock(uow, job_id)
    if job is None or job.status not in UNFINISHED:
        return False
    work = kinds[job.kind]
    changes: dict[str, Any] = {"status": JobStatus.RUNNING}
    if job.started_at is None:
        changes |= {"started_at": uow.now(), "total": work.total(uow, job.asked)}
    part = work.do_part(uow, Standing(job.asked, job.position, job.result))
    changes |= {"position": part.position, "done": job.done + part.done, "result": part.result}
    _change(uow, job_id, changes)
    if part.ended:
        _end(uow, job, JobStatus.DONE, uow.actor.id, {"result": part.result})
    return not part.ended


def fail_job(uow: UnitOfWork, job_id: UUID, error: Exception) -> None:
    """End a job whose next part cannot be done; what was done before stays."""
    job = _lock(uow, job_id)
    if job is not None and job.status in UNFINISHED:
        _end(uow, job, JobStatus.FAILED, uow.actor.id, {"problem": _problem_of(error)})


def cancel_job(uow: UnitOfWork, job_id: UUID) -> None:
    """End a job before its time; what was done of it stays, and it says how much that is.

    Raises:
        JobNotFound: the caller asked for no such job.
        JobHasEnded: it is done, failed or cancelled.
    """
    job = _lock(uow, job_id)
    if job is None or not may_see(uow.actor, job.asked_by):
        raise no_such_job(job_id)
    if job.status not in UNFINISHED:
        raise JobHasEnded(says("job-has-ended", status=job.status))
    _end(uow, job, JobStatus.CANCELLED, uow.actor.id, {})


def _lock(uow: UnitOfWork, job_id: UUID) -> Any:
    table = uow.system_tables.job
    return uow.connection.execute(sa.select(table).where(table.c.id == job_id).with_for_update()).one_or_none()


def _end(uow: UnitOfWork, job: Any, status: JobStatus, by: str, more: Document) -> None:
    _change(uow, job.id, {"status": status, "ended_at": uow.stamp(), **more})
    context = uow.context.in_chain(job.correlation_id)
    uow.audit(f"job.{status}", str(job.id), after=dict(more), actor=by, context=context)
    uow.log_after_commit("job.ended", context=context, job_id=str(job.id), kind=job.kind, status=status)


def _change(uow: UnitOfWork, job_id: UUID, changes: Document) -> None:
    table = uow.system_tables.job
    uow.connection.execute(sa.update(table).where(table.c.id == job_id).values(changes))


def _problem_of(error: Exception) -> Document:
    """What a problem document says; of what nobody foresaw the log alone says more."""
    known = error if isinstance(error, DomainError) else something_failed()
    return {"code": known.code, "title": known.titled().as_document(), "detail": known.said.as_document()}
