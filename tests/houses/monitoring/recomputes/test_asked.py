"""The ledger of a region computed once more: a job of whoever operates there."""

import pytest
import sqlalchemy as sa

from services.monitoring.models.ledger import LedgerMonth
from shared.jobs.running import run_next_part
from tests.builders import household
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring, wages
from tests.problems import assert_problem, pointers, problem_document

HERE, ELSEWHERE = "DJ-1", "DJ-2"


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    for code, region_code in ((HERE, "520626001001"), (ELSEWHERE, "520602003004")):
        await found.put(household() | {"region_code": region_code}, code=code)
        await found.record(*wages(WINDOW, "2700.00", prefix=code, household_code=code))
    return found


async def recomputed(monitoring: Monitoring, region_code: str) -> tuple[int, int]:
    answer = await monitoring.client.post("/monitoring/v1/recomputes", json={"region_code": region_code})
    assert answer.status_code == 202, answer.text
    while await run_next_part(monitoring.house.database, monitoring.house.long_work):
        pass
    job = await monitoring.get(answer.json()["location"].removeprefix("/monitoring/v1/"))
    assert (job["kind"], job["status"]) == ("recompute", "done"), job
    return job["result"]["households"], job["result"]["differing"]


async def test_a_region_is_recomputed_and_what_differs_is_counted(monitoring: Monitoring) -> None:
    assert await recomputed(monitoring, "5206") == (2, 0)
    wrong = sa.update(LedgerMonth).where(sa.column("household_code") == ELSEWHERE, sa.column("month") == 2026 * 12 + 7)
    await monitoring.house.database.write(lambda uow: uow.connection.execute(wrong.values(wage=0)))
    assert await recomputed(monitoring, "520626") == (1, 0)
    assert await recomputed(monitoring, "52") == (2, 1)


async def test_who_does_not_operate_there_is_refused(monitoring: Monitoring, client_for: ClientFor) -> None:
    path = "/monitoring/v1/recomputes"
    officer = client_for(monitoring.house, scopes=("monitoring:read", "monitoring:write"))
    assert_problem(await officer.post(path, json={"region_code": "5206"}), 403, "scope-missing")
    county = client_for(monitoring.house, region="520626")
    assert_problem(await county.post(path, json={"region_code": "5206"}), 403, "region-not-allowed")
    nowhere = await monitoring.client.post(path, json={"region_code": "529999"})
    assert (nowhere.status_code, pointers(problem_document(nowhere))) == (422, ["/region_code"])
    assert (await monitoring.get("jobs"))["items"] == []
