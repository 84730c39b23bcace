"""Tables of employment. Money is fen, months are ordinals (year × 12 + month − 1)."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.contracts.codes import (
    Labour,
    MeasureKind,
    PlacementEndReason,
    PlacementStatus,
    RecordStatus,
    Sex,
    VacancyKind,
    WithdrawalReason,
    WorkerStatus,
)
from shared.contracts.employment import MeasureAccepted, MeasureCompleted, MeasureRefused
from shared.db.base import UtcDateTime, house_metadata, text_enum
from shared.db.floor import lay_floor
from shared.db.spelling import spelling_index
from shared.helping.households import KnownHouseholds
from shared.helping.requests import Answers, Requests

METADATA = house_metadata("employment")
FLOOR = lay_floor(METADATA)
HOUSEHOLDS = KnownHouseholds(METADATA)
ANSWERS = Answers(MeasureAccepted, MeasureRefused, MeasureCompleted)
REQUESTS = Requests(METADATA, HOUSEHOLDS, MeasureKind.JOB, ANSWERS)
_FEN = sa.BigInteger


class Base(SQLModel, registry=registry(metadata=METADATA)):
    """A table of employment."""

    metadata = METADATA


class Worker(Base, table=True):
    """Worker 劳动力: a member who can work, read from the household's own events. No name, no identity number."""

    __table_args__ = (sa.Index("ix_worker_household_code_member_no", "household_code", "member_no"),)

    id: UUID = Field(primary_key=True)
    """Derived from household and person, so that one person is one row; from the number where no person was told."""
    household_code: str = Field(max_length=64)
    region_code: str = Field(max_length=12)
    member_no: int
    """The number under which the household names the person now, or named it last."""
    person_id: UUID | None
    sex: Sex = Field(sa_type=text_enum(Sex))
    birth_year: int
    born_on: dt.date | None
    """出生日期: whether somebody is of working age is decided to the day. None where only the year was told."""
    labour: Labour = Field(sa_type=text_enum(Labour))
    student: bool
    present: bool
    """Whether the newest state of the household still names the person 在户."""
    active: bool
    """Whether it names the person as able to work."""
    version: int
    """The newest state of the household that was seen; an older one never wins."""
    status: WorkerStatus = Field(sa_type=text_enum(WorkerStatus))


class Vacancy(Base, table=True):
    """Vacancy 岗位: work that an employer offers. Codes are compared without case."""

    __table_args__ = (spelling_index("vacancy"),)

    code: str = Field(primary_key=True, max_length=64)
    employer: str = Field(max_length=128)
    kind: VacancyKind = Field(sa_type=text_enum(VacancyKind))
    place_code: str = Field(max_length=12)
    occupation: str = Field(max_length=128)
    headcount: int
    wage_month: int = Field(sa_type=_FEN)
    min_age: int
    max_age: int
    needs: list[str] = Field(sa_type=sa.JSON)
    """Codes of the labour that fits 劳动技能要求."""
    valid_until: dt.date
    region_code: str | None = Field(max_length=12)
    """The region that owns it 归属地区, without filling zeros: it is changed from there or from around it. Empty is the
    whole country. None of those registered before owners were kept."""
    registered_by: str | None = Field(max_length=64)
    """The client that registered it."""
    version: int
    """Grows by one with every change of the vacancy."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


class Placement(Base, table=True):
    """Placement 输送就业: one worker in one vacancy, from the match to the end of the work."""

    __table_args__ = (
        sa.Index("ix_placement_household_code_status", "household_code", "status"),
        sa.Index("ix_placement_vacancy_code_status", "vacancy_code", "status"),
        sa.Index("ix_placement_placed_at_id", "placed_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    worker_id: UUID = Field(foreign_key="worker.id", index=True)
    household_code: str = Field(max_length=64)
    vacancy_code: str = Field(foreign_key="vacancy.code", max_length=64)
    request_id: UUID | None = Field(foreign_key="measure_request.id", index=True)
    """The request it answers."""
    status: PlacementStatus = Field(sa_type=text_enum(PlacementStatus))
    placed_at: dt.datetime = Field(sa_type=UtcDateTime)
    departed_on: dt.date | None
    started_on: dt.date | None
    """First day of work; none where the work never began."""
    ended_on: dt.date | None
    """Last day of work."""
    end_reason: PlacementEndReason | None = Field(sa_type=text_enum(PlacementEndReason))
    version: int
    """Grows by one with every step."""
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


class Wage(Base, table=True):
    """Wage 务工月报: what a placement paid for one month; of one month, one wage stands.

    What was said is kept: a correction names the wage it supersedes, and a withdrawal stands beside the wage.
    """

    __table_args__ = (sa.Index("ix_wage_recorded_at_id", "recorded_at", "id"),)

    id: UUID = Field(primary_key=True)
    """Derived from source and reference, so that one reference is one row. It is the id of the credit as well."""
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    placement_id: UUID = Field(foreign_key="placement.id", index=True)
    month: int
    amount: int = Field(sa_type=_FEN)
    supersedes_id: UUID | None = Field(foreign_key="wage.id", unique=True)
    status: RecordStatus = Field(sa_type=text_enum(RecordStatus))
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


class WageWithdrawal(Base, table=True):
    """Withdrawal 撤回 of a wage that should never have been: its month is unknown again."""

    __tablename__ = "wage_withdrawal"
    __table_args__ = (sa.UniqueConstraint("source", "source_ref"),)

    id: UUID = Field(primary_key=True)
    """Derived from the wage, so that one wage is withdrawn once."""
    wage_id: UUID = Field(foreign_key="wage.id", unique=True)
    source: str = Field(max_length=64)
    source_ref: str = Field(max_length=128)
    reason: WithdrawalReason = Field(sa_type=text_enum(WithdrawalReason))
    withdrawn_at: dt.datetime = Field(sa_type=UtcDateTime)
    withdrawn_by: str = Field(max_length=64)
    correlation_id: str = Field(max_length=64)
