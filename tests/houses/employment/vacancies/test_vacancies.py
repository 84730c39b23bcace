"""The register of vacancies."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.employment.models import Vacancy
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from tests.builders import TODAY, audit_rows, household_member, household_registered, resident_id
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment.builders import BASE, VACANCY, Employment, open_employment, vacancy
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
    assert [line["vacancy_version"] for line in logged.lines("vacancy.put")] == [1, 2]
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


class TestTheOwner:
    """A vacancy is changed from the region that owns it, or from one around it; everybody reads it."""

    @pytest.mark.parametrize(
        ("region", "status"),
        [("4419", 200), ("44", 200), ("*", 200), ("520626", 403), ("52", 403), ("441900101", 403), ("4420", 403)],
    )
    async def test_only_its_region_or_one_around_it_changes_it(
        self, open_house: OpenHouse, client_for: ClientFor, region: str, status: int
    ) -> None:
        house = (await open_employment(open_house, client_for)).house
        owner = Employment(house, client_for(house, region="4419", client_id="station"))
        assert (await owner.put_vacancy()).json()["region_code"] == "4419"
        other = Employment(house, client_for(house, region=region, client_id="other"))
        before = await other.everything()
        answer = await other.put_vacancy(wage_month="0.01", min_age=118, max_age=120)
        assert answer.status_code == status
        if status == 403:
            assert problem(answer)[1] == "region-not-allowed"
            assert await other.everything() == before
        assert (await other.get(f"vacancies/{VACANCY}"))["vacancy_code"] == VACANCY

    async def test_is_the_region_that_the_body_names_and_may_be_handed_over(
        self, open_house: OpenHouse, client_for: ClientFor
    ) -> None:
        employment = await open_employment(open_house, client_for)
        county = Employment(employment.house, client_for(employment.house, region="520626"))
        new = await employment.put_vacancy(region_code="520626000000")
        assert (new.status_code, new.json()["region_code"]) == (201, "520626")
        changed = await county.put_vacancy(headcount=5)
        assert (changed.json()["headcount"], changed.json()["region_code"]) == (5, "520626")
        assert problem(await county.put_vacancy(region_code="520625"))[:2] == (403, "region-not-allowed")
        handed_over = await employment.put_vacancy(headcount=5, region_code="520625")
        assert (handed_over.json()["region_code"], handed_over.json()["version"]) == ("520625", 3)
        assert problem(await county.put_vacancy())[:2] == (403, "region-not-allowed")

    async def test_outside_the_client_cannot_be_named(self, open_house: OpenHouse, client_for: ClientFor) -> None:
        employment = await open_employment(open_house, client_for)
        assert problem(await employment.put_vacancy(region_code="4419"))[:2] == (403, "region-not-allowed")
        assert await codes(employment) == []

    async def test_that_was_never_kept_leaves_it_to_a_whole_province(
        self, open_house: OpenHouse, client_for: ClientFor
    ) -> None:
        employment = await open_employment(open_house, client_for)
        await employment.put_vacancy()
        await employment.house.database.write(forget_owners)
        assert (await employment.get(f"vacancies/{VACANCY}"))["region_code"] is None
        county = Employment(employment.house, client_for(employment.house, region="520626"))
        assert problem(await county.put_vacancy(headcount=1))[:2] == (403, "region-not-allowed")
        assert (await employment.put_vacancy(headcount=1)).status_code == 200

    async def test_of_a_client_of_the_whole_country_is_the_country(
        self, open_house: OpenHouse, client_for: ClientFor
    ) -> None:
        employment = await open_employment(open_house, client_for)
        national = Employment(employment.house, client_for(employment.house, region="*"))
        assert (await national.put_vacancy()).json()["region_code"] is None
        assert problem(await employment.put_vacancy(headcount=1))[:2] == (403, "region-not-allowed")
        assert (await national.put_vacancy(headcount=1)).status_code == 200


def forget_owners(uow: UnitOfWork) -> None:
    uow.connection.execute(sa.update(table_of(Vacancy)).values(region_code=None, registered_by=None))


class TestTheVersion:
    async def put(self, employment: Employment, version: str, **changes: Any) -> httpx.Response:
        place, headers = f"{BASE}/vacancies/{VACANCY}", {"If-Match": version}
        return await employment.client.put(place, json=vacancy(**changes), headers=headers)

    async def test_is_named_by_every_answer_and_grows_with_every_change(
        self, open_house: OpenHouse, client_for: ClientFor
    ) -> None:
        employment = await open_employment(open_house, client_for)
        answers = [await employment.put_vacancy(headcount=headcount) for headcount in (3, 3, 4)]
        answers.append(await employment.client.get(f"{BASE}/vacancies/{VACANCY}"))
        assert [answer.headers["ETag"] for answer in answers] == ['"1"', '"1"', '"2"', '"2"']
        assert [answer.json()["version"] for answer in answers] == [1, 1, 2, 2]
        moments = [answer.json()["updated_at"] for answer in answers]
        assert moments[0] == moments[1] < moments[2] == moments[3]

    async def test_that_is_there_no_more_is_not_changed(self, open_house: OpenHouse, client_for: ClientFor) -> None:
        employment = await open_employment(open_house, client_for)
        assert problem(await self.put(employment, '"1"'))[:2] == (412, "version-changed")
        await employment.put_vacancy()
        assert (await self.put(employment, '"1"', headcount=4)).status_code == 200
        before = await employment.everything()
        late = await self.put(employment, '"1"', headcount=9)
        assert (problem(late)[:2], late.json()["version"]) == ((412, "version-changed"), 2)
        assert await employment.everything() == before

    async def test_of_a_code_in_another_spelling_is_not_looked_at(
        self, open_house: OpenHouse, client_for: ClientFor
    ) -> None:
        employment = await open_employment(open_house, client_for)
        await employment.put_vacancy(VACANCY.swapcase())
        assert problem(await self.put(employment, '"1"'))[:2] == (409, "code-in-other-spelling")

    async def test_is_changed_by_one_of_many_who_read_it(self, open_house: OpenHouse, client_for: ClientFor) -> None:
        employment = await open_employment(open_house, client_for)
        await employment.put_vacancy()
        puts = (self.put(employment, '"1"', headcount=10 + number) for number in range(6))
        answers = await asyncio.gather(*puts)
        assert sorted(answer.status_code for answer in answers) == [200] + 5 * [412]
        [kept] = [answer.json() for answer in answers if answer.status_code == 200]
        assert await employment.get(f"vacancies/{VACANCY}") == kept

    async def test_counts_every_change_of_many_at_once(self, open_house: OpenHouse, client_for: ClientFor) -> None:
        employment = await open_employment(open_house, client_for)
        await employment.put_vacancy()
        answers = await asyncio.gather(*(employment.put_vacancy(headcount=10 + number) for number in range(6)))
        assert sorted(answer.json()["version"] for answer in answers) == [2, 3, 4, 5, 6, 7]


async def test_a_code_in_other_letters_is_another_spelling_of_the_same(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await open_employment(open_house, client_for)
    answers = await asyncio.gather(*(employment.put_vacancy(code) for code in ("dg-17", "DG-17", "Dg-17")))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {problem(answer)[1] for answer in answers if answer.status_code == 409} == {"code-in-other-spelling"}
    assert len(await codes(employment)) == 1


@pytest.mark.parametrize("code", ["%2E", "%2E%2E", "...", resident_id(dt.date(1980, 5, 1))])
async def test_a_code_is_no_path_and_no_identity_number(
    open_house: OpenHouse, client_for: ClientFor, code: str
) -> None:
    employment = await open_employment(open_house, client_for)
    assert problem(await employment.put_vacancy(code)) == (422, "invalid", ["/vacancy_code"])
    assert await codes(employment) == []


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "a\x85b", "a\u200bb", " ", "\u3000", "\u200b"])
@pytest.mark.parametrize("field", ["employer", "occupation"])
async def test_a_name_is_not_blank_and_holds_no_character_that_nobody_sees(
    open_house: OpenHouse, client_for: ClientFor, field: str, text: str
) -> None:
    employment = await open_employment(open_house, client_for)
    assert problem(await employment.put_vacancy(**{field: text})) == (422, "invalid", [f"/{field}"])
    assert await codes(employment) == []


async def test_whoever_asks_on_with_the_last_moment_misses_no_vacancy(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    employment = await open_employment(open_house, client_for)
    for code in ("B", "C", "A"):
        await employment.put_vacancy(code)
    long_ago = "2026-01-01T00:00:00Z"
    moments = [found["updated_at"] for found in await employment.items("vacancies", updated_after=long_ago)]
    assert await codes(employment, updated_after=long_ago) == ["B", "C", "A"]
    assert moments == sorted(set(moments))
    assert await codes(employment, updated_after=moments[-1]) == []
    await employment.put_vacancy("B", headcount=2)
    await employment.put_vacancy("C")
    assert await codes(employment, updated_after=moments[0]) == ["C", "A", "B"]
    assert await codes(employment, updated_after=moments[-1], kind="workshop") == []

    paged: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        asked: dict[str, str | int] = {"updated_after": long_ago, "limit": 1, **cursor}
        page = (await employment.client.get(f"{BASE}/vacancies", params=asked)).json()
        paged += [found["vacancy_code"] for found in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert paged == ["C", "A", "B"]
