"""What is wrong with a fact, read in Chinese by whoever asks so, alone or in a batch, whoever else reports beside."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.builders import HOUSEHOLD, TODAY, expense_fact, income_fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, correction, open_monitoring, refusal, withdrawal
from tests.problems import IN_CHINESE

FACTS = "/monitoring/v1/facts"
WAGE = income_fact("2026-09", "1200.00")
STALL = income_fact("2026-09", "900.00", "operating")
CARE = expense_fact("2026-09", "800.00", "300.00", member_no=1)


def about(fact: dict[str, Any], **payload: Any) -> dict[str, Any]:
    """The fact with another payload."""
    return fact | {"payload": fact["payload"] | payload}


def details(batch: httpx.Response) -> list[str]:
    """What is said of each item of a batch."""
    return [item["problem"]["detail"] for item in batch.json()["items"]]


def untold(document: dict[str, Any]) -> tuple[str, int, list[tuple[str, str]]]:
    """What is the same of a problem in every language."""
    found = [(error["pointer"], error["code"]) for error in document["errors"]]
    return document["type"], document["status"], found


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "a day to come": (
        WAGE | {"observed_on": "2026-11-17"},
        "/observed_on：所填时间尚未到来",
        "/observed_on: lies in the future",
    ),
    "long ago": (
        WAGE | {"observed_on": "1950-01-01"},
        "/observed_on：早于1990年",
        "/observed_on: lies before 1990",
    ),
    "a slip": (
        about(WAGE, amount="90000.00"),
        "/payload/amount：一个月 90000.00 元，不在 100.00 元至 30000.00 元之间；如属实，请在 `confirmed` 中说明理由",
        "/payload/amount: 90000.00 in one month lies outside 100.00 to 30000.00; `confirmed` says why it is right",
    ),
    "a cost of nothing sold": (
        about(WAGE, operating_cost="1.00"),
        "/payload：生产经营性支出 `operating_cost` 只能随经营性收入填报",
        "/payload: operating_cost belongs to the branch operating",
    ),
    "one part above the bill": (
        about(CARE, reimbursed="800.01"),
        "/payload：合规自付 `self_paid_compliant` 和报销 `reimbursed` 各自不得超过支出金额 `amount`",
        "/payload: self_paid_compliant and reimbursed are each part of amount",
    ),
    "both parts above the bill": (
        about(CARE, reimbursed="500.01"),
        "/payload：合规自付 `self_paid_compliant` 与报销 `reimbursed` 合计不得超过支出金额 `amount`",
        "/payload: self_paid_compliant and reimbursed together are at most amount",
    ),
    "a month as a number": (
        about(WAGE, month=202609),
        "/payload/month：月份应以文本 YYYY-MM 填写，例如 2026-05",
        "/payload/month: a month is written as text YYYY-MM, for example 2026-05",
    ),
}


async def test_each_wrong_fact_of_a_batch_reads_in_the_language_asked_for(monitoring: Monitoring) -> None:
    facts = [fact for fact, _, _ in WRONG.values()]
    in_chinese = await monitoring.client.post(FACTS, json={"facts": facts}, headers=IN_CHINESE)
    in_english = await monitoring.post({"facts": facts})

    assert [answer.headers["content-language"] for answer in (in_chinese, in_english)] == ["zh", "en"]
    assert details(in_chinese) == [chinese for _, chinese, _ in WRONG.values()]
    assert details(in_english) == [english for _, _, english in WRONG.values()]
    problems = [[item["problem"] for item in answer.json()["items"]] for answer in (in_chinese, in_english)]
    assert [[untold(problem) for problem in of_answer] for of_answer in problems] == [
        [untold(problem) for problem in problems[1]]
    ] * 2
    assert {problem["title"] for problem in problems[0]} == {"所报情况有误", "金额疑似填写错误", "提交的内容有误"}


async def test_several_wrong_fields_of_a_fact_are_counted_in_chinese(monitoring: Monitoring) -> None:
    answer = await monitoring.client.post(
        FACTS, json=about(WAGE, amount=1200, month="2026-13", seen=True), headers=IN_CHINESE
    )
    month, amount = (
        "月份应写作 YYYY-MM，年份为 1900 至 2999，例如 2026-05",
        '金额应以文本填写，例如 "1234.50"；JSON 数字可能丢失分位',
    )

    assert refusal(answer) == (
        422,
        "zh",
        "提交的内容有误",
        f"/payload/month：{month}；另有 2 处",
        [
            ("/payload/month", "month-ill-formed", month),
            ("/payload/amount", "amount-not-text", amount),
            ("/payload/seen", "extra_forbidden", "不接受此字段"),
        ],
    )


async def test_facts_committed_together_are_refused_each_in_the_language_of_who_sent_it(
    monitoring: Monitoring,
) -> None:
    late = [WAGE | {"observed_on": "2026-11-17", "source_ref": f"late-{number}"} for number in range(8)]
    headers = [IN_CHINESE if number % 2 else {"Accept-Language": "en"} for number in range(8)]
    answers = await asyncio.gather(
        *(monitoring.client.post(FACTS, json=fact, headers=named) for fact, named in zip(late, headers, strict=True))
    )
    assert [refusal(answer)[3] for answer in answers] == 4 * [
        "/observed_on: lies in the future",
        "/observed_on：所填时间尚未到来",
    ]


async def test_a_fact_that_is_not_there_is_missed_in_chinese(monitoring: Monitoring, client_for: ClientFor) -> None:
    nothing = UUID(int=1)
    clients = monitoring.client, client_for(monitoring.house, region="*")
    answers = [await client.get(f"{FACTS}/{nothing}", headers=IN_CHINESE) for client in clients]
    assert [refusal(answer)[1:4] for answer in answers] == [
        ("zh", "查无此条情况", f"在管辖区域（52）内查无情况 {nothing}"),
        ("zh", "查无此条情况", f"在管辖区域（全部地区）内查无情况 {nothing}"),
    ]


async def test_what_is_told_of_a_household_after_its_end_is_refused_in_chinese(monitoring: Monitoring) -> None:
    end = {"on": "2026-11-10", "reason": "died"}
    assert (await monitoring.client.post(f"/monitoring/v1/households/{HOUSEHOLD}/end", json=end)).status_code == 201
    late = await monitoring.client.post(FACTS, json=WAGE | {"observed_on": str(TODAY)}, headers=IN_CHINESE)
    assert refusal(late)[:4] == (409, "zh", "该户已注销", "农户 DJ-0001 已于2026年11月10日注销")


async def test_what_contradicts_a_fact_or_corrects_what_cannot_be_corrected_reads_in_either_language(
    monitoring: Monitoring,
) -> None:
    corrected, withdrawn = WAGE, STALL
    put_right = correction(corrected, "put-right", amount="1100.00")
    await monitoring.record(corrected, put_right, withdrawn, withdrawal(withdrawn, "gone"))
    refused = {
        "of nobody": WAGE | {"household_code": "DJ-9999"},
        "of no member": WAGE | {"member_no": 5, "source_ref": "of-a-stranger"},
        "another one": about(WAGE, amount="1000.00"),
        "of nothing": correction(WAGE | {"source_ref": "never-said"}, "of-nothing"),
        "of a withdrawal": correction(WAGE | {"source_ref": "gone"}, "of-a-withdrawal"),
        "of what was withdrawn": correction(withdrawn, "of-what-is-gone"),
        "of what was corrected": correction(corrected, "once-more"),
        "of another type": CARE | {"supersedes": {"source": WAGE["source"], "source_ref": "put-right"}},
        "of a house": WAGE | {"source": "employment"},
    }
    batch = {"facts": list(refused.values())}
    in_chinese = await monitoring.client.post(FACTS, json=batch, headers=IN_CHINESE)
    in_english = await monitoring.post(batch)

    assert dict(zip(refused, details(in_chinese), strict=True)) == {
        "of nobody": "管辖区域（52）内没有农户 DJ-9999",
        "of no member": "/member_no：该户现在和以前都没有此成员",
        "another one": "village-report 已将编号 income-wage-2026-09 用于另一条情况",
        "of nothing": "该农户没有编号为 never-said 的情况可供更正",
        "of a withdrawal": "编号 gone 本身是一条撤回；现在属实的情况请另报一条",
        "of what was withdrawn": "编号为 income-operating-2026-09 的情况已撤回；现在属实的情况请另报一条",
        "of what was corrected": "编号为 income-wage-2026-09 的情况已有更正；请更正其最新一条",
        "of another type": "/type：更正应与所更正的情况同属一类：收入",
        "of a house": "/source：employment 是本系统的服务，其数据只由该服务自行提供",
    }
    assert dict(zip(refused, details(in_english), strict=True)) == {
        "of nobody": "no household DJ-9999 in region 52",
        "of no member": "/member_no: the household has, and had, no such member",
        "another one": "village-report used the reference income-wage-2026-09 for another fact",
        "of nothing": "the household has no fact never-said to supersede",
        "of a withdrawal": "gone is a withdrawal; what is right now is a fact of its own",
        "of what was withdrawn": (
            "the fact income-operating-2026-09 was withdrawn; what is right now is a fact of its own"
        ),
        "of what was corrected": "the fact income-wage-2026-09 was corrected before; supersede the correction",
        "of another type": "/type: a correction is of the type of the fact it supersedes: income",
        "of a house": "/source: employment is a house of this system: what it says comes from that house alone",
    }


async def test_a_batch_that_stands_or_falls_as_a_whole_says_in_chinese_why_it_fell(monitoring: Monitoring) -> None:
    batch = {"atomic": True, "facts": [WAGE, STALL | {"observed_on": "2026-11-17"}]}
    answer = await monitoring.client.post(FACTS, json=batch, headers=IN_CHINESE)
    assert [
        (item["status"], item["problem"]["title"], item["problem"]["detail"]) for item in answer.json()["items"]
    ] == [
        (409, "同一整批中有其他记录被退回", "同一整批（`atomic`）中有其他记录被退回，整批均未保存"),
        (422, "所报情况有误", "/observed_on：所填时间尚未到来"),
    ]
