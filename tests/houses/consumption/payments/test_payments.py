"""Payments: listed, corrected, moved and withdrawn, while every statement still adds up."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.consumption.payments.commands import record_payment, withdraw_payment
from services.consumption.payments.schemas import PaymentIn
from services.consumption.withdrawals.schemas import WithdrawalIn
from shared.clock import SystemClock
from shared.house import House
from shared.ids import derived_id
from shared.security.actor import Actor
from tests.at_once import while_uncommitted
from tests.builders import audit_rows
from tests.conftest import ClientFor
from tests.houses.consumption.builders import API, READ, SUPPLY, dongguan, order, place, walk
from tests.mechanism.probe import ON_POSTGRESQL, ON_SQLITE
from tests.problems import assert_problem
from tests.sheets import rows_of_csv, table_of

PAYMENTS, STATEMENTS = f"{API}/payments", f"{API}/statements"
CLERK = Actor("officer", frozenset(SUPPLY), ("520626",), sources=frozenset({"*"}))
Document = dict[str, Any]


def payment(reference: str = "1", amount: str = "100.00", **changes: Any) -> Document:
    told = {"source": "finance", "source_ref": reference, "buyer_code": "DG-1", "paid_on": "2026-11-16"}
    return told | {"amount": amount} | changes


def instead_of(reference: str) -> Document:
    return {"supersedes": {"source": "finance", "source_ref": reference}}


def withdrawal(reference: str = "w-1", reason: str = "duplicate") -> Document:
    return {"source": "finance", "source_ref": reference, "reason": reason}


def id_of(reference: str = "1") -> str:
    return str(derived_id("payment", "finance", reference))


async def pay(client: httpx.AsyncClient, body: Document, status: int = 201) -> Document:
    answer = await client.post(PAYMENTS, json=body)
    assert answer.status_code == status, answer.text
    document: Document = answer.json()
    return document


async def withdraw(client: httpx.AsyncClient, reference: str, body: Document | None = None) -> httpx.Response:
    return await client.post(f"{PAYMENTS}/{id_of(reference)}/withdrawal", json=body or withdrawal())


async def listed(client: httpx.AsyncClient, **asked: str) -> list[tuple[str, str]]:
    answer = await client.get(PAYMENTS, params=asked)
    assert answer.status_code == 200, answer.text
    return [(one["source_ref"], one["status"]) for one in answer.json()["items"]]


async def year(client: httpx.AsyncClient, buyer: str = "DG-1") -> dict[str, list[str]]:
    """The statements of four months, each of which adds up and goes on where the one before ended."""
    told, before = {}, "0.00"
    for month in ("2026-09", "2026-10", "2026-11", "2026-12"):
        shown = (await client.get(f"{STATEMENTS}/{buyer}/{month}")).json()
        opening, settled, restated, paid, closing = (
            float(shown[name]) for name in ("opening", "settled", "restated", "paid", "closing")
        )
        assert opening + settled + restated - paid == closing, shown
        assert sum(float(line["amount"]) for line in shown["lines"] if line["kind"] == "paid") == paid, shown
        assert shown["opening"] == before, shown
        before = shown["closing"]
        told[month] = [shown["paid"], shown["closing"]]
    return told


@pytest.fixture
async def settled(house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient) -> House:
    """250.00 were settled on 16 November; today is 2 December. A second buyer is known."""
    placed = (await place(buyer))["order_id"]
    await place(buyer, order(("TEA", "1.000"), buyer_code="DG-2"))
    await walk(officer, placed, "accept", "ship", "receive", "settle")
    house.database.resources.clock = SystemClock(business_date=dt.date(2026, 12, 2))
    return house


async def test_a_correction_of_a_past_month_restates_it_and_every_opening_since(
    settled: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    wrong = await pay(officer, payment("1", "100.00", paid_on="2026-10-30"))
    assert await year(buyer) == {
        "2026-09": ["0.00", "0.00"],
        "2026-10": ["100.00", "-100.00"],
        "2026-11": ["0.00", "150.00"],
        "2026-12": ["0.00", "150.00"],
    }
    right = await pay(officer, payment("2", "110.00", paid_on="2026-10-30", **instead_of("1")))
    assert (right["supersedes_id"], right["status"]) == (wrong["payment_id"], "stands")
    assert (await year(buyer))["2026-10"] == ["110.00", "-110.00"]
    moved = payment("3", "110.00", paid_on="2026-09-30", **instead_of("2"))
    await pay(officer, moved)
    assert await pay(officer, moved, 200) | {"status": "stands"} == await pay(officer, moved, 200)
    assert await year(buyer) == {
        "2026-09": ["110.00", "-110.00"],
        "2026-10": ["0.00", "-110.00"],
        "2026-11": ["0.00", "140.00"],
        "2026-12": ["0.00", "140.00"],
    }
    assert await listed(buyer) == [("3", "stands"), ("2", "superseded"), ("1", "superseded")]
    steps = [row for row in await audit_rows(settled) if row["action"].startswith("payment.")]
    assert [row["before"] for row in steps][1:] == [row["after"] for row in steps][:-1]


@ON_SQLITE
async def test_a_correction_to_another_buyer_restates_both(
    settled: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await pay(officer, payment("1", "40.00", paid_on="2026-11-20"))
    assert (await year(buyer))["2026-11"] == ["40.00", "210.00"]
    assert (await year(buyer, "DG-2"))["2026-12"] == ["0.00", "0.00"]
    await pay(officer, payment("2", "40.00", paid_on="2026-12-01", buyer_code="DG-2", **instead_of("1")))
    assert (await year(buyer))["2026-12"] == ["0.00", "250.00"]
    assert (await year(buyer, "DG-2"))["2026-12"] == ["40.00", "-40.00"]


async def test_a_payment_that_never_came_is_withdrawn_once(
    settled: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await pay(officer, payment("1", paid_on="2026-11-20"))
    first = await withdraw(officer, "1")
    again = await withdraw(officer, "1")
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert (await year(buyer))["2026-11"] == ["0.00", "250.00"]
    assert_problem(await withdraw(officer, "1", withdrawal("w-1", "other")), 409, "withdrawal-contradicts")
    assert_problem(await withdraw(officer, "1", withdrawal("w-2")), 409, "withdrawal-contradicts")
    await pay(officer, payment("2", paid_on="2026-11-21"))
    assert_problem(await withdraw(officer, "2"), 409, "withdrawal-contradicts")
    found = assert_problem(await officer.post(PAYMENTS, json=payment("1", paid_on="2026-11-20")), 409, _WITHDRAWN)
    assert "under another reference" in found["detail"]
    corrects = payment("3", **instead_of("1"))
    assert_problem(await officer.post(PAYMENTS, json=corrects), 409, _WITHDRAWN)
    await pay(officer, payment("4", "90.00", paid_on="2026-11-21", **instead_of("2")))
    found = assert_problem(await withdraw(officer, "2", withdrawal("w-2")), 409, "payment-already-superseded")
    assert "withdraw the correction" in found["detail"]
    assert (await withdraw(officer, "4", withdrawal("w-2"))).status_code == 201
    assert (await year(buyer))["2026-12"] == ["0.00", "250.00"], "what a withdrawn correction replaced stays replaced"
    assert await listed(buyer, status="withdrawn") == [("4", "withdrawn"), ("1", "withdrawn")]


_WITHDRAWN = "payment-already-withdrawn"


@ON_SQLITE
async def test_what_cannot_be_is_refused_and_changes_nothing(
    settled: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await pay(officer, payment("1"))
    elsewhere = client_for(settled, scopes=SUPPLY, region="520625", client_id="elsewhere")
    own_source = client_for(settled, scopes=SUPPLY, region="520626", client_id="clerk", sources=None)
    of_a_buyer = dongguan(client_for, settled, scopes=SUPPLY, region="520626", client_id="both")
    before = await year(officer), await listed(officer)
    for client, body, status, code in (
        (officer, payment("2", paid_on="2026-12-03"), 422, "payment-invalid"),
        (officer, payment("2", paid_on="2026-12-03", **instead_of("1")), 422, "payment-invalid"),
        (officer, payment("2", "0.00"), 422, "invalid"),
        (officer, payment("2", "-1.00"), 422, "invalid"),
        (officer, payment("2", "0.00", **instead_of("1")), 422, "invalid"),
        (officer, payment("2", buyer_code="NONE"), 404, "buyer-not-found"),
        (officer, payment("2", buyer_code="NONE", **instead_of("1")), 404, "buyer-not-found"),
        (officer, payment("2", region_code="520625"), 403, "region-not-allowed"),
        (officer, payment("2", region_code="5206261"), 422, "invalid"),
        (officer, payment("1", "99.00"), 409, "payment-contradicts"),
        (officer, payment("1", **instead_of("1")), 409, "payment-contradicts"),
        (officer, payment("2", **instead_of("unknown")), 404, "superseded-payment-not-found"),
        (officer, payment("2", **instead_of("2")), 404, "superseded-payment-not-found"),
        (elsewhere, payment("2", **instead_of("1")), 404, "superseded-payment-not-found"),
        (elsewhere, payment("1"), 409, "payment-contradicts"),
        (own_source, payment("2"), 403, "source-not-yours"),
        (own_source, payment("2", source="clerk", **instead_of("1")), 403, "source-not-yours"),
        (buyer, payment("2"), 403, "scope-missing"),
        (of_a_buyer, payment("2"), 403, "not-supplying"),
    ):
        assert_problem(await client.post(PAYMENTS, json=body), status, code)
    for client, body, status, code in (
        (elsewhere, withdrawal(), 404, "payment-not-found"),
        (own_source, withdrawal(), 403, "source-not-yours"),
        (own_source, withdrawal() | {"source": "clerk"}, 403, "source-not-yours"),
        (officer, withdrawal() | {"source": "consumption"}, 422, "payment-invalid"),
        (officer, withdrawal(reason="because"), 422, "invalid"),
        (buyer, withdrawal(), 403, "scope-missing"),
        (of_a_buyer, withdrawal(), 403, "not-supplying"),
    ):
        assert_problem(await withdraw(client, "1", body), status, code)
    assert_problem(await withdraw(officer, "unknown"), 404, "payment-not-found")
    assert (await year(officer), await listed(officer)) == before


async def test_of_two_at_once_one_corrects(settled: House, officer: httpx.AsyncClient) -> None:
    await pay(officer, payment("1"))
    rivals = [payment(f"c-{number}", f"{number}.00", **instead_of("1")) for number in range(1, 9)]
    answers = await asyncio.gather(*(officer.post(PAYMENTS, json=body) for body in rivals))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    same = await asyncio.gather(*(officer.post(PAYMENTS, json=payment("2")) for _ in range(8)))
    assert sorted(answer.status_code for answer in same) == [200] * 7 + [201]
    assert [status for _, status in await listed(officer)].count("stands") == 2
    gone = await asyncio.gather(*(withdraw(officer, "2", withdrawal(f"w-{number}")) for number in range(8)))
    assert sorted(answer.status_code for answer in gone) == [201] + [409] * 7


@ON_POSTGRESQL
@pytest.mark.parametrize("second", ["the same", "another correction", "a withdrawal"])
async def test_who_comes_while_a_correction_is_written_waits_for_it(
    settled: House, officer: httpx.AsyncClient, database_url: str, second: str
) -> None:
    await pay(officer, payment("1"))
    correction = payment("2", "90.00", **instead_of("1"))

    async def then() -> httpx.Response:
        if second == "a withdrawal":
            return await withdraw(officer, "1")
        body = correction if second == "the same" else correction | {"source_ref": "3"}
        return await officer.post(PAYMENTS, json=body)

    first = PaymentIn.model_validate(correction)
    answer = await while_uncommitted(settled, database_url, record_payment, first, actor=CLERK, then=then)
    if second == "the same":
        assert answer.status_code == 200, answer.text
    else:
        assert_problem(answer, 409, "payment-already-superseded")
    assert await listed(officer) == [("2", "stands"), ("1", "superseded")]


@ON_POSTGRESQL
async def test_who_corrects_while_a_withdrawal_is_written_is_told_so(
    settled: House, officer: httpx.AsyncClient, database_url: str
) -> None:
    known = (await pay(officer, payment("1")))["payment_id"]
    gone = WithdrawalIn.model_validate(withdrawal())

    async def correct() -> httpx.Response:
        return await officer.post(PAYMENTS, json=payment("2", **instead_of("1")))

    answer = await while_uncommitted(settled, database_url, withdraw_payment, known, gone, actor=CLERK, then=correct)
    assert_problem(answer, 409, _WITHDRAWN)


@ON_SQLITE
async def test_the_list_is_for_its_buyer_and_for_who_supplies_in_the_region(
    settled: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    province = client_for(settled, scopes=SUPPLY, region="52", client_id="province")
    elsewhere = client_for(settled, scopes=SUPPLY, region="520625", client_id="elsewhere")
    await pay(officer, payment("1", paid_on="2026-11-20"))
    shown = await pay(province, payment("2", paid_on="2026-11-25", region_code="520626000000"))
    assert shown["region_code"] == "520626"
    await pay(elsewhere, payment("3", paid_on="2026-12-01", source="bank"))
    await pay(officer, payment("4", paid_on="2026-12-01", buyer_code="DG-2"))
    stands = [(reference, "stands") for reference in "4321"]
    assert await listed(buyer) == await listed(province) == stands
    assert await listed(officer) == [one for one in stands if one[0] != "3"]
    assert await listed(elsewhere) == [("3", "stands")]
    assert await listed(province, region_code="520626") == await listed(officer)
    assert await listed(buyer, region_code="520625") == [("3", "stands")]
    assert await listed(buyer, buyer_code="DG-2") == [("4", "stands")]
    assert await listed(buyer, paid_from="2026-11-25", paid_to="2026-12-01") == stands[:3]
    assert await listed(buyer, paid_to="2026-11-24") == [("1", "stands")]
    assert await listed(buyer, source="bank") == [("3", "stands")]
    rival = dongguan(client_for, settled, client_id="suzhou", buyers=("SZ-1",))
    reader = client_for(settled, scopes=READ, region="520626", client_id="reader")
    assert await listed(rival) == await listed(reader) == []
    for client in (rival, reader):
        assert_problem(await client.get(PAYMENTS, params={"buyer_code": "DG-1"}), 403, "buyer-not-yours")
    assert_problem(await officer.get(PAYMENTS, params={"region_code": "520625"}), 403, "region-not-allowed")


@ON_SQLITE
async def test_who_follows_the_list_sees_what_was_corrected_since(
    settled: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, tmp_path: Path
) -> None:
    await pay(officer, payment("1", paid_on="2026-11-20"))
    await pay(officer, payment("2", paid_on="2026-11-21"))
    seen = max(one["updated_at"] for one in (await buyer.get(PAYMENTS)).json()["items"])
    assert await listed(buyer, updated_after=seen) == []
    await pay(officer, payment("3", paid_on="2026-11-19", **instead_of("1")))
    assert (await withdraw(officer, "2")).status_code == 201
    changed = await listed(buyer, updated_after=seen)
    assert sorted(changed) == [("1", "superseded"), ("2", "withdrawn"), ("3", "stands")]
    files = [(await buyer.get(PAYMENTS, params={"format": each})).content for each in ("csv", "xlsx")]
    of_csv, of_xlsx = rows_of_csv(files[0]), table_of(files[1], tmp_path / "payments.xlsx")
    assert len(of_csv) == len(of_xlsx) == 4
    assert of_csv[0] == of_xlsx[0]
    assert "Paid on" in of_csv[0]
