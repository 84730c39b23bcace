"""A visit that finds no risk clears it, from the task to the risk and back: what opens it again, and what does not."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from services.monitoring.screenings.commands.screen import screen_all
from shared.bus.relay import pending_events
from shared.codes.monitoring import RiskKind
from shared.contracts.monitoring import Clue
from tests.builders import TODAY, deliver, illness_fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import correction, open_monitoring
from tests.houses.test_new_causes import CLOSED, FIRST_BILL, Both, both, hospital

ILL = RiskKind.NEW_ILLNESS
NO_RISK = (*CLOSED[:2], {"action": "verify", "verdict": "no_risk"}, CLOSED[3])
HALF_A_YEAR_LATER = dt.date(2027, 5, 16)
ONE_EPISODE = [(1, "cleared", "verdict")]
TWO_EPISODES = [(1, "cleared", "verdict"), (2, "open", None)]


async def found_to_be_none(open_house: OpenHouse, client_for: ClientFor, *first: Mapping[str, Any]) -> Both:
    """A risk over these facts whose task an officer closed because there is none."""
    here = await both(open_house, client_for, ILL)
    await here.say(*first)
    await here.settle()
    await here.act(*NO_RISK)
    return here


async def episodes(here: Both) -> list[tuple[int, str, str | None]]:
    risks = await here.monitoring.risks(kind=here.kind)
    return sorted((risk["episode"], risk["status"], risk["cleared_because"]) for risk in risks)


async def tasks(here: Both) -> list[tuple[int, str, str | None]]:
    answer = await here.client.get("/assistance/v1/tasks", params={"kind": here.kind})
    return sorted((task["episode"], task["status"], task["verdict"]) for task in answer.json()["items"])


GRAVER = correction(illness_fact(), "graver", main_earner=True)
AFTERWARDS: dict[str, tuple[Sequence[Mapping[str, Any]], Mapping[str, Any], bool]] = {
    "another bill of the member": ([FIRST_BILL], hospital("another", 1), False),
    "a graver case of the same illness": ([illness_fact()], GRAVER, True),
    "a member's bill beside a diagnosis": ([illness_fact()], hospital("bill", 1), True),
    "another member's diagnosis": ([illness_fact()], illness_fact("I63.9", 2), True),
    "the lighter of two alone": ([illness_fact(), FIRST_BILL], correction(FIRST_BILL, "less", amount="100.00"), False),
}


@pytest.mark.parametrize("case", AFTERWARDS)
async def test_only_another_reason_or_a_higher_grade_opens_the_next_episode(
    open_house: OpenHouse, client_for: ClientFor, case: str
) -> None:
    first, later, opens = AFTERWARDS[case]
    here = await found_to_be_none(open_house, client_for, *first)
    await here.settle()
    assert (await episodes(here), await tasks(here)) == (ONE_EPISODE, [(1, "closed", "no_risk")])
    [cleared] = await here.monitoring.events("risk-cleared.v1")
    assert (cleared.data.cleared_because, cleared.data.clue, cleared.data.causes) == (
        "verdict",
        Clue(type="verdict"),
        (),
    )

    await screen_all(here.monitoring.house)
    await here.settle()
    assert await episodes(here) == ONE_EPISODE

    await here.say(later)
    await here.settle()
    assert await episodes(here) == (TWO_EPISODES if opens else ONE_EPISODE)
    assert await tasks(here) == [(1, "closed", "no_risk"), *([(2, "open", None)] if opens else [])]


@pytest.mark.parametrize("first_to_hear", ["assistance", "monitoring"])
async def test_what_came_in_after_the_visit_opens_the_next_episode_in_whatever_order_it_is_told(
    open_house: OpenHouse, client_for: ClientFor, first_to_hear: str
) -> None:
    here = await found_to_be_none(open_house, client_for, FIRST_BILL)
    await here.say(hospital("another", 1))
    ways = [(here.monitoring.house, here.assistance), (here.assistance, here.monitoring.house)]
    for one, other in ways if first_to_hear == "assistance" else reversed(ways):
        await here.bring(one, other)
    await here.settle()

    assert (await episodes(here), await tasks(here)) == (TWO_EPISODES, [(1, "closed", "no_risk"), (2, "open", None)])
    told = len(await here.monitoring.events())
    closings = await here.assistance.database.read(pending_events)
    for events, house in [(await here.everything(), here.assistance), (closings, here.monitoring.house)]:
        await deliver(house, *events)
        await deliver(house, *reversed(events))
    await here.settle()
    assert (await episodes(here), len(await here.monitoring.events())) == (TWO_EPISODES, told)
    assert await tasks(here) == [(1, "closed", "no_risk"), (2, "open", None)]


async def test_a_finding_stands_for_half_a_year_and_is_looked_at_on_the_day_after(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    here = await found_to_be_none(open_house, client_for, illness_fact())
    await here.settle()
    assert TODAY.replace(year=2027, month=5) == HALF_A_YEAR_LATER
    for day, expected in ((HALF_A_YEAR_LATER - dt.timedelta(days=1), ONE_EPISODE), (HALF_A_YEAR_LATER, TWO_EPISODES)):
        later = await open_monitoring(open_house, client_for, today=day)
        await later.roll()
        await later.roll()
        assert await episodes(here) == expected


async def test_a_task_that_is_opened_again_has_its_risk_back(open_house: OpenHouse, client_for: ClientFor) -> None:
    here = await found_to_be_none(open_house, client_for, illness_fact())
    await here.settle()
    await here.act({"action": "reopen"})
    await here.settle()
    assert (await episodes(here), await tasks(here)) == ([(1, "open", None)], [(1, "open", None)])

    await here.say(illness_fact("I63.9", 2))
    await here.settle()
    await here.act(*CLOSED)
    await here.settle()
    assert (await episodes(here), await tasks(here)) == ([(1, "open", None)], [(1, "closed", "confirmed")])
    assert await here.verdicts() == ("confirmed", "confirmed")
