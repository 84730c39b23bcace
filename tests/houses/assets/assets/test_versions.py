"""Assets have versions, one spelling, and an owner: whoever is responsible where they lie."""

import asyncio
from typing import Any

import pytest

from tests.builders import OTHER_COUNTY_REGION, REGION, audit_rows
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assets.builders import ASSET, Assets, asset, open_assets, right
from tests.problems import assert_problem

PATH = f"/assets/v1/assets/{ASSET}"
AT_ONCE = 5


@pytest.fixture
async def assets(open_house: OpenHouse, client_for: ClientFor) -> Assets:
    return await open_assets(open_house, client_for)


async def test_of_two_who_changed_one_version_the_second_is_told(assets: Assets) -> None:
    entered = await assets.put()
    assert entered.headers["ETag"] == (await assets.client.get(PATH)).headers["ETag"] == '"1"'
    mine = await assets.client.put(PATH, json=asset(name="茶厂"), headers={"If-Match": '"1"'})
    assert (mine.status_code, mine.headers["ETag"]) == (200, '"2"')
    hers = await assets.client.put(PATH, json=asset(original_value="1.00"), headers={"If-Match": '"1"'})
    assert assert_problem(hers, 412, "version-changed")["version"] == 2
    assert (await assets.get(f"assets/{ASSET}"))["name"] == "茶厂"
    new = await assets.client.put("/assets/v1/assets/NEW", json=asset(), headers={"If-Match": "*"})
    assert_problem(new, 412, "version-changed")


async def test_of_several_who_change_one_version_at_once_one_does(assets: Assets) -> None:
    await assets.put()
    changes = [
        assets.client.put(PATH, json=asset([right(holder=f"集体 {number}")]), headers={"If-Match": '"1"'})
        for number in range(AT_ONCE)
    ]
    answers = await asyncio.gather(*changes)
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * (AT_ONCE - 1)]
    (changed,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert await assets.get(f"assets/{ASSET}") == changed


async def test_changes_at_once_are_one_version_each(assets: Assets) -> None:
    await assets.put()
    await asyncio.gather(*(assets.put(asset(name=f"名称 {number}")) for number in range(AT_ONCE)))
    assert (await assets.get(f"assets/{ASSET}"))["version"] == 1 + AT_ONCE
    versions = [row["after"]["version"] for row in await audit_rows(assets.house)]
    assert versions == list(range(1, 2 + AT_ONCE))


async def test_a_register_holds_a_code_in_one_spelling(assets: Assets) -> None:
    await assets.put()
    assert_problem(await assets.put(code=ASSET.lower()), 409, "code-in-other-spelling")
    at_once = await asyncio.gather(*(assets.put(code=code) for code in ("TEA", "tea", "Tea")))
    assert sorted(answer.status_code for answer in at_once) == [201, 409, 409]


@pytest.mark.parametrize("code", ["%2E", "%2E%2E", "..."])
async def test_a_code_is_no_path(assets: Assets, code: str) -> None:
    assert_problem(await assets.client.put(f"/assets/v1/assets/{code}", json=asset()), 422, "invalid")


async def test_whoever_is_responsible_where_it_lies_changes_an_asset(assets: Assets, client_for: ClientFor) -> None:
    await assets.put()
    for region, status in (("520626", 200), ("52", 200), ("520625", 403), ("4419", 403)):
        client = client_for(assets.house, region=region)
        answer = await client.put(PATH, json=asset(name=f"茶厂 {region}"))
        assert answer.status_code == status, answer.text
    neighbour = client_for(assets.house, region="520625")
    taken = await neighbour.put(PATH, json=asset(region_code=OTHER_COUNTY_REGION))
    assert_problem(taken, 404, "asset-not-found")
    assert (await assets.get(f"assets/{ASSET}"))["region_code"] == REGION


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u200b", "a\u0000b"])
async def test_names_are_seen(assets: Assets, blank: str) -> None:
    for document in (asset(name=blank), asset([right(holder=blank)])):
        assert_problem(await assets.put(document), 422, "invalid")


async def test_whoever_asks_on_with_the_last_moment_misses_no_asset(assets: Assets) -> None:
    for code in ("B", "A"):
        await assets.put(code=code)

    async def changed(**wanted: Any) -> list[tuple[str, str]]:
        answer = await assets.client.get("/assets/v1/assets", params=wanted)
        assert answer.status_code == 200, answer.text
        return [(found["asset_code"], found["updated_at"]) for found in answer.json()["items"]]

    found = await changed(updated_after="2026-01-01T00:00:00Z")
    assert [code for code, _ in found] == ["B", "A"]
    assert [code for code, _ in await changed()] == ["A", "B"]
    last = found[-1][1]
    assert await changed(updated_after=last) == []
    await assets.put(code="A")
    assert await changed(updated_after=last) == []
    await assets.put(asset([right(holder="另一集体")]), code="B")
    [(code, moment)] = await changed(updated_after=last)
    assert (code, moment > last) == ("B", True)
    page = (await assets.client.get("/assets/v1/assets", params={"updated_after": found[0][1], "limit": 1})).json()
    following = {"updated_after": found[0][1], "cursor": page["next_cursor"]}
    assert [*(each["asset_code"] for each in page["items"]), *(code for code, _ in await changed(**following))] == [
        "A",
        "B",
    ]
