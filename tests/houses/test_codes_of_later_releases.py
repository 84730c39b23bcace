"""A house of this release goes on beside one of a later release, whose code lists have grown: nothing is set aside."""

from services.assistance.app import ASSISTANCE
from shared.bus.dead_letters import count_dead_letters
from shared.codes.assistance import RefusalReason, TaskVerdict
from shared.codes.employment import PlacementEndReason
from shared.codes.monitoring import Labour, RiskGrade, RiskKind
from shared.contracts.assistance import TaskOpened
from shared.contracts.employment import MeasureRefused
from shared.house import House
from tests.builders import (
    deliver,
    household_member,
    household_registered,
    risk_raised,
    risk_updated,
    waiting_events,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.assistance.builders import MEASURES, TASK, TO_THE_END, act, answering, ask
from tests.houses.employment.builders import open_employment
from tests.houses.monitoring.builders import open_monitoring, placement_ended
from tests.houses.monitoring.risks.test_task_verdicts import task_closed

FLOOD, PURPLE = RiskKind.read("flood"), RiskGrade.read("purple")


async def nothing_is_set_aside(house: House) -> bool:
    return not sum((await house.database.read(count_dead_letters)).values())


async def test_a_kind_and_a_grade_of_risk_open_a_task_like_any_other(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    await deliver(house, risk_raised(kind=FLOOD, grade=PURPLE))
    await deliver(house, risk_updated(kind=FLOOD, grade=PURPLE, rules=("flood.level",)))
    client = client_for(house)
    [task] = (await client.get("/assistance/v1/tasks")).json()["items"]
    assert (task["kind"], task["grade"], task["status"]) == ("flood", "purple", "open")
    await deliver(house, risk_raised(household_code="DJ-0002", grade=RiskGrade.RED))
    red = (await client.get("/assistance/v1/tasks", params={"household_code": "DJ-0002"})).json()["items"][0]
    assert task["due_on"] == red["due_on"], "it has the shortest time there is"
    opened = [event.data for event in await waiting_events(house) if isinstance(event.data, TaskOpened)]
    assert [(str(one.kind), str(one.grade)) for one in opened] == [("flood", "purple"), ("below_line", "red")]
    assert await nothing_is_set_aside(house)


async def test_a_grade_of_a_later_release_brings_a_judged_task_back(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    house = await open_house(ASSISTANCE)
    client = client_for(house)
    await deliver(house, risk_raised(grade=RiskGrade.RED))
    await act(client, *TO_THE_END)
    await deliver(house, risk_updated(grade=PURPLE))
    task = (await client.get(TASK)).json()
    assert (task["status"], task["verdict"], task["grade"]) == ("open", None, "purple")


async def test_a_refusal_is_shown_with_a_reason_nobody_here_knows(open_house: OpenHouse, client_for: ClientFor) -> None:
    house = await open_house(ASSISTANCE)
    client = client_for(house)
    await deliver(house, risk_raised())
    measure = await ask(client)
    await deliver(house, answering(MeasureRefused, measure, reason=RefusalReason.read("budget_used_up")))
    [shown] = (await client.get(MEASURES)).json()["items"]
    assert (shown["status"], shown["reason"]) == ("refused", "budget_used_up")
    assert await nothing_is_set_aside(house)


async def test_work_that_ended_for_another_reason_is_lost_all_the_same(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    monitoring = await open_monitoring(open_house, client_for)
    await monitoring.put()
    await deliver(monitoring.house, placement_ended("p1", reason=PlacementEndReason.read("retired")))
    assert (await monitoring.the_risk(RiskKind.JOB_LOSS))["status"] == "open"
    assert await nothing_is_set_aside(monitoring.house)


async def test_a_verdict_of_a_later_release_is_shown_on_the_risk(open_house: OpenHouse, client_for: ClientFor) -> None:
    monitoring = await open_monitoring(open_house, client_for)
    await monitoring.put()
    await deliver(monitoring.house, placement_ended("p1"))
    await deliver(monitoring.house, task_closed(RiskKind.JOB_LOSS, verdict=TaskVerdict.read("postponed")))
    assert (await monitoring.the_risk(RiskKind.JOB_LOSS))["verdict"] == "postponed"
    assert await nothing_is_set_aside(monitoring.house)


async def test_whoever_is_able_to_work_in_a_way_nobody_here_knows_is_not_placed_by_the_machine(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    members = household_member(1), household_member(2, labour=Labour.read("remote"))
    employment = await open_employment(open_house, client_for, household_registered(*members))
    assert [worker["member_no"] for worker in await employment.items("workers")] == [1]
    assert await nothing_is_set_aside(employment.house)
