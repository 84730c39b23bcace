"""How income comes home, shown on one demo household: help is asked for, each house gives its part, the risk clears.

Everything carries references and keys made of the month, so that telling the story again shows the same and does
nothing twice.
"""

import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from services.demo.client import ApiClient, DemoStopped, wait_for
from services.demo.households import COMING_HOME
from services.demo.report import describe_risk, say
from shared.codes.monitoring import IncomeBranch
from shared.months import first_day, format_month

T = TypeVar("T")
_PATIENCE_SECONDS: Final = 30.0
_CODE: Final = COMING_HOME.code
_WAGE: Final = "4600.00"
_QUARTER: Final = 3
_BRANCHES: Final = (IncomeBranch.WAGE, IncomeBranch.OPERATING, IncomeBranch.PROPERTY)
_DAYS_OF_PUBLICITY: Final = 40
"""More than any pack asks for; the vote was so long before the payment."""


class Story:
    """Tells the story of one household for the quarter that ends with a month."""

    def __init__(self, api: ApiClient, partner: ApiClient, last_month: int) -> None:
        self._api, self._partner = api, partner
        self._months = [format_month(month) for month in range(last_month - _QUARTER + 1, last_month + 1)]
        self._first_day = first_day(last_month - _QUARTER + 1)
        self._paid_on = first_day(last_month + 1) - timedelta(days=1)
        self._key = f"{_CODE}-{format_month(last_month)}"
        self._started = time.perf_counter()

    def tell(self, told: str, fall: Callable[[], object]) -> None:
        """Tell it whole; ``fall`` lets the income of the household collapse, ``told`` says so."""
        say("", f"Income comes home 收入回家: household {_CODE}, village {COMING_HOME.region_code}", f"  {told}")
        if self._was_told_in_another_month():
            say("  This story was told in another month: it can be told once with one data folder.")
            return
        fall()
        task = self._wait("task", lambda: self._task("income_drop"))
        risk = self._api.get(f"/monitoring/v1/risks/{task['risk_id']}")
        self._say(f"risk income_drop, episode {risk['episode']}, {risk['status']}")
        describe_risk(risk)
        self._say(f"one task {task['task_id']}, {task['grade']}")
        place = f"/assistance/v1/tasks/{task['task_id']}"
        self._act(place, "accept")
        self._act(place, "start")
        job, purchase, share = (self._ask(place, kind) for kind in ("job", "purchase", "asset_share"))
        placement = self._find_work(job)
        self._sell(purchase)
        self._share_out(share)
        self._cleared(task)
        self._act(place, "verify", verdict="confirmed")
        self._act(place, "close")
        self._lose_work(placement)
        self._sum_up()

    def _ask(self, place: str, kind: str) -> str:
        body = {"kind": kind} | ({"member_no": 1} if kind == "job" else {})
        measure = self._post(f"{place}/measures", body, kind)
        self._say(f"asked for: {kind}, measure {measure['measure_id']}")
        return str(measure["measure_id"])

    def _find_work(self, request: str) -> str:
        vacancy = {
            "employer": "东莞市某电子厂",
            "kind": "market",
            "place_code": "441900",
            "occupation": "装配工",
            "headcount": 20,
            "wage_month": _WAGE,
            "min_age": 18,
            "max_age": 55,
            "needs": ["ordinary", "skilled"],
            "valid_until": f"{self._paid_on.year + 1}-12-31",
        }
        self._api.put("/employment/v1/vacancies/DG-0001", vacancy)
        self._request("employment", request)
        worker = self._wait("worker", self._worker)
        body = {"worker_id": worker["worker_id"], "vacancy_code": "DG-0001", "request_id": request}
        placement = self._post("/employment/v1/placements", body, "placement")
        place = f"/employment/v1/placements/{placement['placement_id']}"
        self._act(place, "depart", on=self._first_day)
        self._act(place, "start", on=self._first_day)
        for month in self._months:
            wage = {"source": "payroll", "source_ref": f"{_CODE}-DG-{month}", "month": month, "amount": _WAGE}
            self._api.post("/employment/v1/wages", wage | {"placement_id": placement["placement_id"]})
        self._say(f"employment: placed in Dongguan, wages of {', '.join(self._months)}: {_WAGE} yuan each")
        return place

    def _sell(self, request: str) -> None:
        self._request("consumption", request)
        producer = {
            "name": "示例茶叶合作社",
            "kind": "cooperative",
            "uscc": None,
            "region_code": COMING_HOME.region_code,
            "links": [{"household_code": _CODE, "share": "0.2500", "kind": "operating"}],
        }
        self._api.put("/consumption/v1/producers/DJ-TEA", producer)
        product = {"producer_code": "DJ-TEA", "name": "绿茶", "unit": "kg", "price": "120.00", "stock": "500.000"}
        if self._api.find("/consumption/v1/products/DJ-TEA-GREEN") is None:
            self._api.put("/consumption/v1/products/DJ-TEA-GREEN", product)
        seen = self._partner.get("/consumption/v1/products/DJ-TEA-GREEN")
        line = {"product_code": "DJ-TEA-GREEN", "quantity": "20.000", "price": seen["price"]}
        body = {"buyer_code": "DG-DEMO", "buyer_order_no": self._key, "request_id": request, "lines": [line]}
        order = self._partner.post("/consumption/v1/orders", body)
        place = f"/consumption/v1/orders/{order['order_id']}"
        self._act(place, "accept")
        self._act(place, "ship")
        self._act(place, "receive", by=self._partner, lines=[{"line_no": 1, "received": "19.500"}])
        self._act(place, "settle")
        self._say("consumption: 20 kg of tea ordered by Dongguan, 19.5 kg arrived and settled, a quarter goes home")

    def _share_out(self, request: str) -> None:
        self._request("assets", request)
        asset = {
            "name": "茶叶加工厂房",
            "class": "operating",
            "region_code": COMING_HOME.region_code,
            "original_value": "400000.00",
            "acquired_on": "2019-06-30",
            "rights": [{"right": "owner", "holder": "示例村股份经济合作社", "share": "1.0000"}],
        }
        self._api.put("/assets/v1/assets/DJ-WORKSHOP", asset)
        body = {
            "asset_code": "DJ-WORKSHOP",
            "period": str(self._paid_on.year),
            "total": "900.00",
            "request_id": request,
            "lines": [{"household_code": _CODE, "amount": "900.00", "reason": "hardship"}],
        }
        distribution = self._post("/assets/v1/distributions", body, "distribution")
        place = f"/assets/v1/distributions/{distribution['distribution_id']}"
        voted = self._paid_on - timedelta(days=_DAYS_OF_PUBLICITY)
        for action, on in {"vote": voted, "publish": voted, "approve": self._paid_on, "file": self._paid_on}.items():
            self._act(place, action, on=on)
        self._act(place, "pay", on=self._paid_on)
        self._say("assets: voted, published, approved, filed, paid: 900.00 yuan")

    def _cleared(self, task: Mapping[str, Any]) -> None:
        def found() -> dict[str, Any] | None:
            risk: dict[str, Any] = self._api.get(f"/monitoring/v1/risks/{task['risk_id']}")
            return risk if risk["status"] == "cleared" else None

        risk = self._wait("end of the risk", found)
        self._say("the risk income_drop cleared itself")
        describe_risk(risk)

    def _lose_work(self, placement: str) -> None:
        self._act(placement, "end", on=self._paid_on, reason="dismissed")
        self._say("the last earner is dismissed")
        task = self._wait("task", lambda: self._task("job_loss"))
        self._say(f"one new task {task['task_id']} for the risk job_loss, {task['grade']}")

    def _sum_up(self) -> None:
        effect = self._wait("credit of every house", self._effect)
        by_branch = ", ".join(f"{branch} {amount}" for branch, amount in effect["by_branch"].items())
        self._say(f"what came home: {effect['total']} yuan, {effect['per_head']} a head ({by_branch})")

    def _effect(self) -> dict[str, Any] | None:
        """What came home, once assistance has heard of all of it."""
        effect: dict[str, Any] = self._api.get(f"/assistance/v1/households/{_CODE}/story")["effect"]
        return effect if all(effect["by_branch"][branch] != "0.00" for branch in _BRANCHES) else None

    def _was_told_in_another_month(self) -> bool:
        placements = self._api.get("/employment/v1/placements", household_code=_CODE)["items"]
        return any(placement["started_on"] not in {None, str(self._first_day)} for placement in placements)

    def _task(self, kind: str) -> dict[str, Any] | None:
        tasks = self._api.get("/assistance/v1/tasks", household_code=_CODE, kind=kind)["items"]
        return tasks[0] if tasks else None

    def _worker(self) -> dict[str, Any] | None:
        workers = self._api.get("/employment/v1/workers", household_code=_CODE)["items"]
        return next((worker for worker in workers if worker["member_no"] == 1), None)

    def _request(self, house: str, request: str) -> None:
        self._wait(f"request in {house}", lambda: self._api.find(f"/{house}/v1/requests/{request}"))

    def _act(self, place: str, action: str, by: ApiClient | None = None, **more: Any) -> None:
        body = {"action": action} | {name: str(v) if isinstance(v, date) else v for name, v in more.items()}
        self._post(f"{place}/transitions", body, f"{action} {place.rpartition('/')[2]}", by)

    def _post(self, path: str, body: Mapping[str, Any], step: str, by: ApiClient | None = None) -> Any:
        return (by or self._api).post(path, body, once=f"{self._key} {step}")

    def _wait(self, what: str, found: Callable[[], T | None]) -> T:
        result = wait_for(found, _PATIENCE_SECONDS)
        if result is None:
            raise DemoStopped(f"no {what} within {_PATIENCE_SECONDS:.0f} s; {self._api.base_url}/readyz says more")
        return result

    def _say(self, text: str) -> None:
        say(f"  {(time.perf_counter() - self._started) * 1000:7.1f} ms  {text}")
