"""The ordinary way to record a fact, as a baseline: one ORM session and one transaction per request."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Request
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import registry
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.monitoring.evidence.illness import IllnessFact
from services.monitoring.facts.schemas import FactStored
from services.monitoring.ledger.rules.income import window_months
from services.monitoring.models import METADATA, SYSTEM_TABLES
from services.monitoring.models.evidence import Illness
from services.monitoring.models.facts import Fact
from services.monitoring.models.households import Household
from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth
from services.monitoring.models.risks import Risk
from shared.codes.monitoring import FactMode, RiskGrade, RiskKind, RiskStatus
from shared.context import Context
from shared.contracts.envelope import EncodedEvent, encode
from shared.contracts.monitoring import RiskRaised
from shared.ids import derived_id, new_id
from tests.load.county import NOW, TODAY
from tests.load.world import MONTHS

_mapped = registry(metadata=METADATA)


class OutboxRow:
    """A row of the outbox as an object of the ORM."""


class AuditRow:
    """A row of the audit as an object of the ORM."""


_mapped.map_imperatively(OutboxRow, SYSTEM_TABLES.outbox)
_mapped.map_imperatively(AuditRow, SYSTEM_TABLES.audit)


def naive_router(url: str) -> APIRouter:
    """`POST /naive`: a fact, its month, its risk, its event, committed before the answer."""
    router = APIRouter()
    engine = _engine(url)
    turn = asyncio.Lock() if engine.dialect.name == "sqlite" else contextlib.nullcontext()

    @contextlib.asynccontextmanager
    async def session() -> AsyncIterator[AsyncSession]:
        async with turn, AsyncSession(engine, expire_on_commit=False) as opened:
            yield opened

    @router.post("/naive", status_code=201)
    async def naive(body: IllnessFact, request: Request) -> FactStored:
        async with session() as opened:
            fact_id = await _record(opened, body, request.state.context)
        return FactStored(fact_id=fact_id, status="stored")

    return router


async def _record(session: AsyncSession, body: IllnessFact, context: Context) -> UUID:
    household = await session.get(Household, body.household_code)
    window = await session.get(HouseholdWindow, body.household_code)
    if household is None or window is None:
        raise HTTPException(404)
    fact_id = derived_id("fact", body.source, body.source_ref)
    if await session.get(Fact, fact_id) is not None:
        return fact_id
    first, last = window_months(TODAY, MONTHS)
    in_window = col(LedgerMonth.month).between(first, last)
    months = await session.exec(select(LedgerMonth).where(LedgerMonth.household_code == household.code, in_window))
    income = sum(month.wage for month in months)
    risk = _risk(household)
    event = _event(risk, context)
    risk.event_id = event.event_id
    session.add(_fact(body, fact_id, context))
    await session.flush()
    session.add(_illness(body, fact_id))
    session.add(risk)
    session.add(_filled(OutboxRow(), _outbox_row(event)))
    session.add(_filled(AuditRow(), _audit_row(risk, income, context)))
    window.evidence = "illness"
    await session.commit()
    return fact_id


def _fact(body: IllnessFact, fact_id: UUID, context: Context) -> Fact:
    return Fact(
        id=fact_id,
        source=body.source,
        source_ref=body.source_ref,
        household_code=body.household_code,
        member_no=body.member_no,
        person_id=None,
        type=body.type,
        observed_on=body.observed_on,
        payload=body.payload.model_dump(mode="json"),
        content_hash=hashlib.sha256(body.model_dump_json().encode()).hexdigest(),
        mode=FactMode.LIVE,
        supersedes_id=None,
        recorded_at=NOW,
        recorded_by="bench",
        correlation_id=context.correlation_id,
        confirmed=body.confirmed,
        updated_at=NOW,
    )


def _illness(body: IllnessFact, fact_id: UUID) -> Illness:
    return Illness(
        fact_id=fact_id,
        household_code=body.household_code,
        person_id=None,
        code=body.payload.code,
        serious=body.payload.serious,
        main_earner=body.payload.main_earner,
        observed_on=body.observed_on,
    )


def _risk(household: Household) -> Risk:
    reason = {"rule": "new_illness.serious", "text": "A diagnosis is reported as serious by its source."}
    return Risk(
        id=derived_id("risk", household.code, RiskKind.NEW_ILLNESS.value, 1),
        household_code=household.code,
        region_code=household.region_code,
        kind=RiskKind.NEW_ILLNESS,
        grade=RiskGrade.ORANGE,
        status=RiskStatus.OPEN,
        episode=1,
        version=1,
        keys=["new_illness.serious:1:C34.9"],
        causes={"new_illness.serious:1:C34.9": str(new_id())},
        reasons=[reason],
        pack="bench@1",
        decided_on=TODAY,
        opened_at=NOW,
        updated_at=NOW,
        cleared_at=None,
        cleared_because=None,
        verdict=None,
        dismissal=None,
        flood=None,
        incident_id=None,
        released_at=NOW,
        told_on=TODAY,
        clue=None,
        task_version=0,
        event_id=new_id(),
    )


def _event(risk: Risk, context: Context) -> EncodedEvent:
    raised = RiskRaised(
        risk_id=risk.id,
        household_code=risk.household_code,
        region_code=risk.region_code,
        kind=risk.kind,
        grade=risk.grade,
        episode=risk.episode,
        version=risk.version,
        decided_on=risk.decided_on,
        rules=("new_illness.serious",),
        pack=risk.pack,
    )
    return encode(raised, region=risk.region_code, time=NOW, context=context)


def _outbox_row(event: EncodedEvent) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "topic": event.topic,
        "key": event.key,
        "headers": event.headers,
        "value": event.value,
        "created_at": NOW,
    }


def _audit_row(risk: Risk, income: int, context: Context) -> dict[str, Any]:
    return {
        "at": NOW,
        "actor": "rules",
        "action": "risk.raised",
        "subject": str(risk.id),
        "after": {"grade": risk.grade, "reasons": risk.reasons, "income": income},
        "correlation_id": context.correlation_id,
    }


def _filled(row: Any, values: dict[str, Any]) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _engine(url: str) -> AsyncEngine:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(parsed, pool_size=8)
    engine = create_async_engine(parsed.set(drivername="sqlite+aiosqlite"))

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
