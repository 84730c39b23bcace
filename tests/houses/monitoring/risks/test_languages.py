"""Reasons in the language of whoever reads them: also those of a risk that was decided long ago, by another release."""

import datetime as dt
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.monitoring.models.risks import Risk
from shared.codes.monitoring import RiskKind
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.policy.loader import PolicyBook
from tests.builders import HOUSEHOLD, deliver, illness_fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    WINDOW,
    Monitoring,
    open_monitoring,
    placement_ended,
    placement_started,
    wages,
    withdrawal,
)
from tests.problems import assert_problem

ILL = RiskKind.NEW_ILLNESS
SILENT: dict[str, list[str]] = {kind: [] for kind in RiskKind}
UNKNOWN: tuple[str, ...] = (RiskKind.DROPOUT, RiskKind.UNSAFE_HOUSING, RiskKind.UNSAFE_WATER)
"""What nothing is known of until somebody says something of it."""
ZH = {"Accept-Language": "zh-CN,zh;q=0.9"}
READ, PII, OPERATE = "monitoring:read", "monitoring:pii", "ops:admin"
POOR = wages(WINDOW, "2500.00")
POOR_EN = (
    "Net income per head 7500.00 yuan in 2025-11..2026-10 is below the income line of 7990.00 yuan. "
    "The 4 members together have 30000.00 yuan, 1960.00 yuan short of the line."
)
POOR_ZH = (
    "2025年11月至2026年10月人均纯收入 7500.00 元，低于 7990.00 元的监测线。"
    "全户 4 人纯收入合计 30000.00 元，距监测线尚差 1960.00 元。"
)
NOBODY = "00000000-0000-0000-0000-000000000001"
HIDDEN_EN = "What was found is shown to whoever may see the health of the members."
HIDDEN_ZH = "具体情况仅向有权查看家庭成员健康信息的人员显示。"
KEPT_BEFORE = {
    "rule": "new_illness.serious",
    "text": "A diagnosis of member 1, observed on 2026-11-02, is on the list of serious illnesses.",
    "inputs": {"member_no": 1, "code": "C34.9", "listed_as": "C34"},
    "parameters": [],
}
"""A reason as earlier releases kept it: its text, and no sentence as data."""


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def read(client: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None) -> Any:
    answer = await client.get(f"/monitoring/v1/{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-language"] == ("zh" if headers is ZH else "en")
    return answer.json()


async def risk_texts(client: httpx.AsyncClient, headers: dict[str, str] | None = None) -> dict[str, list[str]]:
    """The texts of the reasons of each risk of the household, by kind; each read alone as in the list."""
    listed = (await read(client, f"risks?household_code={HOUSEHOLD}", headers))["items"]
    for risk in listed:
        assert await read(client, f"risks/{risk['risk_id']}", headers) == risk
    return {risk["kind"]: [reason["text"] for reason in risk["reasons"]] for risk in listed}


async def verdict_texts(client: httpx.AsyncClient, headers: dict[str, str] | None = None) -> dict[str, list[str]]:
    """What each rule says of the household, by kind."""
    verdicts = (await read(client, f"households/{HOUSEHOLD}/verdicts", headers))["verdicts"]
    return {one["kind"]: [reason["text"] for reason in one["reasons"]] for one in verdicts}


async def keep_as_before(monitoring: Monitoring, kind: RiskKind, reasons: list[dict[str, Any]]) -> None:
    """The row of a risk as an earlier release left it."""

    def write(uow: UnitOfWork) -> None:
        risks = table_of(Risk)
        uow.connection.execute(sa.update(risks).where(risks.c.kind == kind).values(reasons=reasons))

    await monitoring.house.database.write(write)


async def test_a_risk_decided_in_english_is_read_in_chinese_later(monitoring: Monitoring) -> None:
    await monitoring.record(*POOR)
    assert await risk_texts(monitoring.client) == {"below_line": [POOR_EN]}
    assert await risk_texts(monitoring.client, ZH) == {"below_line": [POOR_ZH]}
    assert await risk_texts(monitoring.client, {"Accept-Language": "en"}) == {"below_line": [POOR_EN]}


async def test_only_the_words_differ_between_the_languages(monitoring: Monitoring) -> None:
    await monitoring.record(*POOR, illness_fact())
    english, chinese = [(await read(monitoring.client, "risks", headers))["items"] for headers in (None, ZH)]
    for risk in (*english, *chinese):
        for reason in risk["reasons"]:
            assert set(reason) == {"rule", "text", "inputs", "parameters"}
            reason.pop("text")
    assert english == chinese


async def test_a_risk_raised_for_a_chinese_reader_is_the_same_row(monitoring: Monitoring) -> None:
    answer = await monitoring.client.post(
        "/monitoring/v1/facts", json={"mode": "live", "facts": POOR}, headers=ZH | {"Idempotency-Key": "one"}
    )
    assert answer.json()["accepted"] == len(POOR)
    assert await risk_texts(monitoring.client) == {"below_line": [POOR_EN]}


async def test_every_rule_speaks_both_languages(monitoring: Monitoring) -> None:
    await monitoring.record(*POOR)
    assert await verdict_texts(monitoring.client) == {
        **SILENT,
        **{kind: ["Nothing that would tell is known."] for kind in UNKNOWN},
        "below_line": [POOR_EN],
        "income_drop": [
            "Income is unknown for 12 of the months to be compared (income_drop.year, income_drop.quarter)."
        ],
    }
    assert await verdict_texts(monitoring.client, ZH) == {
        **SILENT,
        **{kind: ["没有可供判断的信息。"] for kind in UNKNOWN},
        "below_line": [POOR_ZH],
        "income_drop": ["用于比较的月份中有 12 个月收入不明（核算周期与上年同期相比、近三个月与上年同期相比）。"],
    }


