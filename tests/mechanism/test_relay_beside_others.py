"""The outbox is the truth: what another process wrote to it is published as well."""

import asyncio

from services.monitoring.app import MONITORING
from shared.contracts.catalogue import topic_of
from shared.contracts.monitoring import RiskRaised
from shared.db.database import Database
from shared.db.unit_of_work import UnitOfWork
from shared.house import House
from tests.builders import risk_raised, waiting_events
from tests.conftest import OpenHouse

BOUND_SECONDS = 20


def emit(uow: UnitOfWork, event: RiskRaised) -> None:
    uow.emit(event, region=event.region_code)


async def drained(house: House) -> None:
    async with asyncio.timeout(BOUND_SECONDS):
        while await waiting_events(house):
            await asyncio.sleep(0.01)


async def test_events_written_by_another_process_reach_the_bus(open_house: OpenHouse) -> None:
    house = await open_house(MONITORING, background=True)
    await house.database.write(emit, risk_raised(household_code="OWN"))
    await drained(house)
    other = Database(house.settings.database_url_of("monitoring"), house.database.resources)
    await other.write(emit, risk_raised(household_code="FOREIGN"))
    await other.close()
    await drained(house)
    reader = house.transport.subscribe("reader", [topic_of("monitoring")])
    await reader.start({})
    keys = [record.key for record in await reader.poll(10, BOUND_SECONDS)]
    await reader.stop()
    assert keys == ["OWN", "FOREIGN"]
