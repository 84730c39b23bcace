"""The same job routes in every house: how far long work is, and its end before its time."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from shared.codes.operations import JobStatus
from shared.db.unit_of_work import Reading
from shared.http.dependencies import Call, calling
from shared.http.fields import UpdatedAfter
from shared.http.problems import responses
from shared.http.sheets import JOB_LIST
from shared.jobs.commands import JobHasEnded, cancel_job
from shared.jobs.queries import JobNotFound, job, jobs_with_their_moment
from shared.jobs.work import Document
from shared.lists.filters import Columns
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.security.actor import OPERATE
from shared.security.clients import scopes_of
from shared.words.said import Said


class JobProblem(BaseModel):
    """Why a job failed."""

    code: str
    title: str
    detail: str

    @classmethod
    def of(cls, kept: Document) -> "JobProblem":
        """The problem that was kept with the job."""
        return cls(code=kept["code"], title=Said.of(kept["title"]).text, detail=Said.of(kept["detail"]).text)


class JobStarted(BaseModel):
    """The job that does what was asked for."""

    job_id: UUID
    location: str = Field(description="Where to look how far it is")

    @classmethod
    def of(cls, house: str, job_id: UUID) -> "JobStarted":
        """The job of a house that was queued."""
        return cls(job_id=job_id, location=f"/{house}/v1/jobs/{job_id}")


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
    updated_at: dt.datetime = Field(description="When it ended; before that, when it was asked for")
    result: dict[str, Any] = Field(description="What came of it, so far while it runs")
    problem: JobProblem | None

    @classmethod
    def of(cls, row: Document, now: dt.datetime) -> "JobOut":
        """A row of the table of jobs, seen at a moment."""
        speed = _speed(row, now)
        problem = row["problem"] and JobProblem.of(row["problem"])
        told = {"per_second": speed, "expected_end": _expected_end(row, speed, now), "problem": problem}
        return cls(job_id=row["id"], **{**row, **told})


def _speed(row: Document, now: dt.datetime) -> float | None:
    if row["started_at"] is None:
        return None
    seconds = ((row["ended_at"] or now) - row["started_at"]).total_seconds()
    return round(row["done"] / seconds, 1) if seconds > 0 else None


def _expected_end(row: Document, speed: float | None, now: dt.datetime) -> dt.datetime | None:
    if not speed or row["ended_at"] is not None or row["total"] is None:
        return None
    return now + dt.timedelta(seconds=max(row["total"] - row["done"], 0) / speed)


class JobList(ListQuery):
    """Which jobs are asked for, the newest first."""

    order = newest_by("created_at")
    sheet = JOB_LIST
    region = None
    kind: str | None = None
    status: JobStatus | None = None
    updated_after: UpdatedAfter = None

    def visible(self, reading: Reading, columns: Columns) -> sa.ColumnElement[bool]:
        """A client sees the jobs it asked for; operations see all."""
        return sa.true() if reading.actor.may(OPERATE) else columns["asked_by"] == reading.actor.id


def jobs_router(house: str) -> APIRouter:
    """Routes to see the jobs of one house, and to cancel them. A client has to do with its own; operations with all.

    Whatever it may do in the house opens them: a job can be asked for without the scope to read.
    """
    router = APIRouter(prefix="/jobs", tags=["operations"])
    scopes = (*scopes_of(house), OPERATE)

    @router.get(
        "", operation_id="listJobs", summary="Jobs that you asked for, the newest first", response_model=Page[JobOut]
    )
    async def list_all(
        call: Annotated[Call, calling(*scopes)],
        asked: Annotated[JobList, Query()],
    ) -> Page[JobOut] | Response:
        return await call.page(_jobs, asked)

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


def _jobs(reading: Reading, asked: JobList) -> Page[JobOut]:
    now = reading.now()
    return asked.page(
        reading, jobs_with_their_moment(reading), lambda rows: [JobOut.of(row._asdict(), now) for row in rows]
    )
