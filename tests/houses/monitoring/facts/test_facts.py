"""The fact ledger over HTTP: every answer of the contract, and nothing half-written behind a refusal."""

import asyncio
import datetime as dt
from functools import partial
from typing import Any

import pytest

from shared.codes.monitoring import RiskKind
from tests.at_once import until_answered
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    TODAY,
    expense_fact,
    household,
    illness_fact,
    income_fact,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    WINDOW,
    YEAR_BEFORE,
    Monitoring,
    correction,
    item_problem,
    open_monitoring,
    statuses,
    wages,
    without,
)
from tests.problems import problem

FACTS = "/monitoring/v1/facts"
JSON = {"content-type": "application/json"}
WAGE = income_fact("2026-09", "1200.00")
STALL = income_fact("2026-09", "900.00", "operating")
CARE = expense_fact("2026-09", "800.00", "300.00", member_no=1)
LUNG = illness_fact(member_no=1)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


def paid(**payload: Any) -> dict[str, Any]:
    """The wage with another payload."""
    return WAGE | {"payload": WAGE["payload"] | payload}


async def test_a_fact_is_stored_once_and_its_reference_belongs_to_it(monitoring: Monitoring) -> None:
    stored = await monitoring.post(WAGE)
    counts = await monitoring.counts()
    again = await monitoring.post(WAGE)
    written_otherwise = await monitoring.post(paid(amount="1200"))
    contradicts = await monitoring.post(paid(amount="1200.01"))
    by_another_source = await monitoring.post(WAGE | {"source": "tax-office"})

    assert (stored.status_code, stored.json()["status"]) == (201, "stored")
    assert (again.status_code, again.json()) == (200, {"fact_id": stored.json()["fact_id"], "status": "duplicate"})
    assert (written_otherwise.status_code, written_otherwise.json()) == (200, again.json())
    assert problem(contradicts) == (409, "fact-contradicts", [])
    assert by_another_source.status_code == 201
    assert await monitoring.counts() == counts | {"fact": 2, "source_day": 2}
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["branches"]["wage"] == "2400.00"


async def test_each_type_of_fact_is_stored(monitoring: Monitoring) -> None:
    answers = [await monitoring.post(fact) for fact in (WAGE, STALL, CARE, LUNG)]
    shortest = [
        without(WAGE, "payload", "operating_cost"),
        without(CARE, "payload", "reimbursed"),
        without(LUNG, "member_no"),
    ]
    batch = await monitoring.post({"facts": [fact | {"source_ref": f"short-{fact['type']}"} for fact in shortest]})

    assert [answer.status_code for answer in answers] == [201] * 4
    assert statuses(batch) == [201] * 3
    assert (await monitoring.counts())["fact"] == 7


