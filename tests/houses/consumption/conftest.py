"""What most tests of consumption begin with; a test that needs another supply side says so beside it."""

import httpx
import pytest

from shared.house import House
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import SUPPLY, dongguan, open_supplied, supply


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_supplied(open_house)


@pytest.fixture
async def officer(house: House, client_for: ClientFor) -> httpx.AsyncClient:
    """The supply side, with a cooperative and its tea."""
    client = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    await supply(client)
    return client


@pytest.fixture
async def buyer(house: House, officer: httpx.AsyncClient, client_for: ClientFor) -> httpx.AsyncClient:
    return dongguan(client_for, house)
