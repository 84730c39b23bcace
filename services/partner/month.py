"""A month of a partner: it buys, takes in, sends back, pays, follows the change feed, and compares the books."""

import time
from collections import defaultdict
from typing import Any, Final

from services.demo.client import DemoStopped
from services.demo.households import COMING_HOME
from services.partner.book import owed_for, written
from services.partner.line import BadLine
from services.partner.plan import PRODUCTS, Purchase, days_of
from shared.money import format_yuan, parse_yuan
from shared.months import format_month, parse_month

API: Final = "/consumption/v1"
BUYER: Final = "DG-DEMO"
_STOCK: Final = "90000.000"
_SOURCE: Final = "partner-month"
_SUMS: Final = ("opening", "settled", "restated", "paid", "closing")
_DONE: Final = ("settled", "closed")
"""What an order is after a run so long ago that the answers to its steps are no longer kept."""
_PATIENCE_SECONDS: Final = 60.0
_EVERY: Final = 2
"""Days between looks into the feed: a day is missed each time, and nothing of it."""


class Month:
    """The month of a seed, from both sides."""

    def __init__(self, partner: BadLine, supply: BadLine, seed: int, days: int) -> None:
        self._partner, self._supply = partner, supply
        self._seed, self._days = seed, days
        self._told: dict[str, int] = defaultdict(int)
        """What the feed says of each order, in fen."""
        self._heard: set[str] = set()
        """Items of the feed, which come at least once."""
        self._after: str | None = None
        self._settled: dict[str, str] = {}
        """The day on which each order was settled."""

    def live(self) -> dict[str, int]:
        """Live the month and compare the books; what was done, by name. Raises DemoStopped where they differ."""
        self._offer()
        bought: dict[str, Purchase] = {}
        for day, purchases in enumerate(days_of(self._seed, self._days), 1):
            for purchase in purchases:
                bought[self._buy(purchase)] = purchase
            if day % _EVERY == 0:
                self._follow()
        owed = {order_id: owed_for(purchase) for order_id, purchase in bought.items()}
        self._hear_of(owed)
        self._pay(bought)
        return self._compare(bought, owed)

    def _offer(self) -> None:
        """Have the goods offered; the household of the demonstration has a part in them."""
        links = [{"household_code": COMING_HOME.code, "share": "0.3000", "kind": "operating"}]
        producer = {"name": "示例合作社", "kind": "cooperative", "uscc": None, "links": links}
        self._supply.put(f"{API}/producers/PARTNER-COOP", producer | {"region_code": COMING_HOME.region_code})
        for code, price in PRODUCTS.items():
            product = {"producer_code": "PARTNER-COOP", "name": code, "unit": "kg", "price": format_yuan(price)}
            offered = self._supply.put(f"{API}/products/{code}", product)
            if offered["stock"] == "0.000":
                counted = {"counted": _STOCK, "reason": "盘点"}
                self._supply.post(f"{API}/products/{code}/stock", counted, once=f"{code}-{self._seed}")

    def _buy(self, purchase: Purchase) -> str:
        """Go through a purchase from its order to the last return, where that is not done; the id of the order."""
        line = {"product_code": purchase.product_code, "quantity": written(purchase.quantity)}
        order = {"buyer_code": BUYER, "buyer_order_no": purchase.number, "lines": [line]}
        mode = {"mode": "pre"} if purchase.is_pre else {}
        placed = self._partner.post(f"{API}/orders", order | mode, once=purchase.number)
        order_id = str(placed["order_id"])
        if placed["status"] in _DONE:
            self._settled[order_id] = placed["settled_on"]
        else:
            self._go_through(purchase, order_id)
        return order_id

    def _go_through(self, purchase: Purchase, order_id: str) -> None:
        if purchase.is_pre:
            self._act(self._partner, purchase, order_id, "confirm")
        self._act(self._supply, purchase, order_id, "accept")
        for number, quantity in enumerate(purchase.deliveries, 1):
            self._deliver(purchase, order_id, number, quantity)
        self._settle(purchase, order_id)

    def _deliver(self, purchase: Purchase, order_id: str, number: int, quantity: int) -> None:
        delivery = {"delivery_no": str(number)}
        shipped = [{"line_no": 1, "quantity": written(quantity)}]
        self._act(self._supply, purchase, order_id, "ship", lines=shipped, **delivery)
        received: dict[str, Any] = {"line_no": 1, "received": written(quantity)}
        if number == 1 and purchase.rejected:
            received |= {"rejected": written(purchase.rejected), "reason": "damaged"}
        self._act(self._partner, purchase, order_id, "receive", lines=[received], **delivery)

    def _settle(self, purchase: Purchase, order_id: str) -> None:
        self._settled[order_id] = self._act(self._supply, purchase, order_id, "settle")["settled_on"]
        if purchase.agreed_price is not None:
            price = [{"line_no": 1, "price": format_yuan(purchase.agreed_price), "reason": "等级差"}]
            self._act(self._supply, purchase, order_id, "adjust", lines=price)
            self._act(self._partner, purchase, order_id, "agree")
        if purchase.returned:
            back = [{"line_no": 1, "quantity": written(purchase.returned), "reason": "rotten"}]
            self._act(self._partner, purchase, order_id, "return", return_no="R-1", delivery_no="1", lines=back)
            self._act(self._supply, purchase, order_id, "accept_return", return_no="R-1")

    def _act(self, side: BadLine, purchase: Purchase, order_id: str, action: str, **more: Any) -> Any:
        key = "-".join((purchase.number, action, more.get("delivery_no", ""))).rstrip("-")
        return side.post(f"{API}/orders/{order_id}/transitions", {"action": action, **more}, once=key)

    def _hear_of(self, owed: dict[str, int]) -> None:
        """Follow the feed until it has told of all that is owed; some of it comes a moment after the answer."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        self._follow()
        while any(self._told[order_id] != fen for order_id, fen in owed.items()) and time.monotonic() < deadline:
            self._follow(wait="1")

    def _follow(self, **wait: str) -> None:
        """Read everything that the feed has since the last look."""
        while True:
            place = {} if self._after is None else {"after": self._after}
            page = self._partner.get(f"{API}/changes", **place, **wait)
            for item in page["items"]:
                if item["id"] not in self._heard:
                    self._heard.add(item["id"])
                    self._note(item["type"], item["data"])
            self._after = page["next"]
            if not page["items"]:
                return

    def _note(self, event_type: str, data: Any) -> None:
        if event_type == "consumption.order-settled.v1":
            self._told[data["order_id"]] += _fen(data["total"])
        elif event_type == "consumption.order-restated.v1":
            self._told[data["order_id"]] += _fen(data["after"]) - _fen(data["before"])

    def _pay(self, bought: dict[str, Purchase]) -> None:
        """Have the supply side find in its account what is owed, each order under its own number."""
        for order_id, purchase in bought.items():
            payment = {"source": _SOURCE, "source_ref": purchase.number, "buyer_code": BUYER}
            owed = {"paid_on": self._settled[order_id], "amount": format_yuan(owed_for(purchase))}
            self._supply.post(f"{API}/payments", payment | owed, once=f"{purchase.number}-paid")

    def _compare(self, bought: dict[str, Purchase], owed: dict[str, int]) -> dict[str, int]:
        """Compare my book with the statements, order by order, and with the feed. Raises DemoStopped."""
        stated = _by_order(self._statements())
        for order_id, purchase in bought.items():
            said = {"my book": owed[order_id], "the statement": stated[order_id], "the feed": self._told[order_id]}
            if len(set(said.values())) > 1:
                told = ", ".join(f"{name} {format_yuan(fen)}" for name, fen in said.items())
                raise DemoStopped(f"the books differ about order {purchase.number}: {told}")
        return {"orders": len(bought), "owed": sum(owed.values())}

    def _statements(self) -> list[Any]:
        """The statements from the first month to the one after the last, each where the one before ends."""
        months = sorted({parse_month(day[:7]) for day in self._settled.values()})
        wanted = range(months[0], months[-1] + 2)
        statements = [self._partner.get(f"{API}/statements/{BUYER}/{format_month(month)}") for month in wanted]
        owed = _fen(statements[0]["opening"])
        for statement in statements:
            opening, settled, restated, paid, closing = (_fen(statement[name]) for name in _SUMS)
            if opening != owed or opening + settled + restated - paid != closing:
                raise DemoStopped(f"the statement of {statement['month']} does not add up")
            owed = closing
        return statements


def _by_order(statements: list[Any]) -> dict[str, int]:
    """What statements say of each order."""
    stated: dict[str, int] = defaultdict(int)
    for line in (line for statement in statements for line in statement["lines"]):
        if line["order_id"] is not None:
            stated[line["order_id"]] += _fen(line["amount"])
    return stated


def _fen(text: str) -> int:
    return parse_yuan(text, signed=True)
