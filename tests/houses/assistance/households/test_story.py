"""The story of a household: risk, task, measures and money in the order of time, and what came of it."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.assistance.app import ASSISTANCE
from services.assistance.models import Credit
from shared.codes.assistance import RefusalReason
from shared.codes.monitoring import IncomeBranch, RiskKind
from shared.context import new_context
from shared.contracts.assets import ShareCredited
from shared.contracts.consumption import MeasureRefused, SaleCredited
from shared.contracts.employment import MeasureAccepted, MeasureCompleted, WageCredited
from shared.contracts.envelope import EncodedEvent, encode
from shared.contracts.help import IncomeCredit
from shared.contracts.monitoring import Clue
from shared.contracts.payload import Payload
from shared.db.base import table_of
from shared.house import House
from shared.ids import derived_id
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    deliver,
    lay_backwards,
    published_as,
    risk_cleared,
    risk_raised,
    risk_updated,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import (
    CASH,
    DISBURSEMENTS,
    STORY,
    TASK_ID,
    TO_THE_END,
    act,
    answering,
    ask,
    cash,
    credited,
    registered,
)
from tests.problems import problem

WAGE, SALE, SHARE = IncomeBranch.WAGE, IncomeBranch.OPERATING, IncomeBranch.PROPERTY


def now(house: House, payload: Payload, chain: str) -> EncodedEvent:
    """The payload as published at this moment, in a chain."""
    return encode(payload, region=REGION, time=house.database.resources.clock.now(), context=new_context(chain))


async def story(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get(STORY)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def money(open_house: OpenHouse, *credits_: IncomeCredit) -> House:
    house = await open_house(ASSISTANCE)
    await deliver(house, registered(members=3), *credits_)
    return house


async def test_the_story_is_told_from_the_risk_to_the_effect(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    client = client_for(house, client_id="officer")
    clue = Clue(type="income", fact_id=derived_id("fact", "civil-affairs", "2026-10"))
    raised = published_as(risk_raised(clue=clue), context=new_context("collapse"))
    await deliver(house, registered(members=4), raised)
    await act(client, *TO_THE_END[:2])
    job = await ask(client, member_no=1, note="private words")
    purchase, wish = await ask(client, kind="purchase"), await ask(client, **CASH)
    await deliver(house, now(house, answering(MeasureAccepted, job), "collapse"))
    await deliver(house, now(house, answering(MeasureCompleted, job), "collapse"))
    refusal = answering(MeasureRefused, purchase, reason=RefusalReason.NO_OFFER)
    await deliver(house, now(house, refusal, "collapse"))
    wage = credited(WageCredited, "october", 4520_00, WAGE, measure_id=job["measure_id"])
    await deliver(house, now(house, wage, "payroll"))
    paid = await client.post(DISBURSEMENTS, json=cash(measure_id=wish["measure_id"]))
    await deliver(house, now(house, credited(SaleCredited, "apples", 30_01, SALE), "market"))
    await deliver(house, now(house, risk_cleared(2), "payroll"))
    await act(client, *TO_THE_END[2:])

    told = await story(client)

    assert told["household_code"] == HOUSEHOLD
    assert [(entry["what"], entry["correlation_id"]) for entry in told["entries"]] == [
        ("clue", "collapse"),
        ("risk.raised", "collapse"),
        ("task.opened", "collapse"),
        ("task.accept", "collapse"),
        ("task.start", "collapse"),
        ("measure.requested", "collapse"),
        ("measure.requested", "collapse"),
        ("measure.requested", "collapse"),
        ("measure.accepted", "collapse"),
        ("measure.completed", "collapse"),
        ("measure.refused", "collapse"),
        ("credit.wage", "collapse"),
        ("measure.completed", "collapse"),
        ("credit.transfer", "collapse"),
        ("credit.operating", "market"),
        ("risk.cleared", "collapse"),
        ("task.verify", "collapse"),
        ("task.close", "collapse"),
    ]
    assert [entry["at"] for entry in told["entries"]] == sorted(entry["at"] for entry in told["entries"])
    assert told["effect"] == {
        "total": "5050.01",
        "per_head": "1262.50",
        "members": 4,
        "by_branch": {"wage": "4520.00", "operating": "30.01", "property": "0.00", "transfer": "500.00"},
    }
    by_what = {entry["what"]: entry for entry in told["entries"]}
    assert by_what["risk.raised"] | {"at": None} == {
        "at": None,
        "what": "risk.raised",
        "text": "risk raised: below_line, episode 1; orange: below_line",
        "correlation_id": "collapse",
        "task_id": str(TASK_ID),
        "risk_id": str(derived_id("risk", HOUSEHOLD, "below_line", 1)),
        "measure_id": None,
        "credit_id": None,
        "fact_id": None,
    }
    assert (by_what["clue"]["text"], by_what["clue"]["fact_id"]) == ("clue: income", str(clue.fact_id))
    assert by_what["task.verify"]["text"].endswith("found: confirmed")
    assert by_what["measure.refused"]["text"] == "measure purchase refused: no_offer"
    assert by_what["credit.wage"]["text"] == "wage income of 4520.00 yuan for 2026-10 through employment"
    assert by_what["credit.wage"]["credit_id"] == str(wage.credit_id)
    assert by_what["credit.transfer"]["credit_id"] == paid.json()["disbursement_id"]
    assert "private words" not in str(told)


async def test_every_chain_keeps_its_own_name(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    lost = risk_raised(kind=RiskKind.JOB_LOSS, rules=("job_loss",))
    await deliver(
        house,
        published_as(risk_raised(), context=new_context("collapse")),
        published_as(lost, context=new_context("dismissal")),
        published_as(risk_updated(2, kind=RiskKind.JOB_LOSS), context=new_context("later")),
    )
    chains: dict[str, set[str]] = {}
    for entry in (await story(client_for(house)))["entries"]:
        chains.setdefault(entry["correlation_id"], set()).add(entry["task_id"])
    assert chains == {
        "collapse": {str(TASK_ID)},
        "dismissal": {str(derived_id("task", HOUSEHOLD, "job_loss", 1))},
    }


async def test_a_task_that_closed_itself_says_why(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised(), risk_cleared(2))
    told = await story(client_for(house))
    assert [entry["what"] for entry in told["entries"]] == [
        "risk.raised",
        "task.opened",
        "risk.cleared",
        "task.closed_itself",
    ]


async def test_money_of_every_house_counts_once_however_often_it_is_told(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    wage, sale = credited(WageCredited, "one", 100_00, WAGE), credited(SaleCredited, "one", 10_00, SALE)
    share = credited(ShareCredited, "one", 1_00, SHARE)
    event = published_as(share)
    house = await money(open_house, wage, sale)
    await deliver(house, event, event, wage)
    await deliver(house, event, sale)

    told = await story(client_for(house))

    assert sorted(entry["what"] for entry in told["entries"]) == ["credit.operating", "credit.property", "credit.wage"]
    assert (told["effect"]["total"], told["effect"]["per_head"]) == ("111.00", "37.00")


@pytest.mark.parametrize("correction_first", [True, False])
async def test_a_corrected_credit_does_not_count(
    open_house: OpenHouse, client_for: ClientFor, correction_first: bool
) -> None:
    first = credited(WageCredited, "first", 100_00, WAGE)
    of_other_house = credited(SaleCredited, "first", 5_00, SALE)
    second = credited(WageCredited, "second", 90_00, WAGE, supersedes=first.credit_id)
    in_order = [first, second]
    house = await money(open_house, of_other_house, *(in_order[::-1] if correction_first else in_order))

    told = await story(client_for(house))

    assert told["effect"]["by_branch"]["wage"] == "90.00"
    assert told["effect"]["total"] == "95.00"
    texts = {entry["credit_id"]: entry["text"] for entry in told["entries"] if entry["what"] == "credit.wage"}
    assert texts[str(first.credit_id)].endswith("; corrected since, does not count")
    assert texts[str(second.credit_id)].endswith(f"; corrects {first.credit_id}")


async def test_a_corrected_disbursement_does_not_count(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await money(open_house)
    client = client_for(house)
    await client.post(DISBURSEMENTS, json=cash())
    reference = {"source": "civil-affairs", "source_ref": "2026-0001"}
    corrected = cash(source_ref="2026-0002", amount="300.00", supersedes=reference)
    assert (await client.post(DISBURSEMENTS, json=corrected)).status_code == 201
    told = await story(client)
    assert (told["effect"]["total"], told["effect"]["per_head"], len(told["entries"])) == ("300.00", "100.00", 2)


async def test_the_newest_size_of_the_household_counts(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await money(open_house, credited(WageCredited, "one", 100_00, WAGE))
    await deliver(house, registered(members=8, version=3), registered(members=2, version=2))
    assert (await story(client_for(house)))["effect"]["per_head"] == "12.50"


async def test_a_household_known_by_its_task_alone_has_a_story_without_heads(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised())
    effect = (await story(client_for(house)))["effect"]
    assert (effect["members"], effect["per_head"], effect["total"]) == (None, None, "0.00")


async def test_nobody_reads_the_story_of_another_region(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await money(open_house)
    await deliver(house, risk_raised())
    assert problem(await client_for(house, region="520625").get(STORY)) == (404, "household-unknown", [])
    assert problem(await client_for(house, scopes=("monitoring:read",)).get(STORY)) == (403, "scope-missing", [])
    unknown = f"/assistance/v1/households/{uuid4()}/story"
    assert problem(await client_for(house).get(unknown)) == (404, "household-unknown", [])


async def test_who_has_the_household_now_reads_all_and_who_had_it_reads_the_own_part(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(
        house,
        risk_raised(),
        risk_cleared(2),
        registered(region_code=OTHER_COUNTY_REGION),
        risk_raised(kind=RiskKind.JOB_LOSS),
        credited(WageCredited, "here", 100_00, WAGE),
        credited(WageCredited, "there", 10_00, WAGE, region_code=OTHER_COUNTY_REGION),
    )
    now_theirs, formerly_theirs = client_for(house, region="520625"), client_for(house, region="520626")
    assert (await story(now_theirs))["effect"]["total"] == "110.00"
    told = await story(formerly_theirs)
    assert (told["effect"]["total"], told["effect"]["members"]) == ("100.00", None)
    ended = {"risk.raised", "task.opened", "risk.cleared", "task.closed_itself"}
    assert {entry["what"] for entry in told["entries"]} == ended | {"credit.wage"}
    assert not [entry for entry in told["entries"] if "job_loss" in entry["text"]]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0)])
async def test_what_happened_at_one_moment_is_told_in_one_order(
    open_house: OpenHouse, client_for: ClientFor, order: tuple[int, ...]
) -> None:
    money = [
        credited(ShareCredited, "a", 1_00, SHARE),
        credited(SaleCredited, "a", 10_00, SALE),
        credited(WageCredited, "a", 100_00, WAGE),
        credited(WageCredited, "b", 200_00, WAGE),
    ]
    house = await open_house(ASSISTANCE)
    await deliver(house, registered(4))
    for place in order:
        await deliver(house, money[place])
    await lay_backwards(house, table_of(Credit))
    told = (await story(client_for(house)))["entries"]
    assert len({entry["at"] for entry in told}) == 1
    wages = sorted(str(each.credit_id) for each in money[2:])
    assert [entry["credit_id"] for entry in told] == [*(str(each.credit_id) for each in money[:2]), *wages]
