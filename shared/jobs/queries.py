"""What can be asked of jobs. A client sees those it asked for; operations see all."""

from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from shared.codes.operations import JobStatus
from shared.db.unit_of_work import Reading
from shared.errors import NotFound
from shared.jobs.work import Document
from shared.security.actor import OPERATE, Actor
from shared.words.said import says

UNFINISHED: Final = (JobStatus.QUEUED, JobStatus.RUNNING)
"""Where a job stands that has not ended."""


class JobNotFound(NotFound):
    """The caller asked for no such job."""

    code = "job-not-found"


def may_see(actor: Actor, asked_by: str) -> bool:
    """Whether a job that this client asked for is shown to the caller."""
    return actor.id == asked_by or actor.may(OPERATE)


def no_such_job(job_id: UUID) -> JobNotFound:
    """The refusal of a job that is unknown or somebody else's."""
    return JobNotFound(says("no-job-of-yours", job=job_id))


def job(reading: Reading, job_id: UUID) -> Document:
    """A job with how far it is. Raises JobNotFound."""
    rows = jobs_with_their_moment(reading)
    this = rows.where(reading.system_tables.job.c.id == job_id)
    row = reading.connection.execute(this).mappings().one_or_none()
    if row is None or not may_see(reading.actor, row["asked_by"]):
        raise no_such_job(job_id)
    return dict(row)


def jobs_with_their_moment(reading: Reading) -> sa.Select[Any]:
    """All jobs, each with the moment for whoever follows what is asked for and what ends: how far one is moves none."""
    table = reading.system_tables.job
    return sa.select(table, sa.func.coalesce(table.c.ended_at, table.c.created_at).label("updated_at"))


def next_job(reading: Reading, kind: str | None = None) -> UUID | None:
    """The job whose turn it is: the oldest that has not ended, of this kind where one is named."""
    table = reading.system_tables.job
    waiting = sa.select(table.c.id).where(table.c.status.in_(UNFINISHED))
    if kind is not None:
        waiting = waiting.where(table.c.kind == kind)
    found: UUID | None = reading.connection.scalar(waiting.order_by(table.c.created_at, table.c.id).limit(1))
    return found
