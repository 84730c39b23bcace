"""What every list keeps to as a file: it says its columns, and holds what the answer in JSON shows the same caller."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import httpx
import pytest
from pydantic import BaseModel
from python_calamine import CalamineWorkbook

from deploy.files_page import KINDS, lists_of
from services.houses import HOUSES
from shared.clock import BUSINESS_ZONE
from shared.house import House
from shared.security.actor import PERSONAL
from shared.security.clients import ALL_SCOPES
from shared.sheets.columns import EACH, Column, Form, Sheet, plain_heading
from shared.words.language import Language
from tests.builders import HOUSEHOLD, fact
from tests.conftest import ClientFor, OpenHouse
from tests.contract.access_examples import Examples, examples_of, found_incident, policy_value
from tests.journeys.set_ups import Caller
from tests.journeys.story import Story

LISTS: Final = {listed.path: listed for house in HOUSES for listed in lists_of(house)}
LEFT_OUT: Final = {
    "allowed_actions",
    "reasons",
    "errors",
    "history",
    "inputs",
    "publicity_rule",
    "validity_rule",
    "findings",
    "steps",
    "clue_ids",
    "deliveries",
    "adjustment",
    "returns",
}
"""What is left to the answer of one thing: what the caller may do now, who did what, the rules with their sources, and
what was seen and found, and the parts of an order or a case.

