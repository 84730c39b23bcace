"""What consumption refuses, as a county reads it in Chinese, and as it is said to whoever names no language."""

from typing import Any
from uuid import UUID

import httpx

from shared.house import House
from tests.builders import OTHER_COUNTY_REGION
from tests.conftest import ClientFor
from tests.houses.consumption.builders import (
    API,
    ELSEWHERE,
    ORDERS,
    SUPPLY,
    dongguan,
    link,
    order,
    place,
    producer,
    product,
    put,
    received,
    walk,
)
from tests.problems import read_in_both, sentences_of

NOBODY = UUID(int=0)
ORDER = ("POST", ORDERS)
TEA, STOCK = ("PUT", f"{API}/products/TEA"), ("POST", f"{API}/products/TEA/stock")
COOP = ("PUT", f"{API}/producers/COOP")


def line(product_code: str = "TEA", quantity: Any = "20.000", **changes: Any) -> dict[str, Any]:
    return {"product_code": product_code, "quantity": quantity} | changes


async def test_what_can_no_longer_be_had(officer: httpx.AsyncClient, buyer: httpx.AsyncClient) -> None:
    sold = {"EGGS": product(unit="箱", step="5"), "PEARS": product(unit="kg", minimum="10.000")}
    for code, body in sold.items():
        await put(officer, "product", code, body)
    english, chinese = await read_in_both(buyer, *ORDER, order(("TEA", "300.001")))
    assert english["detail"] == "line 1 asks for 300.001 of TEA; there is 300.000"
    assert chinese["detail"] == "第 1 行订购产品 TEA 的数量为 300.001，现有库存为 300.000"
    assert (chinese["title"], chinese["available"]) == ("库存不足", "300.000")
    assert [
        await sentences_of(buyer, *ORDER, order(lines=[line(price="9.90")])),
        await sentences_of(buyer, *ORDER, order(("EGGS", "7"))),
        await sentences_of(buyer, *ORDER, order(("PEARS", "7"))),
        await sentences_of(buyer, *ORDER, order(("NONE", "1"))),
    ] == [
        [
            "line 1 was seen at 9.90; TEA costs 12.50 now",
            "第 1 行所填价格为 9.90 元，产品 TEA 现价为 12.50 元",
        ],
        [
            "line 1: EGGS is sold from 5.000 箱 on, in steps of 5.000",
            "第 1 行：产品 EGGS 的起订量为 5.000 箱，且订购数量须为 5.000 的整数倍",
        ],
        ["line 1: PEARS is sold from 10.000 kg on", "第 1 行：产品 PEARS 的起订量为 10.000 kg"],
        ["there is no product NONE", "没有产品 NONE"],
    ]


async def test_what_an_order_cannot_be(buyer: httpx.AsyncClient) -> None:
    wrong = order(lines=[line(quantity="0"), line("EGGS", "1.2345"), line("PEARS", 5)])
    english, chinese = await read_in_both(buyer, *ORDER, wrong)
    assert [error["detail"] for error in english["errors"]] == [
        "it is not zero",
        "a quantity is digits with at most three decimals, for example 20.000",
        "it is written as text; a JSON number could lose digits",
    ]
    assert [(error["pointer"], error["detail"]) for error in chinese["errors"]] == [
        ("/lines/0/quantity", "不得为零"),
        ("/lines/1/quantity", "数量应为数字，最多三位小数，例如 20.000"),
        ("/lines/2/quantity", "应以文本填写；JSON 数字可能丢失位数"),
    ]
    assert [
        await sentences_of(buyer, *ORDER, order(lines=[line(), line()])),
        await sentences_of(buyer, *ORDER, order(deliver_by="2026-11-15")),
    ] == [
        ["/lines: a product stands in one line only", "/lines：同一产品只能填写一行"],
        ["/deliver_by: lies in the past", "/deliver_by：所填时间已经过去"],
    ]


