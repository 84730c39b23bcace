"""The same job routes in every house: how far long work is, and its end before its time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from shared.codes.operations import JobStatus
from shared.db.unit_of_work import Reading
from shared.http.dependencies import Call, calling
from shared.http.pagination import Page, PageRequest, as_wanted, newest_first, page_of, page_request
from shared.http.problems import responses
from shared.jobs.commands import JobHasEnded, cancel_job
from shared.jobs.queries import JobNotFound, job
from shared.jobs.work import Document
from shared.security.actor import OPERATE


class JobProblem(BaseModel):
    """Why a job failed."""

    code: str
    title: str
    detail: str


class JobOut(BaseModel):
    """Long work 任务: how far it is, and what came of it."""

    job_id: UUID
    kind: str
    status: JobStatus
    asked: dict[str, Any] = Field(description="What was asked for")
    done: int = Field(description="How many items are done")
    total: int | None = Field(description="How many there were when it began; null before that")
    per_second: float | None = Field(description="Items a second since it began; null before that")
    expected_end: dt.datetime | None = Field(description="At that speed; null when that cannot be told or it has ended")
    created_at: dt.datetime
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    result: dict[str, Any] = Field(description="What came of it, so far while it runs")
    problem: JobProblem | None

    @classmethod
    def of(cls, row: Document, now: dt.datetime) -> "JobOut":
        """A row of the table of jobs, seen at a moment."""
        speed = _speed(row, now)
        return cls(job_id=row["id"], per_second=speed, expected_end=_expected_end(row, speed, now), **row)


def _speed(row: Document, now: dt.datetime) -> float | None:
    if row["started_at"] is None:
        return None
    seconds = ((row["ended_at"] or now) - row["started_at"]).total_seconds()
    return round(row["done"] / seconds, 1) if seconds > 0 else None


def _expected_end(row: Document, speed: float | None, now: dt.datetime) -> dt.datetime | None:
    if not speed or row["ended_at"] is not None or row["total"] is None:
        return None
    return now + dt.timedelta(seconds=max(row["total"] - row["done"], 0) / speed)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are asked for."""

    kind: str | None
    status: JobStatus | None


def _wanted(kind: str | None = None, status: JobStatus | None = None) -> JobFilter:
    return JobFilter(kind, status)


def jobs_router(house: str) -> APIRouter:
    """Routes to see the jobs of one house, and to cancel them. A client has to do with its own; operations with all."""
    router = APIRouter(prefix="/jobs", tags=["operations"])
    scopes = (f"{house}:read", OPERATE)

    @router.get("", operation_id="listJobs", summary="Jobs that you asked for, the newest first")
    async def list_all(
        call: Annotated[Call, calling(*scopes)],
        wanted: Annotated[JobFilter, Depends(_wanted)],
        page: Annotated[PageRequest, Depends(page_request)],
    ) -> Page[JobOut]:
        return page_of(
            await call.query(_jobs, wanted, page), page, lambda one: (one.created_at.isoformat(), str(one.job_id))
        )

    @router.get(
        "/{job_id}", operation_id="getJob", summary="How far a job is, and its result", responses=responses(JobNotFound)
    )
    async def get_one(job_id: UUID, call: Annotated[Call, calling(*scopes)]) -> JobOut:
        return await call.query(_job, job_id)

    @router.post(
        "/{job_id}/cancel",
        operation_id="cancelJob",
        summary="End a job before its time; what it has done stays",
        responses=responses(JobNotFound, JobHasEnded),
    )
    async def cancel(job_id: UUID, call: Annotated[Call, calling(*scopes)]) -> JobOut:
        await call.command(cancel_job, job_id)
        return await call.query(_job, job_id)

    return router


def _job(reading: Reading, job_id: UUID) -> JobOut:
    return JobOut.of(job(reading, job_id), reading.now())


def _jobs(reading: Reading, wanted: JobFilter, page: PageRequest) -> Sequence[JobOut]:
    table = reading.floor.job
    statement = as_wanted(sa.select(table), table, wanted, "kind", "status")
    if not reading.actor.may(OPERATE):
        statement = statement.where(table.c.asked_by == reading.actor.id)
    rows = reading.connection.execute(newest_first(statement, table.c.created_at, table.c.id, page)).mappings()
    return [JobOut.of(dict(row), reading.now()) for row in rows]
