"""One household's way home, told by HTTP: its income fails, help is asked for, and the money arrives by every branch.

Every request can be sent again without doing anything twice, so that the story can be told to processes that die.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from shared.months import format_month, parse_month
from tests.builders import household, income_fact
from tests.journeys.set_ups import Caller

T = TypeVar("T")
FIRST, LAST = parse_month("2024-11"), parse_month("2026-10")
FAILED = ("2026-08", "2026-09", "2026-10")
OLD_WAGE = 600_000
"""What every other month of two years paid, in fen."""
KINDS = ("job", "purchase", "asset_share", "transfer")
WAGE, DIVIDEND, RELIEF = 500_000, 123_457, 80_000
"""What each wage, the dividend and the cash relief come to, in fen."""
SALE = 24_375
"""19.5 kg of 20 ordered arrive, at 12.50 yuan."""
EARNED = {"wage": 3 * WAGE, "operating": SALE, "property": DIVIDEND, "transfer": RELIEF}
"""What comes home in all, by branch of income."""
LEDGER = EARNED | {"wage": EARNED["wage"] + (LAST - FIRST + 1 - len(FAILED)) * OLD_WAGE}
"""What the ledger holds in the end, by branch of income."""
RISKS = {"income_drop": ("cleared", "confirmed"), "job_loss": ("open", None)}
"""Status and verdict of the one risk of each kind in the end."""
PATIENCE = 300.0
_PAUSE = 0.05


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


@dataclass
class Story:
    """What happens to one household, step by step."""

    caller: Caller
    code: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The answer to each step that made something."""

    async def tell(self) -> None:
        """All of it."""
        await self.income_fails()
        await self.help_is_asked_for()
        await self.work_is_found()
        await self.the_harvest_is_sold()
        await self.the_asset_pays()
        await self.cash_is_paid()
        await self.the_task_ends()
        await self.the_work_is_lost()

    async def income_fails(self) -> None:
        await self.put("household", f"/monitoring/v1/households/{self.code}", household())
        known = [format_month(month) for month in range(FIRST, LAST + 1)]
        history = [self._wage(month, yuan(OLD_WAGE)) for month in known if month not in FAILED]
        await self.post("history", "/monitoring/v1/facts", {"mode": "backfill", "facts": history})
        failed = [self._wage(month, "0.00") for month in FAILED]
        await self.post("failure", "/monitoring/v1/facts", {"mode": "live", "facts": failed})

    async def help_is_asked_for(self) -> None:
        task = await self.task("income_drop")
        for action in ("accept", "start"):
            await self.step(f"/assistance/v1/tasks/{task['task_id']}", action)
        for kind in KINDS:
            body: dict[str, Any] = {"kind": kind, "note": "王小明 asked for it"}
            body |= {"member_no": 1} if kind == "job" else {}
            body |= {"amount": yuan(RELIEF)} if kind == "transfer" else {}
            await self.post(kind, f"/assistance/v1/tasks/{task['task_id']}/measures", body)

    async def work_is_found(self) -> None:
        request = await self.request("employment", "job")
        vacancy = {
            "employer": "东莞一家厂",
            "kind": "market",
            "place_code": "441900",
            "occupation": "装配工",
            "headcount": 1,
            "wage_month": yuan(WAGE),
            "min_age": 18,
            "max_age": 55,
            "needs": ["ordinary"],
            "valid_until": "2026-12-31",
        }
        await self.put("vacancy", f"/employment/v1/vacancies/V-{self.code}", vacancy)
        worker = await self.eventually(self._worker)
        body = {"worker_id": worker["worker_id"], "vacancy_code": f"V-{self.code}", "request_id": request}
        placement = await self.post("placement", "/employment/v1/placements", body)
        place = f"/employment/v1/placements/{placement['placement_id']}"
        await self.step(place, "depart", on="2026-07-30")
        await self.step(place, "start", on="2026-08-01")
        for month in FAILED:
            wage = {
                "source": "payroll",
                "source_ref": f"{self.code}-{month}",
                "placement_id": placement["placement_id"],
                "month": month,
                "amount": yuan(WAGE),
            }
            await self.post(f"wage {month}", "/employment/v1/wages", wage)

    async def the_harvest_is_sold(self) -> None:
        request = await self.request("consumption", "purchase")
        producer = {
            "name": "合作社",
            "kind": "cooperative",
            "uscc": None,
            "region_code": household()["region_code"],
            "links": [{"household_code": self.code, "share": "1.0000", "kind": "operating"}],
        }
        await self.put("producer", f"/consumption/v1/producers/P-{self.code}", producer)
        product = {"producer_code": f"P-{self.code}", "name": "茶", "unit": "kg", "price": "12.50", "stock": "300.000"}
        if not (await self.caller.insist("GET", f"/consumption/v1/products/T-{self.code}")).is_success:
            await self.put("product", f"/consumption/v1/products/T-{self.code}", product)
        order = {
            "buyer_code": "DG-CANTEEN",
            "buyer_order_no": self.code,
            "request_id": request,
            "lines": [{"product_code": f"T-{self.code}", "quantity": "20.000"}],
        }
        placed = await self.post("order", "/consumption/v1/orders", order)
        place = f"/consumption/v1/orders/{placed['order_id']}"
        for action in ("accept", "ship"):
            await self.step(place, action)
        await self.step(place, "receive", lines=[{"line_no": 1, "received": "19.500"}])
        await self.step(place, "settle")

    async def the_asset_pays(self) -> None:
        request = await self.request("assets", "asset_share")
        rights = [{"right": "owner", "holder": "村集体", "share": "1.0000"}]
        asset = {
            "name": "茶叶加工厂房",
            "class": "operating",
            "region_code": household()["region_code"],
            "original_value": "400000.00",
            "acquired_on": "2019-06-30",
            "rights": rights,
        }
        await self.put("asset", f"/assets/v1/assets/A-{self.code}", asset)
        body = {
            "asset_code": f"A-{self.code}",
            "period": "2026",
            "total": yuan(DIVIDEND),
            "request_id": request,
            "lines": [{"household_code": self.code, "amount": yuan(DIVIDEND), "reason": "hardship"}],
        }
        distribution = await self.post("distribution", "/assets/v1/distributions", body)
        place = f"/assets/v1/distributions/{distribution['distribution_id']}"
        days = {"vote": "2026-09-01", "publish": "2026-09-02", "approve": "2026-10-20", "file": "2026-10-21"}
        for action, day in (days | {"pay": "2026-10-28"}).items():
            await self.step(place, action, on=day)

    async def cash_is_paid(self) -> None:
        measure = self.answers["transfer"]["measure_id"]
        body = {
            "source": "civil-affairs",
            "source_ref": f"relief-{self.code}",
            "household_code": self.code,
            "measure_id": measure,
            "kind": "temporary_relief",
            "month": "2026-10",
            "amount": yuan(RELIEF),
        }
        await self.post("relief", "/assistance/v1/disbursements", body)

    async def the_task_ends(self) -> None:
        task = await self.eventually(self._task_without_cause)
        place = f"/assistance/v1/tasks/{task['task_id']}"
        await self.step(place, "verify", verdict="confirmed")
        await self.step(place, "close")

    async def the_work_is_lost(self) -> None:
        place = f"/employment/v1/placements/{self.answers['placement']['placement_id']}"
        await self.step(place, "end", on="2026-11-13", reason="dismissed")
        await self.task("job_loss")

    async def put(self, name: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Put a document, as soon as what it names has arrived in its house."""
        return await self._keep(name, "PUT", path, body, {})

    async def post(self, name: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post a document once."""
        return await self._keep(name, "POST", path, body, {"Idempotency-Key": f"{self.code} {name}"})

    async def step(self, place: str, action: str, **more: Any) -> dict[str, Any]:
        """Act once on a task, placement, order or distribution."""
        return await self.post(f"{action} {place}", f"{place}/transitions", {"action": action} | more)

    async def task(self, kind: str) -> dict[str, Any]:
        """The one task of this kind, once it is there."""

        async def found() -> dict[str, Any] | None:
            path = f"/assistance/v1/tasks?household_code={self.code}&kind={kind}"
            tasks = (await self.caller.get(path))["items"]
            assert len(tasks) < 2, tasks
            return tasks[0] if tasks else None

        return await self.eventually(found)

    async def request(self, house: str, measure: str) -> str:
        """The request of a measure, once its house knows of it."""
        measure_id: str = self.answers[measure]["measure_id"]

        async def found() -> bool | None:
            answer = await self.caller.insist("GET", f"/{house}/v1/requests/{measure_id}")
            return answer.is_success or None

        await self.eventually(found)
        return measure_id

    async def eventually(self, found: Callable[[], Awaitable[T | None]]) -> T:
        """What is on its way, once it is there."""
        deadline = time.monotonic() + PATIENCE
        while (result := await found()) is None:
            assert time.monotonic() < deadline, f"{found.__name__} of {self.code} did not come in {PATIENCE} s"
            await asyncio.sleep(_PAUSE)
        return result

    async def _keep(
        self, name: str, method: str, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> dict[str, Any]:
        answer = await self.caller.insist(method, path, body, headers=headers)
        deadline = time.monotonic() + PATIENCE
        while answer.status_code in {httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY}:
            assert time.monotonic() < deadline, f"{method} {path}: {answer.status_code} {answer.text}"
            await asyncio.sleep(_PAUSE)
            answer = await self.caller.insist(method, path, body, headers=headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        self.answers[name] = answer.json()
        return self.answers[name]

    async def _worker(self) -> dict[str, Any] | None:
        workers = (await self.caller.get(f"/employment/v1/workers?household_code={self.code}"))["items"]
        return next((worker for worker in workers if worker["member_no"] == 1), None)

    async def _task_without_cause(self) -> dict[str, Any] | None:
        task = await self.task("income_drop")
        return task if any(entry["action"] == "cause_gone" for entry in task["history"]) else None

    def _wage(self, month: str, amount: str) -> dict[str, Any]:
        fact = income_fact(month, amount)
        return fact | {"household_code": self.code, "source_ref": f"{self.code}-{fact['source_ref']}"}
