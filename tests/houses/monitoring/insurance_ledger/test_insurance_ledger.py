"""The ledger of insurance 参保台账: a line for each member, whether anything is known or not."""

from typing import Any

import pytest

from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, fact, household, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.promises import Check, Promises, every

PROMISES = Promises(
    "monitoring",
    routes={"GET /insurance-ledger": "monitoring:read"},
    fields={
        "InsuranceLine": "household_code region_code member_no scheme year status paid_by observed_on source",
    },
    codes={"InsuranceStanding": "insured uninsured exempt unknown"},
    filters={"/insurance-ledger": "region_code scheme year status limit cursor format"},
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()


def insurance(member_no: int, status: str, day: str = "2026-03-01", **said: Any) -> dict[str, Any]:
    payload = {"scheme": "basic_medical", "year": 2026, "status": status} | said
    ref = f"{member_no}-{status}-{day}-{payload['year']}-{payload['scheme']}"
    return fact("insurance", ref, payload, member_no=member_no, observed_on=day)


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put(household([member(number) for number in (1, 2, 3, 4)]))
    await found.put(household([member(1)], region_code=OTHER_COUNTY_REGION), "YJ-0001")
    return found


async def listed(monitoring: Monitoring, **asked: Any) -> list[tuple[str, int, str]]:
    items = (await monitoring.get("insurance-ledger", **asked))["items"]
    return [(item["household_code"], item["member_no"], item["status"]) for item in items]


async def test_a_line_a_member_of_a_scheme_and_a_year(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.record(
        insurance(1, "uninsured", "2026-01-01"),
        insurance(1, "insured", "2026-03-01", paid_by="full"),
        insurance(2, "uninsured"),
        insurance(3, "exempt"),
        insurance(4, "insured", year=2025),
        insurance(4, "insured", scheme="pension"),
    )
    ours = [(HOUSEHOLD, 1, "insured"), (HOUSEHOLD, 2, "uninsured"), (HOUSEHOLD, 3, "exempt"), (HOUSEHOLD, 4, "unknown")]
    assert await listed(monitoring) == [("YJ-0001", 1, "unknown"), *ours]
    assert await listed(monitoring, region_code="520626") == ours
    for status in ("insured", "uninsured", "exempt", "unknown"):
        expected = [line for line in ours if line[2] == status]
        assert await listed(monitoring, region_code="520626", status=status) == expected
    assert await listed(monitoring, year=2025, status="insured") == [(HOUSEHOLD, 4, "insured")]
    assert await listed(monitoring, scheme="pension", status="insured") == [(HOUSEHOLD, 4, "insured")]
    [first, *_] = (await monitoring.get("insurance-ledger", region_code="520626", limit=1))["items"]
    assert (first["paid_by"], first["observed_on"], first["year"]) == ("full", "2026-03-01", 2026)
    county = client_for(monitoring.house, region="520626", scopes=("monitoring:read",), client_id="county")
    assert len((await county.get("/monitoring/v1/insurance-ledger")).json()["items"]) == 4
    for wrong in ({"year": 1999}, {"status": "some"}, {"scheme": "life"}):
        assert (await county.get("/monitoring/v1/insurance-ledger", params=wrong)).status_code == 422
    file = await county.get("/monitoring/v1/insurance-ledger", params={"format": "csv", "status": "uninsured"})
    assert len(file.text.strip().splitlines()) == 2
