"""Household events as they are sent, and what a household earned, as it is shown."""

from typing import Any

import httpx

from services.monitoring.recomputes.commands import prove_ledger
from tests.builders import HOUSEHOLD
from tests.houses.monitoring.builders import Monitoring

NEW = "DJ-0009"
PATH = "/monitoring/v1/household-events"


def event(kind: str, source_ref: str = "e-1", **more: Any) -> dict[str, Any]:
    """An event of the household, on a day in the middle of the window."""
    document = {
        "source": "public-security",
        "source_ref": source_ref,
        "event": kind,
        "household_code": HOUSEHOLD,
        "on": "2026-06-01",
    }
    return document | more


def split(*members: int, head: int, source_ref: str = "split-1", code: str = NEW, **more: Any) -> dict[str, Any]:
    """Members found a household of their own."""
    new = {"household_code": code, "head": head}
    return event("split", source_ref, members=list(members), new=new, **more)


async def send(monitoring: Monitoring, document: Any, **headers: str) -> httpx.Response:
    """Send an event, or a batch of them."""
    return await monitoring.client.post(PATH, json=document, headers=headers)


async def happened(monitoring: Monitoring, document: dict[str, Any]) -> None:
    """Send an event that is new."""
    answer = await send(monitoring, document)
    assert (answer.status_code, answer.json()["status"]) == (201, "stored"), answer.text


async def net(monitoring: Monitoring, code: str = HOUSEHOLD, **asked: Any) -> str:
    """The net income of a household in the window."""
    shown: str = (await monitoring.get(f"households/{code}/income", **asked))["net_income"]
    return shown


async def lives_in(monitoring: Monitoring, code: str = HOUSEHOLD, **asked: Any) -> list[int]:
    """The numbers of those who live in a household."""
    return [one["member_no"] for one in (await monitoring.get(f"households/{code}", **asked))["members"]]


async def prove(monitoring: Monitoring) -> None:
    """The ledgers are what the facts say."""
    _, found = await monitoring.house.database.write(prove_ledger, "", 100)
    assert found == []
