"""The published documents of the houses: complete, readable by a machine, and exactly what was promised outside."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.__main__ import HOUSES
from shared.http.application import front_app
from shared.http.openapi import operations
from shared.security.issuer import ALL_SCOPES, Issuer
from tests.conftest import ClientFor, OpenHouse
from tests.promises import Document, Operation, document_of, found, scopes_of

PROBLEM = "application/problem+json"

DOCUMENTS: dict[str, Document] = {definition.name: document_of(definition.name) for definition in HOUSES}
FRONT = front_app([], Issuer(Ed25519PrivateKey.generate(), [], issuer="", audience="")).openapi()
OPERATIONS = [
    (house, path, method, operation)
    for house, document in DOCUMENTS.items()
    for path, method, operation in operations(document)
]
documents = pytest.mark.parametrize("document", [*DOCUMENTS.values(), FRONT], ids=[*DOCUMENTS, "process"])
every_operation = pytest.mark.parametrize(
    ("house", "path", "operation"),
    [(house, path, operation) for house, path, _, operation in OPERATIONS],
    ids=[f"{method.upper()} {path}" for _, path, method, _ in OPERATIONS],
)

DEAD_LETTERS = {
    "GET /dead-letters": "ops:admin",
    "POST /dead-letters/replay": "ops:admin",
    "DELETE /dead-letters/{letter_id}": "ops:admin",
}
REQUEST_FIELDS = {
    "RequestOut": "request_id task_id household_code region_code kind member_no status reason answer_by requested_at "
    "answered_at correlation_id",
    "RequestTransitionIn": "action reason",
    "Page_RequestOut_": "items next_cursor",
}
REQUEST_CODES = {
    "MeasureKind": "job purchase asset_share transfer",
    "MeasureStatus": "requested accepted refused completed cancelled",
    "RefusalReason": "no_offer not_eligible declined other",
}
"""What every helping house says of the requests it is asked."""
ROUTES = {
    "monitoring": DEAD_LETTERS,
    "assistance": {
        "GET /tasks": "assistance:read",
        "GET /tasks/{task_id}": "assistance:read",
        "POST /tasks/{task_id}/transitions": "assistance:write",
        "POST /tasks/{task_id}/measures": "assistance:write",
        "GET /measures": "assistance:read",
        "GET /disbursements": "assistance:read",
        "POST /disbursements": "assistance:write",
        "GET /households/{household_code}/story": "assistance:read",
        **DEAD_LETTERS,
    },
    "employment": {
        "GET /workers": "employment:read",
        "GET /vacancies": "employment:read",
        "GET /vacancies/{vacancy_code}": "employment:read",
        "PUT /vacancies/{vacancy_code}": "employment:write",
        "GET /requests": "employment:read",
        "GET /requests/{request_id}": "employment:read",
        "GET /requests/{request_id}/suggestions": "employment:read",
        "POST /requests/{request_id}/transitions": "employment:write",
        "GET /placements": "employment:read",
        "GET /placements/{placement_id}": "employment:read",
        "POST /placements": "employment:write",
        "POST /placements/{placement_id}/transitions": "employment:write",
        "GET /wages": "employment:read",
        "POST /wages": "employment:write",
        "POST /wages/{wage_id}/withdrawal": "employment:write",
        **DEAD_LETTERS,
    },
    "consumption": {
        "PUT /producers/{producer_code}": "consumption:write",
        "GET /producers/{producer_code}": "consumption:approve",
        "PUT /products/{product_code}": "consumption:write",
        "GET /products": "consumption:read",
        "GET /products/{product_code}": "consumption:read",
        "POST /products/{product_code}/stock": "consumption:write",
        "GET /products/{product_code}/stock": "consumption:write or consumption:approve",
        "PUT /buyers/{buyer_code}": "consumption:approve",
        "GET /buyers": "consumption:approve",
        "GET /buyers/{buyer_code}": "consumption:approve",
        "POST /orders": "consumption:order or consumption:approve",
        "GET /orders": "consumption:read",
        "GET /orders/{order_id}": "consumption:read",
        "POST /orders/{order_id}/transitions": "consumption:approve or consumption:order",
        "GET /requests": "consumption:approve",
        "GET /requests/{request_id}": "consumption:approve",
        "POST /requests/{request_id}/transitions": "consumption:approve",
        **DEAD_LETTERS,
    },
    "assets": {
        "PUT /assets/{asset_code}": "assets:write",
        "GET /assets": "assets:read",
        "GET /assets/{asset_code}": "assets:read",
        "POST /distributions": "assets:write",
        "GET /distributions": "assets:read",
        "GET /distributions/{distribution_id}": "assets:read",
        "POST /distributions/{distribution_id}/transitions": "assets:write or assets:approve",
        "POST /distributions/{distribution_id}/lines/{line_no}/withdrawal": "assets:write",
        "GET /requests": "assets:read",
        "GET /requests/{request_id}": "assets:read",
        "POST /requests/{request_id}/transitions": "assets:write",
        **DEAD_LETTERS,
    },
}
"""What outside systems hold us to, of houses whose topics do not state it themselves. A route may be added, never taken
away or moved."""

FIELDS = {
    "assistance": {
        "TaskOut": "task_id household_code region_code kind risk_id episode status grade opened_at due_on "
        "due_provisional verdict history measures",
        "TransitionIn": "action verdict note",
        "Page_TaskOut_": "items next_cursor",
        "MeasureIn": "kind note member_no amount",
        "MeasureOut": "measure_id kind status reason requested_at answered_at",
        "Page_MeasureOut_": "items next_cursor",
        "DisbursementIn": "source source_ref household_code measure_id kind month amount instalment supersedes",
        "DisbursementReference": "source source_ref",
        "DisbursementOut": "disbursement_id source source_ref household_code measure_id kind month amount "
        "supersedes_id",
        "Page_DisbursementOut_": "items next_cursor",
        "StoryOut": "household_code entries effect",
        "StoryEntry": "at what text correlation_id task_id risk_id measure_id credit_id",
        "EffectOut": "total per_head members by_branch",
    },
    "employment": {
        "WorkerOut": "worker_id household_code region_code member_no birth_year birthday_known labour status",
        "Page_WorkerOut_": "items next_cursor",
        "VacancyIn": "employer kind place_code occupation headcount wage_month min_age max_age needs valid_until "
        "region_code",
        "VacancyOut": "vacancy_code employer kind place_code occupation headcount taken wage_month min_age max_age "
        "needs valid_until region_code version updated_at",
        "Page_VacancyOut_": "items next_cursor",
        **REQUEST_FIELDS,
        "SuggestionsOut": "request_id suggestions rest",
        "SuggestionOut": "worker_id vacancy_code why",
        "UnsuitableOut": "worker_id vacancy_code why_not",
        "PlacementIn": "worker_id vacancy_code request_id",
        "PlacementTransitionIn": "action on reason",
        "PlacementOut": "placement_id worker_id household_code vacancy_code request_id status departed_on started_on "
        "ended_on end_reason updated_at",
        "Page_PlacementOut_": "items next_cursor",
        "WageIn": "source source_ref placement_id month amount supersedes",
        "WageReference": "source source_ref",
        "WageOut": "wage_id source source_ref placement_id month amount supersedes_id status updated_at",
        "Page_WageOut_": "items next_cursor",
        "WageWithdrawalIn": "source source_ref reason",
        "WageWithdrawalOut": "withdrawal_id wage_id source source_ref reason withdrawn_at",
    },
    "consumption": {
        "ProducerIn": "name kind uscc region_code links",
        "LinkIn": "household_code share kind",
        "ProducerOut": "producer_code name kind uscc region_code links version",
        "ProductIn": "producer_code name unit specification price step minimum stock",
        "ProductOut": "product_code producer_code region_code name unit specification price step minimum stock version",
        "StockIn": "counted change reason",
        "StockMoveOut": "move_id product_code at by counted before change stock reason",
        "Page_StockMoveOut_": "items next_cursor",
        "BuyerIn": "name client_id",
        "BuyerOut": "buyer_code name client_id version",
        "Page_BuyerOut_": "items next_cursor",
        "Page_ProductOut_": "items next_cursor",
        "OrderIn": "buyer_code buyer_order_no request_id lines deliver_by deliver_to contact invoice_title",
        "LineIn": "product_code quantity price",
        "TransitionIn": "action lines note",
        "ReceivedIn": "line_no received",
        "OrderOut": "order_id buyer_code buyer_order_no region_code request_id status placed_at updated_at settled_on "
        "deliver_by deliver_to contact invoice_title total lines history",
        "OrderStepOut": "at action by side for_buyer status note",
        "LineOut": "line_no product_code producer_code name unit specification quantity price received value credits "
        "producer_amount",
        "CreditOut": "household_code branch amount",
        "Page_OrderOut_": "items next_cursor",
        **REQUEST_FIELDS,
    },
    "assets": {
        "AssetIn": "name class region_code original_value acquired_on rights",
        "RightIn": "right holder share",
        "AssetOut": "asset_code name class region_code original_value acquired_on version as_of rights history",
        "RightOut": "right holder share valid_from valid_to",
        "Page_AssetSummary_": "items next_cursor",
        "DistributionIn": "asset_code period supplementary total request_id lines",
        "LineIn": "household_code amount reason",
        "TransitionIn": "action on note",
        "DistributionOut": "distribution_id asset_code period supplementary total request_id status publicity_ends_on "
        "proposed_at updated_at history lines",
        "LineOut": "line_no household_code amount reason credit_id withdrawal",
        "LineWithdrawalIn": "source source_ref reason",
        "LineWithdrawalOut": "withdrawal_id distribution_id line_no source source_ref reason withdrawn_on withdrawn_at "
        "withdrawn_by",
        "StepOut": "at action on by status note",
        "Page_DistributionSummary_": "items next_cursor",
        **REQUEST_FIELDS,
    },
}
BODIES = [(house, name) for house, schemas in FIELDS.items() for name in schemas if name.endswith(("In", "Payload"))]
"""What is sent to us: it takes these fields and no other."""
CODES = {
    "assistance": {
        "TaskStatus": "open accepted in_progress verified closed",
        "TaskAction": "accept start verify close reopen",
        "TaskVerdict": "confirmed no_risk",
        **REQUEST_CODES,
    },
    "employment": {
        "WorkerStatus": "idle offered employed",
        "VacancyKind": "market workshop public_post",
        "PlacementAction": "depart start end",
        "PlacementEndReason": "finished dismissed illness family left_household other",
        "RecordStatus": "stands superseded withdrawn",
        "WithdrawalReason": "wrong_household wrong_person wrong_amount duplicate other",
        **REQUEST_CODES,
    },
    "consumption": {
        "ProducerKind": "household cooperative firm",
        "OrderStatus": "placed accepted shipped received settled cancelled disputed",
        "OrderAction": "accept ship receive settle cancel dispute",
        **REQUEST_CODES,
    },
    "assets": {
        "AssetClass": "operating public household",
        "AssetRight": "owner operator beneficiary disposer supervisor",
        "DistributionReason": "no_labour post share hardship",
        "DistributionStatus": "draft voted published approved filed paid",
        "DistributionAction": "vote publish object approve file pay",
        **REQUEST_CODES,
    },
}
FILTERS = {
    ("assistance", "/tasks"): {"household_code", "region_code", "status", "kind", "overdue"},
    ("assistance", "/measures"): {"household_code", "region_code", "kind", "status", "overdue"},
    ("assistance", "/disbursements"): {"household_code", "region_code"},
    ("employment", "/workers"): {"household_code", "region_code", "status"},
    ("employment", "/vacancies"): {"place_code", "kind", "open", "updated_after"},
    ("employment", "/requests"): {"household_code", "status"},
    ("employment", "/placements"): {"household_code", "region_code", "status", "updated_after"},
    ("employment", "/wages"): {"placement_id", "updated_after"},
    ("consumption", "/products"): {"region_code", "available"},
    ("consumption", "/orders"): {"buyer_code", "status", "updated_after"},
    ("consumption", "/requests"): {"household_code", "status"},
    ("assets", "/assets"): {"region_code", "class", "updated_after"},
    ("assets", "/assets/{asset_code}"): {"asset_code", "as_of"},
    ("assets", "/distributions"): {"asset_code", "region_code", "status", "updated_after"},
    ("assets", "/requests"): {"household_code", "status"},
}


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        mapping = part.get("mapping", {})
        yield from (target for target in mapping.values() if isinstance(target, str) and target.startswith("#/"))
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def problem_codes(operation: Operation) -> set[str]:
    return {
        code
        for answer in operation["responses"].values()
        for code in answer.get("content", {}).get(PROBLEM, {}).get("examples", {})
    }


@documents
def test_everything_a_document_refers_to_stands_in_it(document: Document) -> None:
    missing = []
    for reference in set(references(document)):
        try:
            found(document, reference)
        except KeyError:
            missing.append(reference)
    assert missing == []


@documents
def test_a_document_holds_nothing_of_the_machinery_that_made_it(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])
    for _, _, operation in operations(document):
        assert not [key for key in operation if key.startswith("x-")]


TOKEN_PATH, TOKEN_ERRORS = "/oauth2/token", {"400", "401", "429"}


def refers_to(answer: Any, schema: str) -> bool:
    return bool(answer["content"] == {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}})


@documents
def test_every_refusal_is_a_problem_document_with_a_schema_and_an_example(document: Document) -> None:
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status[0] != "4":
                continue
            if path == TOKEN_PATH and status in TOKEN_ERRORS:
                assert refers_to(answer, "TokenError"), "RFC 6749 has its own"
                continue
            assert set(answer["content"]) == {PROBLEM}, (method, path, status)
            assert found(document, answer["content"][PROBLEM]["schema"]["$ref"])["properties"]["type"]
            for code, example in answer["content"][PROBLEM]["examples"].items():
                assert example["value"]["type"].endswith(f":{code}")
                assert example["value"]["status"] == int(status)
                assert f"`{code}`" in answer["description"]


@every_operation
def test_an_operation_says_what_it_is_for_and_who_may_call_it(house: str, path: str, operation: Operation) -> None:
    assert operation["summary"][0].isupper()
    assert operation["tags"]
    for need in operation["security"]:
        [scope] = need["oauth2"]
        assert scope in ALL_SCOPES
        assert scope.startswith(f"{house}:") or scope == "ops:admin"


@every_operation
def test_an_operation_declares_what_its_shape_makes_it_refuse(house: str, path: str, operation: Operation) -> None:
    expected = {"token-missing", "token-expired", "token-invalid", "client-disabled", "scope-missing", "unavailable"}
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if names or "requestBody" in operation:
        expected.add("invalid")
    if "requestBody" in operation:
        expected |= {"malformed-request", "payload-too-large"}
    if "Idempotency-Key" in names:
        expected.add("idempotency-key-reused")
    if "region_code" in names and not path.endswith("/consumption/v1/products"):
        expected.add("region-not-allowed")  # the catalogue is for everybody
    assert expected <= problem_codes(operation)
    if "{" in path and not {"200", "201"} <= operation["responses"].keys():  # unless it makes what is not there
        assert "404" in operation["responses"]


@documents
def test_a_list_that_shows_when_something_changed_can_be_asked_for_what_changed(document: Document) -> None:
    for path, method, operation in operations(document):
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        if method == "get" and "cursor" in names:
            page = found(document, operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"])
            item = found(document, page["properties"]["items"]["items"]["$ref"])
            assert ("updated_at" in item["properties"]) == ("updated_after" in names), path


@pytest.mark.parametrize("house", ROUTES)
def test_the_promised_routes_exist_under_their_scopes(house: str) -> None:
    there = {
        f"{method.upper()} {path.removeprefix(f'/{house}/v1')}": scopes_of(operation)
        for path, method, operation in operations(DOCUMENTS[house])
    }
    assert ROUTES[house].items() <= there.items()


def test_every_route_lies_below_the_name_and_version_of_its_house() -> None:
    assert [path for house, path, _, _ in OPERATIONS if not path.startswith(f"/{house}/v1/")] == []


def test_the_process_offers_access_and_health() -> None:
    assert {f"{method.upper()} {path}" for path, method, _ in operations(FRONT)} == {
        "POST /oauth2/token",
        "GET /oauth2/keys",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    }


@pytest.mark.parametrize(("house", "schema"), [(house, name) for house, schemas in FIELDS.items() for name in schemas])
def test_the_promised_fields_exist(house: str, schema: str) -> None:
    assert set(FIELDS[house][schema].split()) <= set(DOCUMENTS[house]["components"]["schemas"][schema]["properties"])


@pytest.mark.parametrize(("house", "body"), BODIES)
def test_a_body_takes_the_promised_fields_and_no_other(house: str, body: str) -> None:
    schema = DOCUMENTS[house]["components"]["schemas"][body]
    assert set(schema["properties"]) == set(FIELDS[house][body].split())
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(("house", "codes"), [(house, name) for house, lists in CODES.items() for name in lists])
def test_the_promised_codes_exist(house: str, codes: str) -> None:
    assert set(CODES[house][codes].split()) <= set(DOCUMENTS[house]["components"]["schemas"][codes]["enum"])


@pytest.mark.parametrize(("house", "path"), FILTERS)
def test_the_promised_filters_exist(house: str, path: str) -> None:
    operation = DOCUMENTS[house]["paths"][f"/{house}/v1{path}"]["get"]
    assert FILTERS[house, path] <= {parameter["name"] for parameter in operation["parameters"]}


async def test_the_document_is_served_as_described(open_house: OpenHouse, client_for: ClientFor) -> None:
    definition = HOUSES[0]
    client = client_for(await open_house(definition))
    answer = await client.get(f"/{definition.name}/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == DOCUMENTS[definition.name]
    assert (await client.get(f"/{definition.name}/docs")).status_code == 200
