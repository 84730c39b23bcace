"""Clues as departments send them and villages answer them."""

from typing import Any

import httpx

from services.monitoring.jobs import JOBS
from tests.builders import HOUSEHOLD, REGION, TODAY
from tests.houses.monitoring.builders import Monitoring

CLUES = "/monitoring/v1/clues"


def clue(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A warning of the medical insurance about a household."""
    return {
        "source": "medical-insurance",
        "source_ref": f"YB-{number:04}",
        "channel": "department",
        "household_code": HOUSEHOLD,
        "received_on": TODAY.isoformat(),
        "indicator": "self-paid over the line",
        "kinds": ["new_illness"],
    } | changes


def about(id_number: str | None, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A warning about a person."""
    return clue(number, household_code=None, id_number=id_number, region_code=REGION) | changes


def no_risk(clue_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """The verdict that there is no risk."""
    named = {} if clue_id is None else {"clue_id": clue_id}
    return named | {"on": TODAY.isoformat(), "verdict": "no_risk", "reason": "reimbursed"} | changes


def confirmed(clue_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """The verdict that the clue is true."""
    return no_risk(clue_id, verdict="confirmed", reason=None) | changes


async def send(monitoring: Monitoring, **changes: Any) -> str:
    """Send a clue that is new; its id."""
    answer = await monitoring.client.post(CLUES, json=clue(**changes))
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["clue_id"]
    return found


async def step(monitoring: Monitoring, clue_id: str, action: str = "answer", **body: Any) -> httpx.Response:
    """Take a step with a clue."""
    return await monitoring.client.post(f"{CLUES}/{clue_id}/transitions", json={"action": action} | body)


async def verdicts(monitoring: Monitoring, *given: dict[str, Any]) -> list[tuple[int, str | None]]:
    """Give verdicts; the status of each, and the code of its problem."""
    answer = await monitoring.client.post(f"{CLUES}/verdicts", json={"verdicts": list(given)})
    assert answer.status_code == 200, answer.text
    return [
        (item["status"], item["problem"] and item["problem"]["type"].rsplit(":")[-1]) for item in answer.json()["items"]
    ]


async def the_clue(monitoring: Monitoring, clue_id: str) -> dict[str, Any]:
    """A clue as it stands."""
    found: dict[str, Any] = await monitoring.get(f"clues/{clue_id}")
    return found


async def listed(monitoring: Monitoring, **asked: Any) -> list[str]:
    """The references of the clues that are listed."""
    return [item["source_ref"] for item in (await monitoring.get("clues", **asked))["items"]]


async def match_in_time(monitoring: Monitoring) -> None:
    """What the interval does."""
    while await monitoring.house.database.write(JOBS["match-clues"].command):
        pass