def _refused() -> dict[str, tuple[Any, tuple[int, str, list[str]]]]:
    def invalid(*pointers: str) -> tuple[int, str, list[str]]:
        return 422, "invalid", list(pointers)

    def impossible(pointer: str) -> tuple[int, str, list[str]]:
        return 422, "fact-invalid", [pointer]

    def about(fact: dict[str, Any], **payload: Any) -> dict[str, Any]:
        return fact | {"payload": fact["payload"] | payload}

    tomorrow = (TODAY + dt.timedelta(days=1)).isoformat()
    amount = "/payload/amount"
    return {
        "unknown household": (WAGE | {"household_code": "DJ-9999"}, (404, "household-not-found", [])),
        "unknown member": (WAGE | {"member_no": 5}, impossible("/member_no")),
        "observed tomorrow": (WAGE | {"observed_on": tomorrow}, impossible("/observed_on")),
        "income of next month": (paid(month="2026-12"), impossible("/payload/month")),
        "expense of next month": (about(CARE, month="2026-12"), impossible("/payload/month")),
        "month thirteen": (paid(month="2026-13"), invalid("/payload/month")),
        "month as a number": (paid(month=24322), invalid("/payload/month")),
        "no such day": (WAGE | {"observed_on": "2026-02-30"}, invalid("/observed_on")),
        "a day as seconds": (WAGE | {"observed_on": "1577836800"}, invalid("/observed_on")),
        "negative": (paid(amount="-1.00"), invalid(amount)),
        "over-precise": (paid(amount="1.005"), invalid(amount)),
        "amount as a number": (paid(amount=1200), invalid(amount)),
        "amount with an exponent": (paid(amount="1e3"), invalid(amount)),
        "amount too large": (paid(amount="1000000000000.00"), invalid(amount)),
        "cost beside a wage": (paid(operating_cost="1.00"), invalid("/payload")),
        "self-paid beyond the whole": (about(CARE, self_paid_compliant="800.01"), invalid("/payload")),
        "reimbursed beyond the whole": (about(CARE, reimbursed="800.01"), invalid("/payload")),
        "unknown type": (WAGE | {"type": "harvest"}, invalid("/type")),
        "no type": (without(WAGE, "type"), invalid("/type")),
        "unknown branch": (paid(branch="gift"), invalid("/payload/branch")),
        "payload of another type": (WAGE | {"payload": CARE["payload"]}, _pointers_of_a_wrong_payload()),
        "no amount": (without(WAGE, "payload", "amount"), invalid(amount)),
        "no code": (without(LUNG, "payload", "code"), invalid("/payload/code")),
        "no payload": (without(WAGE, "payload"), invalid("/payload")),
        "no reference": (without(WAGE, "source_ref"), invalid("/source_ref")),
        "empty reference": (WAGE | {"source_ref": ""}, invalid("/source_ref")),
        "reference with a control character": (WAGE | {"source_ref": "a\x00b"}, invalid("/source_ref")),
        "illness with a control character": (about(LUNG, name="\x00"), invalid("/payload/name")),
        "unknown field": (WAGE | {"note": "x"}, invalid("/note")),
        "unknown field of the payload": (paid(currency="CNY"), invalid("/payload/currency")),
        "member as text": (WAGE | {"member_no": "1"}, invalid("/member_no")),
        "member as truth": (WAGE | {"member_no": True}, invalid("/member_no")),
        "serious as text": (about(LUNG, serious="yes"), invalid("/payload/serious")),
        "supersedes nothing known": (
            WAGE | {"supersedes": {"source": "village-report", "source_ref": "none"}},
            (404, "superseded-fact-not-found", []),
        ),
        "supersedes itself": (
            WAGE | {"supersedes": {"source": WAGE["source"], "source_ref": WAGE["source_ref"]}},
            (404, "superseded-fact-not-found", []),
        ),
        **{
            f"{house} as a source": (WAGE | {"source": house}, impossible("/source"))
            for house in ("monitoring", "assistance", "employment", "consumption", "assets")
        },
        "supersedes what a house said": (
            WAGE | {"supersedes": {"source": "employment", "source_ref": "w1"}},
            impossible("/supersedes/source"),
        ),
        "not an object": ("income", invalid("/")),
    }


def _pointers_of_a_wrong_payload() -> tuple[int, str, list[str]]:
    names = ("branch", "kind", "self_paid_compliant", "reimbursed")
    return 422, "invalid", [f"/payload/{name}" for name in names]


async def test_each_bad_fact_is_refused_alone_and_in_a_batch_by_the_same_problem(monitoring: Monitoring) -> None:
    refused = _refused()
    expected = {name: answer for name, (_, answer) in refused.items()}
    counts = await monitoring.counts()

    alone = {name: problem(await monitoring.post(fact)) for name, (fact, _) in refused.items()}
    batch = await monitoring.post({"facts": [fact for fact, _ in refused.values()]})
    together = dict(zip(refused, map(item_problem, batch.json()["items"]), strict=True))

    assert alone == expected
    assert together == expected
    assert statuses(batch) == [status for status, _, _ in expected.values()]
    assert await monitoring.counts() == counts


