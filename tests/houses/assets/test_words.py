"""What assets refuses, as a county reads it in Chinese, and as it is said to whoever names no language."""

from uuid import UUID

import pytest

from tests.builders import TODAY
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assets.builders import ASSET, STEPS, Assets, asset, line, plan, right, settled
from tests.problems import read_in_both, sentences_of

NOBODY = UUID(int=0)
PUT_ASSET = ("PUT", f"/assets/v1/assets/{ASSET}")
DISTRIBUTIONS = "/assets/v1/distributions"
PROPOSE = ("POST", DISTRIBUTIONS)
SAID = {"source": "village-report", "source_ref": "w-1", "reason": "wrong_household"}


@pytest.fixture
async def assets(open_house: OpenHouse, client_for: ClientFor) -> Assets:
    return await settled(open_house, client_for)


async def test_what_keeps_rights_from_being_those_in_an_asset(assets: Assets) -> None:
    rights = [right("operator", "黔茶公司", "0.4000"), right("operator", "黔茶公司", "0.5000")]
    wrong = asset(rights, acquired_on="2027-01-01", region_code="529999001001")
    english, chinese = await read_in_both(assets.client, *PUT_ASSET, wrong)
    assert [(error["pointer"], error["detail"]) for error in english["errors"]] == [
        ("/rights/1/holder", "holds the right operator twice"),
        ("/rights", "nobody is named as owner"),
        ("/rights", "the shares of operator make 0.9000 and not 1.0000"),
        ("/acquired_on", "lies in the future"),
        ("/region_code", "no county, township or village has this code"),
    ]
    assert [(error["pointer"], error["detail"]) for error in chinese["errors"]] == [
        ("/rights/1/holder", "重复持有经营权"),
        ("/rights", "未填写所有权的持有人"),
        ("/rights", "经营权的份额合计为 0.9000，应为 1.0000"),
        ("/acquired_on", "所填时间尚未到来"),
        ("/region_code", "没有使用此区划代码的县、乡镇或村"),
    ]
    assert english["detail"] == "/rights/1/holder: holds the right operator twice"
    assert (chinese["title"], chinese["detail"]) == ("资产信息有误", "/rights/1/holder：重复持有经营权")


async def test_which_assets_earn_nothing_to_share_out(assets: Assets) -> None:
    await assets.put(asset() | {"class": "household"}, code="COW")
    assert [
        await sentences_of(assets.client, *PROPOSE, plan(asset_code="COW")),
        await sentences_of(assets.client, *PROPOSE, plan(asset_code="NONE")),
        await sentences_of(assets.client, "GET", f"{DISTRIBUTIONS}/{NOBODY}"),
    ] == [
        ["the asset COW belongs to its household", "资产 COW 为到户类资产，归农户所有"],
        ["no asset NONE in region 52", "管辖区域（52）内没有编码为 NONE 的资产"],
        [f"no distribution {NOBODY} in region 52", f"管辖区域（52）内没有收益分配 {NOBODY}"],
    ]


async def test_why_a_plan_does_not_add_up(assets: Assets) -> None:
    wrong = plan([line(), line(amount="1.00")], period="2030")
    english, chinese = await read_in_both(assets.client, *PROPOSE, wrong)
    assert [error["detail"] for error in english["errors"]] == [
        "lies in the future",
        "the household has a line for no_labour before",
        "the lines make 12001.00 and not 20000.00",
    ]
    assert [(error["pointer"], error["detail"]) for error in chinese["errors"]] == [
        ("/period", "所填时间尚未到来"),
        ("/lines/1", "该户已有一条“无劳动能力”的明细"),
        ("/total", "明细合计为 12001.00 元，与总额 20000.00 元不符"),
    ]


async def test_which_households_of_a_plan_are_not_known(assets: Assets) -> None:
    unknown = plan([line(), line("DJ-8888", "3000.00"), line("DJ-9999", "5000.00")])
    english, chinese = await read_in_both(assets.client, *PROPOSE, unknown)
    assert english["detail"] == "2 of the households are not known in region 52"
    assert chinese["detail"] == "方案中有 2 处所填的农户在管辖区域（52）内没有登记"
    assert [error["pointer"] for error in chinese["errors"]] == ["/lines/1/household_code", "/lines/2/household_code"]
    for document, sentence in ((english, "no such household here"), (chinese, "查无此户")):
        assert {error["detail"] for error in document["errors"]} == {sentence}


async def test_that_a_year_has_its_distribution(assets: Assets) -> None:
    await assets.walk(await assets.proposed(), STEPS[0])
    assert await sentences_of(assets.client, *PROPOSE, plan()) == [
        f"a distribution of {ASSET} for 2026 is voted; a further one says `supplementary`",
        f"资产 {ASSET} 在 2026 年度已有收益分配，状态为“民主决策通过”；确需补充分配的，请填写 `supplementary`",
    ]


async def test_what_an_objection_and_a_withdrawal_need(assets: Assets) -> None:
    distribution = f"{DISTRIBUTIONS}/{await assets.proposed()}"
    objection = {"action": "object", "on": str(TODAY)}
    number = distribution.rpartition("/")[2]
    assert [
        await sentences_of(assets.client, "POST", f"{distribution}/transitions", objection),
        await sentences_of(assets.client, "POST", f"{distribution}/lines/9/withdrawal", SAID),
        await sentences_of(assets.client, "POST", f"{distribution}/lines/1/withdrawal", SAID),
    ] == [
        ["/note: object needs a note that says what is objected", "/note：提出异议须写明异议内容"],
        [f"the distribution {number} has no line 9", f"收益分配 {number} 没有第 9 条明细"],
        ["the distribution is draft: nobody was credited", "该收益分配的状态为“村集体提出方案”，尚未发放到户"],
    ]
