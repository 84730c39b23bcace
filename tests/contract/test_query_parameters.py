"""A query parameter that a route does not have is refused by every route: no filter is passed over in silence."""

from uuid import uuid4

import pytest

from services.houses import HOUSES
from shared.house import HouseDefinition
from shared.http.described import described_house
from shared.http.openapi import operations
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_SQLITE
from tests.problems import problem

pytestmark = ON_SQLITE
_PLACES = {
    "task_id",
    "measure_id",
    "risk_id",
    "order_id",
    "placement_id",
    "distribution_id",
    "request_id",
    "clue_id",
    "letter_id",
}


@pytest.mark.parametrize("definition", HOUSES, ids=lambda definition: definition.name)
async def test_every_route_names_the_parameter_it_does_not_have(
    open_house: OpenHouse, client_for: ClientFor, definition: HouseDefinition
) -> None:
    client = client_for(await open_house(definition))
    tried = []
    for path, method, _ in operations(described_house(definition).openapi()):
        place = path
        while "{" in place:
            head, _, rest = place.partition("{")
            name, _, tail = rest.partition("}")
            place = head + (str(uuid4()) if name in _PLACES else "X-1") + tail
        answer = await client.request(method, place, params={"statuss": "open"}, json={})
        assert answer.status_code == 422, (method, path, answer.text)
        assert "/statuss" in [error["pointer"] for error in answer.json()["errors"]], (method, path)
        tried.append(path)
    assert len(tried) > 5


async def test_whoever_may_not_ask_is_told_that_first(open_house: OpenHouse, client_for: ClientFor) -> None:
    client = client_for(await open_house(HOUSES[0]), scopes=())
    found = problem(await client.get("/monitoring/v1/risks", params={"statuss": "open"}))
    assert found[:2] == (403, "scope-missing")


@pytest.mark.parametrize("address", ["/employment/v1/vacancies?is_open=true", "/assets/v1/assets?asset_class=farming"])
async def test_a_filter_has_one_name(open_house: OpenHouse, client_for: ClientFor, address: str) -> None:
    client = client_for(*[await open_house(definition) for definition in HOUSES])
    assert problem(await client.get(address))[:2] == (422, "invalid")
