"""What employment refuses, as a county reads it in Chinese, and as it is said to whoever names no language."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from tests.builders import HOUSEHOLD, TODAY, deliver, household_changed, household_member, household_registered
from tests.conftest import ClientFor, OpenHouse
from tests.houses.employment.builders import (
    BASE,
    VACANCY,
    Employment,
    job_requested,
    open_employment,
    request_id,
    vacancy,
    wage,
    worker_id,
)
from tests.problems import IN_CHINESE, read_in_both, sentences_of

NOBODY = UUID(int=0)
PUT_VACANCY = ("PUT", f"{BASE}/vacancies/{VACANCY}")
PLACEMENTS, WAGES = ("POST", f"{BASE}/placements"), ("POST", f"{BASE}/wages")


@pytest.fixture
async def employment(open_house: OpenHouse, client_for: ClientFor) -> Employment:
    """A household of two workers that asks for work for the second, and a vacancy."""
    found = await open_employment(open_house, client_for, household_registered(), job_requested(member_no=2))
    await found.put_vacancy()
    return found


def placing(**changes: Any) -> dict[str, Any]:
    return {"worker_id": worker_id(), "vacancy_code": VACANCY} | changes


async def test_what_is_wrong_with_a_vacancy(employment: Employment) -> None:
    refused = vacancy(min_age=50, max_age=40, needs=["weak", "weak"])
    english, chinese = await read_in_both(employment.client, *PUT_VACANCY, refused)
    assert [english["detail"], chinese["detail"]] == [
        "/max_age: lies below min_age, and 1 more",
        "/max_age：低于最低年龄 `min_age`；另有 1 处",
    ]
    assert (english["title"], chinese["title"]) == ("The payload is not valid", "提交的内容有误")
    assert [(error["code"], error["detail"]) for error in chinese["errors"]] == [
        ("below-min-age", "低于最低年龄 `min_age`"),
        ("labour-named-twice", "同一类劳动力重复填写"),
    ]


async def test_where_a_vacancy_is_and_how_many_it_holds(employment: Employment) -> None:
    await employment.placed()
    await employment.placed(2)
    client = employment.client
    assert [
        await sentences_of(client, *PUT_VACANCY, vacancy(headcount=1)),
        await sentences_of(client, *PUT_VACANCY, vacancy(place_code="99")),
        await sentences_of(client, "GET", f"{BASE}/vacancies/NONE"),
    ] == [
        ["2 workers are placed in this vacancy", "该岗位已安置 2 人"],
        ["the place 99 lies in no known division", "工作地点 99 不属于任何已知的行政区划"],
        ["no vacancy NONE", "没有岗位 NONE"],
    ]


async def test_why_a_worker_does_not_fit_a_vacancy(employment: Employment) -> None:
    await deliver(employment.house, household_changed(2, household_member(1, born_on=dt.date(1980, 5, 1))))
    await employment.put_vacancy(min_age=60, max_age=65, needs=["skilled"])
    english, chinese = await read_in_both(employment.client, *PLACEMENTS, placing())
    assert english["detail"] == f"worker {worker_id()} and vacancy {VACANCY}: too_young, labour_not_matching"
    assert chinese["detail"] == f"劳动力 {worker_id()} 不能安排到岗位 {VACANCY}：低于岗位年龄要求、劳动技能不符"
    assert chinese["title"] == "该劳动力不符合岗位条件"
    assert chinese["constraint"] == "too_young", "codes are for machines"


async def test_that_of_a_worker_the_year_of_birth_alone_is_known(employment: Employment) -> None:
    await employment.put_vacancy(min_age=60, max_age=65)
    english, chinese = await sentences_of(employment.client, *PLACEMENTS, placing())
    assert english == (
        f"worker {worker_id()} and vacancy {VACANCY}: too_young; of the worker the year of birth alone is known, "
        "so the lower age of the year counts"
    )
    assert chinese == (
        f"劳动力 {worker_id()} 不能安排到岗位 {VACANCY}：低于岗位年龄要求；"
        "该劳动力只登记了出生年份，按其当年较小的周岁年龄计算"
    )


async def test_whom_a_request_is_for_and_who_is_not_there(employment: Employment, client_for: ClientFor) -> None:
    client, everywhere = employment.client, client_for(employment.house, region="*")
    assert [
        await sentences_of(client, *PLACEMENTS, placing(request_id=str(request_id()))),
        await sentences_of(client, *PLACEMENTS, placing(worker_id=str(NOBODY))),
        await sentences_of(client, "GET", f"{BASE}/placements/{NOBODY}"),
        await sentences_of(everywhere, "GET", f"{BASE}/placements/{NOBODY}"),
    ] == [
        ["the request is for member 2 of the household", "该请求是为该户第 2 号成员提出的"],
        [f"no worker {NOBODY} in region 52", f"管辖区域（52）内没有劳动力 {NOBODY}"],
        [f"no placement {NOBODY} in region 52", f"管辖区域（52）内没有输送记录 {NOBODY}"],
        [f"no placement {NOBODY} in region everywhere", f"管辖区域（全部地区）内没有输送记录 {NOBODY}"],
    ]


async def test_that_an_end_and_its_reason_belong_together(employment: Employment) -> None:
    steps = ("POST", f"{BASE}/placements/{await employment.placed()}/transitions")
    assert [
        await sentences_of(employment.client, *steps, {"action": "end", "on": str(TODAY)}),
        await sentences_of(employment.client, *steps, {"action": "start", "on": str(TODAY), "reason": "illness"}),
    ] == [
        [
            "/reason: end needs a reason: finished, dismissed, illness, family, left_household, other",
            "/reason：离岗须填写原因：合同期满、被辞退、因病、家庭原因、离户、其他",
        ],
        ["/reason: a reason comes with end only", "/reason：只有离岗时才填写原因"],
    ]


async def test_for_which_months_no_wage_is_taken(employment: Employment) -> None:
    client, placement = employment.client, await employment.placed()
    assert await sentences_of(client, *WAGES, wage(placement)) == [
        f"the work of placement {placement} has not begun",
        f"输送记录 {placement} 尚未上岗",
    ]
    await employment.act(placement, "start", "2026-09-14")
    await employment.post("wages", wage(placement))
    assert [
        await sentences_of(client, *WAGES, wage(placement, "2026-08")),
        await sentences_of(client, *WAGES, wage(placement, "2026-12")),
        await sentences_of(client, *WAGES, wage(placement, source_ref="another")),
    ] == [
        ["/month: lies before 2026-09-14, the first day of work", "/month：早于上岗日期（2026年9月14日）"],
        ["/month: lies in the future", "/month：所填时间尚未到来"],
        [
            "a wage of 2026-10 is recorded for this placement; supersede or withdraw it",
            "该输送记录已登记2026年10月的工资；请更正或撤回原记录",
        ],
    ]
    await employment.act(placement, "end", "2026-10-31")
    assert await sentences_of(client, *WAGES, wage(placement, "2026-11")) == [
        "/month: lies after 2026-10-31, the last day of work",
        "/month：晚于离岗日期（2026年10月31日）",
    ]


async def test_what_became_of_a_wage(employment: Employment) -> None:
    client, placement = employment.client, await employment.started()
    first, second = wage(placement), wage(placement, "2026-09")
    kept = [(await employment.post("wages", sent)).json()["wage_id"] for sent in (first, second)]
    named = {name: second[name] for name in ("source", "source_ref")}
    await employment.post("wages", wage(placement, "2026-09", source_ref="right", supersedes=named))
    withdrawal = {"source": first["source"], "source_ref": "w-1", "reason": "wrong_amount"}
    await employment.post(f"wages/{kept[0]}/withdrawal", withdrawal)
    assert [
        await sentences_of(client, *WAGES, first),
        await sentences_of(client, "POST", f"{BASE}/wages/{kept[1]}/withdrawal", withdrawal | {"source_ref": "w-2"}),
        await sentences_of(client, "POST", f"{BASE}/wages/{NOBODY}/withdrawal", withdrawal),
    ] == [
        [
            f"the wage {placement}-2026-10 was withdrawn; report the month under another reference",
            f"工资记录 {placement}-2026-10 已撤回；请换一个编号重新上报该月工资",
        ],
        ["the wage was corrected before; withdraw the correction", "该工资记录已被更正；请撤回更正后的记录"],
        [f"no wage {NOBODY} in region 52", f"管辖区域（52）内没有工资记录 {NOBODY}"],
    ]


async def test_what_fits_is_the_same_in_every_language(employment: Employment) -> None:
    """Suggestions hold codes: programs read them."""
    await employment.put_vacancy(min_age=60, max_age=65)
    path = f"{BASE}/requests/{request_id()}/suggestions"
    english, chinese = await employment.client.get(path), await employment.client.get(path, headers=IN_CHINESE)
    assert english.json() == chinese.json()
    assert english.json()["rest"][0]["why_not"] == ["too_young"]
    assert await employment.items("placements", household_code=HOUSEHOLD) == []