async def test_bodies_that_are_no_fact_and_no_batch_are_refused(monitoring: Monitoring) -> None:
    counts = await monitoring.counts()
    post = monitoring.client.post
    answers = {
        "broken": await post(FACTS, content=b'{"facts": [', headers=JSON),
        "not text": await post(FACTS, content=b"\xff\xfe", headers=JSON),
        "empty": await post(FACTS, content=b"", headers=JSON),
        "form": await post(FACTS, data={"source": "x"}),
        "large": await post(FACTS, content=b" " * (10 * 1024 * 1024), headers=JSON),
        "too many": await monitoring.post({"facts": [WAGE] * 1001}),
        "none": await monitoring.post({"facts": []}),
        "no list": await monitoring.post({"facts": "all"}),
        "unknown mode": await monitoring.post({"mode": "quiet", "facts": [WAGE]}),
        "unknown field": await monitoring.post({"facts": [WAGE], "dry_run": True}),
        "list": await monitoring.post([WAGE]),
    }
    assert {name: problem(answer) for name, answer in answers.items()} == {
        "broken": (400, "malformed-request", []),
        "not text": (400, "malformed-request", []),
        "empty": (400, "malformed-request", []),
        "form": (415, "unsupported-media-type", []),
        "large": (413, "payload-too-large", []),
        "too many": (422, "invalid", ["/facts"]),
        "none": (422, "invalid", ["/facts"]),
        "no list": (422, "invalid", ["/facts"]),
        "unknown mode": (422, "invalid", ["/mode"]),
        "unknown field": (422, "invalid", ["/dry_run"]),
        "list": (422, "invalid", ["/"]),
    }
    assert await monitoring.counts() == counts


async def test_facts_of_another_region_are_facts_of_an_unknown_household(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION), code="YJ-0001")
    await monitoring.post(elsewhere := WAGE | {"household_code": "YJ-0001"})
    officer = client_for(monitoring.house, region="520626")
    reader = client_for(monitoring.house, scopes=("monitoring:read",))
    counts = await monitoring.counts()

    assert problem(await officer.post(FACTS, json=elsewhere)) == (404, "household-not-found", [])
    assert problem(await reader.post(FACTS, json=STALL)) == (403, "scope-missing", [])
    batch = await officer.post(FACTS, json={"facts": [STALL, elsewhere]})
    assert statuses(batch) == [201, 404]
    assert await monitoring.counts() == counts | {"fact": counts["fact"] + 1, "ledger_month": 2}


async def test_one_bad_fact_does_not_sink_the_others(monitoring: Monitoring) -> None:
    await monitoring.post(WAGE)
    new = income_fact("2026-08", "700.00")
    batch = await monitoring.post(
        {
            "facts": [
                new,
                WAGE,
                paid(amount="100.00"),
                STALL | {"household_code": "DJ-9999"},
                STALL | {"observed_on": "2026-11-17"},
                new,
                new | {"payload": new["payload"] | {"amount": "701.00"}},
            ]
        }
    )
    assert statuses(batch) == [201, 200, 409, 404, 422, 200, 409]
    items = batch.json()["items"]
    assert items[0]["fact_id"] == items[5]["fact_id"]
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["branches"]["wage"] == "1900.00"


async def test_an_atomic_batch_stores_all_or_nothing_and_says_why(monitoring: Monitoring) -> None:
    counts = await monitoring.counts()
    facts = [LUNG, WAGE, paid(amount="100.00"), STALL | {"member_no": 9}]
    refused = await monitoring.post({"atomic": True, "facts": facts})

    assert [item_problem(item) for item in refused.json()["items"]] == [
        (409, "batch-refused", []),
        (409, "batch-refused", []),
        (409, "fact-contradicts", []),
        (422, "fact-invalid", ["/member_no"]),
    ]
    assert statuses(refused) == [409, 409, 409, 422]
    assert await monitoring.counts() == counts

    accepted = await monitoring.post({"atomic": True, "facts": facts[:2]})
    assert statuses(accepted) == [201, 201]
    assert statuses(await monitoring.post({"atomic": True, "facts": facts[:2]})) == [200, 200]
    assert len(await monitoring.events("risk-raised.v1")) == 1


