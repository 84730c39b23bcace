"""Code lists: every house shows what its documents name, with labels that people read in two languages."""

import re

import pytest

from services.houses import HOUSES
from services.monitoring.evidence.table import EVIDENCE
from services.monitoring.risks.rules.ending import ENDED
from services.monitoring.risks.rules.income_drop import QUARTER, YEAR
from services.monitoring.risks.rules.new_illness import COST, SERIOUS
from shared.codes.code import Code
from shared.codes.monitoring import ClueType, RiskKind, RiskRule
from shared.house import HouseDefinition
from tests.conftest import ClientFor, OpenHouse
from tests.mechanism.probe import ON_SQLITE
from tests.promises import document_of

CODES = [(code_list.__name__, code) for code_list in Code.__subclasses__() for code in code_list]
each_house = pytest.mark.parametrize("definition", HOUSES, ids=[one.name for one in HOUSES])
each_code = pytest.mark.parametrize("code", [code for _, code in CODES], ids=[f"{name}.{code}" for name, code in CODES])


@ON_SQLITE
@each_house
async def test_a_house_shows_every_code_list_of_its_document(
    definition: HouseDefinition, open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(definition)
    client = client_for(house, scopes=[f"{definition.name}:read"])
    answer = await client.get(f"/{definition.name}/v1/codes")
    assert answer.status_code == 200, answer.text
    shown = {item["name"]: [value["code"] for value in item["codes"]] for item in answer.json()["items"]}
    schemas = document_of(definition.name)["components"]["schemas"]
    assert shown == {name: schema["enum"] for name, schema in schemas.items() if "enum" in schema}
    for item in answer.json()["items"]:
        for value in item["codes"]:
            assert value["label_zh"] in schemas[item["name"]]["description"]
            assert value["label_en"] in schemas[item["name"]]["description"]


@ON_SQLITE
async def test_a_code_list_is_shown_with_its_labels_in_the_order_of_the_procedure(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    [consumption] = [one for one in HOUSES if one.name == "consumption"]
    client = client_for(await open_house(consumption), scopes=["consumption:read"])
    lists = {item["name"]: item["codes"] for item in (await client.get("/consumption/v1/codes")).json()["items"]}
    assert [code["label_zh"] for code in lists["OrderStatus"]] == [
        "已预订",
        "已下单",
        "已接单",
        "部分发货",
        "已发货",
        "已收货",
        "有争议",
        "已结算",
        "已关闭",
        "已取消",
    ]
    assert lists["ProducerKind"][1] == {
        "code": "cooperative",
        "label_zh": "合作社",
        "label_en": "cooperative",
        "meaning": "",
    }


@ON_SQLITE
@each_house
async def test_code_lists_are_refused_to_whoever_may_not_read(
    definition: HouseDefinition, open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(definition)
    path = f"/{definition.name}/v1/codes"
    assert (await client_for(house, scopes=["ops:admin"]).get(path)).status_code == 403
    assert (await client_for(house).get(path, headers={"Authorization": ""})).status_code == 401


@each_code
def test_a_code_has_a_label_in_chinese_and_in_english(code: Code) -> None:
    assert re.search(r"[\u4e00-\u9fff]", code.label_zh)
    assert re.fullmatch(r"[\x20-\x7e]+", code.label_en)


def test_every_clue_and_every_rule_has_labels() -> None:
    assert {one.clue_type for one in EVIDENCE.values()} <= set(ClueType)
    assert {*RiskKind, YEAR, QUARTER, SERIOUS, COST, ENDED} == set(RiskRule)


def test_labels_of_one_list_differ() -> None:
    for code_list in Code.__subclasses__():
        assert len({code.label_zh for code in code_list}) == len(code_list), code_list
        assert len({code.label_en for code in code_list}) == len(code_list), code_list
