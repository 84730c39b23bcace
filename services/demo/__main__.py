"""The main job on two demo households, then the whole way home on a third: from a risk to income of every branch.

`python -m services.demo --data var` works against `make run` and `make run-distributed` alike. References are fixed by
the month, so a second run reports the same facts again, and shows that nothing new comes of them.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.demo.client import ApiClient, DemoStopped, wait_for
from services.demo.households import (
    COLLAPSING,
    COMING_HOME,
    FALLING_ILL,
    HISTORY_SOURCE,
    DemoHousehold,
    history,
    history_reference,
    household_document,
)
from services.demo.report import describe_risk, describe_task, say
from services.demo.story import Story
from shared.codes.monitoring import IncomeBranch
from shared.months import first_day, format_month, parse_month

_QUARTER: Final = 3
_PATIENCE_SECONDS: Final = 30.0
_PARTNER: Final = "partner-dongguan"


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens to a household, and the facts that tell of it."""

    title: str
    household: DemoHousehold
    told: str
    facts: Sequence[Mapping[str, Any]]


def income_collapse(household: DemoHousehold, last_month: int) -> Scene:
    """Wages fail for a quarter: the payroll takes back what the village had reported and says 0.00 instead."""
    months = range(last_month - _QUARTER + 1, last_month + 1)
    first, last = format_month(months[0]), format_month(months[-1])
    return Scene(
        title="An income collapse 收入骤减",
        household=household,
        told=f"The payroll corrects the wages of {first} to {last}: 0.00 yuan instead of what the village reported.",
        facts=[_lost_wage(household, month) for month in months],
    )


def _lost_wage(household: DemoHousehold, month: int) -> dict[str, Any]:
    reported = history_reference(household, IncomeBranch.WAGE, month)
    return {
        "source": "payroll",
        "source_ref": reported,
        "household_code": household.code,
        "member_no": 1,
        "observed_on": first_day(month + 1).isoformat(),
        "type": "income",
        "payload": {"branch": IncomeBranch.WAGE, "month": format_month(month), "amount": "0.00"},
        "supersedes": {"source": HISTORY_SOURCE, "source_ref": reported},
    }


def new_illness(last_month: int) -> Scene:
    """A member falls seriously ill."""
    observed_on = first_day(last_month + 1).isoformat()
    fact = {
        "source": "medical-insurance",
        "source_ref": f"{FALLING_ILL.code}-diagnosis-{observed_on}",
        "household_code": FALLING_ILL.code,
        "member_no": 2,
        "observed_on": observed_on,
        "type": "illness",
        "payload": {"code": "C50.9", "name": "乳腺癌", "serious": True, "main_earner": False},
    }
    return Scene(
        title="A new serious illness 新发大病",
        household=FALLING_ILL,
        told=f"The medical insurance reports a diagnosis of member 2, code C50.9, observed on {observed_on}.",
        facts=[fact],
    )


def show(api: ApiClient, partner: ApiClient) -> None:
    """Show all of it; raises DemoStopped when something does not come about. The ``partner`` city buys."""
    say(f"守线 ShouXian at {api.base_url}: from a fact to the one task it opens. Times count from sending the fact.")
    _play(api, income_collapse(COLLAPSING, _last_month_of_history(api, COLLAPSING)))
    _play(api, new_illness(_last_month_of_history(api, FALLING_ILL)))
    last_month = _last_month_of_history(api, COMING_HOME)
    failure = income_collapse(COMING_HOME, last_month)
    Story(api, partner, last_month).tell(failure.told, lambda: _record(api, "live", failure.facts))


def _play(api: ApiClient, scene: Scene) -> None:
    household = scene.household
    before = {task["task_id"] for task in _tasks(api, household.code)}
    say("", f"{scene.title}: household {household.code}, village {household.region_code}", f"  {scene.told}")
    started = time.perf_counter()
    answer = _record(api, "live", scene.facts)
    say(f"  {_ms(started)}  facts stored: {answer['accepted']}, the same again: {answer['duplicate']}")
    risks = api.get("/monitoring/v1/risks", household_code=household.code, status="open")["items"]
    if not risks:
        raise DemoStopped(f"no risk is open for {household.code}: something else was reported about it since")
    seen = _ms(started)
    for risk in risks:
        task = _one_task(api, risk)
        task_seen = _ms(started)
        say(f"  {seen}  risk {risk['kind']}, {risk['grade']}, episode {risk['episode']}, {risk['status']}")
        describe_risk(risk)
        known = "the task that was there before" if task["task_id"] in before else "the one task it opened"
        say(f"  {task_seen}  {known}")
        describe_task(task)
    tasks = _tasks(api, household.code)
    new = [task for task in tasks if task["task_id"] not in before]
    say(f"  tasks of this household over all its risks and episodes: {len(tasks)}, of which new: {len(new)}")


def _one_task(api: ApiClient, risk: Mapping[str, Any]) -> dict[str, Any]:
    """The task of a risk, once it is there; raises DemoStopped when it does not come or is not alone."""

    def found() -> list[dict[str, Any]] | None:
        return [task for task in _tasks(api, risk["household_code"]) if task["risk_id"] == risk["risk_id"]] or None

    tasks = wait_for(found, _PATIENCE_SECONDS)
    if tasks is None:
        raise DemoStopped(
            f"no task for the risk {risk['risk_id']} within {_PATIENCE_SECONDS:.0f} s; {api.base_url}/readyz says more"
        )
    if len(tasks) > 1:
        raise DemoStopped(f"the risk {risk['risk_id']} has {len(tasks)} tasks; it should have one")
    return tasks[0]


def _last_month_of_history(api: ApiClient, household: DemoHousehold) -> int:
    """The last month of the income window, once the village has reported up to it.

    The household and its history are there when the services were started with demo data; otherwise, or when the
    business date has moved on since, what is missing is registered and backfilled here.
    """
    place = f"/monitoring/v1/households/{household.code}"
    income = api.find(f"{place}/income")
    if income is None:
        api.put(place, household_document(household))
        income = api.get(f"{place}/income")
    last_month = parse_month(income["window"]["to"])
    _record(api, "backfill", history(household, last_month))
    return last_month


def _record(api: ApiClient, mode: str, facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Send facts as one batch, all or none."""
    answer: dict[str, Any] = api.post("/monitoring/v1/facts", {"mode": mode, "atomic": True, "facts": facts})
    for item in answer["items"]:
        if item["problem"] is not None:
            raise DemoStopped(f"a fact was refused with {item['status']}: {item['problem']['detail']}")
    return answer


def _tasks(api: ApiClient, household_code: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get("/assistance/v1/tasks", household_code=household_code)["items"]
    return items


def _ms(started: float) -> str:
    return f"{(time.perf_counter() - started) * 1000:7.1f} ms"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m services.demo", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var"), help="folder of demo-credentials.json")
    chosen = parser.parse_args()
    try:
        with closing(ApiClient.open(chosen.data)) as api, closing(ApiClient.open(chosen.data, _PARTNER)) as partner:
            show(api, partner)
    except DemoStopped as stopped:
        sys.stderr.write(f"{stopped}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
