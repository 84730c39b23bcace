"""What a client of one buyer tries on another one, wherever it is and whatever scopes it was given beside."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx
import pytest

from shared.house import House
from tests.builders import HOUSEHOLD, TODAY, audit_rows, deliver, waiting_events
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    API,
    BUY,
    MEASURE,
    NEIGHBOUR,
    ORDERS,
    SUPPLY,
    act,
    dongguan,
    link,
    order,
    place,
    request,
    supply,
    walk,
)
from tests.mechanism.probe import ON_SQLITE, until
from tests.problems import assert_problem
from tests.sheets import csv_file, send

pytestmark = ON_SQLITE
OWN, BOUND = "DG-1", "SZ-9"
"""The buyers that are attacked: one by the claim of its client, one by the register."""
SECRETS = (OWN, BOUND, HOUSEHOLD, NEIGHBOUR, str(MEASURE), "王主任", "finance")
COUNTY = "520626000000"
MONTH, DAY = TODAY.strftime("%Y-%m"), TODAY.isoformat()


class Scene(NamedTuple):
    """What there is to be had."""

    house: House
    client_for: ClientFor
    order_id: str
    demand_id: str
    payment_id: str
    job_id: str

    def attackers(self) -> Mapping[str, httpx.AsyncClient]:
        """Clients of another buyer, of none, and of one that was given the scopes of the supply side beside."""
        known: Any = {"buyers": ("GZ-1",)}
        return {
            "rival everywhere": self.client_for(self.house, scopes=BUY, region="*", client_id="rival", **known),
            "of no buyer": self.client_for(self.house, scopes=BUY, region="520626", client_id="of-no-buyer"),
            "of none": self.client_for(self.house, scopes=BUY, region="520626", client_id="of-none", buyers=()),
            "given too much": self.client_for(
                self.house, scopes=(*BUY, *SUPPLY), region="520626", client_id="too-much", **known
            ),
        }


@pytest.fixture
async def scene(house: House, client_for: ClientFor) -> Scene:
    house.start(background=True)
    officer = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    await supply(officer, link("0.2500"), link("0.2500", NEIGHBOUR))
    assert (await officer.put(f"{API}/commodities/LEAF", json={"name": "茶叶", "unit": "kg"})).status_code == 201
    assert (await officer.put(f"{API}/buyers/{BOUND}", json={"clients": ["canteen"]})).status_code == 201
    assert (await officer.put(f"{API}/buyers/{OWN}", json={"clients": []})).status_code == 201
    agreement = {"buyer_code": OWN, "year": 2026, "region_code": COUNTY, "way": "purchase", "pledged": "900.00"}
    assert (await officer.put(f"{API}/agreements/AGR-1", json=agreement)).status_code == 201
    mine = dongguan(client_for, house)
    placed = (await place(mine, order(contact="王主任", agreement_no="AGR-1")))["order_id"]
    canteen = client_for(house, scopes=BUY, region="3205", client_id="canteen")
    await place(canteen, order(("TEA", "1.000"), buyer_code=BOUND))
    await walk(officer, placed, "accept", "ship", "receive", "settle")
    paid = {"source": "finance", "source_ref": "1", "buyer_code": OWN, "paid_on": DAY, "amount": "10.00"}
    payment = await officer.post(f"{API}/payments", json=paid)
    assert payment.status_code == 201, payment.text
    asked = {"commodity_code": "LEAF", "quantity": "4.000", "deliver_by": "2026-12-01"}
    demand = await mine.post(f"{API}/demands", json={"buyer_code": OWN, "demand_no": "N-1", **asked})
    assert demand.status_code == 201, demand.text
    sent = await send(mine, _file(OWN, "7"), "orders", house="consumption")
    assert sent.status_code == 202, sent.text
    hook = {"url": "http://127.0.0.1:9/hook"}
    answer = await mine.put(f"{API}/webhooks/mine", json=hook)
    assert answer.status_code == 201, answer.text
    job = sent.json()["job_id"]
    return Scene(house, client_for, placed, demand.json()["demand_id"], payment.json()["payment_id"], job)


def _file(buyer: str, number: str) -> bytes:
    heads = ["采购单位编号", "采购单位订单号", "产品编号", "订购数量", "单价（元）"]
    return csv_file(heads, [buyer, number, "TEA", "1", "12.50"])


LISTS = ("orders", "payments", "demands", "agreements", "jobs", "webhooks", "ocds/releases")


async def test_no_list_and_no_file_shows_anything_of_another_buyer(scene: Scene) -> None:
    for name, client in scene.attackers().items():
        for path in LISTS:
            answer = await client.get(f"{API}/{path}")
            shown = answer.json()
            assert answer.status_code == 200, (name, path, answer.text)
            assert shown.get("items", shown.get("releases")) == [], (name, path, shown)
            assert_nothing_told(name, path, answer)
        for path in ("orders", "payments", "demands", "agreements"):
            for form in ("csv", "xlsx"):
                answer = await client.get(f"{API}/{path}", params={"format": form})
                assert answer.status_code == 200, (name, path, answer.text)
                if form == "csv":
                    assert len(answer.text.splitlines()) == 1, (name, path, answer.text)
            for foreign in (OWN, BOUND, OWN.lower()):
                answer = await client.get(f"{API}/{path}", params={"buyer_code": foreign})
                assert_problem(answer, 403, "buyer-not-yours")
        pledges = await client.get(f"{API}/pledges", params={"year": 2026})
        assert pledges.json()["items"] == [], (name, pledges.text)
        feed = await client.get(f"{API}/changes")
        assert {item["type"].split(".")[1] for item in feed.json()["items"]} <= {"product-changed"}, (name, feed.text)
        assert_nothing_told(name, "changes", feed)


async def test_nothing_of_another_buyer_is_there_for_who_asks_by_name(scene: Scene) -> None:
    for name, client in scene.attackers().items():
        for path, codes in {
            f"orders/{scene.order_id}": {"order-not-found"},
            f"demands/{scene.demand_id}": {"demand-not-found"},
            f"ocds/records/ocds-213czf-{scene.order_id}": {"process-not-found"},
            "agreements/AGR-1": {"agreement-not-found"},
            f"buyers/{OWN}/quotas/2026": {"buyer-not-found"},
            f"statements/{OWN}/{MONTH}": {"buyer-not-found"},
            f"statements/{BOUND}/{MONTH}": {"buyer-not-found"},
            f"jobs/{scene.job_id}": {"job-not-found"},
            f"imports/{scene.job_id}/rows": {"job-not-found"},
            f"imports/{scene.job_id}/rejected.xlsx": {"job-not-found"},
            "webhooks/mine": {"webhook-not-found"},
            "webhooks/mine/deliveries": {"webhook-not-found"},
            f"buyers/{OWN}": {"buyer-not-found", "scope-missing"},
        }.items():
            answer = await client.get(f"{API}/{path}")
            assert answer.status_code in {403, 404}, (name, path, answer.text)
            assert answer.json()["type"].rpartition(":")[2] in codes, (name, path, answer.text)
        day = await client.get(f"{API}/reconciliations/{DAY}")
        assert day.status_code == 404 or len(day.text.splitlines()) == 1, (name, day.text)
        assert_nothing_told(name, "reconciliations", day)
        answer = await client.get(f"{API}/reconciliations/{DAY}", params={"buyer_code": OWN})
        assert_problem(answer, 403, "buyer-not-yours")
        for path in (
            "batches/B-1",
            "requests",
            "recognitions",
            "slow-sales",
            "price-reports",
            "producers/COOP",
            "buyers",
        ):
            answer = await client.get(f"{API}/{path}")
            if name != "given too much":
                assert_problem(answer, 403, "scope-missing")
            elif path == "buyers":
                assert answer.json()["items"] == [], answer.text


async def test_nothing_is_done_for_another_buyer(scene: Scene) -> None:
    demand = {"buyer_code": OWN, "demand_no": "N-1", "commodity_code": "LEAF"}
    paid = {"source": "finance", "source_ref": "9", "buyer_code": "GZ-1", "paid_on": DAY, "amount": "10.00"}
    gone = {"source": "finance", "source_ref": "w", "reason": "duplicate"}
    refused = {403, 404}
    for name, client in scene.attackers().items():
        for foreign in (OWN, BOUND, BOUND.lower(), "dg-1"):
            for number in ("1", "99"):
                answer = await client.post(ORDERS, json=order(buyer_code=foreign, buyer_order_no=number))
                assert_problem(answer, 403, "buyer-not-yours")
        for action in ("confirm", "cancel", "receive", "dispute", "agree", "return", "accept_return", "settle"):
            lines = [{"line_no": 1, "quantity": "1.000", "reason": "rotten"}]
            more: Any = {"return_no": "R", "lines": lines} if action == "return" else {}
            answer = await act(client, scene.order_id, action, **more)
            assert answer.status_code in {403, 404, 422}, (name, action, answer.text)
            assert answer.json()["type"].rpartition(":")[2] in {"order-not-found", "invalid"}, (name, answer.text)
        for number in ("N-1", "N-9"):
            late = demand | {"demand_no": number, "quantity": "4.000", "deliver_by": "2026-12-01"}
            assert_problem(await client.post(f"{API}/demands", json=late), 403, "buyer-not-yours")
        for method, path, body in (
            ("POST", f"demands/{scene.demand_id}/transitions", {"action": "close"}),
            ("POST", f"demands/{scene.demand_id}/transitions", {"action": "adopt"}),
            ("PUT", f"buyers/{OWN}/quotas/2026", {"canteen": "own", "canteen_total": "1.00"}),
            ("PUT", f"buyers/{BOUND}/quotas/2026", {"canteen": "own", "canteen_total": "1.00"}),
            ("PUT", f"buyers/{OWN}", {"clients": ["rival", "of-no-buyer", "too-much"]}),
            ("PUT", "buyers/GZ-1", {"name": "别人的", "clients": ["too-much"]}),
            ("POST", "payments", paid),
            ("POST", f"payments/{scene.payment_id}/withdrawal", gone),
            ("POST", f"jobs/{scene.job_id}/cancel", None),
            ("DELETE", "webhooks/mine", None),
            ("POST", "webhooks/mine/rotate", None),
            ("POST", "webhooks/mine/test", None),
        ):
            answer = await client.request(method, f"{API}/{path}", json=body)
            assert answer.status_code in refused, (name, method, path, answer.text)
    assert {row["actor"] for row in await audit_rows(scene.house)} & {
        "rival",
        "of-no-buyer",
        "of-none",
        "too-much",
    } == set()


async def test_what_is_named_in_an_own_order_tells_nothing_of_others(scene: Scene) -> None:
    """Agreements and requests of others are as unknown as those that there are not."""
    rival = scene.attackers()["rival everywhere"]
    await deliver(scene.house, request())
    own = order(("TEA", "1.000"), buyer_code="GZ-1")
    known, unknown = [await rival.post(ORDERS, json=own | {"agreement_no": number}) for number in ("AGR-1", "AGR-9")]
    for answer in (known, unknown):
        assert_problem(answer, 404, "agreement-not-found")
    assert known.json()["detail"].replace("AGR-1", "AGR-9") == unknown.json()["detail"]
    placed = await place(rival, own)
    foreign = await rival.post(ORDERS, json=own | {"buyer_order_no": "2", "incident_id": scene.order_id})
    assert_problem(foreign, 404, "incident-not-found")
    assert_nothing_told("rival", "its own order", await rival.get(f"{ORDERS}/{placed['order_id']}"))


async def test_a_buyer_is_not_told_which_request_the_supply_side_had_in_mind(scene: Scene) -> None:
    """Whoever placed an order knows what it named; another client of the buyer sees a null."""
    await deliver(scene.house, request())
    officer = scene.client_for(scene.house, scopes=SUPPLY, region="520626", client_id="officer")
    named = order(("TEA", "1.000"), buyer_order_no="r-1", request_id=str(MEASURE))
    placed = await place(officer, named)
    assert placed["request_id"] == str(MEASURE)
    mine = dongguan(scene.client_for, scene.house)
    shown = await mine.get(f"{ORDERS}/{placed['order_id']}")
    assert (shown.json()["request_id"], shown.json()["lines"][0]["credits"]) == (None, None)
    for answer in (shown, await mine.get(ORDERS), await mine.get(ORDERS, params={"format": "csv"})):
        assert not [secret for secret in (HOUSEHOLD, NEIGHBOUR, str(MEASURE)) if secret in answer.text]


async def test_a_file_of_orders_is_refused_row_by_row_for_who_may_not(scene: Scene) -> None:
    for name, client in scene.attackers().items():
        sent = await send(client, _file(OWN, f"file-{name}"), "orders", house="consumption")
        assert sent.status_code == 202, (name, sent.text)
        job_id = sent.json()["job_id"]

        async def is_over(client: httpx.AsyncClient = client, job_id: str = job_id) -> bool:
            return bool((await client.get(f"{API}/jobs/{job_id}")).json()["status"] in {"done", "failed"})

        await until(is_over)
        job = (await client.get(f"{API}/jobs/{job_id}")).json()
        assert (job["result"]["accepted"], job["result"]["rejected"]) == (0, 1), (name, job)
        [row] = (await client.get(f"{API}/imports/{job_id}/rows", params={"status": "rejected"})).json()["items"]
        assert "buyer-not-yours" in str(row), (name, row)
    for kind in ("products", "channel-sales"):
        rival = scene.attackers()["rival everywhere"]
        answer = await send(rival, _file(OWN, "1"), kind, house="consumption")
        assert_problem(answer, 403, "scope-missing")


async def test_an_idempotency_key_of_another_client_replays_nothing(scene: Scene) -> None:
    mine, rival = dongguan(scene.client_for, scene.house), scene.attackers()["rival everywhere"]
    body = order(("TEA", "1.000"), buyer_order_no="once")
    headers = {"Idempotency-Key": "the-same-key"}
    first = await mine.post(ORDERS, json=body, headers=headers)
    assert first.status_code == 201, first.text
    assert_problem(await rival.post(ORDERS, json=body, headers=headers), 403, "buyer-not-yours")


async def test_who_is_bound_no_longer_is_told_nothing_more(scene: Scene) -> None:
    """Also of what was there before, and by the webhook that was set up while it was bound."""
    officer = scene.client_for(scene.house, scopes=SUPPLY, region="520626", client_id="officer")
    canteen = scene.client_for(scene.house, scopes=BUY, region="3205", client_id="canteen")

    async def nothing_waits() -> bool:
        return await waiting_events(scene.house) == []

    await until(nothing_waits)
    seen = (await canteen.get(f"{API}/changes")).json()
    assert {item["type"].split(".")[1] for item in seen["items"]} == {"product-changed", "order-placed"}
    handed = await officer.put(f"{API}/buyers/{BOUND}", json={"clients": ["another"]})
    assert handed.status_code == 200, handed.text
    assert (await canteen.get(f"{API}/changes")).json()["items"] == [], "it orders for nobody now"
    assert (await canteen.get(ORDERS)).json()["items"] == []
    assert_problem(await canteen.get(f"{API}/statements/{BOUND}/{MONTH}"), 404, "buyer-not-found")
    another = scene.client_for(scene.house, scopes=BUY, region="3205", client_id="another")
    assert (await another.get(f"{API}/changes")).json()["items"] == seen["items"]


def assert_nothing_told(name: str, path: str, answer: httpx.Response) -> None:
    told = [secret for secret in SECRETS if secret in answer.text]
    assert told == [], (name, path, answer.text)
