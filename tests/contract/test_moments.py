"""Whatever changes says when, and every list of it can be asked for what changed later."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import pytest

from services.houses import HOUSES
from shared.http.openapi import operations
from tests.promises import Document, document_of, found

DOCUMENTS: Final[Mapping[str, Document]] = {definition.name: document_of(definition.name) for definition in HOUSES}

CALCULATED = "calculated when it is asked for, from rows that say themselves when they changed"
RECEIPT = "says what became of a request; what it wrote never changes, or is listed with its moment"
OPERATORS = "read by operators and not copied anywhere; its rows come and go, and are never changed for a client"
SENDING = "tells how sending goes, which changes with every delivery, too often for the commit clock"

ANSWERS_WITHOUT: Final[Mapping[str, str]] = {
    "IncomeOut": CALCULATED,
    "VerdictsOut": CALCULATED,
    "ProtectionsOut": CALCULATED,
    "StoryOut": CALCULATED,
    "SuggestionsOut": CALCULATED,
    "PolicyOut": CALCULATED,
    "ReplayOut": CALCULATED,
    "IndicatorsOut": CALCULATED,
    "PledgesOut": CALCULATED,
    "PublicityReport": CALCULATED,
    "FiguresReport": CALCULATED,
    "ReportCalendar": CALCULATED,
    "OverdueReports": CALCULATED,
    "HouseholdContacts": "who looks after one household, out of contacts that say when they changed",
    "SubmissionOut": "is submitted once and never changes; it says when",
    "PatrolOut": "answers whoever sends it, and says whether it counts: no list holds patrols",
    "ProposalOut": CALCULATED,
    "ReleasePackage": CALCULATED,
    "RecordPackage": CALCULATED,
    "TraceOut": CALCULATED,
    "SalesReport": CALCULATED,
    "SimulationStarted": RECEIPT,
    "FactStored": RECEIPT,
    "FactBatchAnswer": RECEIPT,
    "ReportBatchAnswer": RECEIPT,
    "WithdrawalOut": RECEIPT,
    "WageWithdrawalOut": RECEIPT,
    "PatrolWithdrawalOut": RECEIPT,
    "LineWithdrawalOut": RECEIPT,
    "HouseholdBatchAnswer": RECEIPT,
    "HouseholdEventStored": RECEIPT,
    "HouseholdEventBatchAnswer": RECEIPT,
    "JurisdictionOut": CALCULATED,
    "JobStarted": RECEIPT,
    "ExemptionsOut": RECEIPT,
    "ClueStored": RECEIPT,
    "VerdictsAnswer": RECEIPT,
    "ClueStatistics": CALCULATED,
    "TriedOut": RECEIPT,
    "PersonFound": "names the household where somebody is registered, which says when it changed",
    "WebhookOut": SENDING,
    "WebhookSetOut": SENDING,
    "DeliveryOut": SENDING,
    "ReplayAnswer": OPERATORS,
    "UsageOut": "counts that grow with every request, too often for the commit clock",
    "ExchangeReport": "is made when it is asked for, of households that say when they changed",
    "HouseholdCardOut": CALCULATED,
    "VillageRegister": CALCULATED,
    "CountyFile": CALCULATED,
    "IncomeBook": CALCULATED,
    "CardIssued": RECEIPT,
    "FieldsOut": "changes with a release, and with requests for data, which say when they changed",
    "OrderedRisksOut": "risks that say themselves when they changed",
    "FindingRulesOut": "changes with a release alone",
    "CodeListsOut": "changes with a release alone",
    "ChangesOut": "is itself what changed, in the order of commits",
    "StatementOut": "is summed up when it is asked for, of entries that say their day",
}
"""Answers that do not say when they changed, and why."""
LISTS_WITHOUT: Final[Mapping[str, str]] = {
    "/screenings/{screening_id}/households": "what one screening found: none changes once it is done",
    "/imports/{job_id}/rows": "what became of the rows of one file: none changes once the job is done",
    "/price-bulletins": CALCULATED,
    "/dead-letters": OPERATORS,
    "/webhooks": SENDING,
    "/webhooks/{webhook_code}/deliveries": SENDING,
    "/school-age": CALCULATED,
    "/patrols/overdue": CALCULATED,
    "/priority": CALCULATED,
    "/priority/villages": CALCULATED,
    "/report-submissions": "none changes once it is submitted",
    "/insurance-ledger": CALCULATED,
    "/low-income": CALCULATED,
    "/audit": "its rows never change, and come by number",
}
"""Lists, below their house, that cannot be asked for what changed later, and why."""


class Shown(NamedTuple):
    """What a route answers with."""

    route: str
    schema: str
    says_when: bool


def answers() -> Iterator[Shown]:
    """The answers of every route that are no page."""
    for document in DOCUMENTS.values():
        for path, method, operation in operations(document):
            for status in ("200", "201", "202"):
                content = operation["responses"].get(status, {}).get("content", {})
                name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
                if name and not name.startswith("Page_"):
                    properties = document["components"]["schemas"][name]["properties"]
                    yield Shown(f"{method.upper()} {path}", name, "updated_at" in properties)


def lists() -> Iterator[tuple[str, str, bool, bool]]:
    """Each list: its house, its path below it, whether it can be asked for changes, whether its items say when."""
    for house, document in DOCUMENTS.items():
        for path, method, operation in operations(document):
            names = {parameter["name"] for parameter in operation.get("parameters", [])}
            if method == "get" and "cursor" in names:
                page = found(document, operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"])
                item = found(document, page["properties"]["items"]["items"]["$ref"])
                place = path.removeprefix(f"/{house}/v1")
                yield house, place, "updated_after" in names, "updated_at" in item["properties"]


def test_every_answer_says_when_it_changed_or_why_it_does_not() -> None:
    silent = {shown.schema for shown in answers() if not shown.says_when}
    assert silent == ANSWERS_WITHOUT.keys(), [shown for shown in answers() if shown.schema in silent]


def test_every_list_can_be_asked_for_what_changed_or_why_it_cannot() -> None:
    silent = {place for _, place, can_be_asked, _ in lists() if not can_be_asked}
    assert silent == LISTS_WITHOUT.keys()


@pytest.mark.parametrize(("house", "place", "can_be_asked", "says_when"), list(lists()))
def test_a_list_is_ordered_by_a_moment_that_it_shows(
    house: str, place: str, can_be_asked: bool, says_when: bool
) -> None:
    assert can_be_asked == says_when
