"""Whoever may not see personal data: no answer of any route, and no two together, give it away."""

import asyncio
import datetime as dt
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.houses import HOUSES
from services.monitoring.households.queries import household_for
from services.monitoring.households.schemas import HouseholdOut, MemberOut
from services.monitoring.risks.queries import reasons_for
from services.monitoring.risks.schemas import ReasonOut, VerdictOut
from shared.codes.monitoring import (
    Health,
    HouseholdCategory,
    HouseholdEndReason,
    Labour,
    Relation,
    RiskGrade,
    RiskKind,
    Sex,
)
from shared.house import House
from shared.http.described import described_house
from shared.http.openapi import operations
from shared.security.actor import PERSONAL, Actor
from shared.security.issuer import ALL_SCOPES
from tests.builders import fact, household, member, resident_id
from tests.conftest import ClientFor, OpenHouse
from tests.contract.access_examples import (
    CONTACT,
    SUBMISSION,
    batch_of,
    contact_of,
    data_request,
    demand_of,
    found_incident,
    market_of,
    policy_value,
    sales_submission,
    screened,
    tell_of_slow_sale,
    tell_of_the_market,
)
from tests.journeys.set_ups import Caller
from tests.journeys.story import Story
from tests.mechanism.probe import ON_SQLITE

HOME = "HOME-1"
BORN, BORN_TOO = dt.date(1981, 4, 12), dt.date(1983, 7, 28)
NUMBER, NUMBER_TOO = resident_id(BORN, 33, "440301"), resident_id(BORN_TOO, 78, "440301")
PLANTED = household(
    [
        member(1, name="欧阳建国", birth_date=str(BORN), id_number=NUMBER, health="chronic"),
        member(2, name="司徒美玲", relation="spouse", sex="F", birth_date=str(BORN_TOO), id_number=NUMBER_TOO),
    ]
)
CASE = {"kind": "identification", "household_code": HOME, "on": "2026-11-02"}
VISIT = {
    "action": "visit",
    "on": "2026-11-03",
    "checkers": ["欧阳建", "李四"],
    "can_cope": False,
    "life_difficult": True,
    "risks": ["below_line"],
}
DIAGNOSIS = {"code": "C34.9", "name": "肺腺癌", "serious": True, "main_earner": True}
SHOWN = 4
"""So many characters of an identity number are shown."""
SPAN = 6
"""A run of a number that is so long tells of it; a shorter one is found in any clock or id."""
HIDDEN = {
    *("欧阳建", "阳建国", "司徒美", "徒美玲"),
    *(f"{born:{form}}" for born in (BORN, BORN_TOO) for form in ("%Y-%m-%d", "%Y%m%d", "%m-%d")),
    *(number[at : at + SPAN] for number in (NUMBER, NUMBER_TOO) for at in range(SHOWN - 1, 18 - SPAN + 1)),
    *("C34", "肺腺癌", "chronic"),
}
OPERATED = {
    *("/dead-letters", "/audit", "/usage", "/jobs", "/jobs/{job_id}"),
    *("/webhooks", "/webhooks/{webhook_code}", "/webhooks/{webhook_code}/deliveries"),
    *("/imports/{job_id}/rows", "/imports/{job_id}/rejected.xlsx", "/imports/templates/{import_kind}.xlsx"),
    *("/statements/{buyer_code}/{month}", "/reconciliations/{date}"),
}
"""Routes of operations, of long work, webhooks, files and accounts of buyers, which name no household; what has no
record there is answered with an empty list. Of the rows of a file `test_households.py` of imports looks at what is
hidden."""
SCOPES = tuple(scope for scope in ALL_SCOPES if scope != PERSONAL)
WITHOUT_PERSONAL = Actor("reader", frozenset(SCOPES), ("",))
RANDOM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z")
"""Ids and moments, in which any digits may stand."""


class PlantedStory(Story):
    """The story of a household whose members and diagnosis are looked for everywhere."""

    async def income_fails(self) -> None:
        await self.put("household", f"/monitoring/v1/households/{self.code}", PLANTED)
        ill = fact("illness", "ill", DIAGNOSIS, household_code=self.code, member_no=1)
        await self.post("illness", "/monitoring/v1/facts", ill)
        self.answers["task"] = await self.task("new_illness")

    async def task(self, kind: str) -> dict[str, Any]:
        """The one task of the diagnosis: everything is asked for on it."""
        return await super().task("new_illness" if kind == "income_drop" else kind)

    async def the_task_ends(self) -> None:
        """It stays in hand: the diagnosis stands."""


