"""An evening of warnings: five thousand clues open no task, and their verdicts one for each confirmed household."""

import sqlalchemy as sa

from services.monitoring.models import METADATA
from tests.builders import household
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import open_monitoring
from tests.houses.monitoring.clues.builders import CLUES, clue, confirmed, no_risk
from tests.mechanism.probe import ON_SQLITE

HOUSEHOLDS, CLUES_OF_EACH, CONFIRMED = 500, 10, 40
BATCH = 1000
CHANGES = METADATA.tables["change"]


@ON_SQLITE
async def test_five_thousand_clues_open_a_task_for_each_confirmed_household(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    monitoring = await open_monitoring(open_house, client_for)
    codes = [f"DJ-{number:04}" for number in range(HOUSEHOLDS)]
    registered = {"households": [{"household_code": code, **household()} for code in codes]}
    put = await monitoring.client.post("/monitoring/v1/households/batch", json=registered)
    assert put.status_code == 200, put.text
    sent = [
        clue(number * HOUSEHOLDS + place, household_code=code)
        for number in range(CLUES_OF_EACH)
        for place, code in enumerate(codes)
    ]
    ids: list[str] = []
    for first in range(0, len(sent), BATCH):
        answer = (await monitoring.client.post(CLUES, json={"clues": sent[first : first + BATCH]})).json()
        assert answer["accepted"] == BATCH
        ids += [item["clue_id"] for item in answer["items"]]
    assert (await monitoring.counts())["clue"] == HOUSEHOLDS * CLUES_OF_EACH
    assert (await monitoring.counts())["risk"] == 0

    given = [
        confirmed(clue_id) if place % HOUSEHOLDS < CONFIRMED else no_risk(clue_id) for place, clue_id in enumerate(ids)
    ]
    done = 0
    for first in range(0, len(given), BATCH):
        body = {"verdicts": given[first : first + BATCH]}
        answer = (await monitoring.client.post(f"{CLUES}/verdicts", json=body)).json()
        assert answer["rejected"] == 0
        done += answer["accepted"]
    assert done == HOUSEHOLDS, "one verdict answers all of a household"
    counts = await monitoring.counts()
    assert (counts["risk"], counts["monitoring_case"]) == (CONFIRMED, CONFIRMED)
    feed = sa.select(CHANGES.c.type, sa.func.count()).group_by(CHANGES.c.type)
    told = dict(await monitoring.house.database.read(lambda reading: reading.connection.execute(feed).all()))
    assert told["monitoring.risk-raised.v1"] == CONFIRMED, "each opens one task"
    assert told["monitoring.clue-answered.v1"] == HOUSEHOLDS * CLUES_OF_EACH
    [found] = (await monitoring.get("clues/statistics"))["items"]
    assert (found["confirmed"], found["no_risk"], found["open"]) == (400, 4600, 0)
