"""Doing jobs part by part, wherever a process has time for them."""

from uuid import UUID

import structlog

from shared.db.database import Database
from shared.db.trouble import is_of_other_release, is_transient
from shared.jobs.commands import do_part, fail_job, start_or_join
from shared.jobs.queries import job, next_job
from shared.jobs.work import Document, Kinds
from shared.security.actor import Actor

log = structlog.get_logger()


async def run_next_part(database: Database, kinds: Kinds) -> bool:
    """Do the next part of the job whose turn it is; tells whether there was one.

    Raises what passes with time: a lock that was not had, a database that is away. Any other error ends the job.
    """
    job_id = await database.read(next_job)
    if job_id is not None:
        await run_part(database, kinds, job_id)
    return job_id is not None


async def run_part(database: Database, kinds: Kinds, job_id: UUID) -> bool:
    """Do the next part of this job; tells whether more is left. Raises what passes with time."""
    try:
        return await database.write(do_part, kinds, job_id)
    except Exception as error:
        if is_transient(error) or is_of_other_release(error):
            raise
        log.exception("job.part_failed", job_id=str(job_id))
        await database.write(fail_job, job_id, error)
        return False


async def run_to_the_end(database: Database, kinds: Kinds, kind: str, asked: Document, actor: Actor) -> Document:
    """Do a whole job here, or what is left of one of its kind that has not ended; returns the job."""
    return await run_job(database, kinds, await database.write(start_or_join, kind, asked, actor=actor), actor)


async def run_job(database: Database, kinds: Kinds, job_id: UUID, actor: Actor) -> Document:
    """Do a job to its end here; returns it."""
    while await run_part(database, kinds, job_id):
        pass
    return await database.read(job, job_id, actor=actor)
