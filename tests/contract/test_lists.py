"""What every list keeps to: one room limits it to regions and cuts its pages, and all are asked for in one way."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.houses import HOUSES
from shared.house import HouseDefinition
from shared.http.openapi import operations
from shared.lists.cursor import encode
from shared.lists.query import ListQuery
from tests.conftest import ClientFor, OpenHouse
from tests.promises import document_of

ROOT = Path(__file__).parent.parent.parent
SOURCES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text())
    for folder in ("services", "shared")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
TOPICS = {name: tree for name, tree in SOURCES.items() if name.count("/") == 3 and name.startswith("services/")}
ROUTES = {name: tree for name, tree in TOPICS.items() if name.endswith("/api.py")}
QUERIES = {name: tree for name, tree in TOPICS.items() if name.endswith("/queries.py")}
WHAT_EVERY_LIST_TAKES = {"limit", "cursor", "format"}
OPEN_TO_EVERY_REGION = {
    "AuditList",
    "BulletinQuery",
    "BuyerList",
    "CommodityList",
    "DeadLetterList",
    "DeliveryList",
    "FeedList",
    "ImportRows",
    "JobList",
    "ProductList",
    "StockMoveList",
    "VacancyList",
    "WebhookList",
}
"""Lists that no region limits: of what is no secret, of operations, or of one thing whose region is looked at."""
SAYING_MORE_OF_WHO_SEES = {
    "AgreementList",
    "ClueList",
    "DemandList",
    "IncidentList",
    "JobList",
    "ListingList",
    "BuyerList",
    "OrderList",
    "PaymentList",
    "SlowSaleList",
    "WebhookList",
    "WorkerList",
}
"""Lists that say more: orders and agreements are seen by their buyers, jobs and webhooks by whoever asked for them,
clues by whoever sent them, workers are of working age, incidents are of a whole county, listings of a whole city."""
NO_LISTS_BUT_IN_REGIONS = {
    "services/consumption/reconciliations/queries.py",
    "services/consumption/statements/queries.py",
    "services/assistance/households/queries.py",
    "services/monitoring/clues/queries.py",
    "services/monitoring/indicators/store/scope.py",
    "services/consumption/indicators/store.py",
    "services/consumption/pledges/queries.py",
    "services/consumption/reports/queries.py",
}
"""What is limited to regions and is no list: the story of one household, and what is summed up over a region."""


def calls(tree: ast.AST) -> Iterator[str]:
    """The last names of everything that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node.func.id


def answering_pages(tree: ast.Module) -> list[ast.AST]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [node for node in functions if node.returns is not None and "Page[" in ast.unparse(node.returns)]


def test_there_are_lists_to_look_at() -> None:
    assert sum(len(answering_pages(tree)) for tree in QUERIES.values()) > 12
    assert sum(len(answering_pages(tree)) for tree in ROUTES.values()) > 12


@pytest.mark.parametrize("name", [*QUERIES, *ROUTES])
def test_no_topic_cuts_a_page_by_itself(name: str) -> None:
    assert not {"limit", "offset", "fetch", "slice"} & set(calls(SOURCES[name]))
    for function in answering_pages(SOURCES[name]):
        assert {"page", "sifted"} & set(calls(function)), ast.unparse(function)


def test_pages_are_made_in_one_room() -> None:
    making = [name for name, tree in SOURCES.items() if "Page" in calls(tree)]
    assert making == ["shared/http/clients/api.py", "shared/lists/query.py"], "the clients stand in a file"


def test_one_room_limits_lists_to_the_regions_of_the_caller() -> None:
    limiting = {name for name, tree in SOURCES.items() if "within" in calls(tree) and "/kafka/" not in name}
    assert limiting == NO_LISTS_BUT_IN_REGIONS | {"shared/lists/query.py"}


def lists_of_houses() -> dict[str, type[ListQuery]]:
    found = {each.__name__: each for each in ListQuery.__subclasses__()}
    return {name: each for name, each in found.items() if each.__module__.partition(".")[0] in {"services", "shared"}}