async def test_a_thousand_facts_go_in_one_batch(monitoring: Monitoring) -> None:
    facts = [income_fact("2026-09", "100.00") | {"source_ref": f"r{number}"} for number in range(1000)]
    answer = await monitoring.post({"facts": facts})
    assert statuses(answer) == [201] * 1000
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["net_income"] == "100000.00"


async def test_history_fills_the_ledger_and_raises_nothing_until_somebody_looks(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "100.00"), LUNG, mode="backfill")

    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["net_income"] == "1200.00"
    assert await monitoring.risks() == []
    assert await monitoring.events("risk-raised.v1") == []

    await monitoring.post(income_fact("2026-11", "0.00"))
    assert {risk["kind"] for risk in await monitoring.risks()} == {"below_line", "new_illness"}


async def test_history_and_news_of_one_batch_follow_their_mode(monitoring: Monitoring) -> None:
    await monitoring.put(code="DJ-0002")
    await monitoring.record(*wages(WINDOW, "100.00"), mode="backfill")
    await monitoring.record(*wages(WINDOW, "100.00", household_code="DJ-0002", prefix="2-"))
    assert [risk["household_code"] for risk in await monitoring.risks()] == ["DJ-0002"]


async def test_a_correction_takes_the_place_of_what_it_supersedes(monitoring: Monitoring) -> None:
    window = wages(WINDOW, "2500.00")
    await monitoring.record(*window)
    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "open"
    first = correction(window[3], "c1", amount="9000.00")
    second = correction(first, "c2", amount="8000.00", month="2026-11")
    third = correction(second, "c3", amount="12000.00", month="2026-02")

    assert (await monitoring.post(first)).status_code == 201
    assert await income_of(monitoring) == ("36500.00", [])
    assert (await monitoring.post(first)).status_code == 200
    assert (await monitoring.post(second)).status_code == 201
    assert await income_of(monitoring) == ("27500.00", ["2026-02"])
    assert problem(await monitoring.post(correction(first, "c4"))) == (409, "fact-already-superseded", [])
    assert problem(await monitoring.post(correction(window[3], "c4"))) == (409, "fact-already-superseded", [])
    assert (await monitoring.post(third)).status_code == 201
    assert await income_of(monitoring) == ("39500.00", [])
    assert (await monitoring.post(window[3])).status_code == 200
    assert await income_of(monitoring) == ("39500.00", [])
    assert (await monitoring.counts())["fact"] == 15


async def income_of(monitoring: Monitoring) -> tuple[str, list[str]]:
    """Net income of the window, and the months that are not known."""
    income = await monitoring.get(f"households/{HOUSEHOLD}/income")
    return income["net_income"], income["coverage"]["missing"]


async def test_a_correction_fits_what_it_supersedes(monitoring: Monitoring) -> None:
    await monitoring.put(code="DJ-0002")
    await monitoring.record(WAGE)
    counts = await monitoring.counts()
    named = {"supersedes": {"source": WAGE["source"], "source_ref": WAGE["source_ref"]}}

    assert problem(await monitoring.post(CARE | named)) == (422, "fact-invalid", ["/type"])
    other = correction(WAGE, "c1") | {"household_code": "DJ-0002"}
    assert problem(await monitoring.post(other)) == (404, "superseded-fact-not-found", [])
    assert await monitoring.counts() == counts


async def test_a_chain_of_corrections_may_come_in_one_batch(monitoring: Monitoring) -> None:
    first = correction(WAGE, "c1", amount="200.00")
    second = correction(first, "c2", amount="300.00")
    batch = await monitoring.post({"facts": [first, WAGE, first, second, correction(WAGE, "c3")]})
    assert statuses(batch) == [404, 201, 201, 201, 409]
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["net_income"] == "300.00"


