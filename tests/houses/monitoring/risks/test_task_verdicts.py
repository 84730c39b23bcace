"""What comes back from assistance: the verdict of a closed task, shown on its risk, however often it is told."""

from typing import Any

import pytest

from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import RiskKind
from shared.contracts.assistance import TaskClosed
from shared.ids import derived_id
from tests.builders import HOUSEHOLD, REGION, TODAY, audit_rows, deliver, illness_fact, published_as
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, correction, open_monitoring, wages


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    await found.record(*wages(WINDOW, "100.00"), illness_fact())
    return found


def task_closed(kind: RiskKind, **changes: Any) -> TaskClosed:
    """The task of the first episode of a risk closed by a person who found it real."""
    fields: dict[str, Any] = {
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "kind": kind,
        "episode": 1,
        "verdict": TaskVerdict.CONFIRMED,
        "closed_by": "person",
        "closed_on": TODAY,
    } | changes
    derived = {
        name: derived_id(name, fields["household_code"], kind.value, fields["episode"]) for name in ("task", "risk")
    }
    return TaskClosed(task_id=derived["task"], risk_id=derived["risk"], **fields)


async def verdicts(monitoring: Monitoring) -> dict[str, str | None]:
    return {risk["kind"]: risk["verdict"] for risk in await monitoring.risks()}


async def test_a_closed_task_shows_its_verdict_on_the_risk(monitoring: Monitoring) -> None:
    before = await monitoring.the_risk(RiskKind.NEW_ILLNESS)
    event = published_as(task_closed(RiskKind.NEW_ILLNESS))
    await deliver(monitoring.house, event)

    after = await monitoring.the_risk(RiskKind.NEW_ILLNESS)
    assert after == before | {"verdict": "confirmed", "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]
    assert await verdicts(monitoring) == {"new_illness": "confirmed", "below_line": None}
    [audited] = [row for row in await audit_rows(monitoring.house) if row["action"] == "risk.verdict"]
    assert (audited["subject"], audited["actor"]) == (before["risk_id"], "assistance")
    assert audited["correlation_id"] == event.headers["ce_correlationid"]


async def test_the_same_event_again_changes_nothing(monitoring: Monitoring) -> None:
    events = [published_as(task_closed(kind)) for kind in (RiskKind.NEW_ILLNESS, RiskKind.BELOW_LINE)]
    await deliver(monitoring.house, *events)
    found = await monitoring.risks()
    counts = await monitoring.counts()

    await deliver(monitoring.house, *events)
    await deliver(monitoring.house, *reversed(events))
    await deliver(monitoring.house, events[0], events[0])
    assert (await monitoring.counts(), await monitoring.risks()) == (counts, found)


async def test_tasks_of_different_risks_may_close_in_any_order(monitoring: Monitoring) -> None:
    ill = task_closed(RiskKind.NEW_ILLNESS, verdict=TaskVerdict.NO_RISK)
    below = task_closed(RiskKind.BELOW_LINE)
    for events in ([ill, below], [below, ill]):
        await deliver(monitoring.house, *events)
        assert await verdicts(monitoring) == {"new_illness": "no_risk", "below_line": "confirmed"}


async def test_a_task_that_closed_itself_has_no_verdict(monitoring: Monitoring) -> None:
    await deliver(monitoring.house, task_closed(RiskKind.BELOW_LINE, verdict=None, closed_by="cause_gone"))
    assert await verdicts(monitoring) == {"new_illness": None, "below_line": None}


async def test_a_verdict_outlives_the_episode_and_is_not_passed_on_to_the_next(monitoring: Monitoring) -> None:
    await deliver(monitoring.house, task_closed(RiskKind.NEW_ILLNESS))
    light = correction(illness_fact(), "c1", code="J00", serious=False)
    await monitoring.record(light)
    await monitoring.record(correction(light, "c2", code="C34.9"))

    found = await monitoring.risks(kind="new_illness")
    assert [(risk["episode"], risk["verdict"]) for risk in found] == [(2, None), (1, "confirmed")]


async def test_a_verdict_on_a_risk_nobody_knows_is_passed_over(monitoring: Monitoring) -> None:
    counts = await monitoring.counts()
    await deliver(monitoring.house, task_closed(RiskKind.INCOME_DROP, episode=7))
    after = await monitoring.counts()

    assert {name for name in counts if counts[name] != after[name]} == {
        *("inbox", "bus_position"),
        *("patrol", "patrol_visit"),  # somebody was there all the same
    }