def test_whoever_shows_rows_past_the_regions_says_so_here() -> None:
    lists = lists_of_houses()
    assert {name for name, each in lists.items() if each.region is None} == OPEN_TO_EVERY_REGION
    assert {name for name, each in lists.items() if "visible" in vars(each)} == SAYING_MORE_OF_WHO_SEES


def lists_in(document: dict[str, object]) -> Iterator[tuple[str, dict[str, dict[str, object]]]]:
    """The paths that answer with pages, and their query parameters by name."""
    for path, method, operation in operations(document):
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        if method == "get" and "/Page_" in answer.get("schema", {}).get("$ref", ""):
            yield path, {parameter["name"]: parameter for parameter in operation["parameters"]}


@pytest.mark.parametrize("house", [definition.name for definition in HOUSES])
def test_every_list_is_asked_for_in_one_way(house: str) -> None:
    document = document_of(house)
    lists = dict(lists_in(document))
    for path, parameters in lists.items():
        assert [name for name in parameters if name in WHAT_EVERY_LIST_TAKES] == ["limit", "cursor", "format"], path
        assert parameters["format"]["schema"]["enum"] == ["json", "csv", "xlsx"]  # type: ignore[index]
    for path, method, operation in operations(document):
        if "cursor" in {parameter["name"] for parameter in operation.get("parameters", [])}:
            assert (method, path) in {("get", of_list) for of_list in lists}


@pytest.mark.parametrize("definition", HOUSES, ids=[one.name for one in HOUSES])
async def test_a_list_is_written_as_json_and_in_no_form_that_it_does_not_have(
    open_house: OpenHouse, client_for: ClientFor, definition: HouseDefinition
) -> None:
    client = client_for(await open_house(definition))
    tried = 0
    for path, _ in lists_in(document_of(definition.name)):
        if "{" not in path:
            plain, asked = await client.get(path), await client.get(path, params={"format": "json"})
            assert (asked.status_code, asked.json()) == (200, plain.json()), path
            tried += 1
        for form in ("xls", "CSV", "JSON", ""):
            refused = await client.get(
                re.sub(r"{\w+_id}", ROW_ID, path.replace("{product_code}", "X-1").replace("{webhook_code}", "x")),
                params={"format": form},
            )
            assert refused.status_code == 422, (path, form)
            assert [error["pointer"] for error in refused.json()["errors"]] == ["/format"], (path, form)
    assert tried >= 3


MOMENT, ROW_ID = "2026-11-16T02:30:00+00:00", "0193a1c2-0000-7000-8000-000000000000"
KEYS_OF_ITS_OWN_ORDER = (
    [MOMENT, ROW_ID],
    [ROW_ID],
    ["1"],
    ["X-1"],
    ["X-1", "1"],
    ["X-1", "1", ROW_ID],
    ["X-1", "X-1", "1"],
)
KEYS_OF_CHANGES = ([MOMENT, ROW_ID], [MOMENT, "X-1"])


@pytest.mark.parametrize("definition", HOUSES, ids=[one.name for one in HOUSES])
async def test_every_list_goes_on_after_a_key_of_its_order(
    open_house: OpenHouse, client_for: ClientFor, definition: HouseDefinition
) -> None:
    client = client_for(await open_house(definition))
    for path, parameters in lists_in(document_of(definition.name)):
        if "{" in path:
            continue
        orders: list[tuple[tuple[list[str], ...], dict[str, str]]] = [(KEYS_OF_ITS_OWN_ORDER, {})]
        if "updated_after" in parameters:
            orders.append((KEYS_OF_CHANGES, {"updated_after": "2026-01-01T00:00:00Z"}))
        for keys, more in orders:
            answers = [await client.get(path, params={"cursor": encode(path, key), **more}) for key in keys]
            assert {answer.status_code for answer in answers} <= {200, 422}, path
            assert [] in [answer.json().get("items") for answer in answers], (path, more)
