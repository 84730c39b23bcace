"""Files as another system has them: its headings and words in and out, the same commands behind."""

from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from python_calamine import CalamineWorkbook

from shared.house import House
from tests.builders import HOUSEHOLD
from tests.conftest import ClientFor, OpenHouse
from tests.houses.consumption.builders import SUPPLY, open_supplied, supply
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.mechanism.probe import ON_SQLITE
from tests.problems import IN_CHINESE, problem_document
from tests.sheets import counts, imported, result, rows_of, send, table_of, xlsx_file

pytestmark = ON_SQLITE
CLOUD: Final = {"mapping": "guizhou-rural-cloud"}
PEOPLE: Final = (
    *("户编号", "行政区划编码", "户类型", "是否易地扶贫搬迁户", "是否低保户", "建档日期", "成员编号", "成员姓名"),
    *("与户主关系", "成员性别", "出生年月日", "证件号码", "劳动技能", "健康状况", "是否在校生", "备注"),
)
HEAD: Final = ("DJ-0077", "520626001001", "已脱贫户", "否", "是", "2026-05-01", "1", "安红", "户主", "女", "1980-01-01")
CHILD: Final = (*HEAD[:6], "2", "安小军", "之子", "男", "2015-05-01")
GOODS: Final = ("产品编码", "产品名称", "经营主体编码", "计量单位", "供货单价", "是否冷链", "可供数量", "备注")
HONEY: Final = ("HONEY", "土蜂蜜", "COOP", "kg", "120.00", "否", "50", "乡镇报送")


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_supplied(open_house)


@pytest.fixture
async def officer(house: House, client_for: ClientFor) -> httpx.AsyncClient:
    client = client_for(house, scopes=SUPPLY, region="520626", client_id="officer")
    await supply(client)
    return client


async def exported(client: httpx.AsyncClient, path: str, **asked: str) -> bytes:
    answer = await client.get(path, params={"format": "xlsx", **CLOUD, **asked}, headers=IN_CHINESE)
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_people_of_the_platform_come_in_and_go_out_as_it_has_them(monitoring: Monitoring, tmp_path: Path) -> None:
    people = [(*HEAD, "", "普通劳动力", "慢性病", "否", ""), (*CHILD, "", "无劳动力", "健康", "是", "")]
    job = await imported(monitoring.house, monitoring.client, xlsx_file(PEOPLE, *people), "households", **CLOUD)
    assert (counts(job), job["asked"]["mapping"]) == (result(2, accepted=2, stored=2), CLOUD["mapping"])
    told = await monitoring.get("households/DJ-0077")
    assert (told["category"], [one["health"] for one in told["members"]]) == ("lifted", ["chronic", "healthy"])
    file = await exported(monitoring.client, "/monitoring/v1/reports/exchange-guizhou")
    (tmp_path / "upload.xlsx").write_bytes(file)
    book = CalamineWorkbook.from_path(tmp_path / "upload.xlsx")
    assert book.sheet_names == ["农户家庭成员信息", "暂缓上报"]
    headings, head, child = book.get_sheet_by_index(0).to_python()
    assert headings == ["平台户编码", *PEOPLE[:-1], "风险类型"]
    assert (head[3], head[14], child[9]) == ("脱贫户", "长期慢性病", "之子女")
    again = await imported(monitoring.house, monitoring.client, file, "households", **CLOUD)
    assert counts(again) == result(2, duplicate=2), "what was given to the platform says nothing new here"


async def test_incomes_of_the_platform_come_in_and_go_out_as_it_has_them(
    monitoring: Monitoring, tmp_path: Path
) -> None:
    await monitoring.put()
    headings = ("填报单位", "记录编号", "户编号", "填报日期", "收入类别", "收入月份", "收入金额", "户主姓名")
    rows = [("office", "1", HOUSEHOLD, "2026-11-03", "工资性", "2026年10月", "3,200", "安红")]
    job = await imported(monitoring.house, monitoring.client, xlsx_file(headings, *rows), "income", **CLOUD)
    assert counts(job) == result(1, accepted=1, stored=1)
    file = await exported(monitoring.client, "/monitoring/v1/facts", type="income")
    unheard = await monitoring.client.get("/monitoring/v1/facts", params={"type": "incomes"})
    assert problem_document(unheard)["errors"][0]["pointer"] == "/type"
    [_, line] = table_of(file, tmp_path / "incomes.xlsx")
    assert line[:7] == ["office", "1", HOUSEHOLD, "2026-11-03", "工资性收入", "2026-10", "3200.00"]
    assert counts(await imported(monitoring.house, monitoring.client, file, "income", **CLOUD)) == result(
        1, duplicate=1
    )


