"""Clues and their verdicts from files, a row each."""

from typing import Any

import pytest

from tests.builders import HOUSEHOLD
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.houses.monitoring.clues.builders import listed, the_clue
from tests.mechanism.probe import ON_SQLITE
from tests.sheets import counts, csv_file, imported, result, rows_of

CLUES = ("来源", "来源编号", "线索渠道", "户编号", "区划代码", "接收日期", "预警指标", "可能的风险类型", "备注")
VERDICTS = ("来源", "来源编号", "核实日期", "核实结论", "无风险原因")
pytestmark = ON_SQLITE


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def take(monitoring: Monitoring, kind: str, content: bytes, **fields: str) -> dict[str, Any]:
    return await imported(monitoring.house, monitoring.client, content, kind, **fields)


def row(number: int, household_code: str = HOUSEHOLD, channel: str = "部门筛查预警") -> tuple[str, ...]:
    kinds = "新发大病；失学辍学"
    return ("yibao", f"YB-{number}", channel, household_code, "", "2026-11-09", "医疗自付超标", kinds, "")


async def test_a_file_of_clues_and_one_of_verdicts(monitoring: Monitoring) -> None:
    content = csv_file(CLUES, row(1), row(2), row(3, "DJ-9999"), row(4, channel="儿童热线"))
    job = await take(monitoring, "clues", content)
    assert counts(job) == result(4, accepted=2, rejected=2, stored=2)
    refused = await rows_of(monitoring.client, job, status="rejected")
    assert next(one["reasons"][0]["code"] for one in refused) == "household-not-found"
    assert await listed(monitoring, status="open") == ["YB-2", "YB-1"]
    assert counts(await take(monitoring, "clues", csv_file(CLUES, row(1), row(2)))) == result(2, duplicate=2)

    verdicts = csv_file(
        VERDICTS,
        ("yibao", "YB-1", "2026-11-16", "无风险", "费用已报销"),
        ("yibao", "YB-2", "2026-11-16", "无风险", "费用已报销"),
        ("yibao", "YB-3", "2026-11-16", "无风险", "费用已报销"),
        ("yibao", "YB-4", "2026-11-16", "无风险", ""),
    )
    job = await take(monitoring, "clue-verdicts", verdicts)
    assert counts(job) == result(4, accepted=1, duplicate=1, rejected=2, stored=1)
    [found, _] = (await monitoring.get("clues", status="answered"))["items"]
    assert (await the_clue(monitoring, found["clue_id"]))["answer"]["reason"] == "reimbursed"
    assert await monitoring.events("risk-raised.v1") == []
