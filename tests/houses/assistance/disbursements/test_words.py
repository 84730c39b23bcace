"""Why a payment is refused, as whoever reads Chinese is told it."""

from typing import Any

import httpx

from services.assistance.app import ASSISTANCE
from tests.builders import deliver, risk_raised
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import CASH, DISBURSEMENTS, ask, cash, registered
from tests.problems import read_in_both, sentences_of

NOBODYS = "00000000-0000-0000-0000-000000000001"
BACK = {"source": "civil-affairs", "source_ref": "back-1", "reason": "wrong_household"}


async def ready(open_house: OpenHouse, client_for: ClientFor) -> httpx.AsyncClient:
    house = await open_house(ASSISTANCE)
    await deliver(house, registered(), risk_raised())
    return client_for(house)


async def refused(client: httpx.AsyncClient, **changes: Any) -> list[str]:
    """Why this payment is refused, in English and in Chinese."""
    return await sentences_of(client, "POST", DISBURSEMENTS, cash(**changes))


async def test_a_month_that_lies_in_the_future_is_refused_in_chinese(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = await ready(open_house, client_for)
    english, chinese = await read_in_both(client, "POST", DISBURSEMENTS, cash(month="2027-01"))
    assert (english["detail"], chinese["detail"]) == ("/month: lies in the future", "/month：所填时间尚未到来")
    assert (chinese["title"], chinese["errors"]) == (
        "资金发放信息有误",
        [{"pointer": "/month", "code": "in-the-future", "detail": "所填时间尚未到来"}],
    )


async def test_a_measure_that_is_not_to_be_paid_is_refused_in_chinese(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = await ready(open_house, client_for)
    job, wish = await ask(client), await ask(client, **CASH)
    assert await refused(client, measure_id=NOBODYS) == [
        f"the household has no measure {NOBODYS}",
        f"该户没有帮扶措施“{NOBODYS}”",
    ]
    assert await refused(client, measure_id=job["measure_id"]) == [
        "the measure asks for a job",
        "该帮扶措施申请的是“就业帮扶”，不是现金救助",
    ]
    assert await refused(client, measure_id=wish["measure_id"], amount="500.01") == [
        "500.00 yuan of the measure are left to be paid",
        "该帮扶措施尚可发放500.00元",
    ]
    assert (await client.post(DISBURSEMENTS, json=cash(measure_id=wish["measure_id"], amount="200"))).is_success
    assert await refused(client, measure_id=wish["measure_id"], source_ref="b", amount="100") == [
        "300.00 yuan of the measure are left to be paid; say `instalment` where a part of it is meant",
        "该帮扶措施尚可发放300.00元；如属分期发放，请注明 `instalment`",
    ]


async def test_a_payment_that_cannot_be_taken_back_is_refused_in_chinese(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    client = await ready(open_house, client_for)
    assert await sentences_of(client, "POST", f"{DISBURSEMENTS}/{NOBODYS}/withdrawal", BACK) == [
        f"no disbursement {NOBODYS} in region 52",
        f"区划 52 范围内查无资金发放“{NOBODYS}”",
    ]
    paid = await client.post(DISBURSEMENTS, json=cash())
    reference = {"source": "civil-affairs", "source_ref": "2026-0001"}
    corrected = cash(source_ref="2026-0002", amount="300.00", supersedes=reference)
    assert (await client.post(DISBURSEMENTS, json=corrected)).is_success
    withdrawal = f"{DISBURSEMENTS}/{paid.json()['disbursement_id']}/withdrawal"
    assert await sentences_of(client, "POST", withdrawal, BACK) == [
        "the disbursement was corrected; withdraw the correction",
        "该笔资金发放已有更正，请撤回更正后的那一笔",
    ]