async def test_a_policy_value_that_is_missing_is_named_in_both_languages(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    published = PolicyBook.load(development=False)
    monitoring = await open_monitoring(open_house, client_for, today=dt.date(2026, 11, 22), policy=published)
    await monitoring.put()
    assert (await verdict_texts(monitoring.client))["below_line"] == [
        "The policy for region 5206 has no value of monitoring.income_line on 2026-11-22; below_line is not decided."
    ]
    assert (await verdict_texts(monitoring.client, ZH))["below_line"] == [
        "区划代码 5206 适用的政策在2026年11月22日没有“监测线”的取值，对“收入低于监测线”不作判定。"
    ]


async def test_work_that_was_lost_and_found_again_is_told_in_both_languages(monitoring: Monitoring) -> None:
    await deliver(monitoring.house, placement_started("one"), placement_ended("one", ended_on=dt.date(2026, 11, 3)))
    assert await risk_texts(monitoring.client) == {
        "job_loss": [
            (
                "The last member of the household placed in work lost it on 2026-11-03 (reason: dismissed); "
                "nobody was placed in work since."
            )
        ]
    }
    assert await risk_texts(monitoring.client, ZH) == {
        "job_loss": ["该户最后一名输送就业的成员于2026年11月3日失去工作（原因：被辞退），此后再无成员输送就业。"]
    }
    await deliver(monitoring.house, placement_started("two", started_on=dt.date(2026, 11, 10)))
    assert await risk_texts(monitoring.client, ZH) == {"job_loss": ["该户有成员输送就业，已于2026年11月10日上岗。"]}


async def test_evidence_that_was_withdrawn_is_told_in_both_languages(monitoring: Monitoring) -> None:
    await monitoring.record(*POOR)
    await monitoring.record(withdrawal(POOR[-1], "w1"))
    assert await risk_texts(monitoring.client) == {
        "below_line": [
            (
                "What raised the risk was withdrawn. Income is known for 11 of the 12 months 2025-11..2026-10; "
                "12 known months are needed."
            )
        ]
    }
    assert await risk_texts(monitoring.client, ZH) == {
        "below_line": [
            (
                "引发该风险的情况已被撤回。2025年11月至2026年10月共 12 个月，其中收入已知的有 11 个月；"
                "判定至少需要 12 个月。"
            )
        ]
    }


async def test_the_end_of_a_household_is_told_in_both_languages(monitoring: Monitoring) -> None:
    await monitoring.record(*POOR)
    end = {"on": "2026-11-10", "reason": "moved"}
    answer = await monitoring.client.post(f"/monitoring/v1/households/{HOUSEHOLD}/end", json=end)
    assert answer.status_code == 201, answer.text
    assert await risk_texts(monitoring.client) == {
        "below_line": ["The household is no more since 2026-11-10 (reason: moved)."]
    }
    assert await risk_texts(monitoring.client, ZH) == {"below_line": ["该户自2026年11月10日起注销（原因：整户迁出）。"]}


async def test_reasons_of_an_earlier_release_are_answered_as_they_were_kept(monitoring: Monitoring) -> None:
    await monitoring.record(*POOR, illness_fact())
    await keep_as_before(monitoring, ILL, [KEPT_BEFORE])
    for headers, below in ((None, POOR_EN), (ZH, POOR_ZH)):
        assert await risk_texts(monitoring.client, headers) == {
            "new_illness": [KEPT_BEFORE["text"]],
            "below_line": [below],
        }
    [risk] = (await read(monitoring.client, "risks?kind=new_illness", ZH))["items"]
    assert risk["reasons"] == [KEPT_BEFORE]


async def test_what_is_hidden_of_health_is_hidden_in_both_languages(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.record(illness_fact(), illness_fact(member_no=2))
    masked = client_for(monitoring.house, scopes=(READ,))
    hidden = {"rule": "new_illness.serious", "inputs": {}, "parameters": []}
    for reasons in (None, [KEPT_BEFORE, KEPT_BEFORE]):
        if reasons is not None:
            await keep_as_before(monitoring, ILL, reasons)
        for headers, text in ((None, HIDDEN_EN), (ZH, HIDDEN_ZH)):
            [risk] = (await read(masked, "risks", headers))["items"]
            assert risk["reasons"] == [hidden | {"text": text}]
            assert (await verdict_texts(masked, headers))["new_illness"] == [text]


async def test_the_audit_keeps_the_reasons_of_a_change_as_data(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.record(illness_fact())
    [risk] = await monitoring.risks()
    seeing = client_for(monitoring.house, scopes=(OPERATE, PII))
    place = f"audit?subject={risk['risk_id']}"
    [english], [chinese] = [(await read(seeing, place, headers))["items"] for headers in (None, ZH)]
    assert english == chinese
    [reason] = english["after"]["reasons"]
    shown = {name: value for name, value in risk["reasons"][0].items() if name != "text"}
    assert reason == shown | {"says": [{"code": "illness-listed-and-reported", "inputs": {}}]}
    [row] = (await read(client_for(monitoring.house, scopes=(OPERATE,)), place, ZH))["items"]
    assert (row["before"], row["after"]) == (None, None)


async def test_no_such_risk_is_said_in_both_languages(monitoring: Monitoring) -> None:
    path = f"/monitoring/v1/risks/{NOBODY}"
    for headers, title, detail in (
        ({}, "No such risk", f"no risk {NOBODY} in region 52"),
        (ZH, "查无此风险", f"管辖区域（52）内没有编码为 {NOBODY} 的风险"),
    ):
        document = assert_problem(await monitoring.client.get(path, headers=headers), 404, "risk-not-found")
        assert (document["title"], document["detail"]) == (title, detail)