async def test_that_an_order_is_of_one_county_and_of_an_amount_that_can_be_written(
    house: House, officer: httpx.AsyncClient, buyer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    everywhere = client_for(house)
    await put(everywhere, "producer", "YJ", producer(link("1", ELSEWHERE), region_code=OTHER_COUNTY_REGION))
    await put(everywhere, "product", "PEARS", product(producer_code="YJ"))
    await put(officer, "product", "GOLD", product(price="999999999999.99", stock="9.000"))
    assert [
        await sentences_of(buyer, *ORDER, order(("TEA", "1"), ("PEARS", "1"))),
        await sentences_of(buyer, *ORDER, order(("GOLD", "2"))),
    ] == [
        [
            "/lines/1/product_code: its producer is in another county than that of line 1",
            "/lines/1/product_code：其经营主体与第 1 行的经营主体不在同一个县",
        ],
        ["/lines: their value is more than an amount can be", "/lines：各行金额合计超出上限"],
    ]


async def test_whose_order_it_is(house: House, buyer: httpx.AsyncClient, client_for: ClientFor) -> None:
    await place(buyer)
    other = dongguan(client_for, house, client_id="shenzhen", buyers=("SZ-1",))
    assert [
        await sentences_of(buyer, *ORDER, order(("TEA", "1"))),
        await sentences_of(other, *ORDER, order()),
        await sentences_of(other, *ORDER, order(buyer_code="sz-1")),
        await sentences_of(other, "GET", f"{ORDERS}/{NOBODY}"),
        await sentences_of(client_for(house), "GET", f"{API}/buyers/NONE"),
    ] == [
        [
            "the number 1 of the buyer DG-1 was used for another content",
            "采购单位 DG-1 的订单号 1 已用于内容不同的订单",
        ],
        [
            "the client shenzhen does not order for the buyer DG-1",
            "客户端 shenzhen 不能代采购单位 DG-1 下单",
        ],
        [
            "the token of the client names the buyer in other upper and lower case",
            "该采购单位代码的大小写与客户端访问令牌所列不一致",
        ],
        [
            f"no order {NOBODY} that this client buys or supplies",
            f"该客户端采购或供应的订单中没有 {NOBODY}",
        ],
        ["there is no buyer NONE", "没有采购单位 NONE"],
    ]


async def test_what_cannot_have_arrived(officer: httpx.AsyncClient, buyer: httpx.AsyncClient) -> None:
    placed = (await place(buyer))["order_id"]
    await walk(officer, placed, "accept", "ship")
    steps = ("POST", f"{ORDERS}/{placed}/transitions")
    receipt = {"action": "receive", "lines": received("20.001")}
    assert [
        await sentences_of(buyer, *steps, receipt),
        await sentences_of(buyer, *steps, receipt | {"lines": [{"line_no": 2, "received": "1"}]}),
        await sentences_of(buyer, *steps, receipt | {"lines": received("1") * 2}),
        await sentences_of(buyer, *steps, receipt | {"action": "cancel"}),
    ] == [
        ["/lines/0/received: more than was ordered", "/lines/0/received：超过订购数量"],
        ["/lines/0/line_no: the order has no such line", "/lines/0/line_no：订单中没有此行"],
        ["/lines: a line is named twice", "/lines：同一行重复填写"],
        ["/lines: this step takes no lines", "/lines：该操作不填写各行"],
    ]


async def test_what_a_producer_cannot_be(house: House, officer: httpx.AsyncClient, client_for: ClientFor) -> None:
    english, chinese = await read_in_both(
        officer, *COOP, producer(link("0.5"), link("0.6", ELSEWHERE), uscc="91110000600037341X")
    )
    assert english["detail"] == (
        "/uscc: not a unified social credit code: 18 characters, the last one checks the others, and 1 more"
    )
    assert chinese["detail"] == "/uscc：不是有效的统一社会信用代码：应为 18 位，末位为校验码；另有 1 处"
    assert chinese["errors"][1]["detail"] == "份额合计超过 1"
    neighbour = client_for(house, scopes=SUPPLY, region="520625")
    assert [
        await sentences_of(officer, *COOP, producer(link("0.1"), link("0.2"))),
        await sentences_of(client_for(house), *COOP, producer(region_code="529999001001")),
        await sentences_of(officer, *COOP, producer(link("0.1", "DJ-9999"))),
        await sentences_of(neighbour, "GET", f"{API}/producers/COOP"),
    ] == [
        ["/links: a household is named twice for the same kind", "/links：同一农户的同一类收入重复填写"],
        [
            "/region_code: no county, township or village has this code",
            "/region_code：没有使用此区划代码的县、乡镇或村",
        ],
        ["no household DJ-9999 in region 520626", "管辖区域（520626）内没有农户 DJ-9999"],
        ["no producer COOP in region 520625", "管辖区域（520625）内没有编码为 COOP 的经营主体"],
    ]


async def test_how_a_product_and_its_stock_cannot_change(
    house: House, officer: httpx.AsyncClient, client_for: ClientFor
) -> None:
    neighbour = client_for(house, scopes=SUPPLY, region="520625")
    moved = {"reason": "盘点"}
    assert [
        await sentences_of(officer, *TEA, product(stock="1.000")),
        await sentences_of(officer, *TEA, product(stock=None, unit="箱")),
        await sentences_of(officer, *TEA, product(step="2.000", minimum="3.000")),
        await sentences_of(officer, *STOCK, moved | {"change": "-300.001"}),
        await sentences_of(officer, *STOCK, moved | {"change": "999999999.999"}),
        await sentences_of(officer, *STOCK, moved),
        await sentences_of(neighbour, *STOCK, moved | {"counted": "1"}),
    ] == [
        [
            "there is 300.000; leave the stock out, or move it by POST …/stock",
            "现有库存为 300.000；请不填库存，或通过 `POST …/stock` 调整",
        ],
        [
            "there is 300.000 kg; count the stock as nothing before you change the unit",
            "现有库存 300.000 kg；变更计量单位前，请先将库存盘点为零",
        ],
        ["/minimum: the minimum is not a multiple of the step", "/minimum：起订量不是订货单位的整数倍"],
        ["there is 300.000 of TEA", "产品 TEA 现有库存为 300.000"],
        ["/change: more than 999999999.999 would be there", "/change：库存将超过上限 999999999.999"],
        [
            "/: send either counted or change",
            "/：盘点数量 `counted` 与增减数量 `change` 应填且只填一项",
        ],
        ["no product TEA in region 520625", "管辖区域（520625）内没有产品 TEA"],
    ]
