"""A true request for every operation of the five houses, out of one household's story, and what is open by design."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.catalogue import HOUSES
from tests.builders import fact, household, member, resident_id
from tests.journeys.story import Story, yuan

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
_TEMPLATES: Final = "Files to fill in tell of nobody."
_WORK: Final = "Work is looked for wherever it is; no household is told of."
_BUYERS: Final = "One register of buyers for all who supply: a buyer belongs to no region; no household is told of."
OPEN_TO_ALL_REGIONS: Final[Mapping[tuple[str, str], str]] = {
    **{("get", f"/{house}/v1/codes"): _CODES for house in HOUSES},
    **{("get", f"/{house}/v1/imports/templates/{{import_kind}}.xlsx"): _TEMPLATES for house in HOUSES},
    ("get", "/employment/v1/vacancies"): _WORK,
    ("get", "/employment/v1/vacancies/{vacancy_code}"): _WORK,
    ("get", "/consumption/v1/products"): _CATALOGUE,
    ("get", "/consumption/v1/products/{product_code}"): _CATALOGUE,
    ("get", "/consumption/v1/buyers"): _BUYERS,
    ("get", "/consumption/v1/buyers/{buyer_code}"): _BUYERS,
}
"""What is shown to whoever has the scope, wherever they are, and why."""
OPEN_TO_BUYERS: Final = frozenset(
    {
        ("get", "/consumption/v1/codes"),
        ("get", "/consumption/v1/changes"),
        ("get", "/consumption/v1/products"),
        ("get", "/consumption/v1/products/{product_code}"),
        ("get", "/consumption/v1/orders"),
        ("get", "/consumption/v1/orders/{order_id}"),
        ("post", "/consumption/v1/orders"),
        ("post", "/consumption/v1/orders/{order_id}/transitions"),
    }
)
"""All that a buyer of a partner city reaches: the catalogue, its code lists, its own orders, and their changes."""


@dataclass(frozen=True, slots=True)
class Examples:
    """What stands in requests about the household of a story."""

    values: Mapping[str, Any]
    """By the name of the path or query parameter."""
    requests: Mapping[str, str]
    """The request of the story that each helping house was asked."""
    bodies: Mapping[tuple[str, str], dict[str, Any]]
    """By method and path."""

    def value(self, path: str, name: str) -> Any:
        """What stands for a parameter; None where the story has nothing of that name."""
        house = path.split("/")[1]
        if name == "import_kind":
            return IMPORT_KINDS[house]
        return self.requests.get(house) if name == "request_id" else self.values.get(name)

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


async def examples_of(story: Story) -> Examples:
    """Examples out of a story that was told."""
    told, code = story.answers, story.code
    [first, *_] = (await story.caller.get(f"/monitoring/v1/facts?household_code={code}"))["items"]
    values = {
        "household_code": code,
        "region_code": told["household"]["region_code"],
        "source": first["source"],
        "source_ref": first["source_ref"],
        "fact_id": first["fact_id"],
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
        "asset_code": told["asset"]["asset_code"],
        "distribution_id": told["distribution"]["distribution_id"],
        "line_no": 1,
        "letter_id": NO_SUCH,
        "job_id": NO_SUCH,
        "change_id": NO_SUCH,
        "webhook_code": "none",
    }
    requests = {"employment": "job", "consumption": "purchase", "assets": "asset_share"}
    asked = {house: told[measure]["measure_id"] for house, measure in requests.items()}
    return Examples(values, asked, _bodies(story, told["placement"]["worker_id"]))


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
        ("post", f"{monitoring}/households/batch"): {"households": [registered | {"household_code": code}]},
        ("post", f"{monitoring}/persons/search"): {"id_number": NUMBER, "purpose": "核对"},
        ("post", f"{monitoring}/households/{{household_code}}/end"): {"on": "2019-01-01", "reason": "died"},
        ("post", f"{monitoring}/facts"): fact("income", "x-1", income, household_code=code),
        ("post", f"{monitoring}/facts/batch"): {"facts": [fact("income", "x-2", income, household_code=code)]},
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
        },
        ("post", f"{consumption}/products/{{product_code}}/stock"): {"change": "1.000", "reason": "新茶入库"},
        ("put", f"{consumption}/buyers/{{buyer_code}}"): {"client_id": "another"},
        ("post", f"{consumption}/orders"): {
            "buyer_code": BUYER,
            "buyer_order_no": "x-1",
            "lines": [{"product_code": f"T-{code}", "quantity": "1.000"}],
        },
        ("post", f"{consumption}/orders/{{order_id}}/transitions"): {"action": "dispute", "note": "wet"},
        ("post", f"{consumption}/requests/{{request_id}}/transitions"): refusal,
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