The errors of a row of a file are its reasons again, in few codes."""
LANGUAGES: Final = {Language.ZH: "zh-CN", Language.EN: "en"}
DIAGNOSIS: Final = {"code": "C34.9", "name": "=肺腺癌", "serious": True, "main_earner": True}
"""Its name is what a spreadsheet would take for a formula."""
MASKED: Final = tuple(scope for scope in ALL_SCOPES if scope != PERSONAL)
OLDEST_FIRST: Final = {"/monitoring/v1/facts"}
"""Lists that come by their last changes: as a file the longest unchanged come first."""


def test_there_are_lists_to_look_at() -> None:
    assert len(LISTS) >= 30


@pytest.mark.parametrize("path", LISTS)
def test_every_column_of_a_file_is_a_field_of_the_answer(path: str) -> None:
    for column in LISTS[path].query.sheet.columns:
        assert _leads_somewhere(LISTS[path].item, column.parts), column.place


@pytest.mark.parametrize("path", LISTS)
def test_every_field_of_the_answer_is_in_the_file_or_left_to_the_one_thing(path: str) -> None:
    item = LISTS[path].item
    shown = {column.parts[0] for column in LISTS[path].query.sheet.columns}
    assert {_sent_as(name, field) for name, field in item.model_fields.items()} - shown <= LEFT_OUT


@pytest.mark.parametrize("path", LISTS)
def test_headings_tell_the_columns_apart_in_both_languages(path: str) -> None:
    sheet = LISTS[path].query.sheet
    for language in Language:
        headings = [column.heading(language) for column in sheet.columns]
        assert len(set(headings)) == len(headings)
        assert all(headings)
        assert sheet.title(language)
    assert [column for column in sheet.columns if (column.codes is None) != (column.form is not Form.CODE)] == []


OTHER_THINGS: Final = {
    "amount": "what was paid, and what was asked for",
    "at": "of an entry, of a stock",
    "before": "of an entry, of a stock",
    "buyer_order_no": "of a buyer, of a channel",
    "by": "who did it, and by when it has to be done",
    "change": "of a stock, of the members of a household",
    "channel": "of work, of a clue",
    "class": "of an asset, of a household of low income",
    "closed_on": "of an outlet, of a slow sale",
    "code": "of a diagnosis, of a reason, of a webhook",
    "contact_code": "of a case, of a contact",
    "created_at": "of a job, of a webhook",
    "detail": "of a reason, of a problem",
    "due_on": "of a task, of a loan",
    "end_reason": "of a household, of work",
    "ended_on": "of a household, of work",
    "episode": "of a risk, of an admission",
    "event": "of a household, of schooling",
    "from": "of a value, a season, a channel, a fair, a listing",
    "grade": "of a risk, and of a house or a disability",
    "group": "of a finding, of who is looked after first",
    "households": "that were looked at, and that something came over",
    "id": "of a dead letter, of a change",
    "key": "of a dead letter, of a parameter",
    "incident_id": "of many households at once, of a slow sale",
    "kind": "of each thing its own; of a risk also what a fact led to",
    "kinds": "of facts, of risks",
    "level": "of duty, of care",
    "mode": "of an order, of a report",
    "name": "of each thing its own",
    "note": "of a measure, of an appeal",
    "on": "of an event, of a check, of an appeal, of a report",
    "opened_at": "of a risk, of a task",
    "opened_on": "of an outlet, of a slow sale",
    "outcome": "of what is produced, of a clue, of an appeal",
    "overdue": "of a feed, of a loan",
    "per_head": "by the plan, by civil affairs",
    "period": "a year, a month",
    "place_code": "of work, of an outlet, of a fair",
    "placed_at": "of a worker, of an order",
    "price": "of a product, of a week, of what was sold",
    "quantity": "what was ordered, and what does not sell",
    "queued": "whether a household waits, and how many do",
    "reason": "of each thing its own",
    "result": "of a check, of an inspection",
    "risks": "how many, and which",
    "scheme": "of insurance, of relief",
    "seq": "of an entry of the audit, of a change",
    "share": "of a village, of income",
    "shipped": "of a line, of a batch",
    "source_ref": "of a record, and of the one it corrects",
    "state": "of a dead letter, of a webhook",
    "status": "of each thing its own",
    "stock": "what is there, what was there when first offered, and after a move",
    "subject": "of an entry, of a listing",
    "text": "of a reason, of a finding",
    "to": "of a value, a season, a channel, a fair",
    "total": "of a job, of money",
    "type": "of a fact, of an event",
    "unit_code": "of measure, and the budget unit that a buyer counts with",
    "until": "of an exemption, of a listing",
    "valid_to": "of a certificate, of a recognition",
    "value": "of a dead letter, of a parameter",
}
"""Names of fields that mean one thing here and another there."""
SHEETS: Final = {
    **{path: listed.query.sheet for path, listed in LISTS.items()},
    **{f"{house}:{name}": kind.sheet for house, kinds in KINDS.items() for name, kind in kinds.items()},
}


def test_what_means_the_same_has_the_same_heading_in_every_list_and_every_template() -> None:
    headings: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for sheet in SHEETS.values():
        for column in sheet.columns:
            headings[column.field].add((column.zh, column.en))
    assert {name for name, known in headings.items() if len(known) > 1} == OTHER_THINGS.keys()


TEMPLATES: Final = {name: sheet for name, sheet in SHEETS.items() if ":" in name}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_name_of_a_column_of_a_template_leads_to_it(kind: str) -> None:
    known = TEMPLATES[kind].by_name()
    for column in TEMPLATES[kind].columns:
        for name in (column.zh, column.en, column.place):
            assert known[plain_heading(name)] is column, name
        assert known[plain_heading(column.field)].field == column.field
    assert "" not in known


@pytest.mark.parametrize("kind", [name for name, sheet in TEMPLATES.items() if sheet.listed is not None])
def test_a_list_that_was_exported_holds_what_its_template_needs_under_the_same_headings(kind: str) -> None:
    sheet = TEMPLATES[kind]
    assert sheet.listed is not None
    for language in Language:
        shown = {column.heading(language) for column in sheet.listed.columns}
        assert {column.heading(language) for column in sheet.columns if column.needed} <= shown
        assert all(
            plain_heading(heading) in sheet.by_name() or sheet.passes_over(plain_heading(heading)) for heading in shown
        )


def _sent_as(name: str, field: Any) -> str:
    return str(field.serialization_alias or field.alias or name)


def _leads_somewhere(kind: Any, way: Sequence[str]) -> bool:
    """Whether a way leads to a field of a type; into a document of any form it does."""
    kinds = [part for part in _parts(kind) if part is not type(None)]
    if not way:
        return True
    for one in kinds:
        if get_origin(one) is dict:
            return True
        if get_origin(one) is list and way[0] == EACH:
            return _leads_somewhere(get_args(one)[0], way[1:])
        if isinstance(one, type) and issubclass(one, BaseModel):
            fields = {_sent_as(name, field): field for name, field in one.model_fields.items()}
            return way[0] in fields and _leads_somewhere(fields[way[0]].annotation, way[1:])
    return False


def _parts(kind: Any) -> Iterator[Any]:
    if get_origin(kind) in {list, dict} or not get_args(kind):
        yield kind
    else:
        for part in get_args(kind):
            yield from _parts(part)


OF_THE_CALLER = ("/imports/{job_id}/rows", "/webhooks/{webhook_code}/deliveries")
"""Only whoever sent a file or set a webhook up sees these: tests of imports and of webhooks look at them."""


@pytest.fixture
async def houses(open_house: OpenHouse, client_for: ClientFor) -> Sequence[House]:
    return [await open_house(definition, background=True) for definition in HOUSES]


@pytest.fixture
async def examples(houses: Sequence[House], client_for: ClientFor) -> Examples:
    county = client_for(*houses, region="520626", client_id="county")
    story = Story(Caller(county, {house.name: "" for house in houses}), HOUSEHOLD)
    await story.tell()
    buyer = {"name": '"东莞", 食堂', "client_id": "canteen"}
    await story.put("buyer", "/consumption/v1/buyers/DG-CANTEEN", buyer)
    moved = {"change": "1.000", "reason": "+新茶入库"}
    await story.post("stock", f"/consumption/v1/products/T-{HOUSEHOLD}/stock", moved)
    ill = fact("illness", "ill", DIAGNOSIS, household_code=HOUSEHOLD, member_no=1)
    await story.post("illness", "/monitoring/v1/facts", ill)
    await story.task("new_illness")
    home = story.answers["household"]["region_code"]
    await story.post("policy value", "/monitoring/v1/policy-values", policy_value(home))
    await next(house for house in houses if house.name == "monitoring").database.write(found_incident)
    return await examples_of(story)


async def test_a_file_holds_what_the_answer_shows_the_same_caller(
    houses: Sequence[House], examples: Examples, client_for: ClientFor, tmp_path: Path
) -> None:
    filled, told = set(), {}
    for name, scopes in {"full": ALL_SCOPES, "masked": MASKED}.items():
        client = client_for(*houses, scopes=scopes, region="52", client_id=name)
        for language, header in LANGUAGES.items():
            client.headers["Accept-Language"] = header
            for path, listed in LISTS.items():
                if path.endswith(OF_THE_CALLER):
                    continue
                shown = await _shown(client, examples.path(path), oldest_first=path in OLDEST_FIRST)
                rows = expected(listed.query.sheet, shown, language)
                await _is_written_so(client, examples.path(path), listed.query.sheet, language, rows, tmp_path)
                filled |= {path} if shown else set()
                told[name, language, path] = rows
    nothing_happened = {path.rpartition("/v1")[2] for path in LISTS.keys() - filled}
    assert nothing_happened <= {"/jobs", "/dead-letters", "/webhooks", *OF_THE_CALLER}
    facts = "/monitoring/v1/facts"
    assert any("'=肺腺癌" in row for row in told["full", Language.ZH, facts])
    assert not any("肺腺癌" in cell for row in told["masked", Language.ZH, facts] for cell in row)
    assert any("收入骤减" in row for row in told["masked", Language.ZH, "/monitoring/v1/risks"])
    assert any("sharp drop of income" in row for row in told["masked", Language.EN, "/monitoring/v1/risks"])


async def _shown(client: httpx.AsyncClient, path: str, *, oldest_first: bool) -> list[Mapping[str, Any]]:
    answer = await client.get(path, params={"limit": 200})
    assert answer.status_code == 200, (path, answer.text)
    assert answer.json()["next_cursor"] is None, path
    items: list[Mapping[str, Any]] = answer.json()["items"]
    return items[::-1] if oldest_first else items


async def _is_written_so(
    client: httpx.AsyncClient, path: str, sheet: Sheet, language: Language, rows: list[list[str]], folder: Path
) -> None:
    headings = [column.heading(language) for column in sheet.columns]
    written = await client.get(path, params={"format": "csv"})
    assert (written.status_code, written.headers["content-type"]) == (200, "text/csv; charset=utf-8"), path
    assert written.content.startswith(b"\xef\xbb\xbf"), path
    table = list(csv.reader(io.StringIO(written.content.decode("utf-8-sig"), newline="")))
    assert _without_time(path, table) == _without_time(path, [headings, *rows]), path
    excel = await client.get(path, params={"format": "xlsx"})
    assert excel.status_code == 200, path
    (file := folder / "list.xlsx").write_bytes(excel.content)
    workbook = CalamineWorkbook.from_path(file)
    assert workbook.sheet_names == [sheet.title(language)]
    cells = [[str(cell) for cell in row] for row in workbook.get_sheet_by_index(0).to_python()]
    assert _without_time(path, cells) == _without_time(path, [headings, *rows]), path


def _without_time(path: str, rows: list[list[str]]) -> list[list[str]]:
    """The audit grows with every look; what was there before stays as it is."""
    return [rows[0], *rows[-3:]] if path.endswith("/audit") else rows


def expected(sheet: Sheet, items: Sequence[Mapping[str, Any]], language: Language) -> list[list[str]]:
    """The rows of the file as the answers make them, worked out by hand."""
    return [[cell(column, found(item, column.parts), language) for column in sheet.columns] for item in items]


def found(value: Any, way: Sequence[str]) -> Any:
    if not way or value is None:
        return value
    if way[0] == EACH:
        return [found(one, way[1:]) for one in value]
    return found(value.get(way[0]), way[1:])


def cell(column: Column, value: Any, language: Language) -> str:
    chinese = language is Language.ZH
    if value is None:
        return ""
    if isinstance(value, list):
        return ("、" if chinese else ", ").join(cell(column, one, language) for one in value)
    if column.form is Form.FLAG:
        return ("是" if value else "否") if chinese else ("yes" if value else "no")
    if column.codes is not None:
        return column.codes(value).label_zh if chinese else column.codes(value).label_en
    if column.form is Form.MOMENT:
        return f"{datetime.fromisoformat(value).astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}"
    return written(column, value)


def written(column: Column, value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"'{value}" if column.form is Form.TEXT and str(value).startswith(("=", "+", "-", "@")) else str(value)
