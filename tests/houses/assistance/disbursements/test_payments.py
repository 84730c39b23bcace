"""A measure is paid up to its amount, asked for once, and what was paid by mistake is taken back."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from shared.codes.assistance import RefusalReason
from shared.codes.monitoring import IncomeBranch, RiskKind
from shared.codes.records import WithdrawalReason
from shared.contracts.assets import ShareCredited, ShareWithdrawn
from shared.contracts.assistance import MeasureCompleted, MeasureRequested, TransferWithdrawn
from shared.contracts.employment import MeasureAccepted, MeasureRefused, WageCredited, WageWithdrawn
from shared.house import House
from shared.ids import derived_id
from shared.months import parse_month
from tests.at_once import with_the_first_uncommitted
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    deliver,
    risk_raised,
    waiting_events,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import (
    CASH,
    DISBURSEMENTS,
    JOB,
    STORY,
    TASK,
    TO_THE_END,
    act,
    answering,
    ask,
    cash,
    credited,
    registered,
)
from tests.problems import problem

MEASURES = "/assistance/v1/measures"
OTHER_TASK = f"/assistance/v1/tasks/{derived_id('task', HOUSEHOLD, 'job_loss', 1)}"
BACK = {"source": "civil-affairs", "source_ref": "back-1", "reason": "wrong_household"}


async def ready(open_house: OpenHouse) -> House:
    house = await open_house(ASSISTANCE)
    both = (risk_raised(), risk_raised(kind=RiskKind.JOB_LOSS))
    await deliver(house, registered(), registered(household_code="YJ-0001", region_code=OTHER_COUNTY_REGION), *both)
    return house


async def completed(house: House) -> list[MeasureCompleted]:
    """What the house told of its own completed measures."""
    return [event.data for event in await waiting_events(house) if event.type == MeasureCompleted.event_type]


async def measure_of(client: httpx.AsyncClient) -> tuple[str, str]:
    [measure] = (await client.get(TASK)).json()["measures"]
    return measure["status"], measure["paid"]


async def pay(client: httpx.AsyncClient, measure: dict[str, Any], ref: str, amount: str, **more: Any) -> httpx.Response:
    body = cash(measure_id=measure["measure_id"], source_ref=ref, amount=amount, **more)
    return await client.post(DISBURSEMENTS, json=body)


def left(answer: httpx.Response) -> str:
    assert problem(answer) == (409, "measure-paid", []), answer.text
    return str(answer.json()["left"])


async def withdraw(client: httpx.AsyncClient, paid: httpx.Response, **changes: Any) -> httpx.Response:
    return await client.post(f"{DISBURSEMENTS}/{paid.json()['disbursement_id']}/withdrawal", json=BACK | changes)


async def test_the_same_payment_entered_anew_is_refused_and_says_that_nothing_is_left(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await ready(open_house))
    measure = await ask(client, **CASH)
    assert (await pay(client, measure, "a", "500.00")).status_code == 201
    assert left(await pay(client, measure, "b", "500.00")) == "0.00"
    assert left(await pay(client, measure, "b", "500.00", instalment=True)) == "0.00"
    assert await measure_of(client) == ("completed", "500.00")
    assert (await pay(client, measure, "a", "500.00")).status_code == 200


async def test_a_measure_is_paid_in_instalments_up_to_its_amount(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house)
    measure = await ask(client, **CASH)
    assert left(await pay(client, measure, "a", "500.01")) == "500.00"
    assert (await pay(client, measure, "a", "200.00", instalment=True)).status_code == 201
    assert await measure_of(client) == ("accepted", "200.00")
    assert left(await pay(client, measure, "b", "300.01", instalment=True)) == "300.00"
    assert await completed(house) == []
    for _ in range(2):
        assert (await pay(client, measure, "b", "300.00", instalment=True)).status_code in {200, 201}
    assert await measure_of(client) == ("completed", "500.00")
    [told] = await completed(house)
    assert (str(told.measure_id), told.household_code, told.kind, told.completed_on) == (
        measure["measure_id"],
        HOUSEHOLD,
        "transfer",
        TODAY,
    )


async def test_who_paid_less_than_was_asked_says_that_more_is_meant(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await ready(open_house))
    measure = await ask(client, **CASH)
    assert (await pay(client, measure, "a", "200.00")).status_code == 201
    assert left(await pay(client, measure, "b", "200.00")) == "300.00"
    assert (await pay(client, measure, "b", "200.00", instalment=True)).status_code == 201
    assert await measure_of(client) == ("completed", "400.00")


async def test_of_payments_at_once_only_what_is_left_is_paid(open_house: OpenHouse, client_for: ClientFor) -> None:
    client = client_for(await ready(open_house))
    measure = await ask(client, **CASH)
    answers = await asyncio.gather(
        *(pay(client, measure, f"part-{number}", "200.00", instalment=True) for number in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]
    assert await measure_of(client) == ("accepted", "400.00")


async def test_a_correction_counts_in_place_of_what_it_corrects(open_house: OpenHouse, client_for: ClientFor) -> None:
    client = client_for(await ready(open_house))
    measure = await ask(client, **CASH)
    first = {"source": "civil-affairs", "source_ref": "a"}
    assert (await pay(client, measure, "a", "500.00")).status_code == 201
    assert left(await pay(client, measure, "b", "500.01", supersedes=first)) == "500.00"
    assert (await pay(client, measure, "b", "450.00", supersedes=first)).status_code == 201
    assert await measure_of(client) == ("completed", "450.00")


@pytest.mark.parametrize("task", [TASK, OTHER_TASK], ids=["on the task", "on another task"])
@pytest.mark.parametrize("body", [JOB, JOB | {"member_no": 2}, {"kind": "purchase"}, {"kind": "asset_share"}, CASH])
async def test_the_same_is_not_asked_for_twice_while_it_waits(
    open_house: OpenHouse, client_for: ClientFor, task: str, body: dict[str, Any]
) -> None:
    house = await ready(open_house)
    client = client_for(house)
    first = await ask(client, **body)
    again = await client.post(f"{task}/measures", json=body)
    assert problem(again) == (409, "already-requested", [])
    assert again.json()["measure_id"] == first["measure_id"]
    told = [event for event in await waiting_events(house) if isinstance(event.data, MeasureRequested)]
    assert len(told) == (body["kind"] != "transfer")
    another = JOB | {"member_no": 3}
    assert (await client.post(f"{task}/measures", json=another)).status_code == 201

    if body["kind"] == "job":
        await deliver(house, answering(MeasureAccepted, first))
        assert problem(await client.post(f"{task}/measures", json=body)) == (409, "already-requested", [])
        await deliver(house, answering(MeasureRefused, first, reason=RefusalReason.NO_OFFER))
        assert (await client.post(f"{task}/measures", json=body)).status_code == 201


async def test_of_two_who_ask_at_once_on_two_tasks_one_is_told_of_the_other(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await ready(open_house))
    answers = await asyncio.gather(
        *(client.post(f"{task}/measures", json=JOB) for task in (TASK, OTHER_TASK, OTHER_TASK, TASK))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_cash_that_never_arrived_is_taken_back_once(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house, client_id="county")
    measure = await ask(client, **CASH)
    paid = await pay(client, measure, "a", "500.00", month="2026-10")

    first, again = await withdraw(client, paid), await withdraw(client, paid)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    withdrawal_id = derived_id("disbursement-withdrawal", "civil-affairs", "back-1")
    assert first.json() == {
        "withdrawal_id": str(withdrawal_id),
        "disbursement_id": paid.json()["disbursement_id"],
        "household_code": HOUSEHOLD,
        "reason": "wrong_household",
        "withdrawn_on": str(TODAY),
        "withdrawn_by": "county",
    }
    [event] = [event.data for event in await waiting_events(house) if isinstance(event.data, TransferWithdrawn)]
    assert event == TransferWithdrawn(
        withdrawal_id=withdrawal_id,
        credit_id=paid.json()["disbursement_id"],
        household_code=HOUSEHOLD,
        region_code=REGION,
        branch=IncomeBranch.TRANSFER,
        month=parse_month("2026-10"),
        reason=WithdrawalReason.WRONG_HOUSEHOLD,
        withdrawn_on=TODAY,
    )
    assert await measure_of(client) == ("requested", "0.00")
    assert (await client.get(TASK)).json()["history"][-1]["action"] == "payment_withdrawn"
    [listed] = (await client.get(DISBURSEMENTS)).json()["items"]
    assert listed == paid.json() | {"withdrawn_on": str(TODAY), "updated_at": listed["updated_at"]}
    later = {"updated_after": paid.json()["updated_at"]}
    assert (await client.get(DISBURSEMENTS, params=later)).json()["items"] == [listed]
    [opened] = (await client.get(MEASURES, params=later)).json()["items"]
    assert (opened["measure_id"], opened["paid"]) == (measure["measure_id"], "0.00")
    seen = {"updated_after": max(opened["updated_at"], listed["updated_at"])}
    for path in (DISBURSEMENTS, MEASURES):
        assert (await client.get(path, params=seen)).json()["items"] == []
    [row] = [row for row in await audit_rows(house) if row["action"] == "disbursement.withdrawn"]
    assert (row["actor"], row["subject"]) == ("county", paid.json()["disbursement_id"])
    assert row["after"]["source_ref"] == "back-1"
    assert (await pay(client, measure, "b", "500.00")).status_code == 201
    assert await measure_of(client) == ("completed", "500.00")


async def test_a_withdrawn_instalment_leaves_the_others(open_house: OpenHouse, client_for: ClientFor) -> None:
    client = client_for(await ready(open_house))
    measure = await ask(client, **CASH)
    first = await pay(client, measure, "a", "200.00", instalment=True)
    await pay(client, measure, "b", "300.00")
    assert (await withdraw(client, first)).status_code == 201
    assert await measure_of(client) == ("accepted", "300.00")


async def test_what_a_closed_task_had_paid_is_taken_back_and_asked_for_no_more(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await ready(open_house))
    measure = await ask(client, **CASH)
    paid = await pay(client, measure, "a", "500.00")
    await act(client, *TO_THE_END)
    assert (await withdraw(client, paid)).status_code == 201
    assert await measure_of(client) == ("cancelled", "0.00")
    assert (await client.get(TASK)).json()["status"] == "closed"


async def test_another_withdrawal_of_the_same_and_another_use_of_its_number_are_refused(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await ready(open_house)
    client = client_for(house)
    one = await client.post(DISBURSEMENTS, json=cash())
    two = await client.post(DISBURSEMENTS, json=cash(source_ref="two"))
    await withdraw(client, one)
    said = [
        await withdraw(client, one, reason="duplicate"),
        await withdraw(client, one, source_ref="back-2"),
        await withdraw(client, two),
    ]
    assert [problem(answer)[1] for answer in said] == [
        "disbursement-already-withdrawn",
        "disbursement-already-withdrawn",
        "disbursement-contradicts",
    ]
    named = {"source": "civil-affairs", "source_ref": one.json()["source_ref"]}
    corrected = await client.post(DISBURSEMENTS, json=cash(source_ref="new", supersedes=named))
    assert problem(corrected) == (409, "disbursement-already-withdrawn", [])
    assert len([event for event in await waiting_events(house) if isinstance(event.data, TransferWithdrawn)]) == 1


async def test_of_withdrawals_at_once_one_is_told(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house)
    measure = await ask(client, **CASH)
    paid = await pay(client, measure, "a", "500.00")
    answers = await asyncio.gather(*(withdraw(client, paid) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len([event for event in await waiting_events(house) if isinstance(event.data, TransferWithdrawn)]) == 1
    assert await measure_of(client) == ("requested", "0.00")


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        (("correct", "correct"), "disbursement-already-superseded"),
        (("correct", "withdraw"), "disbursement-already-superseded"),
        (("withdraw", "correct"), "disbursement-already-withdrawn"),
        (("withdraw", "withdraw"), "disbursement-already-withdrawn"),
    ],
)
async def test_of_two_who_correct_or_withdraw_one_payment_at_once_the_second_sees_the_first(
    open_house: OpenHouse, client_for: ClientFor, database_url: str, steps: tuple[str, str], refused: str
) -> None:
    house = await ready(open_house)
    client = client_for(house)
    paid = await client.post(DISBURSEMENTS, json=cash())
    named = {"source": "civil-affairs", "source_ref": paid.json()["source_ref"]}

    def taking(step: str, source_ref: str) -> Callable[[], Awaitable[httpx.Response]]:
        body = cash(source_ref=source_ref, amount="450.00", supersedes=named)
        if step == "correct":
            return lambda: client.post(DISBURSEMENTS, json=body)
        return lambda: withdraw(client, paid, source_ref=source_ref)

    first, second = [taking(step, f"{step}-{number}") for number, step in enumerate(steps)]
    done, late = await with_the_first_uncommitted(house, database_url, first, second)
    assert (done.status_code, problem(late)) == (201, (409, refused, []))
    assert (await client.get(STORY)).json()["effect"]["total"] == ("450.00" if steps[0] == "correct" else "0.00")


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_payment_that_comes_while_another_is_written_finds_what_that_leaves(
    open_house: OpenHouse, client_for: ClientFor, database_url: str
) -> None:
    house = await ready(open_house)
    client = client_for(house)
    measure = await ask(client, **CASH)
    done, late = await with_the_first_uncommitted(
        house,
        database_url,
        lambda: pay(client, measure, "a", "300.00", instalment=True),
        lambda: pay(client, measure, "b", "300.00", instalment=True),
    )
    assert (done.status_code, left(late)) == (201, "200.00")
    assert await measure_of(client) == ("accepted", "300.00")


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_payment_that_comes_while_another_turns_out_to_be_for_something_else_finds_the_measure_unpaid(
    open_house: OpenHouse, client_for: ClientFor, database_url: str
) -> None:
    house = await ready(open_house)
    client = client_for(house)
    measure = await ask(client, **CASH)
    assert (await pay(client, measure, "a", "500.00")).status_code == 201
    corrected = cash(source_ref="b", amount="500.00", supersedes={"source": "civil-affairs", "source_ref": "a"})
    done, late = await with_the_first_uncommitted(
        house,
        database_url,
        lambda: client.post(DISBURSEMENTS, json=corrected),
        lambda: pay(client, measure, "c", "500.00"),
    )
    assert (done.status_code, late.status_code) == (201, 201), late.text
    assert await measure_of(client) == ("completed", "500.00")


async def test_what_was_corrected_is_not_withdrawn_but_its_correction_is(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = client_for(await ready(open_house))
    one = await client.post(DISBURSEMENTS, json=cash())
    named = {"source": "civil-affairs", "source_ref": one.json()["source_ref"]}
    two = await client.post(DISBURSEMENTS, json=cash(source_ref="two", amount="450.00", supersedes=named))
    assert problem(await withdraw(client, one)) == (409, "disbursement-already-superseded", [])
    assert (await withdraw(client, two)).status_code == 201
    assert (await client.get(STORY)).json()["effect"]["total"] == "0.00"


async def test_nobody_withdraws_what_is_elsewhere_or_does_not_exist(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await ready(open_house)
    paid = await client_for(house).post(DISBURSEMENTS, json=cash())
    missing = f"{DISBURSEMENTS}/{uuid4()}/withdrawal"
    assert problem(await client_for(house).post(missing, json=BACK)) == (404, "disbursement-not-found", [])
    neighbour, reader = client_for(house, region="520625"), client_for(house, scopes=("assistance:read",))
    assert problem(await withdraw(neighbour, paid)) == (404, "disbursement-not-found", [])
    assert problem(await withdraw(reader, paid)) == (403, "scope-missing", [])
    assert problem(await withdraw(client_for(house), paid, reason="mistake")) == (422, "invalid", ["/reason"])


async def test_a_client_pays_corrects_and_withdraws_under_its_own_sources_alone(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await ready(open_house)
    mine, everybody = client_for(house, sources=("village-bank",)), client_for(house)
    theirs = await everybody.post(DISBURSEMENTS, json=cash())
    named = {"source": "civil-affairs", "source_ref": theirs.json()["source_ref"]}
    own = cash(source="Village-Bank ", source_ref="1")
    refused: tuple[int, str, list[str]] = (403, "source-not-yours", [])
    assert problem(await mine.post(DISBURSEMENTS, json=cash(source_ref="2"))) == refused
    assert problem(await mine.post(DISBURSEMENTS, json=own | {"supersedes": named})) == refused
    assert problem(await withdraw(mine, theirs, source="village-bank")) == refused
    paid = await mine.post(DISBURSEMENTS, json=own)
    assert (paid.status_code, paid.json()["source"]) == (201, "village-bank")
    assert problem(await withdraw(mine, paid)) == refused
    assert (await withdraw(mine, paid, source="village-bank")).status_code == 201
    itself = client_for(house, client_id="county-office", sources=None)
    assert problem(await itself.post(DISBURSEMENTS, json=cash(source_ref="3"))) == refused
    assert (await itself.post(DISBURSEMENTS, json=cash(source="county-office", source_ref="3"))).status_code == 201


@pytest.mark.parametrize("source", ["civil-affairs ", "Civil-Affairs", "ｃivil-affairs", "civil-affairs\u3000"])
@pytest.mark.parametrize("ref", ["2026-0001", " 2026-0001", "２026-0001"])
async def test_one_payment_in_another_spelling_is_the_same_payment(
    open_house: OpenHouse, client_for: ClientFor, source: str, ref: str
) -> None:
    client = client_for(await ready(open_house))
    first = await client.post(DISBURSEMENTS, json=cash())
    again = await client.post(DISBURSEMENTS, json=cash(source=source, source_ref=ref))
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize("source", ["employment", "Employment", "assistance ", "ｍonitoring", "ASSETS"])
async def test_nobody_pays_under_the_name_of_a_house(open_house: OpenHouse, client_for: ClientFor, source: str) -> None:
    client = client_for(await ready(open_house))
    refused = await client.post(DISBURSEMENTS, json=cash(source=source))
    assert problem(refused) == (422, "disbursement-invalid", ["/source"])
    paid = await client.post(DISBURSEMENTS, json=cash())
    assert problem(await withdraw(client, paid, source=source)) == (422, "disbursement-invalid", ["/source"])


@pytest.mark.parametrize("first", ["credit", "withdrawal"])
async def test_the_story_tells_what_other_houses_took_back(
    open_house: OpenHouse, client_for: ClientFor, first: str
) -> None:
    house = await ready(open_house)
    wage, share = IncomeBranch.WAGE, IncomeBranch.PROPERTY
    told: list[Any] = []
    for name, model, branch, taken_back in (
        ("wage", WageCredited, wage, WageWithdrawn),
        ("share", ShareCredited, share, ShareWithdrawn),
    ):
        credit = credited(model, name, 100_00, branch)
        back = taken_back(
            withdrawal_id=derived_id("withdrawal", name),
            credit_id=credit.credit_id,
            household_code=HOUSEHOLD,
            region_code=REGION,
            branch=branch,
            month=credit.month,
            reason=WithdrawalReason.DUPLICATE,
            withdrawn_on=TODAY,
        )
        told += [credit, back] if first == "credit" else [back, credit]
    kept = credited(WageCredited, "kept", 30_00, wage)
    await deliver(house, *told, kept)
    await deliver(house, *told)

    story = (await client_for(house).get(STORY)).json()
    assert story["effect"]["total"] == "30.00"
    texts = {entry["what"]: entry["text"] for entry in story["entries"] if "withdrawn" in entry["text"]}
    assert set(texts) == {"credit.wage", "withdrawal.wage", "credit.property", "withdrawal.property"}
    assert texts["withdrawal.wage"] == "wage income for 2026-10 through employment withdrawn: duplicate"


async def test_a_returned_measure_is_answered_within_new_days(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await ready(open_house)
    client = client_for(house)
    measure = await ask(client, **CASH)
    paid = await pay(client, measure, "a", "500.00")
    later = await open_house(ASSISTANCE, today=TODAY + dt.timedelta(days=14))
    client = client_for(later)
    assert (await withdraw(client, paid)).status_code == 201
    [measure] = (await client.get(TASK)).json()["measures"]
    assert (measure["answer_by"], measure["answered_at"]) == ("2026-12-07", None)
