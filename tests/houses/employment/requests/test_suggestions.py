"""What is suggested for a request for work."""

from typing import Any

from shared.codes.monitoring import Labour
from tests.builders import deliver, household_member, household_registered
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment.builders import BASE, Employment, job_requested, open_employment, request_id, worker_id
from tests.problems import problem

YESTERDAY = "2026-11-15"


async def with_vacancies(open_house: OpenHouse, client_for: ClientFor, **request: Any) -> Employment:
    """Three workers, the first at work, the third weak; vacancies far, near, full, expired and for older people."""
    members = (household_member(1), household_member(2), household_member(3, labour=Labour.WEAK))
    employment = await open_employment(open_house, client_for, household_registered(*members), job_requested(**request))
    await employment.put_vacancy("FAR")
    await employment.put_vacancy("NEAR", place_code="520626")
    await employment.put_vacancy("FULL", headcount=1)
    await employment.put_vacancy("GONE", valid_until=YESTERDAY)
    await employment.put_vacancy("OLDER", min_age=50)
    await employment.put_vacancy("YOUNGER", max_age=30, needs=["skilled"])
    await employment.started(1, "FULL")
    return employment


async def test_suggestions_name_what_fits_and_why_the_rest_does_not(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await with_vacancies(open_house, client_for)
    found = await employment.get(f"requests/{request_id()}/suggestions")
    assert [(item["member_no"], item["vacancy_code"]) for item in found["suggestions"]] == [(2, "NEAR"), (2, "FAR")]
    assert found["suggestions"][0] == {
        "worker_id": worker_id(2),
        "member_no": 2,
        "vacancy_code": "NEAR",
        "why": [{"code": "wage_month", "value": "4500.00"}, {"code": "shared_division", "value": "county"}],
    }
    assert found["suggestions"][1]["why"][1] == {"code": "shared_division", "value": None}
    second = {item["vacancy_code"]: item["why_not"] for item in found["rest"] if item["member_no"] == 2}
    assert second == {
        "FULL": ["no_headcount_left"],
        "GONE": ["expired"],
        "OLDER": ["too_young"],
        "YOUNGER": ["too_old", "labour_not_matching"],
    }
    third = {item["vacancy_code"]: item["why_not"] for item in found["rest"] if item["member_no"] == 3}
    assert (third["NEAR"], len(third)) == (["labour_not_matching"], 6)
    assert (found["fitting"], found["not_fitting"]) == (2, 10)


async def test_a_request_for_one_member_is_answered_for_that_member(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await with_vacancies(open_house, client_for, member_no=1)
    found = await employment.get(f"requests/{request_id()}/suggestions", limit=1)
    assert (found["suggestions"], found["fitting"], found["not_fitting"], len(found["rest"])) == ([], 0, 6, 1)
    assert (found["rest"][0]["member_no"], found["rest"][0]["why_not"]) == (1, ["already_placed"])


async def test_what_is_suggested_can_be_placed_and_what_is_not_cannot(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await with_vacancies(open_house, client_for)
    found = await employment.get(f"requests/{request_id()}/suggestions")
    for item in found["rest"]:
        assert (await employment.place(item["member_no"], item["vacancy_code"])).status_code == 409
    best = found["suggestions"][0]
    assert (await employment.place(best["member_no"], best["vacancy_code"])).status_code == 201


async def test_suggestions_for_a_request_of_another_region_are_not_given(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await open_employment(open_house, client_for, household_registered())
    await deliver(employment.house, job_requested())
    client = client_for(employment.house, region="520625")
    answer = await client.get(f"{BASE}/requests/{request_id()}/suggestions")
    assert problem(answer) == (404, "request-not-found", [])


async def test_as_many_suggestions_are_shown_as_were_asked_for(open_house: OpenHouse, client_for: ClientFor) -> None:
    employment = await with_vacancies(open_house, client_for)
    found = await employment.get(f"requests/{request_id()}/suggestions", limit=1)
    assert ([item["vacancy_code"] for item in found["suggestions"]], found["fitting"]) == (["NEAR"], 2)
    assert (len(found["rest"]), found["not_fitting"]) == (1, 10)