async def test_goods_come_in_and_go_out_as_the_platform_has_them(
    house: House, officer: httpx.AsyncClient, tmp_path: Path
) -> None:
    job = await imported(house, officer, xlsx_file(GOODS, HONEY), "products", **CLOUD)
    assert counts(job) == result(1, accepted=1, stored=1)
    file = await exported(officer, "/consumption/v1/products")
    headings, *lines = table_of(file, tmp_path / "goods.xlsx")
    assert (headings[:2], len(headings), len(lines)) == (["产品编码", "产品名称"], 13, 2)
    assert counts(await imported(house, officer, file, "products", **CLOUD)) == result(2, duplicate=2)


async def test_what_came_back_is_told_under_the_headings_of_the_platform(
    house: House, officer: httpx.AsyncClient, tmp_path: Path
) -> None:
    bad = ("HONEY-2", "土蜂蜜", "NOBODY", "kg", "120元", "也许", "50", "")
    job = await imported(house, officer, xlsx_file(GOODS, HONEY, bad), "products", **CLOUD)
    assert counts(job) == result(2, accepted=1, rejected=1, stored=1)
    officer.headers.update(IN_CHINESE)
    [row] = await rows_of(officer, job, "consumption")
    assert [why["column"] for why in row["errors"]] == ["是否冷链", "供货单价"]
    returned = await officer.get(f"/consumption/v1/imports/{job['job_id']}/rejected.xlsx")
    headings, line = table_of(returned.content, tmp_path / "back.xlsx")
    assert (headings[4], headings[-2:]) == ("计量单位", ["原行号", "退回原因"])
    assert "供货单价：" in line[-1]
    mended = [dict(zip(headings, line, strict=True)) | {"供货单价": "120", "是否冷链": "否", "经营主体编码": "COOP"}]
    sent = xlsx_file(headings, *(tuple(one.values()) for one in mended))
    assert counts(await imported(house, officer, sent, "products", **CLOUD)) == result(1, accepted=1, stored=1)


async def test_settlements_of_the_832_platform_are_sales_of_its_channel(
    house: House, officer: httpx.AsyncClient
) -> None:
    headings = ("订单编号", "采购人编码", "采购人名称", "商品编码", "成交数量", "成交单价", "采购类型", "成交金额")
    rows = [("832-1", "DG-1", "某学校", "TEA", "10", "12.50", "预算单位采购", "125.00")]
    asked = {"mapping": "platform-832"}
    job = await imported(house, officer, xlsx_file(headings, *rows), "channel-sales", **asked)
    assert counts(job) == result(1, accepted=1, stored=1)
    [sale] = (await officer.get("/consumption/v1/orders")).json()["items"]
    assert [sale[name] for name in ("channel", "way", "total", "buyer_order_no")] == [
        "832",
        "purchase",
        "125.00",
        "832-1",
    ]


async def test_the_template_has_the_headings_and_words_of_the_platform(
    officer: httpx.AsyncClient, tmp_path: Path
) -> None:
    answer = await officer.get("/consumption/v1/imports/templates/channel-sales.xlsx", params=CLOUD)
    headings, *_ = table_of(answer.content, tmp_path / "template.xlsx")
    assert headings[:3] == ["采购单位编码*", "台账编号*", "销售渠道*"]


async def test_a_mapping_that_is_not_there_is_one_clear_problem(
    officer: httpx.AsyncClient, monitoring: Monitoring
) -> None:
    wrong: list[tuple[httpx.Response, str]] = []
    listed = "/consumption/v1/products"
    names = "guizhou-rural-cloud, platform-832"
    wrong.append((await send(officer, xlsx_file(GOODS, HONEY), "products", house="consumption", mapping="x"), names))
    wrong.append((await officer.get(listed, params={"format": "csv", "mapping": "x"}), names))
    wrong.append((await officer.get(listed, params=CLOUD), "csv"))
    template = "/consumption/v1/imports/templates/products.xlsx"
    wrong.append((await officer.get(template, params={"mapping": "x"}), names))
    report = "/monitoring/v1/reports/exchange-guizhou"
    wrong.append((await monitoring.client.get(report, params={"format": "xlsx", "mapping": "platform-832"}), "guizhou"))
    wrong.append((await monitoring.client.get(report, params=CLOUD), "csv"))
    national = report.replace("guizhou", "national")
    wrong.append((await monitoring.client.get(national, params={"format": "xlsx", **CLOUD}), "no mapping"))
    for answer, named in wrong:
        document: dict[str, Any] = problem_document(answer)
        assert (answer.status_code, [error["pointer"] for error in document["errors"]]) == (422, ["/mapping"])
        assert named in document["detail"]


async def test_other_headings_than_those_of_the_platform_are_named(officer: httpx.AsyncClient) -> None:
    own = ("产品编号", "产品名称", "供应主体编号", "计量单位", "单价（元）")
    answer = await send(officer, xlsx_file(own, HONEY[:5]), "products", house="consumption", **CLOUD)
    assert problem_document(answer)["type"] == "urn:problem:consumption:columns-wrong"
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/产品编码", "/经营主体编码", "/供货单价", "/产品编号", "/供应主体编号", "/单价（元）"]
