"""What is odd or wrong about a household reads in Chinese; in English for whoever names no language."""

import datetime as dt
from typing import Any

import httpx
import pytest

from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, TODAY, household, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, issued_id, open_monitoring, refusal
from tests.problems import IN_CHINESE, problem

PATH = f"/monitoring/v1/households/{HOUSEHOLD}"
NUMBER = issued_id(dt.date(1980, 5, 1))
OUYANG = member(1, name="欧阳建国", id_number=NUMBER)
IN_THE_FUTURE = "2026-11-17"
SEVERAL = household(registered_on="2020/01/01", category="rich", members_of="nobody")
ENDED = {"on": "2026-11-10", "reason": "died"}


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


async def put_in_chinese(client: httpx.AsyncClient, document: dict[str, Any], code: str = HOUSEHOLD) -> httpx.Response:
    return await client.put(f"/monitoring/v1/households/{code}", json=document, headers=IN_CHINESE)


async def test_what_should_be_checked_at_home_reads_in_either_language(monitoring: Monitoring) -> None:
    elsewhere = member(1, relation="spouse", id_number=issued_id(dt.date(1980, 5, 2), 2, place="999999"))
    entered = await put_in_chinese(
        monitoring.client, household([elsewhere], region_code="520626001999"), code="520625-1"
    )
    read = await monitoring.client.get("/monitoring/v1/households/520625-1")

    assert (entered.status_code, entered.headers["content-language"]) == (201, "zh")
    assert entered.json()["warnings"] == [
        "household_code：户编码以印江土家族苗族自治县的区划代码开头，而该户不在当地",
        "region_code：不在区划名录中，名录中最近的上级为青龙街道",
        "members/0/id_number：公民身份号码前 6 位不是县级区划代码",
        "members/0/id_number：公民身份号码中的出生日期与登记的不一致",
        "members/0/id_number：公民身份号码中的性别与登记的不一致",
        "members：每户应有且只有一名户主",
    ]
    assert read.headers["content-language"] == "en"
    assert read.json()["warnings"] == [
        "region_code: not in the list of divisions; the nearest known is 青龙街道",
        "members/0/id_number: unknown_place",
        "members/0/id_number: birth_date_differs",
        "members/0/id_number: sex_differs",
        "members: a household has exactly one head",
    ]


async def test_a_wider_division_and_a_county_code_of_another_time_read_in_either_language(
    monitoring: Monitoring,
) -> None:
    born_too_early = member(1, id_number=issued_id(dt.date(1980, 5, 1), place="520626"))
    document = household([born_too_early], region_code="520626001000")
    entered = await put_in_chinese(monitoring.client, document)

    assert entered.json()["warnings"] == [
        "region_code：农户应登记到村，此代码所指的区划比村大",
        "members/0/id_number：公民身份号码前 6 位的区划代码在出生当年并未使用",
    ]
    assert (await monitoring.put(document)).json()["warnings"] == [
        "region_code: a household lies in a village, and this is the code of a wider division",
        "members/0/id_number: place_not_of_birth_year",
    ]


