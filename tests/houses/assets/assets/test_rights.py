"""Assets and the rights in them over HTTP: what the caller hears, what is stored, how it was on a day."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from tests.builders import OTHER_COUNTY_REGION, REGION, TODAY, audit_rows
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assets.builders import ASSET, Assets, asset, open_assets, right
from tests.logged import Logged
from tests.problems import problem

PATH = f"/assets/v1/assets/{ASSET}"
LIST = "/assets/v1/assets"
LATER = TODAY + dt.timedelta(days=30)
FIRM = [right(), right("operator", "黔茶公司")]
SHARED = [right(), right("operator", "黔茶公司", "0.4000"), right("operator", "沙坝合作社", "0.6000")]


@pytest.fixture
async def assets(open_house: OpenHouse, client_for: ClientFor) -> Assets:
    return await open_assets(open_house, client_for)


def held(rights: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(found["right"], found["holder"], found["share"]) for found in rights}


def sent(rights: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(given["right"], given["holder"], given["share"]) for given in rights}


async def test_a_new_asset_is_entered_once(assets: Assets) -> None:
    first = await assets.put()
    rows = await assets.rows()
    again = await assets.put(asset(reversed(FIRM)))

    assert first.status_code == 201
    since = {"valid_from": str(TODAY), "valid_to": None}
    rights = [right("operator", "黔茶公司") | since, right() | since]
    assert first.json() == {
        **asset(),
        "asset_code": ASSET,
        "version": 1,
        "updated_at": first.json()["updated_at"],
        "as_of": str(TODAY),
        "rights": rights,
        "history": rights,
    }
    assert (again.status_code, again.json()) == (200, first.json())
    assert await assets.rows() == rows
    assert await assets.get(f"assets/{ASSET}") == first.json()
    assert await assets.events() == []


async def test_a_changed_asset_gets_a_version_and_an_audit_row(assets: Assets) -> None:
    await assets.put()
    renamed = await assets.put(asset(name="沙坝村茶厂"))
    shared = await assets.put(asset(SHARED, name="沙坝村茶厂"))

    assert [(answer.status_code, answer.json()["version"]) for answer in (renamed, shared)] == [(200, 2), (200, 3)]
    rows = await audit_rows(assets.house)
    assert [(row["action"], row["actor"], row["subject"]) for row in rows] == [
        ("asset.entered", "tester", ASSET),
        ("asset.changed", "tester", ASSET),
        ("asset.changed", "tester", ASSET),
    ]
    assert [(row["before"] or {}).get("version") for row in rows] == [None, 1, 2]
    assert rows[-1]["after"]["shares"] == {"operator": ["0.6000", "0.4000"], "owner": ["1.0000"]}


async def test_the_rights_of_every_day_stay_known(open_house: OpenHouse, client_for: ClientFor) -> None:
    await (await open_assets(open_house, client_for)).put()
    later = await open_assets(open_house, client_for, today=LATER)
    changed = (await later.put(asset(SHARED))).json()

    assert held(changed["rights"]) == sent(SHARED)
    assert [(span["right"], span["holder"], span["valid_from"], span["valid_to"]) for span in changed["history"]] == [
        ("operator", "黔茶公司", str(TODAY), str(LATER - dt.timedelta(days=1))),
        ("owner", "沙坝村集体", str(TODAY), None),
        ("operator", "沙坝合作社", str(LATER), None),
        ("operator", "黔茶公司", str(LATER), None),
    ]
    for day, rights in {
        TODAY - dt.timedelta(days=1): [],
        TODAY: FIRM,
        LATER - dt.timedelta(days=1): FIRM,
        LATER: SHARED,
        LATER + dt.timedelta(days=400): SHARED,
    }.items():
        shown = await later.get(f"assets/{ASSET}", as_of=str(day))
        assert (shown["as_of"], held(shown["rights"])) == (str(day), sent(rights))
        assert shown["history"] == changed["history"]


async def test_of_two_changes_on_one_day_only_the_last_is_kept(open_house: OpenHouse, client_for: ClientFor) -> None:
    entered = (await (await open_assets(open_house, client_for)).put()).json()
    later = await open_assets(open_house, client_for, today=LATER)
    await later.put(asset(SHARED))
    taken_back = (await later.put()).json()
    assert (taken_back["rights"], taken_back["history"]) == (entered["rights"], entered["history"])
    assert taken_back["version"] == 3


async def test_two_who_enter_an_asset_at_once_enter_it_once(assets: Assets) -> None:
    answers = await asyncio.gather(assets.put(), assets.put())
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert answers[0].json() == answers[1].json()
    assert len(await audit_rows(assets.house)) == 1


async def test_names_and_holders_stay_with_the_asset_and_reach_no_audit_or_log(assets: Assets, logged: Logged) -> None:
    await assets.put(asset([right(holder="张三")], name="张三家的茶园"))
    await assets.put(asset([right(holder="张三四")], name="张三四家的茶园"))
    assert [line["asset"] for line in logged.lines("asset.changed")] == [ASSET]
    assert not [text for text in (logged.text(), str(await audit_rows(assets.house))) if "张三" in text]


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"name": ""}, ["/name"]),
        ({"name": "a\nb"}, ["/name"]),
        ({"class": "private"}, ["/class"]),
        ({"asset_class": "public"}, ["/asset_class"]),
        ({"region_code": "520626"}, ["/region_code"]),
        ({"original_value": "0.00"}, ["/original_value"]),
        ({"original_value": "-1.00"}, ["/original_value"]),
        ({"original_value": 500000}, ["/original_value"]),
        ({"acquired_on": 1600000000}, ["/acquired_on"]),
        ({"acquired_on": "2026-02-30"}, ["/acquired_on"]),
        ({"rights": []}, ["/rights"]),
        ({"rights": [right("seller")]}, ["/rights/0/right"]),
        ({"rights": [right(share="0")]}, ["/rights/0/share"]),
        ({"rights": [right(share="1.0001")]}, ["/rights/0/share"]),
        ({"rights": [right(share="0.33333")]}, ["/rights/0/share"]),
        ({"rights": [right(share="-0.5")]}, ["/rights/0/share"]),
        ({"rights": [right(share="1e0")]}, ["/rights/0/share"]),
        ({"rights": [right() | {"share": 1}]}, ["/rights/0/share"]),
        ({"rights": [right() | {"note": "?"}]}, ["/rights/0/note"]),
    ],
)
async def test_what_is_malformed_is_named_by_pointer(
    assets: Assets, changes: dict[str, Any], pointers: list[str]
) -> None:
    rows = await assets.rows()
    assert problem(await assets.put(asset() | changes)) == (422, "invalid", pointers)
    assert await assets.rows() == rows


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"acquired_on": str(TODAY + dt.timedelta(days=1))}, ["/acquired_on"]),
        ({"region_code": "520600000000"}, ["/region_code"]),
        ({"region_code": "529999001001"}, ["/region_code"]),
        ({"rights": [right(share="0.9999")]}, ["/rights"]),
        ({"rights": [right(), right("operator", "甲", "0.5000"), right("operator", "乙", "0.6")]}, ["/rights"]),
        ({"rights": [right("operator")]}, ["/rights"]),
        ({"rights": [right(share="0.5"), right(share="0.5")]}, ["/rights/1/holder"]),
    ],
)
async def test_what_cannot_be_true_is_refused_and_changes_nothing(
    assets: Assets, changes: dict[str, Any], pointers: list[str]
) -> None:
    await assets.put()
    rows = await assets.rows()
    assert problem(await assets.put(asset() | changes)) == (422, "asset-invalid", pointers)
    assert await assets.rows() == rows


async def test_a_right_that_is_not_whole_is_named(assets: Assets) -> None:
    answer = await assets.put(asset([right(), right("beneficiary", "脱贫户", "0.9")]))
    assert answer.json()["detail"] == "/rights: the shares of beneficiary make 0.9000 and not 1.0000"


async def test_an_asset_of_another_region_is_as_good_as_unknown(assets: Assets, client_for: ClientFor) -> None:
    await assets.put()
    neighbour = client_for(assets.house, region="520625")
    rows = await assets.rows()

    assert problem(await neighbour.get(PATH)) == (404, "asset-not-found", [])
    assert problem(await neighbour.put(PATH, json=asset())) == (403, "region-not-allowed", [])
    moved = asset(region_code=OTHER_COUNTY_REGION)
    assert problem(await neighbour.put(PATH, json=moved)) == (404, "asset-not-found", [])
    assert (await neighbour.get(LIST)).json()["items"] == []
    assert problem(await neighbour.get(LIST, params={"region_code": REGION})) == (403, "region-not-allowed", [])
    assert await assets.rows() == rows


async def test_an_unknown_asset_is_not_found(assets: Assets) -> None:
    assert problem(await assets.client.get(PATH)) == (404, "asset-not-found", [])


async def test_reading_and_writing_need_their_scopes(assets: Assets, client_for: ClientFor) -> None:
    await assets.put()
    reader = client_for(assets.house, scopes=("assets:read",))
    writer = client_for(assets.house, scopes=("assets:write",))
    assert (await reader.get(PATH)).status_code == 200
    assert problem(await reader.put(PATH, json=asset())) == (403, "scope-missing", [])
    assert problem(await writer.get(LIST)) == (403, "scope-missing", [])


async def test_assets_are_listed_by_code_page_by_page(assets: Assets) -> None:
    for number in (3, 1, 2, 5, 4):
        of_class = "public" if number % 2 else "operating"
        region = OTHER_COUNTY_REGION if number == 5 else REGION
        await assets.put(asset(region_code=region) | {"class": of_class}, code=f"A-{number}")

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while not seen or cursor:
        page = await assets.get("assets", limit=2, **cursor)
        assert len(page["items"]) <= 2
        seen += [item["asset_code"] for item in page["items"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
    assert seen == ["A-1", "A-2", "A-3", "A-4", "A-5"]

    async def codes(**wanted: str) -> list[str]:
        return [item["asset_code"] for item in (await assets.get("assets", **wanted))["items"]]

    assert await codes(**{"class": "public"}) == ["A-1", "A-3", "A-5"]
    assert await codes(region_code="520625") == ["A-5"]
    assert await codes(**{"class": "operating"}, region_code="520626") == ["A-2", "A-4"]


@pytest.mark.parametrize(
    ("path", "wanted", "pointer"),
    [
        (LIST, {"limit": 0}, "limit"),
        (LIST, {"cursor": "nonsense"}, "cursor"),
        (LIST, {"class": "private"}, "class"),
        (LIST, {"region_code": "52062"}, "region_code"),
        (PATH, {"as_of": "yesterday"}, "as_of"),
        (PATH, {"as_of": "1700000000"}, "as_of"),
        (f"{LIST}/a%20b", {}, "asset_code"),
    ],
)
async def test_a_bad_question_is_refused(assets: Assets, path: str, wanted: dict[str, Any], pointer: str) -> None:
    status, code, pointers = problem(await assets.client.get(path, params=wanted))
    assert (status, code, [found.rsplit("/", 1)[-1] for found in pointers]) == (422, "invalid", [pointer])
