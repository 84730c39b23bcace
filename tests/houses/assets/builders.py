"""Assets as a client sees it, with assets, plans and requests filled in."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from services.assets.app import ASSETS
from services.assets.models import METADATA
from shared.codes.assistance import MeasureKind
from shared.context import Context
from shared.contracts.assets import ShareCredited
from shared.contracts.assistance import MeasureCancelled, MeasureRequested
from shared.contracts.envelope import EncodedEvent, Event
from shared.db.unit_of_work import Reading
from shared.house import House
from shared.ids import derived_id
from shared.policy.loader import PolicyBook
from tests.builders import HOUSEHOLD, REGION, TODAY, deliver, household_registered, published_as, waiting_events
from tests.conftest import ClientFor, OpenHouse

ASSET = "DJ-A-0001"
OTHER_HOUSEHOLD = "DJ-0002"
MEASURE = derived_id("measure", HOUSEHOLD, 1)
PUBLISHED_ON = TODAY - dt.timedelta(days=6)
"""So long ago that the publicity ended yesterday."""
STEPS: Sequence[Mapping[str, Any]] = (
    {"action": "vote", "on": str(PUBLISHED_ON)},
    {"action": "publish", "on": str(PUBLISHED_ON)},
    {"action": "approve", "on": str(TODAY)},
    {"action": "file", "on": str(TODAY)},
    {"action": "pay", "on": str(TODAY)},
)
"""A distribution from its draft to its payment."""


def right(kind: str = "owner", holder: str = "沙坝村集体", share: str = "1.0000") -> dict[str, Any]:
    """A share of a right as sent over HTTP."""
    return {"right": kind, "holder": holder, "share": share}


def asset(rights: Iterable[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """An asset as sent over HTTP: a tea factory of the village that a firm runs."""
    document = {
        "name": "沙坝村茶叶加工厂",
        "class": "operating",
        "region_code": REGION,
        "original_value": "500000.00",
        "acquired_on": "2021-06-30",
        "rights": [right(), right("operator", "黔茶公司")] if rights is None else list(rights),
    }
    return document | changes


def line(household_code: str = HOUSEHOLD, amount: str = "12000.00", reason: str = "no_labour") -> dict[str, Any]:
    """What a plan gives to one household."""
    return {"household_code": household_code, "amount": amount, "reason": reason}


def plan(lines: Iterable[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """A plan as sent over HTTP: two households share 20000 yuan."""
    document = {
        "asset_code": ASSET,
        "period": "2026",
        "total": "20000.00",
        "request_id": None,
        "lines": [line(), line(OTHER_HOUSEHOLD, "8000.00", "share")] if lines is None else list(lines),
    }
    return document | changes


def requested(
    measure_id: UUID = MEASURE,
    kind: MeasureKind = MeasureKind.ASSET_SHARE,
    *,
    answer_by: dt.date | None = None,
    context: Context | None = None,
) -> EncodedEvent:
    """A task that asks for a share, on its way."""
    asked = MeasureRequested(
        measure_id=measure_id,
        task_id=derived_id("task", HOUSEHOLD),
        household_code=HOUSEHOLD,
        region_code=REGION,
        kind=kind,
        requested_on=TODAY,
        answer_by=answer_by,
    )
    return published_as(asked, context=context)


def cancelled(measure_id: UUID = MEASURE) -> MeasureCancelled:
    """The task closed before the help came."""
    return MeasureCancelled(
        measure_id=measure_id,
        task_id=derived_id("task", HOUSEHOLD),
        household_code=HOUSEHOLD,
        region_code=REGION,
        kind=MeasureKind.ASSET_SHARE,
        cancelled_on=TODAY,
    )


@dataclass(frozen=True)
class Assets:
    """The house, and a client of the whole province with every scope."""

    house: House
    client: httpx.AsyncClient

    async def put(self, document: Mapping[str, Any] | None = None, code: str = ASSET) -> httpx.Response:
        """Enter an asset, or change it."""
        return await self.client.put(f"/assets/v1/assets/{code}", json=document or asset())

    async def propose(self, document: Mapping[str, Any] | None = None, key: str | None = None) -> httpx.Response:
        """Propose a distribution."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post("/assets/v1/distributions", json=document or plan(), headers=headers)

    async def proposed(self, document: Mapping[str, Any] | None = None) -> str:
        """The id of a new distribution."""
        answer = await self.propose(document)
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["distribution_id"]
        return found

    async def act(self, distribution_id: str, step: Mapping[str, Any], key: str | None = None) -> httpx.Response:
        """Ask for a step of a distribution."""
        headers = {} if key is None else {"Idempotency-Key": key}
        path = f"/assets/v1/distributions/{distribution_id}/transitions"
        return await self.client.post(path, json=step, headers=headers)

    async def walk(self, distribution_id: str, *steps: Mapping[str, Any]) -> None:
        """Take these steps, each of them allowed."""
        for step in steps:
            answer = await self.act(distribution_id, step)
            assert answer.status_code == 200, answer.text

    async def get(self, path: str, **parameters: Any) -> Any:
        """The document at a path below `/assets/v1`."""
        answer = await self.client.get(f"/assets/v1/{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def request_status(self, measure_id: UUID = MEASURE) -> str:
        """Where a request stands."""
        found: str = (await self.get(f"requests/{measure_id}"))["status"]
        return found

    async def events(self) -> list[Event[Any]]:
        """What the house has published, in order."""
        return await waiting_events(self.house)

    async def credits(self) -> list[ShareCredited]:
        """What was credited, in order."""
        return [event.data for event in await self.events() if isinstance(event.data, ShareCredited)]

    async def rows(self) -> dict[str, list[Any]]:
        """Everything in the tables of the house but the inbox and the positions on the bus."""
        return await self.house.database.read(_rows)


def _rows(reading: Reading) -> dict[str, list[Any]]:
    tables = [table for table in METADATA.sorted_tables if table.name not in {"inbox", "bus_position"}]
    return {table.name: sorted(map(str, reading.connection.execute(sa.select(table)))) for table in tables}


async def open_assets(
    open_house: OpenHouse, client_for: ClientFor, *, today: dt.date = TODAY, policy: PolicyBook | None = None
) -> Assets:
    """Assets over the database of the test; opened again on another day it finds what was left."""
    house = await open_house(ASSETS, today=today, policy=policy)
    return Assets(house, client_for(house))


async def settled(open_house: OpenHouse, client_for: ClientFor, *, policy: PolicyBook | None = None) -> Assets:
    """Assets with one asset, two households and one request."""
    assets = await open_assets(open_house, client_for, policy=policy)
    assert (await assets.put()).status_code == 201
    await deliver(
        assets.house, household_registered(), household_registered(household_code=OTHER_HOUSEHOLD), requested()
    )
    return assets
