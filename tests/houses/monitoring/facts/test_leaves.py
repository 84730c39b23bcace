"""Income by leaf 收入明细: what two sources report of one leaf, member and month counts once."""

import itertools
from typing import Any

import pytest

from services.monitoring.operations import OPERATIONS
from tests.builders import HOUSEHOLD, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, correction, open_monitoring, withdrawal

MONTH = WINDOW[3]
BRANCH = {"wage": "wage", "transfer": "transfer"}


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    opened = await open_monitoring(open_house, client_for)
    await opened.put()
    return opened


def report(source: str, amount: str, leaf: str | None = "migrant", **changes: Any) -> dict[str, Any]:
    said = income_fact(MONTH, amount)
    payload = said["payload"] | ({} if leaf is None else {"leaf": leaf})
    return said | {"source": source, "source_ref": f"{source}-{amount}", "payload": payload, "member_no": 1} | changes


async def wages_of_month(monitoring: Monitoring) -> str:
    shown = await monitoring.get(f"households/{HOUSEHOLD}/income")
    return str(shown["branches"]["wage"])


CIVIL, HRSS = report("civil-affairs", "1000.00"), report("hrss", "3000.00")
AGAIN, VILLAGE = report("hrss", "500.00"), report("village-report", "7000.00")
OTHER_LEAF, NO_LEAF = report("village-report", "10000.00", "gathering"), report("village-report", "20000.00", None)


@pytest.mark.parametrize("order", list(itertools.permutations([CIVIL, HRSS, AGAIN, VILLAGE]))[::5])
async def test_the_heaviest_source_counts_whatever_came_first(
    monitoring: Monitoring, order: tuple[dict[str, Any], ...]
) -> None:
    for said in order:
        await monitoring.record(said)
    await monitoring.record(OTHER_LEAF, NO_LEAF)
    assert await wages_of_month(monitoring) == "31000.00"
    assert (await monitoring.post(withdrawal(CIVIL, "gone"))).status_code == 201
    assert await wages_of_month(monitoring) == "33500.00", "what the next source said, all of it"
    assert (await monitoring.post(correction(HRSS, "righted", amount="4000.00"))).status_code == 201
    assert await wages_of_month(monitoring) == "34500.00"
    assert await OPERATIONS["audit-ledger"](monitoring.house) == 0


async def test_of_two_sources_that_are_not_ranked_the_first_by_name_counts(monitoring: Monitoring) -> None:
    await monitoring.record(report("township-b", "100.00"), report("township-a", "200.00"), mode="backfill")
    assert await wages_of_month(monitoring) == "200.00"


async def test_in_one_batch_and_for_another_member_all_is_as_one_by_one(monitoring: Monitoring) -> None:
    await monitoring.record(VILLAGE, HRSS, report("village-report", "500.00", member_no=2), CIVIL, OTHER_LEAF)
    assert await wages_of_month(monitoring) == "11500.00"
    assert await OPERATIONS["audit-ledger"](monitoring.house) == 0


async def test_a_leaf_of_another_branch_is_refused(monitoring: Monitoring) -> None:
    answer = await monitoring.post(report("hrss", "3000.00", "dibao"))
    assert answer.status_code == 422
    assert "leaf-of-another-branch" in answer.text
    assert (await monitoring.get("facts"))["items"] == []
