"""Refusals are read in the language that the caller asks for; codes, pointers and statuses are the same in each."""

from typing import Any

import httpx
import pytest

from services.monitoring.app import MONITORING
from shared.words.language import Language
from tests.builders import HOUSEHOLD, household
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_SQLITE
from tests.problems import problem

HOUSEHOLDS, FACTS = "/monitoring/v1/households", "/monitoring/v1/facts"
HOME = f"{HOUSEHOLDS}/{HOUSEHOLD}"
CHINESE = {"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"}
JSON = {"content-type": "application/json"}
NOBODY = "管辖区域（52）内没有农户 NOBODY"
IF_MATCH = 'If-Match 应为带引号的版本号，例如 "3"'
CASES = [
    ("GET", f"{HOUSEHOLDS}/NOBODY", {}, "查无此户", NOBODY),
    ("GET", f"{FACTS}?colour=red", {}, "提交的内容有误", "/colour：没有这个查询参数"),
    (
        "PUT",
        HOME,
        {"content": b"{", "headers": {"content-type": "application/json"}},
        "请求无法读取",
        "请求内容不是 JSON",
    ),
    ("PUT", HOME, {"content": b"{}"}, "不支持该内容类型", "请以 application/json 提交"),
    ("POST", FACTS, {"content": b"{}"}, "不支持该内容类型", "请以 application/json 提交"),
    ("PUT", HOME, {"json": {}}, "提交的内容有误", "/region_code：必填项缺失；另有 3 处"),
    ("POST", FACTS, {"json": {"type": "gossip"}}, "提交的内容有误", None),
    ("PATCH", HOME, {}, "该地址不支持此方法", "该地址不支持此方法"),
    ("GET", "/monitoring/v1/nothing", {}, "没有这个地址", "没有这个地址"),
    (
        "PUT",
        HOME,
        {"json": household(), "headers": {"if-match": "3"}},
        "请求无法读取",
        'If-Match 应为带引号的版本号，例如 "3"',
    ),
]


async def both(client: httpx.AsyncClient, method: str, path: str, request: dict[str, Any]) -> list[httpx.Response]:
    """The answers to the same request in English and in Chinese."""
    headers = request.pop("headers", {})
    return [
        await client.request(method, path, headers={**headers, **language}, **request)
        for language in ({"accept-language": "en"}, CHINESE)
    ]


@ON_SQLITE
@pytest.mark.parametrize(("method", "path", "request_", "title", "detail"), CASES)
async def test_a_refusal_is_read_in_chinese(
    method: str,
    path: str,
    request_: dict[str, Any],
    title: str,
    detail: str | None,
    open_house: OpenHouse,
    client_for: ClientFor,
) -> None:
    client = client_for(await open_house(MONITORING))
    english, chinese = await both(client, method, path, dict(request_))
    assert [answer.headers["content-language"] for answer in (english, chinese)] == ["en", "zh"]
    one, other = english.json(), chinese.json()
    assert (other["type"], other["status"]) == (one["type"], one["status"])
    found = [[(error["pointer"], error["code"]) for error in each.get("errors", ())] for each in (one, other)]
    assert found[0] == found[1]
    assert other["title"] == title
    assert detail is None or other["detail"] == detail
    assert other["detail"] != one["detail"]


@ON_SQLITE
async def test_a_caller_who_is_not_let_in_reads_why_in_chinese(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(MONITORING)
    narrow = client_for(house, scopes=["assets:read"])
    lacking = await narrow.get(f"{HOUSEHOLDS}/X", headers=CHINESE)
    assert (lacking.json()["title"], lacking.json()["detail"]) == ("访问令牌缺少所需权限", "需要权限 monitoring:read")
    del narrow.headers["authorization"]
    missing = await narrow.get(f"{HOUSEHOLDS}/X", headers=CHINESE)
    assert missing.json()["detail"] == "请以 `Authorization: Bearer …` 提交访问令牌"


@ON_SQLITE
async def test_whoever_names_no_language_is_answered_in_that_of_the_service(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(MONITORING)
    client = client_for(house, language=Language.ZH)
    answer = await client.get(f"{HOUSEHOLDS}/NOBODY")
    assert problem(answer) == (404, "household-not-found", [])
    assert (answer.json()["title"], answer.headers["content-language"]) == ("查无此户", "zh")
    english = await client.get(f"{HOUSEHOLDS}/NOBODY", headers={"accept-language": "en-GB, zh;q=0.1"})
    assert english.json()["title"] == "No such household"


@ON_SQLITE
async def test_findings_of_a_batch_are_read_in_chinese(open_house: OpenHouse, client_for: ClientFor) -> None:
    client = client_for(await open_house(MONITORING))
    facts = [{"type": "income"}, {"type": "gossip"}, "no fact at all"]
    answer = await client.post(FACTS, json={"facts": facts}, headers=CHINESE)
    problems = [item["problem"] for item in answer.json()["items"]]
    assert [found["title"] for found in problems] == ["提交的内容有误"] * 3
    assert {error["detail"] for error in problems[0]["errors"]} == {"必填项缺失"}
    assert problems[2]["errors"][0]["detail"] == "应为对象"
