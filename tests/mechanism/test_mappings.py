"""Mappings of other systems: what is refused of their files, and when."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.consumption.imports import IMPORTS
from shared.codes.consumption import PurchaseWay
from shared.context import new_context
from shared.imports.kinds import Sender
from shared.imports.starting import File
from shared.mappings.applying import demand_usable
from shared.mappings.reading import MappingRefused, read_mappings
from shared.sheets.columns import Column, Form, Sheet
from tests.houses.consumption.builders import OFFICER

SALES = Sheet(
    "sales",
    "销售",
    "Sales",
    (
        Column("code", "编号", "Code", needed=True),
        Column("way", "方式", "Way", Form.CODE, PurchaseWay, needed=True),
        Column("channel", "渠道", "Channel"),
        Column("lines/*/quantity", "数量", "Quantity", Form.DECIMAL),
    ),
    group=("code",),
)
COLUMNS = {"code": "台账号", "way": "帮扶方式"}


def mapping(**table: Any) -> dict[str, Any]:
    first = {"house": "consumption", "kinds": ["sales"], "sheet": "台账", "columns": COLUMNS} | table
    return {
        "name": "other",
        "title": "其他系统",
        "from": "2026-01-01",
        "status": "assumed",
        "reference": "no document was seen",
        "tables": [first],
    }


def refusal(folder: Path, document: dict[str, Any]) -> str:
    """What a start is refused for that has this mapping."""
    text = yaml.safe_dump(document, allow_unicode=True).replace("from: '2026-01-01'", "from: 2026-01-01")
    (folder / "other.yaml").write_text(text, "utf-8")
    with pytest.raises(MappingRefused) as refused:
        demand_usable(read_mappings(folder).values(), "consumption", [SALES], [])
    return str(refused.value)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"columns": COLUMNS | {"colour": "颜色"}}, "other: consumption sales: colour: there is no such column"),
        ({"columns": {"code": "台账号"}}, "way: a file cannot be taken without it"),
        ({"kinds": ["sale"]}, "other: consumption sale: the house has no such file"),
        ({"kinds": ["sales", "sales"]}, "kinds: 'consumption sales' stands twice"),
        ({"columns": COLUMNS | {"channel": "帮扶 方式"}}, "台账: '帮扶方式' stands twice"),
        ({"beside": ["台账号"]}, "台账: '台账号' stands twice"),
        ({"words": {"code": {"a": "甲"}}}, "code: only a column of codes has words"),
        ({"words": {"way": {"gift": "赠送"}}}, "way: 'gift' is no code of its list"),
        ({"words": {"way": {"purchase": "帮助销售"}}}, "way: 'help_sell' is written as another code"),
        ({"words": {"way": {"purchase": ["买", "卖"], "help_sell": "卖"}}}, "way: '卖' means two codes"),
        ({"given": {"way": "purchase"}}, "way: what holds for all rows is one value that has no column"),
        ({"given": {"lines/*/quantity": "1"}}, "what holds for all rows is one value that has no column"),
        ({"columns": {"code": "台账号"}, "given": {"way": "赠送"}}, "way: "),
        ({"sheet": "台账/一"}, "tables.0.sheet: "),
        ({"colour": "红"}, "tables.0.colour: "),
    ],
)
def test_a_mapping_that_no_file_can_have_is_refused_at_the_start(
    table: dict[str, Any], said: str, tmp_path: Path
) -> None:
    assert said in refusal(tmp_path, mapping(**table))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "another"}, "name: is 'another', but the file is 'other'"),
        ({"reference": ""}, "reference: "),
        ({"status": "announced"}, "status: "),
        ({"from": "soon"}, "from: "),
    ],
)
def test_a_mapping_says_what_it_is(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert said in refusal(tmp_path, mapping() | changes)


@pytest.mark.parametrize(
    ("name", "heading"), [("guizhou-rural-cloud", "供货单价"), ("gone", "单价（元）"), (None, "单价（元）")]
)
def test_a_file_of_before_is_shown_also_when_its_mapping_has_changed(name: str | None, heading: str) -> None:
    sender = Sender(OFFICER, new_context(), None)
    kind = File("products", ["price", "grade", "base_code"], sender, name).kind_of("consumption", IMPORTS)
    by_place = {column.place: column.zh for column in kind.sheet.columns}
    assert (by_place["price"], by_place["base_code"]) == (heading, "菜篮子基地编号")
