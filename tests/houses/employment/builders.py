"""Employment as its neighbours on the bus and its clients see it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx
import sqlalchemy as sa

from services.employment.app import EMPLOYMENT
from services.employment.models import METADATA
from shared.codes.assistance import MeasureKind
from shared.contracts.assistance import MeasureCancelled, MeasureRequested
from shared.contracts.payload import Payload
from shared.db.unit_of_work import Reading
from shared.house import House
from shared.ids import derived_id
from shared.policy.loader import PolicyBook
from tests.builders import HOUSEHOLD, REGION, TODAY, deliver, waiting_events
from tests.conftest import ClientFor, OpenHouse

PayloadT = TypeVar("PayloadT", bound=Payload)
BASE = "/employment/v1"
VACANCY = "DG-17"


def job_requested(number: int = 1, **changes: Any) -> MeasureRequested:
    """A task asks for work for somebody of the household."""
    fields: dict[str, Any] = {
        "measure_id": request_id(number),
        "task_id": derived_id("task", HOUSEHOLD, "below_line", 1),
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "kind": MeasureKind.JOB,
        "member_no": None,
        "requested_on": TODAY,
        "answer_by": TODAY + dt.timedelta(days=7),
    }
    return MeasureRequested(**fields | changes)


def job_cancelled(number: int = 1) -> MeasureCancelled:
    """The task closed: work is asked for no more."""
    asked = job_requested(number).model_dump(include=set(MeasureCancelled.model_fields))
    return MeasureCancelled(**asked, cancelled_on=TODAY)


def request_id(number: int = 1) -> UUID:
    """The request of `job_requested`."""
    return derived_id("measure", number)


def worker_id(member_no: int = 1, household_code: str = HOUSEHOLD) -> str:
    """The worker a member is."""
    return str(derived_id("worker", household_code, member_no))


def vacancy(**changes: Any) -> dict[str, Any]:
    """A vacancy as put over HTTP: three places in 东莞."""
    document = {
        "employer": "东莞某电子有限公司",
        "kind": "market",
        "place_code": "441900",
        "occupation": "装配工",
        "headcount": 3,
        "wage_month": "4500.00",
        "min_age": 18,
        "max_age": 55,
        "needs": ["ordinary"],
        "valid_until": "2026-12-31",
    }
    return document | changes


def wage(placement_id: str, month: str = "2026-10", **changes: Any) -> dict[str, Any]:
    """A wage as sent over HTTP."""
    document = {
        "source": "labour-station-dongguan",
        "source_ref": f"{placement_id}-{month}",
        "placement_id": placement_id,
        "month": month,
        "amount": "4520.00",
    }
    return document | changes


@dataclass(frozen=True)
class Employment:
    """The house, and a client of the whole province with every scope."""

    house: House
    client: httpx.AsyncClient

    async def get(self, path: str, **parameters: Any) -> Any:
        """The document at a path below `/employment/v1`."""
        answer = await self.client.get(f"{BASE}/{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def items(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """The first page of a list."""
        found: list[dict[str, Any]] = (await self.get(path, **parameters))["items"]
        return found

    async def post(self, path: str, body: Mapping[str, Any], key: str | None = None) -> httpx.Response:
        """Post a document, exactly as given."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post(f"{BASE}/{path}", json=body, headers=headers)

    async def put_vacancy(self, code: str = VACANCY, **changes: Any) -> httpx.Response:
        """Put a vacancy."""
        return await self.client.put(f"{BASE}/vacancies/{code}", json=vacancy(**changes))

    async def place(
        self, member_no: int = 1, vacancy_code: str = VACANCY, household_code: str = HOUSEHOLD, **more: Any
    ) -> httpx.Response:
        """Place a worker in a vacancy."""
        worker = worker_id(member_no, household_code)
        return await self.post("placements", {"worker_id": worker, "vacancy_code": vacancy_code, **more})

    async def placed(self, *args: Any, **more: Any) -> str:
        """Place a worker who can be; the id of the placement."""
        answer = await self.place(*args, **more)
        assert answer.status_code == 201, answer.text
        placement_id: str = answer.json()["placement_id"]
        return placement_id

    async def act(self, placement_id: str, action: str, on: dt.date | str = TODAY, **more: Any) -> httpx.Response:
        """Take a placement to its next step; an end is given a reason."""
        reason = {"reason": "finished"} if action == "end" else {}
        body = {"action": action, "on": str(on), **reason, **more}
        return await self.post(f"placements/{placement_id}/transitions", body)

    async def started(self, *args: Any, on: dt.date | str = "2026-09-14", **more: Any) -> str:
        """Place a worker who then begins to work; the id of the placement."""
        placement_id = await self.placed(*args, **more)
        answer = await self.act(placement_id, "start", on)
        assert answer.status_code == 200, answer.text
        return placement_id

    async def told(self, kind: type[PayloadT]) -> list[PayloadT]:
        """What the house has published of one type, in order."""
        return [event.data for event in await waiting_events(self.house) if isinstance(event.data, kind)]

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the house's own tables, and of its outbox and audit."""
        return await self.house.database.read(_rows)


async def open_employment(
    open_house: OpenHouse,
    client_for: ClientFor,
    *events: Payload,
    today: dt.date = TODAY,
    policy: PolicyBook | None = None,
) -> Employment:
    """Employment over the database of the test, after these events."""
    house = await open_house(EMPLOYMENT, today=today, policy=policy)
    if events:
        await deliver(house, *events)
    return Employment(house, client_for(house))


def _rows(reading: Reading) -> dict[str, list[tuple[Any, ...]]]:
    beside = {"inbox", "bus_position", "idempotency"}
    return {
        table.name: sorted((tuple(row) for row in reading.connection.execute(sa.select(table))), key=str)
        for table in METADATA.sorted_tables
        if table.name not in beside
    }
