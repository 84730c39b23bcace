"""Cases as clients take them: the steps in order, and what stands afterwards."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx

from shared.contracts.employment import MeasureCompleted
from shared.ids import derived_id
from tests.builders import HOUSEHOLD, REGION, TODAY, deliver, fact, household
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, open_monitoring, wages

ITEMS: Final = ("vehicle", "property", "company", "payroll")
CONTACT: Final = "C-1"
VISIT: Final[dict[str, Any]] = {
    "checkers": ["张三", "李四"],
    "can_cope": False,
    "life_difficult": True,
    "risks": ["below_line"],
}
CONSENT: Final[dict[str, Any]] = {"consent_ref": "S-1", "signed_by": 1, "read_aloud": False}
VOTE: Final[dict[str, Any]] = {"attended": 10, "in_favour": 6, "against": 4, "minutes_ref": "M-1"}


def compared(*hits: str) -> dict[str, Any]:
    """A comparison of every item, of which these were hit."""
    return {"results": [{"item": item, "hit": item in hits, "source_ref": f"D-{item}"} for item in ITEMS]}


@dataclass(frozen=True)
class Cases:
    """Monitoring, and the cases of its households."""

    monitoring: Monitoring

    async def open(self, kind: str = "identification", on: dt.date = TODAY, **changes: Any) -> httpx.Response:
        """Open a case."""
        body = {"kind": kind, "household_code": HOUSEHOLD, "on": on.isoformat()} | changes
        return await self.monitoring.client.post("/monitoring/v1/cases", json=body)

    async def opened(self, kind: str = "identification", on: dt.date = TODAY, **changes: Any) -> str:
        """Open a case, which works; its id."""
        answer = await self.open(kind, on, **changes)
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["case_id"]
        return found

    async def step(self, case_id: str, action: str, on: dt.date = TODAY, **said: Any) -> httpx.Response:
        """Take a step."""
        body = {"action": action, "on": on.isoformat(), **said}
        return await self.monitoring.client.post(f"/monitoring/v1/cases/{case_id}/transitions", json=body)

    async def took(self, case_id: str, action: str, on: dt.date = TODAY, **said: Any) -> dict[str, Any]:
        """Take a step, which works; the case behind it."""
        answer = await self.step(case_id, action, on, **said)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def gather(self, case_id: str, on: dt.date = TODAY, **visit: Any) -> None:
        """Visit, consent and comparison."""
        await self.took(case_id, "visit", on, **VISIT | visit)
        await self.took(case_id, "consent", on, **CONSENT)
        await self.took(case_id, "compare", on, **compared())

    async def from_vote_to_publicity(self, case_id: str, on: dt.date = TODAY) -> dict[str, Any]:
        """The village votes and publishes."""
        await self.took(case_id, "village_review", on, **VOTE)
        return await self.took(case_id, "publish", on)

    async def decide(self, case_id: str, on: dt.date) -> dict[str, Any]:
        """Township and county approve, the township announces, the village enters."""
        await self.took(case_id, "township_review", on, approved=True)
        await self.took(case_id, "county_approve", on, approved=True)
        await self.took(case_id, "announce", on)
        return await self.took(case_id, "enter", on, contact_code=CONTACT)

    async def monitored(self, code: str = HOUSEHOLD) -> dict[str, Any]:
        """Where a household stands in monitoring."""
        found: dict[str, Any] = (await self.monitoring.get(f"households/{code}"))["monitoring"]
        return found

    async def get(self, case_id: str) -> dict[str, Any]:
        """A case in full."""
        found: dict[str, Any] = await self.monitoring.get(f"cases/{case_id}")
        return found

    async def complete_measure(self, on: dt.date = TODAY, code: str = HOUSEHOLD) -> None:
        """A house tells that a measure for the household was completed."""
        told = MeasureCompleted(
            measure_id=derived_id("measure", code, on.isoformat()),
            task_id=derived_id("task", code),
            household_code=code,
            region_code=REGION,
            kind="job",
            answered_on=on,
        )
        await deliver(self.monitoring.house, told)


async def open_cases(open_house: OpenHouse, client_for: ClientFor, **changes: Any) -> Cases:
    """Monitoring on a day; opened again it finds what was left."""
    return Cases(await open_monitoring(open_house, client_for, **changes))


async def with_household(cases: Cases, document: Mapping[str, Any] | None = None, wage: str = "1000.00") -> Cases:
    """The same with a household of known income, and a contact who looks after it."""
    answer = await cases.monitoring.put(document or household())
    assert answer.status_code == 201, answer.text
    await cases.monitoring.record(*wages(WINDOW, wage))
    contact = {"role": "monitor_contact", "region_code": REGION, "area": None, "household_codes": [HOUSEHOLD]}
    answer = await cases.monitoring.client.put(f"/monitoring/v1/contacts/{CONTACT}", json=contact)
    assert answer.status_code == 201, answer.text
    return cases


def later(cases: Cases, client: httpx.AsyncClient) -> Cases:
    """The same cases as another client sees them."""
    return Cases(replace(cases.monitoring, client=client))


def day(number: int) -> dt.date:
    """So many days after today."""
    return TODAY + dt.timedelta(days=number)


def insured(member_no: int) -> dict[str, Any]:
    """A member has basic medical insurance this year."""
    said = {"scheme": "basic_medical", "year": 2026, "status": "insured"}
    return fact("insurance", f"insured-{member_no}", said, member_no=member_no)