async def test_a_number_registered_twice_reads_in_chinese_and_names_only_what_the_caller_may_see(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    for code in (HOUSEHOLD, "DJ-0002"):
        await monitoring.put(household([OUYANG]), code=code)
    third = household([OUYANG], region_code=OTHER_COUNTY_REGION)
    county = client_for(monitoring.house, region="520625")
    in_chinese = [await put_in_chinese(client, third, code="YJ-1") for client in (monitoring.client, county)]

    assert [answer.json()["warnings"] for answer in in_chinese] == [
        ["members/0/id_number：该公民身份号码在农户 DJ-0001、DJ-0002 中也有登记"],
        ["members/0/id_number：该公民身份号码在其他农户中也有登记"],
    ]
    assert (await monitoring.put(third, code="YJ-1")).json()["warnings"] == [
        "members/0/id_number: registered in DJ-0001, DJ-0002, too"
    ]


async def test_a_new_code_like_those_of_another_county_is_a_warning_in_chinese(monitoring: Monitoring) -> None:
    await monitoring.put(code="DJ-1")
    strange = await put_in_chinese(monitoring.client, household(region_code=OTHER_COUNTY_REGION), code="dj-2")
    assert strange.json()["warnings"] == ["household_code：以“dj-”开头的户编码属于其他县"]


async def test_a_household_of_other_people_asks_for_a_look_in_either_language(monitoring: Monitoring) -> None:
    others = [household([member(1, birth_date=day)]) for day in ("1990-02-02", "1970-03-03")]
    await monitoring.put(household([member(1)]))

    assert (await put_in_chinese(monitoring.client, others[0])).json()["warnings"] == [
        "members/0：该序号现为另一人所用，原成员名下的情况不转给他人",
        "members：原有成员均已不在，该户的收入和历史记录保持不变。请核实是否已是另一户；如是，应另编户编码",
    ]
    passed_on, nobody_left = (await monitoring.put(others[1])).json()["warnings"]
    assert passed_on == (
        "members/0: another person has the number now; what was said of the former one passes on to nobody"
    )
    assert nobody_left == (
        "members: nobody is left of those who lived here; the income and the history of the household stay as they "
        "are. Look whether this is another household, which needs a code of its own"
    )


async def test_fields_that_cannot_be_read_are_named_in_chinese_with_how_many_more_there_are(
    monitoring: Monitoring,
) -> None:
    answer = await put_in_chinese(monitoring.client, SEVERAL)
    document = answer.json()

    assert problem(answer) == (422, "invalid", ["/category", "/registered_on", "/members_of"])
    assert answer.headers["content-language"] == "zh"
    assert document["title"] == "提交的内容有误"
    assert document["detail"].startswith("/category：应为下列值之一：")
    assert document["detail"].endswith("；另有 2 处")
    assert document["errors"][2] == {"pointer": "/members_of", "code": "extra_forbidden", "detail": "不接受此字段"}


async def test_what_cannot_be_true_of_a_household_reads_in_either_language(monitoring: Monitoring) -> None:
    numbers = [NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2"), "A" * 18, issued_id(dt.date(1899, 12, 31))]
    wrong = household(
        [
            member(1, id_number=NUMBER),
            member(2, id_number=NUMBER),
            *(member(3 + place, id_number=number) for place, number in enumerate(numbers)),
            member(6, birth_date=IN_THE_FUTURE),
            member(7, birth_date="1850-01-01"),
        ],
        region_code="529999001001",
    )
    in_chinese, in_english = await put_in_chinese(monitoring.client, wrong), await monitoring.put(wrong)
    expected = [
        (
            ("/region_code", "no-such-division"),
            "没有使用此区划代码的县、乡镇或村",
            "no county, township or village has this code",
        ),
        (
            ("/members/2/id_number", "identity-number-miscopied"),
            "公民身份号码的校验码不符，请核对是否抄错",
            "bad_check_digit",
        ),
        (
            ("/members/3/id_number", "identity-number-ill-formed"),
            "公民身份号码应为 17 位数字加 1 位校验码（数字或字母 X）",
            "bad_format",
        ),
        (
            ("/members/4/id_number", "identity-number-of-no-day"),
            "公民身份号码第 7 至 14 位不是可能的出生日期",
            "impossible_birth_date",
        ),
        (("/members/5/birth_date", "in-the-future"), "所填时间尚未到来", "lies in the future"),
        (
            ("/members/6/birth_date", "before-anybody-lived"),
            "早于1900年1月1日，健在者不可能如此高龄",
            "lies before 1900-01-01: nobody who lives is that old",
        ),
        (
            ("/members", "one-identity-number-twice"),
            "有两名成员的公民身份号码相同",
            "two members carry the same identity number",
        ),
    ]

    assert refusal(in_chinese) == (
        422,
        "zh",
        "农户信息有误",
        "/region_code：没有使用此区划代码的县、乡镇或村",
        [(*place, chinese) for place, chinese, _ in expected],
    )
    assert refusal(in_english) == (
        422,
        "en",
        "The household is not valid",
        "/region_code: no county, township or village has this code",
        [(*place, english) for place, _, english in expected],
    )


async def test_one_member_number_twice_is_refused_in_either_language(monitoring: Monitoring) -> None:
    twice = household([member(1), member(1, relation="other")])
    answers = await put_in_chinese(monitoring.client, twice), await monitoring.put(twice)
    assert [refusal(answer)[3] for answer in answers] == [
        "/members：有两名成员的序号 `member_no` 相同",
        "/members: two members carry the same member_no",
    ]


async def test_what_is_left_out_or_masked_by_who_sees_no_persons_is_asked_for_in_chinese(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.put(household([OUYANG]))
    plain = client_for(monitoring.house, scopes=("monitoring:read", "monitoring:write"))
    masked = await put_in_chinese(plain, household([OUYANG | {"name": "欧***"}]))
    newcomer = {"relation": "child", "member_no": 2, "sex": "F", "labour": "none", "birth_date": "2010-01-01"}
    short = await put_in_chinese(plain, household([OUYANG, newcomer | {"name": "欧阳小红", "birth_year": 2011}]))

    assert refusal(masked)[2:] == (
        "不能保存脱敏后的内容",
        "/members/0/name：内容已脱敏：请不要填写此项，原登记内容保持不变",
        [("/members/0/name", "masked", "内容已脱敏：请不要填写此项，原登记内容保持不变")],
    )
    assert refusal(short)[4] == [
        ("/members/1/health", "needed-of-who-is-new", "新增成员或重新申报的成员须填写此项"),
        ("/members/1/birth_year", "another-year-than-born", "与出生日期的年份不一致"),
    ]


async def test_a_household_that_is_not_there_or_no_more_is_refused_in_chinese(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.put()
    county = client_for(monitoring.house, region="520625")
    end = monitoring.client.post
    too_late = await end(f"{PATH}/end", json=ENDED | {"on": IN_THE_FUTURE}, headers=IN_CHINESE)
    too_early = await end(f"{PATH}/end", json=ENDED | {"on": "2019-12-31"}, headers=IN_CHINESE)
    assert (await end(f"{PATH}/end", json=ENDED, headers=IN_CHINESE)).json()["warnings"] == []
    otherwise = await end(f"{PATH}/end", json=ENDED | {"on": str(TODAY)}, headers=IN_CHINESE)
    changed = await put_in_chinese(monitoring.client, household(dibao=True))
    hidden = await county.get(PATH, headers=IN_CHINESE)

    assert [refusal(answer)[:4] for answer in (too_late, too_early, otherwise, changed, hidden)] == [
        (422, "zh", "该户不可能如此注销", "/on：所填时间尚未到来"),
        (422, "zh", "该户不可能如此注销", "/on：早于该户的登记日期2020年1月1日"),
        (409, "zh", "该户已按其他方式注销", "农户 DJ-0001 已于2026年11月10日注销"),
        (409, "zh", "该户已注销", "农户 DJ-0001 已于2026年11月10日注销"),
        (404, "zh", "查无此户", "管辖区域（520625）内没有农户 DJ-0001"),
    ]
    assert refusal(await monitoring.put(household(dibao=True)))[1:4] == (
        "en",
        "The household has ended",
        "the household DJ-0001 is no more since 2026-11-10",
    )
