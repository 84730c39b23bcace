"""A clue from its receipt to the task and back: what is confirmed has one task, and what is linked its verdict."""

from shared.codes.monitoring import RiskKind
from tests.builders import TODAY, illness_fact
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.clues.builders import confirmed, send, step, the_clue
from tests.houses.test_new_causes import CLOSED, both
from tests.houses.test_no_risk import NO_RISK, episodes, tasks
from tests.mechanism.probe import ON_SQLITE

pytestmark = ON_SQLITE


async def test_a_confirmed_clue_has_one_task_which_its_case_outlives(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    here = await both(open_house, client_for, RiskKind.REPORTED)
    answered = (await step(here.monitoring, await send(here.monitoring), **confirmed())).json()
    await here.settle()
    assert [(episode, verdict) for episode, _, verdict in await tasks(here)] == [(1, None)]
    await here.act(*CLOSED)
    await here.settle()
    assert await episodes(here) == [(1, "open", None)]
    path = f"/monitoring/v1/cases/{answered['case_id']}/transitions"
    ended = await here.monitoring.client.post(path, json={"action": "withdraw", "on": TODAY.isoformat()})
    assert ended.status_code == 200, ended.text
    await here.settle()
    assert (await episodes(here), len(await tasks(here))) == ([(1, "cleared", "cause_gone")], 1)


async def test_a_task_that_finds_no_risk_answers_the_clue_of_its_risk(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    here = await both(open_house, client_for, RiskKind.NEW_ILLNESS)
    await here.say(illness_fact())
    linked = await send(here.monitoring)
    await here.settle()
    await here.act(*NO_RISK)
    await here.settle()
    found = await the_clue(here.monitoring, linked)
    assert (found["status"], found["answer"]["verdict"], found["case_id"]) == ("answered", "no_risk", None)
    assert len(await tasks(here)) == 1
