"""A house that does nothing of its own: two tables and a few routes to try the shared code with."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel
from starlette.responses import Response

from shared import metrics
from shared.bus.consumer import Consumer, Handlers
from shared.bus.interface import Record
from shared.contracts.envelope import EncodedEvent, Event
from shared.contracts.monitoring import RiskCleared, RiskRaised, RiskUpdated
from shared.db.base import house_metadata
from shared.db.system_tables import add_system_tables
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import Conflict
from shared.house import House, HouseDefinition
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.sheets.columns import Column, Form, Sheet
from shared.words.said import Said
from tests.builders import NOW, risk_raised

BOUND_SECONDS = 30
"""How long anything may take before it counts as never."""
ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
METADATA = house_metadata("probe")
SYSTEM_TABLES = add_system_tables(METADATA)


class Base(SQLModel, registry=registry(metadata=METADATA)):
    metadata = METADATA


class Counter(Base, table=True):
    name: str = Field(primary_key=True, max_length=64)
    value: int


class Effect(Base, table=True):
    number: int | None = Field(default=None, primary_key=True)
    household_code: str = Field(max_length=64)
    version: int
    event_id: UUID


class CounterFull(Conflict):
    """A counter stops at nine."""

    code, title = "counter-full", "The counter is full"


class Boom(RuntimeError):
    """Nobody expected this."""


class CounterIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=64)
    by: int = 1


class CounterOut(BaseModel):
    name: str
    value: int


def count_up(uow: UnitOfWork, name: str, by: int = 1) -> int:
    """Read, add, write: what loses updates wherever writers are not kept apart."""
    held = uow.session.get(Counter, name, with_for_update=True) or Counter(name=name, value=0)
    if held.value + by > 9 and name == "small":
        raise CounterFull(Said.of("the counter stops at nine"))
    held.value += by
    uow.session.add(held)
    return held.value


def count_many(uow: UnitOfWork, names: Sequence[str]) -> list[str]:
    """Set-based: one row for each name; a name that begins with `bad` breaks the whole set."""
    if any(name.startswith("bad") for name in names):
        raise Boom
    uow.connection.execute(sa.insert(Counter), [{"name": name, "value": 1} for name in names])
    return [f"did {name}" for name in names]


def count_up_over_http(uow: UnitOfWork, body: CounterIn) -> CounterOut:
    return CounterOut(name=body.name, value=count_up(uow, body.name, body.by))


def emit(uow: UnitOfWork, *events: Any) -> None:
    for event in events:
        uow.emit(event, region=event.region_code)


def emit_numbered(uow: UnitOfWork, count: int, start: int = 1, household: str = "DJ-0001") -> None:
    emit(uow, *(risk_raised(version=version, household_code=household) for version in range(start, start + count)))


def explode(uow: UnitOfWork) -> None:
    emit_everything(uow, "exploded")
    raise Boom


def emit_everything(uow: UnitOfWork, name: str) -> None:
    """A row, an event, an audit row, a log line and a metric."""
    count_up(uow, name)
    emit(uow, risk_raised(household_code=name))
    uow.audit("counted", name, after={"value": 1})
    uow.log_after_commit("probe.counted", name=name)
    uow.count_after_commit(metrics.FACTS.labels("probe", name))


def measured() -> dict[str, float]:
    """What was added to the metric, by name."""
    [metric] = metrics.FACTS.collect()
    added = [sample for sample in metric.samples if sample.name.endswith("_total") and sample.value]
    return {sample.labels["outcome"]: sample.value for sample in added}


def counters(reading: Reading) -> dict[str, int]:
    return {row.name: row.value for row in reading.connection.execute(sa.select(Counter))}


def effects(reading: Reading) -> list[tuple[str, int]]:
    table = Effect.metadata.tables["effect"]
    rows = reading.connection.execute(sa.select(table.c.household_code, table.c.version).order_by(table.c.number))
    return [(row.household_code, row.version) for row in rows]


def rows_of(reading: Reading, table: str) -> list[dict[str, Any]]:
    found = METADATA.tables[table]
    in_order = sa.select(found).order_by(*found.primary_key.columns)
    return [dict(row) for row in reading.connection.execute(in_order).mappings()]


class CounterList(ListQuery):
    order = by("name")
    region = None
    sheet = Sheet(
        "counters", "计数器", "Counters", (Column("name", "名称", "name"), Column("value", "数值", "value", Form.WHOLE))
    )


def _counter_page(reading: Reading, asked: CounterList) -> Page[CounterOut]:
    rows = sa.select(METADATA.tables["counter"])
    return asked.page(reading, rows, lambda found: [CounterOut(name=row.name, value=row.value) for row in found])


router = APIRouter(tags=["probe"])


@router.post("/counters", summary="Count up", response_model=CounterOut, responses=responses(CounterFull))
async def post(
    body: CounterIn, call: Annotated[Call, calling("monitoring:write")], idempotency_key: IdempotencyKey = None
) -> Response:
    return await call.once(idempotency_key, 201, count_up_over_http, body)


@router.get("/counters", summary="Counters by name", response_model=Page[CounterOut])
async def get(
    call: Annotated[Call, calling("monitoring:read")], asked: Annotated[CounterList, Query()]
) -> Page[CounterOut] | Response:
    return await call.page(_counter_page, asked)


@router.post("/explosions", summary="Break in the middle", status_code=204)
async def post_explosion(call: Annotated[Call, calling("monitoring:write")]) -> None:
    await call.command(explode)


@router.post("/everything/{name}", summary="Row, event, audit and note", status_code=204)
async def post_everything(name: str, call: Annotated[Call, calling("monitoring:write")]) -> None:
    await call.command(emit_everything, name)


PROBE = HouseDefinition(
    name="probe",
    title="probe",
    summary="A house to try the shared code with",
    metadata=METADATA,
    system_tables=SYSTEM_TABLES,
    migrations=Path(__file__).parent / "probe_migrations",
    router=router,
    lanes=(count_many,),
)


class Handling:
    """A reader of monitoring's events that keeps what it was given; versions in `poison` cannot be applied."""

    def __init__(self) -> None:
        self.poison: set[int] = set()
        self.calls = 0

    def __call__(self, uow: UnitOfWork, events: Sequence[Event[Any]]) -> None:
        self.calls += 1
        for event in events:
            if event.data.version in self.poison:
                raise ValueError(f"version {event.data.version} of 张三 522226198005010019, telephone 13812345678")
            uow.session.add(
                Effect(household_code=event.data.household_code, version=event.data.version, event_id=event.id)
            )
            uow.session.flush()

    @property
    def handlers(self) -> Handlers:
        return {model.event_type: self for model in (RiskRaised, RiskUpdated, RiskCleared)}


def reader_of(house: House, handling: Handling) -> Consumer:
    """What assistance would be, on the tables of the probe house."""
    return Consumer("assistance", house.database, house.transport, handling.handlers)


_offsets = itertools.count(1)


def record_of(event: EncodedEvent, offset: int | None = None) -> Record:
    at = next(_offsets) if offset is None else offset
    return Record(event.topic, 0, at, event.key, event.headers, event.value, NOW)


async def until(holds: Callable[[], Any]) -> None:
    """Wait until it holds, or fail. `holds` may be a coroutine function."""
    async with asyncio.timeout(BOUND_SECONDS):
        while True:
            answer = holds()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await asyncio.sleep(0.01)
