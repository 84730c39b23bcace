"""A true request for every operation of the five houses, out of one household's story, and what is open by design."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.models.incidents import Incident
from services.monitoring.models.risks import Risk
from shared.codes.monitoring import IncidentKind, IncidentStatus
from shared.contracts.catalogue import HOUSES
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id
from tests.builders import HOUSEHOLD, fact, household, member, resident_id
from tests.journeys.story import Story, yuan

COUNTY: Final = "520626000000"
BUYER: Final = "DG-CANTEEN"
"""The buyer of the story."""
IMPORT_KINDS: Final[Mapping[str, str]] = {
    "monitoring": "income",
    "assistance": "disbursements",
    "employment": "wages",
    "consumption": "products",
    "assets": "assets",
}
"""A kind of file that each house takes."""
NUMBER: Final = resident_id(dt.date(1980, 5, 1))
"""The identity number that the head of the household is told to have."""
_SOURCE: Final = "village-report"
_FEED: Final = {"kinds": ["income"], "due_day": 5, "owner": "青龙街道办事处"}
_NO_RISK: Final = {"verdict": "no_risk", "reason": "reimbursed"}
CONTACT: Final = "GRID-1"
"""Who looks after the household of the story."""
SUBMISSION: Final = {"report": "annual", "period": "2026"}
"""What the place of the story submits."""
NO_SUCH: Final = "00000000-0000-0000-0000-000000000001"
_OPERATING: Final = "Operations of one house as a whole, by a scope that no county's client holds: of no region."
OF_THE_WHOLE_HOUSE: Final[Mapping[str, str]] = {
    "/dead-letters": _OPERATING,
    "/dead-letters/replay": _OPERATING,
    "/dead-letters/{letter_id}": f"{_OPERATING} No letter is dead in the story.",
    "/audit": _OPERATING,
    "/usage": _OPERATING,
}
"""Routes that are the same in every house, below its name and version, and why they know of no region."""
OF_OPERATIONS: Final = frozenset({("post", "/monitoring/v1/recomputes")})
"""Operations of a region, by the same scope."""
OF_THE_CALLER: Final = frozenset(
    {
        *("/jobs", "/jobs/{job_id}", "/jobs/{job_id}/cancel"),
        *("/imports", "/imports/{job_id}/rows", "/imports/{job_id}/rejected.xlsx"),
        *("/webhooks", "/webhooks/{webhook_code}", "/webhooks/{webhook_code}/rotate", "/webhooks/{webhook_code}/test"),
        *("/webhooks/{webhook_code}/deliveries", "/webhooks/{webhook_code}/deliveries/{change_id}/resend"),
    }
)
"""Routes that are the same in every house and show a client what it asked for itself: `test_jobs.py` tries them,
`test_imports.py` those of files, and `test_webhooks.py` those of webhooks."""
_CODES: Final = "Code lists tell of nobody."
_CATALOGUE: Final = "The catalogue: who buys looks for products wherever they grow; no household is told of."
_PRICES: Final = "The bulletin of prices is for everybody; no household is told of."
_TEMPLATES: Final = "Files to fill in tell of nobody."
_POLICY: Final = "law and practice are no secret: whoever works in one place may see what holds in another"
_WORK: Final = "Work is looked for wherever it is; no household is told of."
_LABELS: Final = "Whoever holds the goods scans their label, without a token; nobody is named."
_DEMANDS: Final = "Whoever supplies answers any demand out of its own regions; no household is told of."
_BUYERS: Final = "One register of buyers for all who supply: a buyer belongs to no region; no household is told of."
_RULES: Final = "What is looked at is no secret; nobody is named."
_FIELDS: Final = "What is held, and what is being asked for, is no secret: no household is told of."
_FEEDS: Final = "What sources agreed to bring, and whether it came: a source belongs to no region, nobody is named."
OF_THE_COUNTY: Final = frozenset(
    {
        *("/monitoring/v1/incidents", "/monitoring/v1/incidents/{incident_id}"),
        *("/consumption/v1/slow-sales", "/consumption/v1/slow-sales/{alert_id}"),
    }
)
"""An incident is of a whole county: whoever has to do in a part of it sees it, and its own households in it."""
OF_THE_CITY: Final = frozenset(
    {("get", "/consumption/v1/listings"), ("get", "/consumption/v1/listings/{listing_code}")}
)
"""A city and its counties share who is on the black and the white list."""
OPEN_TO_ALL_REGIONS: Final[Mapping[tuple[str, str], str]] = {
    **{("get", f"/{house}/v1/codes"): _CODES for house in HOUSES},
    **{("get", f"/{house}/v1/imports/templates/{{import_kind}}.xlsx"): _TEMPLATES for house in HOUSES},
    ("get", "/monitoring/v1/feeds"): _FEEDS,
    ("get", "/monitoring/v1/feeds/{source}"): _FEEDS,
    ("get", "/monitoring/v1/fields"): _FIELDS,
    ("get", "/monitoring/v1/finding-rules"): _RULES,
    ("get", "/monitoring/v1/policy"): _POLICY,
    ("get", "/employment/v1/vacancies"): _WORK,
    ("get", "/employment/v1/vacancies/{vacancy_code}"): _WORK,
    ("get", "/consumption/v1/price-bulletins"): _PRICES,
    ("get", "/consumption/v1/products"): _CATALOGUE,
    ("get", "/consumption/v1/products/{product_code}"): _CATALOGUE,
    ("get", "/consumption/v1/commodities"): _CATALOGUE,
    ("get", "/consumption/v1/commodities/{commodity_code}"): _CATALOGUE,
    ("get", "/consumption/v1/trace/{trace_code}"): _LABELS,
    ("get", "/consumption/v1/buyers"): _BUYERS,
    ("get", "/consumption/v1/buyers/{buyer_code}"): _BUYERS,
}
"""What is shown to whoever has the scope, wherever they are, and why."""
OPEN_TO_SUPPLIERS: Final[Mapping[tuple[str, str], str]] = {
    ("get", "/consumption/v1/demands"): _DEMANDS,
    ("get", "/consumption/v1/demands/{demand_id}"): _DEMANDS,
    ("get", "/consumption/v1/demands/{demand_id}/proposal"): _DEMANDS,
}
"""What is shown to the supply side wherever it is, and to buyers if it is theirs, and why."""
OPEN_TO_BUYERS: Final = frozenset(
    {
        ("get", "/consumption/v1/codes"),
        ("get", "/consumption/v1/changes"),
        ("get", "/consumption/v1/price-bulletins"),
        ("get", "/consumption/v1/products"),
        ("get", "/consumption/v1/products/{product_code}"),
        ("get", "/consumption/v1/commodities"),
        ("get", "/consumption/v1/commodities/{commodity_code}"),
        ("get", "/consumption/v1/agreements"),
        ("get", "/consumption/v1/agreements/{agreement_no}"),
        ("get", "/consumption/v1/pledges"),
        ("get", "/consumption/v1/buyers/{buyer_code}/quotas/{year}"),
        ("put", "/consumption/v1/buyers/{buyer_code}/quotas/{year}"),
        ("get", "/consumption/v1/orders"),
        ("get", "/consumption/v1/orders/{order_id}"),
        ("post", "/consumption/v1/orders"),
        ("post", "/consumption/v1/orders/{order_id}/transitions"),
        ("get", "/consumption/v1/demands"),
        ("post", "/consumption/v1/demands"),
        ("get", "/consumption/v1/demands/{demand_id}"),
        ("get", "/consumption/v1/ocds/releases"),
        ("get", "/consumption/v1/ocds/records/{ocid}"),
        ("get", "/consumption/v1/trace/{trace_code}"),
        ("get", "/consumption/v1/statements/{buyer_code}/{month}"),
        ("get", "/consumption/v1/reconciliations/{date}"),
        ("get", "/consumption/v1/payments"),
    }
)
"""All that a buyer of a partner city reaches: the catalogue, its code lists, what labels tell, its own demands and
orders with their changes and releases, its statements and payments, quotas, agreements and pledges."""


@dataclass(frozen=True, slots=True)
class Examples:
    """What stands in requests about the household of a story."""

    values: Mapping[str, Any]
    """By the name of the path or query parameter."""
    requests: Mapping[str, str]
    """The request of the story that each helping house was asked."""
    of_house: Mapping[str, Mapping[str, Any]]
    """By house what stands for a name that another house uses otherwise."""
    bodies: Mapping[tuple[str, str], dict[str, Any]]
    """By method and path."""

    def value(self, path: str, name: str) -> Any:
        """What stands for a parameter; None where the story has nothing of that name."""
        house = path.split("/")[1]
        if name == "import_kind":
            return IMPORT_KINDS[house]
        if name == "request_id":
            return self.requests.get(house)
        return self.of_house.get(house, {}).get(name, self.values.get(name))

    def path(self, template: str) -> str:
        """The path about the story. Raises AssertionError for a parameter that has no example."""
        filled = template
        for name in re.findall(r"{(\w+)}", template):
            value = self.value(template, name)
            assert value is not None, f"give {name} of {template} an example"
            filled = filled.replace(f"{{{name}}}", str(value))
        return filled

    def body(self, method: str, template: str) -> dict[str, Any]:
        """A body that the operation takes. Raises AssertionError where there is no example."""
        name = template.rpartition("/v1")[2]
        if name in OF_THE_CALLER:
            return {}
        if name in OF_THE_WHOLE_HOUSE:
            return {"ids": [NO_SUCH], "dry_run": True}
        assert (method, template) in self.bodies, f"give {method} {template} an example of a body"
        return self.bodies[method, template]


def policy_value(region_code: str) -> dict[str, Any]:
    """A policy value that the place proposes for itself."""
    return {
        "region_code": region_code,
        "key": "monitoring.near_line_ratio",
        "value": "0.15",
        "from": "2031-01-01",
        "status": "in_force",
        "reference": "村民代表会议 2026年第3号",
    }


def data_request(region_code: str) -> dict[str, Any]:
    """A request for what is held."""
    said = {"requester": "县教育局", "purpose": "核对", "fields": ["member.name"], "collect": False}
    return said | {"region_code": region_code}


async def screened(story: Story) -> str:
    """Screen where the household of a story lives; returns the screening once it has ended."""
    asked = {"region_code": story.answers["household"]["region_code"]}
    started = await story.post("screening", "/monitoring/v1/screenings", asked)
    screening_id = str(started["job_id"])

    async def ended() -> str | None:
        found = await story.caller.get(f"/monitoring/v1/screenings/{screening_id}")
        return str(found["ended_at"]) if found["ended_at"] else None

    await story.eventually(ended)
    return screening_id


async def examples_of(story: Story) -> Examples:
    """Examples out of a story that was told; at its end the house is looked at."""
    told, code = story.answers, story.code
    region_code = told["household"]["region_code"]
    screening_id = await screened(story)
    findings = (await story.caller.get(f"/monitoring/v1/findings?household_code={code}"))["items"]
    facts = (await story.caller.get(f"/monitoring/v1/facts?household_code={code}&source={_SOURCE}"))["items"]
    [first, *_] = facts
    await story.put("feed", f"/monitoring/v1/feeds/{_SOURCE}", _FEED)
    await story.put("code", f"/monitoring/v1/households/{code}/external-codes/national", {"code": "52-0001"})
    home = {"grade": "A", "only_home": True, "checked_by": "住建局"}
    await story.post("home", "/monitoring/v1/facts", fact("dwelling", "home", home, household_code=code))
    clue = await story.post(
        "clue", "/monitoring/v1/clues", _clue(code) | {"source": first["source"], "source_ref": first["source_ref"]}
    )
    pupil = member(2, relation="child", birth_date="2015-05-01", labour="none")
    family = household([member(1), pupil], region_code=region_code, dibao=True)
    await story.put("family", "/monitoring/v1/households/DJ-FAMILY", family)
    card = await story.post("card", "/monitoring/v1/households/DJ-FAMILY/card", {})
    wanted = await story.post("data request", "/monitoring/v1/data-requests", data_request(region_code))
    neighbour = household([member(1, health="serious")], category="lifted", region_code=region_code)
    await story.put("neighbour", f"/monitoring/v1/households/{code}-2", neighbour)
    await story.put("contact", f"/monitoring/v1/contacts/{CONTACT}", contact_of(story))
    patrol = await story.post("patrol", "/monitoring/v1/patrols", patrol_to(code, f"seen-{code}"))
    submission = SUBMISSION | {"region_code": region_code}
    submitted = await story.post("submission", "/monitoring/v1/report-submissions", submission)
    sold = await story.post("sales report", "/consumption/v1/report-submissions", sales_submission(region_code))
    case = await story.post("case", "/monitoring/v1/cases", _case(code))
    market = market_of(region_code, f"P-{code}")
    await tell_of_the_market(story, market)
    offered = {"producer_code": f"P-{code}", "name": "茶", "unit": "kg", "price": "12.00"}
    in_full = offered | {"commodity_code": MARKET["commodities"], "base_code": MARKET["bases"]}
    await story.put("product in full", f"/consumption/v1/products/T-{code}", in_full)
    applied = {"product_code": f"T-{code}", "evidence": "检测报告"}
    recognition = await story.post("recognition", "/consumption/v1/recognitions", applied)
    slow = await tell_of_slow_sale(story, region_code)
    batch = await story.put("batch", f"/consumption/v1/batches/B-{code}", batch_of(code))
    paid = await story.post("payment", "/consumption/v1/payments", payment(region_code, "p-1"))
    demand = await story.post("demand", "/consumption/v1/demands", demand_of("d-1"))
    [release, *_] = (await story.caller.get("/consumption/v1/ocds/releases"))["releases"]
    values = {
        "household_code": code,
        "matter": "land",
        "token": card["token"],
        "period": SUBMISSION["period"],
        "alert_id": slow["alert_id"],
        "region_code": region_code,
        "screening_id": screening_id,
        "change": "at_risk",
        "source": first["source"],
        "source_ref": first["source_ref"],
        "fact_id": first["fact_id"],
        "finding_id": findings[0]["finding_id"],
        "incident_id": await _incident_of(story),
        "clue_id": clue["clue_id"],
        "risk_id": (await story.task("income_drop"))["risk_id"],
        "task_id": (await story.task("job_loss"))["task_id"],
        "disbursement_id": told["relief"]["disbursement_id"],
        "vacancy_code": told["vacancy"]["vacancy_code"],
        "placement_id": told["placement"]["placement_id"],
        "wage_id": told["wage 2026-08"]["wage_id"],
        "producer_code": told["producer"]["producer_code"],
        "product_code": told["product"]["product_code"],
        "buyer_code": told["order"]["buyer_code"],
        "order_id": told["order"]["order_id"],
        "batch_code": batch["batch_code"],
        "trace_code": batch["trace_code"],
        "demand_id": demand["demand_id"],
        "payment_id": paid["payment_id"],
        "price_report_id": told["price"]["items"][0]["report_id"],
        "supply_report_id": told["supply"]["items"][0]["report_id"],
        "ocid": release["ocid"],
        **{CODES_OF_THE_MARKET[segment]: entry for segment, entry in MARKET.items()},
        "year": 2026,
        "month": "2026-08",
        "date": "2026-08-01",
        "recognition_id": recognition["recognition_id"],
        "asset_code": told["asset"]["asset_code"],
        "distribution_id": told["distribution"]["distribution_id"],
        "line_no": 1,
        "value_id": told["policy value"]["value_id"],
        "letter_id": NO_SUCH,
        "job_id": NO_SUCH,
        "change_id": NO_SUCH,
        "webhook_code": "none",
        "system": "national",
        "contact_code": CONTACT,
        "case_id": case["case_id"],
        "patrol_id": patrol["patrol_id"],
        "submission_id": submitted["submission_id"],
        "report": SUBMISSION["report"],
    }
    requests = {"employment": "job", "consumption": "purchase", "assets": "asset_share"}
    asked = {house: told[measure]["measure_id"] for house, measure in requests.items()}
    asked["monitoring"] = wanted["request_id"]
    bodies = {**_bodies(story, told["placement"]["worker_id"]), **market}
    of_house = {"consumption": {name: sold[name] for name in ("submission_id", "report", "period")}}
    return Examples(values, asked, of_house, bodies)


MARKET: Final[Mapping[str, str]] = {
    "commodities": "TEA-GREEN",
    "bases": "BASE-1",
    "outlets": "HALL-1",
    "channels": "CHANNEL-1",
    "fairs": "FAIR-1",
    "listings": "LIST-1",
    "agreements": "AGR-1",
}
"""By segment of the address what each plain register of consumption holds in the story."""
CODES_OF_THE_MARKET: Final[Mapping[str, str]] = {
    "commodities": "commodity_code",
    "bases": "base_code",
    "outlets": "outlet_code",
    "channels": "channel_code",
    "fairs": "fair_code",
    "listings": "listing_code",
    "agreements": "agreement_no",
}
QUOTA: Final = {"canteen": "own", "canteen_total": "800000.00"}


async def tell_of_the_market(story: Story, market: Mapping[tuple[str, str], dict[str, Any]]) -> None:
    """Put an entry of each plain register, and a quota."""
    for segment, entry in MARKET.items():
        template = f"/consumption/v1/{segment}/{{{CODES_OF_THE_MARKET[segment]}}}"
        await story.put(segment, f"/consumption/v1/{segment}/{entry}", market["put", template])
    await story.put("quota", f"/consumption/v1/buyers/{BUYER}/quotas/2026", QUOTA)


def market_of(region_code: str, producer_code: str) -> Mapping[tuple[str, str], dict[str, Any]]:
    """Bodies of what stands around orders, about the producer of the story."""
    named: dict[str, Any] = {"name": "东莞馆", "region_code": region_code}
    bodies: Mapping[str, dict[str, Any]] = {
        "commodities": {"name": "绿茶", "unit": "kg"},
        "bases": named | {"producer_code": producer_code, "certificate_no": "CLZ-1", "certified_on": "2026-01-01"},
        "outlets": named | {"kind": "hall", "place_code": "441900", "opened_on": "2026-01-01"},
        "channels": named | {"kind": "wholesale", "from": "2026-01-01"},
        "fairs": named | {"place_code": "441900", "from": "2026-05-01", "to": "2026-05-03"},
        "listings": {
            "region_code": region_code,
            "subject": "service_unit",
            "subject_code": "SVC-1",
            "colour": "black",
            "reason": "服务不到位",
            "from": "2026-01-01",
        },
        "agreements": {
            "region_code": region_code,
            "buyer_code": BUYER,
            "year": 2026,
            "way": "purchase",
            "pledged": "1000000.00",
        },
    }
    consumption = "/consumption/v1"
    return {
        **{
            ("put", f"{consumption}/{segment}/{{{CODES_OF_THE_MARKET[segment]}}}"): body
            for segment, body in bodies.items()
        },
        ("put", f"{consumption}/buyers/{{buyer_code}}/quotas/{{year}}"): QUOTA,
        ("post", f"{consumption}/recognitions"): {"product_code": f"T-{HOUSEHOLD}", "evidence": "检测报告"},
        ("post", f"{consumption}/recognitions/{{recognition_id}}/transitions"): {"action": "review"},
    }


def price_report(region_code: str, reference: str) -> dict[str, Any]:
    """A price of what the story sells."""
    prices = {"market": "城关市场", "low": "10.00", "mean": "11.00", "high": "12.00"}
    return _of_a_series(region_code, reference) | prices


def supply_report(region_code: str, reference: str) -> dict[str, Any]:
    """A supply of the same."""
    return _of_a_series(region_code, reference) | {"stock": "10.000", "due": "5.000", "sold_7d": "20.000"}


def _of_a_series(region_code: str, reference: str) -> dict[str, Any]:
    named = {"source": _SOURCE, "source_ref": reference, "commodity_code": MARKET["commodities"]}
    return named | {"region_code": region_code, "on": "2026-11-10"}


def slow_sale(region_code: str) -> dict[str, Any]:
    """What a village reports."""
    said = {"quantity": "5.000", "ripe_on": "2026-11-10", "lowest_price": "9.00"}
    return {"commodity_code": MARKET["commodities"], "region_code": region_code} | said


async def tell_of_slow_sale(story: Story, region_code: str) -> dict[str, Any]:
    """Prices and supplies are reported, and a village says that something does not sell; returns the alert."""
    consumption = "/consumption/v1"
    await story.post("price", f"{consumption}/price-reports", {"items": [price_report(region_code, "p-1")]})
    await story.post("supply", f"{consumption}/supply-reports", {"items": [supply_report(region_code, "s-1")]})
    return await story.post("slow sale", f"{consumption}/slow-sales", slow_sale(region_code))


def sales_submission(region_code: str, period: str = "2026-09") -> dict[str, Any]:
    """A report of the sales of a month, as a region submits it."""
    return {"report": "monthly-sales", "region_code": region_code, "period": period}


def demand_of(demand_no: str) -> dict[str, Any]:
    """What the buyer of the story needs."""
    said = {"commodity_code": MARKET["commodities"], "quantity": "5.000", "deliver_by": "2026-12-01"}
    return {"buyer_code": BUYER, "demand_no": demand_no} | said


def payment(region_code: str, reference: str) -> dict[str, Any]:
    """A payment of the buyer of the story, for goods of its region."""
    said = {"buyer_code": BUYER, "paid_on": "2026-08-01", "amount": "100.00", "region_code": region_code}
    return {"source": _SOURCE, "source_ref": reference} | said


def batch_of(household_code: str) -> dict[str, Any]:
    """A harvest that the household of a story brought in."""
    brought = [{"household_code": household_code, "quantity": "2.000"}]
    product = {"product_code": f"T-{household_code}", "harvested_on": "2026-11-01", "quantity": "5.000"}
    return product | {"contributions": brought}


def _clue(household_code: str) -> dict[str, Any]:
    return {
        "source": _SOURCE,
        "source_ref": "x-1",
        "channel": "department",
        "household_code": household_code,
        "received_on": "2026-11-02",
        "indicator": "医疗自付超过预警线",
        "kinds": ["uninsured"],
    }


def found_incident(uow: UnitOfWork) -> None:
    """Have the risks of the story belong to an incident: in earnest it takes more households than the story has."""
    risks, incidents = table_of(Risk), table_of(Incident)
    now, names = uow.now(), {"kind": IncidentKind.SCREENING, "status": IncidentStatus.OPEN, "region_code": COUNTY}
    row = {"id": new_id(), **names, "founded_at": now, "hours_told": 0, "version": 1, "updated_at": uow.stamp()}
    uow.connection.execute(sa.insert(incidents).values(row))
    uow.connection.execute(sa.update(risks).values(incident_id=row["id"]))


async def _incident_of(story: Story) -> str:
    found = (await story.caller.get("/monitoring/v1/incidents"))["items"]
    return found[0]["incident_id"] if found else NO_SUCH


def _case(code: str) -> dict[str, Any]:
    """An identification of the household of a story."""
    return {"kind": "identification", "household_code": code, "on": "2026-11-02"}


def patrol_to(code: str, source_ref: str) -> dict[str, Any]:
    """A day on which the grid worker saw the household."""
    return {
        "source": "grid",
        "source_ref": source_ref,
        "contact_code": CONTACT,
        "on": "2026-11-02",
        "household_codes": [code],
    }


def contact_of(story: Story) -> dict[str, Any]:
    """A grid worker who looks after the household of a story by name."""
    region_code = story.answers["household"]["region_code"]
    return {"role": "grid_worker", "region_code": region_code, "household_codes": [story.code]}


def _bodies(story: Story, worker_id: str) -> Mapping[tuple[str, str], dict[str, Any]]:
    code, told, registered = story.code, story.answers, household([member(1, id_number=NUMBER)])
    refusal = {"action": "refuse", "reason": "no_offer"}
    withdrawal = {"source": "auditor", "source_ref": "w-1", "reason": "duplicate"}
    income = {"branch": "wage", "month": "2026-07", "amount": "1000.00", "operating_cost": "0.00"}
    vacancy = {name: told["vacancy"][name] for name in _VACANCY}
    asset = {name: told["asset"][name] for name in ("name", "class", "region_code", "original_value", "acquired_on")}
    right = {"right": "owner", "holder": "村集体", "share": "1.0000"}
    share = {"household_code": code, "share": "0.5000", "kind": "operating"}
    line = {"household_code": code, "amount": yuan(100), "reason": "hardship"}
    wage = {"source": "payroll", "source_ref": "x-1", "placement_id": told["placement"]["placement_id"]}
    monitoring, assistance, employment = "/monitoring/v1", "/assistance/v1", "/employment/v1"
    consumption, assets = "/consumption/v1", "/assets/v1"
    return {
        ("put", f"{monitoring}/households/{{household_code}}"): registered,
        ("post", f"{monitoring}/screenings"): {"region_code": told["household"]["region_code"], "dry_run": True},
        ("post", f"{monitoring}/recomputes"): {"region_code": told["household"]["region_code"]},
        ("post", f"{monitoring}/households/batch"): {"households": [registered | {"household_code": code}]},
        ("post", f"{monitoring}/persons/search"): {"id_number": NUMBER, "purpose": "核对"},
        ("post", f"{monitoring}/households/{{household_code}}/end"): {"on": "2019-01-01", "reason": "died"},
        ("post", f"{monitoring}/findings/{{finding_id}}/transitions"): {"action": "exempt", "reason": "已核实"},
        ("post", f"{monitoring}/findings/exemptions"): {"ids": [NO_SUCH], "reason": "已核实"},
        ("put", f"{monitoring}/households/{{household_code}}/external-codes/{{system}}"): {"code": "52-0002"},
        ("put", f"{monitoring}/feeds/{{source}}"): _FEED | {"due_day": 6},
        ("post", f"{monitoring}/clues"): _clue(code) | {"source_ref": "x-2"},
        ("post", f"{monitoring}/clues/verdicts"): {"verdicts": [_NO_RISK | {"clue_id": NO_SUCH}]},
        ("post", f"{monitoring}/clues/{{clue_id}}/transitions"): {"action": "answer"} | _NO_RISK,
        ("put", f"{monitoring}/contacts/{{contact_code}}"): contact_of(story) | {"area": "一组"},
        ("post", f"{monitoring}/cases"): _case(code),
        ("post", f"{monitoring}/cases/{{case_id}}/transitions"): {"action": "withdraw", "on": "2026-11-03"},
        ("post", f"{monitoring}/patrols"): patrol_to(code, "x-1"),
        ("post", f"{monitoring}/patrols/{{patrol_id}}/withdrawal"): withdrawal,
        ("post", f"{monitoring}/report-submissions"): {
            "report": "monthly-monitoring",
            "period": "2026-10",
            "region_code": told["household"]["region_code"],
        },
        ("post", f"{monitoring}/facts"): fact("income", "x-1", income, household_code=code),
        ("post", f"{monitoring}/facts/batch"): {"facts": [fact("income", "x-2", income, household_code=code)]},
        ("post", f"{monitoring}/household-events"): _split(code, "x-1"),
        ("post", f"{monitoring}/household-events/batch"): {"events": [_split(code, "x-2")]},
        ("post", f"{monitoring}/policy-values"): policy_value(told["household"]["region_code"]),
        ("post", f"{monitoring}/policy-values/{{value_id}}/transitions"): {"action": "withdraw"},
        ("post", f"{monitoring}/data-requests"): data_request(told["household"]["region_code"]),
        ("post", f"{monitoring}/data-requests/{{request_id}}/transitions"): {"action": "refuse"},
        ("post", f"{monitoring}/policy-simulations"): {
            "region_code": told["household"]["region_code"],
            "changes": [{"key": "monitoring.near_line_ratio", "value": "0.15"}],
        },
        ("post", f"{monitoring}/incidents/{{incident_id}}/transitions"): {"action": "release", "limit": 1},
        ("post", f"{assistance}/tasks/{{task_id}}/transitions"): {"action": "accept"},
        ("post", f"{assistance}/tasks/{{task_id}}/measures"): {"kind": "purchase"},
        ("post", f"{assistance}/disbursements"): {
            "source": "civil-affairs",
            "source_ref": "x-1",
            "household_code": code,
            "measure_id": None,
            "kind": "temporary_relief",
            "month": "2026-10",
            "amount": "5.00",
        },
        ("post", f"{assistance}/disbursements/{{disbursement_id}}/withdrawal"): withdrawal,
        ("put", f"{employment}/vacancies/{{vacancy_code}}"): vacancy | {"headcount": 2},
        ("post", f"{employment}/requests/{{request_id}}/transitions"): refusal,
        ("post", f"{employment}/placements"): {"worker_id": worker_id, "vacancy_code": f"V-{code}"},
        ("post", f"{employment}/placements/{{placement_id}}/transitions"): {"action": "depart", "on": "2026-11-14"},
        ("post", f"{employment}/wages"): wage | {"month": "2026-11", "amount": "5.00"},
        ("post", f"{employment}/wages/{{wage_id}}/withdrawal"): withdrawal,
        ("put", f"{consumption}/producers/{{producer_code}}"): {
            "name": "合作社",
            "kind": "cooperative",
            "uscc": None,
            "region_code": told["producer"]["region_code"],
            "links": [share],
        },
        ("put", f"{consumption}/products/{{product_code}}"): {
            "producer_code": f"P-{code}",
            "name": "茶",
            "unit": "kg",
            "price": "13.00",
            "commodity_code": MARKET["commodities"],
            "base_code": MARKET["bases"],
        },
        ("post", f"{consumption}/products/{{product_code}}/stock"): {"change": "1.000", "reason": "新茶入库"},
        ("put", f"{consumption}/buyers/{{buyer_code}}"): {"client_id": "another"},
        ("put", f"{consumption}/batches/{{batch_code}}"): batch_of(code) | {"quantity": "6.000"},
        ("post", f"{consumption}/demands"): demand_of("x-1"),
        ("post", f"{consumption}/demands/{{demand_id}}/transitions"): {"action": "close"},
        ("post", f"{consumption}/orders"): {
            "buyer_code": BUYER,
            "buyer_order_no": "x-1",
            "lines": [{"product_code": f"T-{code}", "quantity": "1.000"}],
        },
        ("post", f"{consumption}/orders/{{order_id}}/transitions"): {"action": "dispute", "note": "wet"},
        ("post", f"{consumption}/payments"): payment(told["producer"]["region_code"], "x-1"),
        ("post", f"{consumption}/payments/{{payment_id}}/withdrawal"): withdrawal,
        ("post", f"{consumption}/price-reports/{{price_report_id}}/withdrawal"): withdrawal,
        ("post", f"{consumption}/supply-reports/{{supply_report_id}}/withdrawal"): withdrawal,
        ("post", f"{consumption}/requests/{{request_id}}/transitions"): refusal,
        ("post", f"{consumption}/price-reports"): {"items": [price_report(told["producer"]["region_code"], "x-1")]},
        ("post", f"{consumption}/supply-reports"): {"items": [supply_report(told["producer"]["region_code"], "x-1")]},
        ("post", f"{consumption}/report-submissions"): sales_submission(told["producer"]["region_code"], "2026-10"),
        ("post", f"{consumption}/slow-sales"): slow_sale(told["producer"]["region_code"]),
        ("post", f"{consumption}/slow-sales/{{alert_id}}/transitions"): {"action": "check"},
        ("post", f"{consumption}/slow-sale-backtests"): {
            "region_code": told["producer"]["region_code"],
            "commodity_codes": [MARKET["commodities"]],
            "from": "2026-11-01",
            "to": "2026-11-15",
        },
        ("put", f"{assets}/assets/{{asset_code}}"): asset | {"name": "茶厂", "rights": [right]},
        ("post", f"{assets}/distributions"): {
            "asset_code": f"A-{code}",
            "period": "2026",
            "supplementary": True,
            "total": yuan(100),
            "lines": [line],
        },
        ("post", f"{assets}/distributions/{{distribution_id}}/transitions"): {"action": "pay", "on": "2026-11-01"},
        ("post", f"{assets}/distributions/{{distribution_id}}/lines/{{line_no}}/withdrawal"): withdrawal,
        ("post", f"{assets}/requests/{{request_id}}/transitions"): refusal,
    }


_VACANCY = (
    "employer",
    "kind",
    "place_code",
    "occupation",
    "wage_month",
    "min_age",
    "max_age",
    "needs",
    "valid_until",
)


def _split(code: str, source_ref: str) -> dict[str, Any]:
    """Members who found a household of their own: nobody of these numbers lives there."""
    new = {"household_code": f"{code}-9", "head": 98}
    said = {"source": _SOURCE, "source_ref": source_ref, "event": "split", "household_code": code}
    return said | {"on": "2026-06-01", "members": [98], "new": new}
