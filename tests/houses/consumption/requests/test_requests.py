"""What tasks ask of consumption: taken from the bus, accepted by an order, completed by its settlement."""

from collections.abc import Sequence

import httpx
import pytest

from services.consumption.handlers import HANDLERS
from shared.bus.dead_letters import count_dead_letters
from shared.codes.assistance import MeasureKind
from shared.contracts.catalogue import CATALOGUE
from shared.house import House
from shared.ids import derived_id
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, TODAY, deliver, published_as
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    API,
    ELSEWHERE,
    MEASURE,
    NEIGHBOUR,
    ORDERS,
    STEPS,
    SUPPLY,
    act,
    cancellation,
    known,
    link,
    order,
    order_id,
    place,
    producer,
    put,
    received,
    request,
    stock,
    supply,
    told,
    walk,
)
from tests.problems import assert_problem

ORDER = str(order_id())
ANSWERING = order(request_id=str(MEASURE))


@pytest.fixture
async def officer(house: House, client_for: ClientFor) -> httpx.AsyncClient:
    """The supply side; a quarter and two fifths of the tea are two households'."""
    client = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    await supply(client, link("0.2500"), link("0.4", NEIGHBOUR))
    return client


async def asked(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    items = (await client.get(f"{API}/requests")).json()["items"]
    return [(item["household_code"], item["status"]) for item in items]


async def answers(house: House) -> list[str]:
    return [event.type.split(".")[1] for event in await told(house, "measure-")]


def test_the_house_reacts_to_what_the_catalogue_says_it_reads() -> None:
    assert set(HANDLERS) == {entry.type for entry in CATALOGUE.values() if "consumption" in entry.readers}


async def test_an_order_accepts_the_request_it_answers_and_its_settlement_completes_it(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await deliver(house, request())
    assert await asked(officer) == [(HOUSEHOLD, "requested")]
    assert (await place(buyer, ANSWERING))["request_id"] == str(MEASURE)
    assert await asked(officer) == [(HOUSEHOLD, "accepted")]
    await walk(officer, ORDER, *STEPS)
    assert await asked(officer) == [(HOUSEHOLD, "completed")]
    assert await answers(house) == ["measure-accepted", "measure-completed"]
    (last,) = await told(house, "measure-completed")
    assert (last.data.measure_id, last.data.household_code, last.data.answered_on) == (MEASURE, HOUSEHOLD, TODAY)


async def test_the_chain_that_asked_goes_on_to_the_money(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await deliver(house, request())
    await place(buyer, ANSWERING)
    await walk(officer, ORDER, *STEPS)
    assert {event.context.correlation_id for event in await told(house)} == {"chain-of-the-task"}
    measures = {event.data.household_code: event.data.measure_id for event in await told(house, "income-credited")}
    assert measures == {HOUSEHOLD: MEASURE, NEIGHBOUR: None}, "only its own household came to the money by it"


@pytest.mark.parametrize(
    "links", [[link("1", NEIGHBOUR)], []], ids=["other households are behind it", "nobody is behind it"]
)
async def test_an_order_answers_no_request_of_a_household_it_does_nothing_for(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, links: Sequence[dict[str, str]]
) -> None:
    await deliver(house, request())
    await put(officer, "producer", "COOP", producer() | {"links": list(links)})
    assert_problem(await buyer.post(ORDERS, json=ANSWERING), 404, "request-not-found")
    assert await asked(officer) == [(HOUSEHOLD, "requested")]
    assert await stock(house) == {"TEA": 300_000}


async def test_a_request_that_is_unknown_is_not_answered_nor_one_of_elsewhere_by_the_supply_side(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    await put(client_for(house), "producer", "COOP", producer(link("0.5", ELSEWHERE)))
    elsewhere = request(household_code=ELSEWHERE, region_code=OTHER_COUNTY_REGION)
    for client in (officer, buyer):
        assert_problem(await client.post(ORDERS, json=ANSWERING), 404, "request-not-found")
    await deliver(house, elsewhere)
    assert_problem(await officer.post(ORDERS, json=ANSWERING), 404, "request-not-found")
    assert await answers(house) == []
    assert (await place(buyer, ANSWERING))["request_id"] == str(MEASURE), "a buyer lives elsewhere than whom it helps"


async def test_a_request_refused_or_cancelled_waits_for_no_order(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    other = derived_id("measure", "other")
    await deliver(house, request(), request(measure_id=other))
    refusal = {"action": "refuse", "reason": "no_offer"}
    assert (await officer.post(f"{API}/requests/{MEASURE}/transitions", json=refusal)).status_code == 200
    await deliver(house, cancellation().model_copy(update={"measure_id": other}))
    for request_id in (MEASURE, other):
        answer = await buyer.post(ORDERS, json=order(request_id=str(request_id)))
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem:consumption:request-answered")
    assert await answers(house) == ["measure-refused"]
    assert await stock(house) == {"TEA": 300_000}


async def test_help_under_way_reaches_the_household_though_nobody_waits_for_it(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await deliver(house, request())
    await place(buyer, ANSWERING)
    await deliver(house, cancellation())
    await walk(officer, ORDER, *STEPS)
    assert await asked(officer) == [(HOUSEHOLD, "completed")]


async def test_an_order_that_brought_nothing_completes_nothing(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await deliver(house, request())
    await place(buyer, ANSWERING)
    await walk(officer, ORDER, "accept", "ship")
    await act(buyer, ORDER, "receive", lines=received("0"))
    await walk(officer, ORDER, "settle")
    assert await asked(officer) == [(HOUSEHOLD, "accepted")]
    again = ANSWERING | {"buyer_order_no": "2"}
    await walk(officer, (await place(buyer, again))["order_id"], *STEPS)
    assert await answers(house) == ["measure-accepted", "measure-completed"]


async def test_what_comes_twice_or_late_changes_nothing(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    asking, registered = request(), published_as(known(HOUSEHOLD))
    moved = known(HOUSEHOLD, OTHER_COUNTY_REGION, version=3)
    job = request(measure_id=derived_id("measure", "job"), kind=MeasureKind.JOB)
    await deliver(house, asking, asking, job)
    await place(buyer, ANSWERING)
    await deliver(house, moved, registered)
    await deliver(house, asking, request(), registered)
    where_it_lives = client_for(house, scopes=SUPPLY, region="520625", client_id="officer there")
    assert await asked(where_it_lives) == [(HOUSEHOLD, "accepted")]
    assert await asked(officer) == []
    assert await answers(house) == ["measure-accepted"]
    unseen = await officer.put(f"{API}/producers/OWN", json=producer())
    assert_problem(unseen, 404, "household-unknown")
    assert set((await house.database.read(count_dead_letters)).values()) == {0}
