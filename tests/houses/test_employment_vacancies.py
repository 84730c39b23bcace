"""The register of vacancies, and what is suggested from it."""

from typing import Any

import pytest

from shared.contracts.codes import Labour
from tests.builders import TODAY, audit_rows, deliver, household_member, household_registered
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment_builders import (
    BASE,
    VACANCY,
    Employment,
    job_requested,
    open_employment,
    request_id,
    vacancy,
    worker_id,
)
from tests.logged import Logged
from tests.problems import problem

YESTERDAY = "2026-11-15"


async def codes(employment: Employment, **wanted: Any) -> list[str]:
    return [found["vacancy_code"] for found in await employment.items("vacancies", **wanted)]


async def test_a_vacancy_is_kept_as_it_was_put(open_house: OpenHouse, client_for: ClientFor) -> None:
    employment = await open_employment(open_house, client_for)
    new, again = await employment.put_vacancy(), await employment.put_vacancy()
    assert (new.status_code, again.status_code) == (201, 200)
    assert new.json() == again.json()
    shown = new.json()
    assert shown.pop("updated_at").endswith("Z")
    assert shown == {"vacancy_code": VACANCY, "taken": 0, "region_code": "52", "version": 1, **vacancy()}
    assert await employment.get(f"vacancies/{VACANCY}") == new.json()
    assert [row["action"] for row in await audit_rows(employment.house)] == ["vacancy.put"]


async def test_a_changed_vacancy_is_what_it_was_last_put_to(open_house: OpenHouse, client_for: ClientFor) -> None:
    employment = await open_employment(open_house, client_for)
    await employment.put_vacancy()
    changed = await employment.put_vacancy(wage_month="5000.00", needs=["skilled", "ordinary"])
    assert (changed.status_code, changed.json()["wage_month"]) == (200, "5000.00")
    [_, row] = await audit_rows(employment.house)
    assert (row["before"]["wage_month"], row["after"]["needs"]) == ("4500.00", ["skilled", "ordinary"])


async def test_an_employer_may_be_a_person_and_reaches_no_audit_or_log(
    open_house: OpenHouse, client_for: ClientFor, logged: Logged
) -> None:
    employment = await open_employment(open_house, client_for)
    await employment.put_vacancy(employer="张三")
    await employment.put_vacancy(employer="张三四")
    assert [line["version"] for line in logged.lines("vacancy.put")] == [1, 2]
    assert not [text for text in (logged.text(), str(await audit_rows(employment.house))) if "张三" in text]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"headcount": 0}, "/headcount"),
        ({"headcount": -1}, "/headcount"),
        ({"headcount": "3"}, "/headcount"),
        ({"wage_month": "0.00"}, "/wage_month"),
        ({"wage_month": 4500}, "/wage_month"),
        ({"wage_month": "-1.00"}, "/wage_month"),
        ({"max_age": 17}, "/max_age"),
        ({"min_age": -1}, "/min_age"),
        ({"needs": []}, "/needs"),
        ({"needs": ["lost"]}, "/needs/0"),
        ({"needs": ["weak", "weak"]}, "/needs"),
        ({"kind": "farm"}, "/kind"),
        ({"place_code": "4419"[:3]}, "/place_code"),
        ({"valid_until": 1}, "/valid_until"),
        ({"employer": ""}, "/employer"),
        ({"taken": 0}, "/taken"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_kept(
    open_house: OpenHouse, client_for: ClientFor, changes: dict[str, Any], pointer: str
) -> None:
    employment = await open_employment(open_house, client_for)
    before = await employment.everything()
    assert problem(await employment.put_vacancy(**changes)) == (422, "invalid", [pointer])
    assert await employment.everything() == before


async def test_a_place_that_is_nowhere_is_not_found(open_house: OpenHouse, client_for: ClientFor) -> None:
    employment = await open_employment(open_house, client_for)
    assert problem(await employment.put_vacancy(place_code="991900")) == (404, "place-unknown", [])
    answer = await employment.client.get(f"{BASE}/vacancies/{VACANCY}")
    assert problem(answer) == (404, "vacancy-not-found", [])


async def test_the_headcount_shrinks_to_what_is_taken_and_no_further(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await open_employment(
        open_house, client_for, household_registered(household_member(1), household_member(2))
    )
    await employment.put_vacancy()
    placements = [await employment.placed(number) for number in (1, 2)]
    refused = await employment.put_vacancy(headcount=1)
    assert (problem(refused), refused.json()["taken"]) == ((409, "headcount-taken", []), 2)
    assert (await employment.put_vacancy(headcount=2)).json()["taken"] == 2
    await employment.act(placements[0], "end")
    assert (await employment.put_vacancy(headcount=1)).json()["taken"] == 1


async def test_vacancies_are_found_by_place_kind_and_whether_they_are_open(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await open_employment(open_house, client_for, household_registered(household_member(1)))
    await employment.put_vacancy("A")
    await employment.put_vacancy("B", kind="workshop", place_code="520626001001", valid_until=str(TODAY))
    await employment.put_vacancy("C", place_code="440100", valid_until=YESTERDAY)
    await employment.put_vacancy("D", headcount=1)
    placement = await employment.placed(vacancy_code="D")
    assert await codes(employment) == ["A", "B", "C", "D"]
    assert await codes(employment, place_code="44") == ["A", "C", "D"]
    assert await codes(employment, place_code="441900000000") == ["A", "D"]
    assert await codes(employment, kind="workshop") == ["B"]
    assert await codes(employment, open="true") == ["A", "B"]
    assert await codes(employment, open="false") == ["C", "D"]
    await employment.act(placement, "end")
    assert await codes(employment, open="true") == ["A", "B", "D"]
    neighbour = Employment(employment.house, client_for(employment.house, region="520625"))
    assert await codes(neighbour) == ["A", "B", "C", "D"]


async def test_pages_hold_every_vacancy_once(open_house: OpenHouse, client_for: ClientFor) -> None:
    employment = await open_employment(open_house, client_for)
    for code in "CADB":
        await employment.put_vacancy(code)
    first = await employment.get("vacancies", limit=3)
    rest = await employment.get("vacancies", limit=3, cursor=first["next_cursor"])
    assert [found["vacancy_code"] for found in first["items"] + rest["items"]] == ["A", "B", "C", "D"]
    assert rest["next_cursor"] is None


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