async def test_a_corrected_diagnosis_and_a_corrected_bill_count_no_longer(monitoring: Monitoring) -> None:
    bill = expense_fact("2026-09", "30000.00", "30000.00", member_no=1)
    await monitoring.record(LUNG, bill)
    rules = {reason["rule"] for reason in (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["reasons"]}
    assert rules == {"new_illness.serious", "new_illness.cost"}

    await monitoring.record(correction(LUNG, "c1", code="J00", name="感冒", serious=False))
    [reason] = (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["reasons"]
    assert reason["inputs"]["self_paid_medical"] == "30000.00"
    await monitoring.record(correction(bill, "c2", reimbursed="29000.00", self_paid_compliant="1000.00"))
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["status"] == "cleared"
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["compliant_self_paid"] == "1000.00"


async def test_the_same_fact_from_many_at_once_is_stored_once(monitoring: Monitoring) -> None:
    singles = [monitoring.post(LUNG) for _ in range(12)]
    batches = [monitoring.post({"facts": [LUNG]}) for _ in range(4)]
    keyed = [monitoring.post(LUNG, key=f"k{number}") for number in range(4)]
    answers = await asyncio.gather(*singles, *batches, *keyed)

    found = [
        answer.json()["items"][0]["status"] if "items" in answer.json() else answer.status_code for answer in answers
    ]
    assert sorted(found) == [200] * 19 + [201]
    assert (await monitoring.counts())["fact"] == 1
    assert len(await monitoring.events("risk-raised.v1")) == 1


async def test_twenty_identical_single_posts_store_one(monitoring: Monitoring) -> None:
    answers = await asyncio.gather(*(monitoring.post(WAGE) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["fact_id"] for answer in answers}) == 1


async def test_different_facts_of_one_household_at_once_lose_nothing(monitoring: Monitoring) -> None:
    """Through every door at once: what counts for the rules is what the ledger holds."""
    facts = wages([*YEAR_BEFORE, *WINDOW], "2700.00")
    await monitoring.record(facts[0])
    sent = (
        *(partial(monitoring.post, fact) for fact in facts[1:9]),
        *(partial(monitoring.post, {"facts": [fact]}) for fact in facts[9:17]),
        *(partial(monitoring.post, fact, key=fact["source_ref"]) for fact in facts[17:]),
    )
    answers = await asyncio.gather(*map(until_answered, sent))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert await income_of(monitoring) == ("32400.00", [])
    verdicts = await monitoring.verdicts()
    unknown = dict.fromkeys(("dropout", "unsafe_housing", "unsafe_water"), "insufficient_data")
    outcomes = {kind: verdict["outcome"] for kind, verdict in verdicts.items()}
    assert outcomes == dict.fromkeys(RiskKind, "clear") | unknown


async def test_one_reference_for_two_households_at_once_belongs_to_one_of_them(monitoring: Monitoring) -> None:
    codes = [f"DJ-{number}" for number in range(6)]
    for code in codes:
        await monitoring.put(code=code)
    answers = await asyncio.gather(*(monitoring.post({"facts": [WAGE | {"household_code": code}]}) for code in codes))
    assert sorted(statuses(answer)[0] for answer in answers) == [201] + [409] * 5
    assert (await monitoring.counts())["ledger_month"] == 1


async def test_an_idempotency_key_replays_the_first_answer(monitoring: Monitoring) -> None:
    batch = {"facts": [WAGE, STALL | {"member_no": 9}]}
    single = await monitoring.post(LUNG, key="one")
    both = await monitoring.post(batch, key="two")
    counts = await monitoring.counts()

    again = [await monitoring.post(LUNG, key="one"), await monitoring.post(batch, key="two")]
    assert [(answer.status_code, answer.text) for answer in again] == [(201, single.text), (200, both.text)]
    assert problem(await monitoring.post(STALL, key="one")) == (409, "idempotency-key-reused", [])
    assert (await monitoring.post(LUNG, key="three")).status_code == 200
    assert (await monitoring.counts())["fact"] == counts["fact"]


async def test_an_idempotency_key_of_a_refused_fact_stays_free(monitoring: Monitoring) -> None:
    bad = WAGE | {"member_no": 9}
    assert problem(await monitoring.post(bad, key="one")) == (422, "fact-invalid", ["/member_no"])
    assert (await monitoring.post(WAGE, key="one")).status_code == 201
    assert problem(await monitoring.post(WAGE, key="k" * 129))[:2] == (422, "invalid")


async def test_of_a_batch_only_what_was_refused_is_answered_when_asked(monitoring: Monitoring) -> None:
    facts = [WAGE | {"source_ref": f"r-{number}"} for number in range(500)]

    async def send(body: Any, **parameters: str) -> Any:
        return await monitoring.client.post(FACTS, json=body, params=parameters)

    good = await send({"facts": facts}, **{"return": "rejected"})
    mixed = await send({"facts": [*facts[:2], paid(amount="-1"), WAGE]}, **{"return": "rejected"})
    everything = await send({"facts": facts}, **{"return": "all"})
    whole = await send({"atomic": True, "facts": [WAGE, paid(amount="x")]}, **{"return": "rejected"})
    alone = await send(WAGE, **{"return": "rejected"})

    assert good.json() == {"accepted": 500, "duplicate": 0, "rejected": 0, "items": []}
    assert len(good.content) < 100
    [refused] = mixed.json()["items"]
    assert (refused["index"], refused["source"], refused["source_ref"]) == (2, WAGE["source"], WAGE["source_ref"])
    counts = {name: mixed.json()[name] for name in ("accepted", "duplicate", "rejected")}
    assert counts == {"accepted": 1, "duplicate": 2, "rejected": 1}
    assert statuses(everything) == [200] * 500
    assert [item["index"] for item in whole.json()["items"]] == [0, 1]
    assert (alone.status_code, alone.json()["status"]) == (200, "duplicate")
    assert problem(await send(WAGE, **{"return": "none"})) == (422, "invalid", ["/return"])
    assert problem(await send(WAGE, retrun="rejected")) == (422, "invalid", ["/retrun"])


async def test_one_key_with_another_way_to_answer_is_another_request(monitoring: Monitoring) -> None:
    body, key = {"facts": [WAGE]}, {"Idempotency-Key": "k"}
    first = await monitoring.client.post(f"{FACTS}?return=rejected", json=body, headers=key)
    again = await monitoring.client.post(f"{FACTS}?return=rejected", json=body, headers=key)
    otherwise = await monitoring.client.post(FACTS, json=body, headers=key)

    assert first.json() == again.json() == {"accepted": 1, "duplicate": 0, "rejected": 0, "items": []}
    assert problem(otherwise) == (409, "idempotency-key-reused", [])


async def test_a_batch_is_taken_at_its_own_route_as_at_that_of_one_fact(monitoring: Monitoring) -> None:
    facts = [WAGE, CARE, WAGE | {"source_ref": "other", "household_code": "NOBODY"}]
    own = await monitoring.client.post(f"{FACTS}/batch", json={"facts": facts})
    assert statuses(own) == [201, 201, 404]
    again = await monitoring.post({"facts": facts})
    assert statuses(again) == [200, 200, 404]
    kept = [
        await monitoring.client.post(f"{FACTS}/batch", json={"facts": [LUNG]}, headers={"Idempotency-Key": "b-1"})
        for _ in range(2)
    ]
    assert kept[0].json() == kept[1].json()
    bodies: list[Any] = [WAGE, [WAGE], {"facts": []}, {"facts": WAGE}, {}]
    for body in bodies:
        refused = await monitoring.client.post(f"{FACTS}/batch", json=body)
        assert refused.status_code == 422, body