class Reader:
    """Reads every route of every house, with every place it has heard of."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        known = {
            "household_code": {HOME},
            "source": {"village-report"},
            "system": {"national"},
            "period": {"2026"},
            "year": {"2026"},
            "matter": {"land", "medical"},
            "agreement_no": {"AGR-1"},
            "token": {token},
        }
        self.heard: defaultdict[str, set[str]] = defaultdict(set, known)
        self.answers: dict[str, str] = {}
        self.read: set[str] = set()

    async def read_all(self) -> None:
        """Until nothing new is heard of."""
        while places := [place for place in self._places() if place[1] not in self.answers]:
            for route, place in places:
                answer = await self._client.get(place)
                self.answers[place] = answer.text
                if answer.is_success:
                    self.read.add(route)
                    self._hear(answer.json() if "json" in answer.headers["content-type"] else None)

    def _places(self) -> Iterator[tuple[str, str]]:
        for route in get_routes():
            names = re.findall(r"{(\w+)}", route)
            for values in itertools.product(*(sorted(self.heard[name]) for name in names)):
                yield route, route.format_map(dict(zip(names, values, strict=True)))

    def _hear(self, document: Any) -> None:
        if isinstance(document, list):
            for item in document:
                self._hear(item)
        elif isinstance(document, dict):
            for name, value in document.items():
                if isinstance(value, str) and name.endswith(("_id", "_code", "ocid")):
                    self.heard[name].add(value)
                self._hear(value)


def get_routes() -> list[str]:
    return [
        (f"/{house.name}/v1{path}" if not path.startswith(f"/{house.name}/") else path) + asked_for(operation)
        for house in HOUSES
        for path, method, operation in operations(described_house(house).openapi())
        if method == "get"
    ]


def asked_for(operation: dict[str, Any]) -> str:
    """What a route cannot be asked without, behind its path."""
    parameters = operation.get("parameters", [])
    names = [each["name"] for each in parameters if each["in"] == "query" and each["required"]]
    return "?" + "&".join(f"{name}={{{name}}}" for name in names) if names else ""


@pytest.fixture
async def houses(open_house: OpenHouse) -> dict[str, House]:
    return {definition.name: await open_house(definition, background=True) for definition in HOUSES}


@pytest.fixture
def clients(houses: dict[str, House], client_for: ClientFor) -> dict[str, httpx.AsyncClient]:
    return {"all": client_for(*houses.values()), "masked": client_for(*houses.values(), scopes=SCOPES)}


@ON_SQLITE
async def test_no_answer_of_any_route_gives_away_what_is_hidden(
    houses: dict[str, House], clients: dict[str, httpx.AsyncClient]
) -> None:
    story = PlantedStory(Caller(clients["all"], {house.name: "" for house in HOUSES}), HOME)
    async with asyncio.timeout(60):
        await story.tell()
    feed = {"kinds": ["income"], "due_day": 5, "owner": "青龙街道办事处"}
    await story.put("feed", "/monitoring/v1/feeds/village-report", feed)
    await story.put("code", f"/monitoring/v1/households/{HOME}/external-codes/national", {"code": "52-0001"})
    await story.post("policy value", "/monitoring/v1/policy-values", policy_value("520626"))
    clue = {"source": "village-report", "source_ref": "clue", "channel": "self_report", "household_code": HOME}
    said = {"received_on": "2026-11-02", "indicator": "C34", "kinds": ["new_illness"], "note": "欧阳建 C34"}
    await story.post("clue", "/monitoring/v1/clues", clue | said)
    await tell_of_the_market(story, market_of("520626001001", f"P-{HOME}"))
    await story.post(
        "recognition", "/consumption/v1/recognitions", {"product_code": f"T-{HOME}", "evidence": "检测报告"}
    )
    await tell_of_slow_sale(story, "520626001001")
    await story.put("batch", "/consumption/v1/batches/B-1", batch_of(HOME))
    await story.post("demand", "/consumption/v1/demands", demand_of("d-1"))
    await story.put("contact", f"/monitoring/v1/contacts/{CONTACT}", contact_of(story))
    submitted = SUBMISSION | {"region_code": "520626"}
    await story.post("submission", "/monitoring/v1/report-submissions", submitted)
    await story.post("sales report", "/consumption/v1/report-submissions", sales_submission("520626"))
    await screened(story)
    await houses["monitoring"].database.write(found_incident)
    opened = await story.post("case", "/monitoring/v1/cases", CASE)
    await story.post("visit", f"/monitoring/v1/cases/{opened['case_id']}/transitions", VISIT)
    card = await story.post("card", f"/monitoring/v1/households/{HOME}/card", {})
    await story.post("data request", "/monitoring/v1/data-requests", data_request("520626"))
    seeing, masked = (Reader(clients[name], card["token"]) for name in ("all", "masked"))
    await seeing.read_all()
    await masked.read_all()

    unread = {route for route in get_routes() if route not in masked.read}
    assert not {route for route in unread if not any(route.endswith(end) for end in OPERATED)}
    found = "\n".join(seeing.answers.values())
    assert {"欧阳建", f"{BORN}", NUMBER[SHOWN : SHOWN + SPAN], "C34", "chronic"} <= {x for x in HIDDEN if x in found}
    told = {
        (place, secret)
        for place, text in masked.answers.items()
        if not place.endswith(("/codes", "/policy", "/finding-rules", "/fields"))  # they tell of nobody
        for secret in HIDDEN
        if secret in RANDOM.sub("", text)
    }
    assert told == set()
    about_illness = [text for place, text in masked.answers.items() if "/risks" in place or "/verdicts" in place]
    assert any("new_illness.serious" in text and '"red"' in text for text in about_illness)
    assert not any('"member_no"' in text for text in about_illness)


members: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    name=st.text("王李张欧", min_size=2, max_size=2),
    day=st.integers(0, 364),
    rest=st.text("0123456789", min_size=14, max_size=14),
    health=st.sampled_from(Health),
)


def shown(one: dict[str, Any], note: str) -> HouseholdOut:
    born = dt.date(1981, 1, 1) + dt.timedelta(days=one["day"])
    person = MemberOut(
        member_no=1,
        name=f"赵{one['name']}",
        relation=Relation.HEAD,
        sex=Sex.MALE,
        birth_date=born,
        birth_year=born.year,
        id_number=f"5222{one['rest']}",
        labour=Labour.ORDINARY,
        health=one["health"],
        student=False,
    )
    return HouseholdOut(
        household_code=HOME,
        region_code="520626001001",
        category=HouseholdCategory.ORDINARY,
        relocated=False,
        dibao=False,
        registered_on=dt.date(2020, 1, 1),
        version=1,
        updated_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
        members=[person],
        member_count=1,
        head_name="赵*",
        ended_on=dt.date(2026, 11, 1),
        end_reason=HouseholdEndReason.DIED,
        end_note=note,
    )


@given(members, members, st.text(), st.text())
def test_two_members_who_differ_in_what_is_hidden_are_shown_alike(
    one: dict[str, Any], other: dict[str, Any], note: str, other_note: str
) -> None:
    first, second = (household_for(WITHOUT_PERSONAL, shown(*each)) for each in ((one, note), (other, other_note)))
    assert first == second


def verdict(diagnoses: list[tuple[int, str]]) -> VerdictOut:
    reasons = [
        ReasonOut(
            rule="new_illness.serious",
            text=f"A diagnosis of member {number}",
            inputs={"member_no": number, "code": code},
            parameters=[{"key": "monitoring.serious_illnesses", "value": [code]}],
        )
        for number, code in diagnoses
    ]
    return VerdictOut(
        kind=RiskKind.NEW_ILLNESS, outcome="fires", grade=RiskGrade.RED, reasons=reasons, missing_months=[]
    )


diagnoses = st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["C34.9", "I63", "N18"])), min_size=1)


@given(diagnoses, diagnoses)
def test_two_diagnoses_are_shown_alike(one: list[tuple[int, str]], other: list[tuple[int, str]]) -> None:
    first, second = (reasons_for(WITHOUT_PERSONAL, verdict(each)) for each in (one, other))
    assert first == second
    assert (first.outcome, first.grade, [reason.rule for reason in first.reasons]) == (
        "fires",
        RiskGrade.RED,
        ["new_illness.serious"],
    )
