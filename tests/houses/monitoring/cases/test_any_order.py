"""In any order of calls, and by two at once: nobody is admitted without every step, nor eliminated over a criterion."""

import asyncio
import datetime as dt
import itertools
from collections.abc import Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from shared.months import format_month, parse_month
from tests.builders import REGION, TODAY, fact, household, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import wages
from tests.houses.monitoring.cases.builders import CONSENT, VISIT, VOTE, Cases, compared, later, open_cases

AnswerT = TypeVar("AnswerT")
BEGAN = dt.date(2026, 2, 10)
"""The day of the first case; the policy of its year has a line."""
POOR = [format_month(month) for month in range(parse_month("2025-02"), parse_month("2026-02"))]
RICH = [format_month(month) for month in range(parse_month("2026-02"), parse_month("2026-11"))]
ELIMINATES = {"checkers": ["a", "b"], "manner": "helped"}
STEPS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "visit": (VISIT, VISIT | {"can_cope": True}, ELIMINATES),
    "consent": (CONSENT,),
    "compare": (compared(), compared("vehicle")),
    "village_review": (VOTE, VOTE | {"in_favour": 5}, VOTE | {"exception": True}),
    "publish": ({},),
    "object": ({"objection_ref": "O"},),
    "resolve": ({"upheld": True}, {"upheld": False}),
    "township_review": ({"approved": True}, {"approved": False}),
    "county_approve": ({"approved": True}, {"approved": False}),
    "announce": ({},),
    "enter": ({"contact_code": "of-all"}, {"contact_code": "nobody"}),
    "refuse": ({"reason": "other"},),
    "appeal": ({},),
    "withdraw": ({},),
    "roll_back": ({"reason": "income"},),
}
FORWARD = {
    "reviewed": "publish",
    "publicity": "township_review",
    "objection": "resolve",
    "township_approved": "county_approve",
    "county_approved": "announce",
    "announced": "enter",
}
_codes = itertools.count(1)


class Replay:
    """The history of a case taken again: each step had all that it takes. Written from the words of the procedure."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self.case = case
        self.done: dict[str, Any] = {}
        for step in case["history"]:
            taken = getattr(self, step["action"], None)
            if taken is not None:
                taken(step, step["details"])

    def visit(self, _: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        self.done["visit"] = said

    def consent(self, _: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        self.done["consent"] = said

    def compare(self, _: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        assert "consent" in self.done
        self.done["compare"] = said

    def village_review(self, step: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        if self.case["kind"] == "identification":
            assert {"visit", "consent", "compare"} <= self.done.keys()
            assert not self.done["visit"]["can_cope"]
            assert said.get("exception") or not any(one["hit"] for one in self.done["compare"]["results"])
        assert "visit" in self.done
        self.done["vote"] = said["in_favour"] * 2 > said["attended"]
        assert step["status"] == ("reviewed" if self.done["vote"] else "refused")

    def publish(self, step: Mapping[str, Any], _: Mapping[str, Any]) -> None:
        assert self.done.pop("vote")
        self.done["published"] = dt.date.fromisoformat(step["on"])

    def resolve(self, _: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        assert "published" in self.done
        if said["upheld"]:
            del self.done["published"]

    def township_review(self, step: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        assert dt.date.fromisoformat(step["on"]) > self.done.pop("published") + dt.timedelta(days=5)
        self.done["township"] = said["approved"]

    def county_approve(self, _: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        assert self.done.pop("township")
        self.done["county"] = said["approved"]

    def announce(self, _: Mapping[str, Any], __: Mapping[str, Any]) -> None:
        assert self.done.pop("county")
        self.done["announced"] = True

    def enter(self, _: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        assert self.done.pop("announced")
        assert said["contact_code"] == "of-all"
        if self.case["kind"] == "elimination":
            assert {criterion["met"] for criterion in self.case["criteria"]} == {True}


class AnyOrder(RuleBasedStateMachine):
    """One household and whatever clients do with its cases."""

    def __init__(self, loop: asyncio.AbstractEventLoop, cases: Cases, low: Cases) -> None:
        super().__init__()
        self.loop, self.cases, self.low = loop, cases, low
        self.code = f"A-{next(_codes)}"
        self.on = BEGAN
        self.facts = itertools.count(1)

    def run(self, doing: Coroutine[Any, Any, AnswerT]) -> AnswerT:
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(timeout=60)

    @initialize(grade=st.sampled_from(["A", "D"]), far=st.sampled_from(["eliminated", "monitored", "nowhere"]))
    def register(self, grade: str, far: str) -> None:
        people = [member(1), member(2, relation="spouse", sex="F")]
        self.run(self.cases.monitoring.put(household(people), self.code))
        said = {"household_code": self.code}
        insured = {"scheme": "basic_medical", "year": 2026, "status": "insured"}
        tested = {"litres_per_day": "40", "distance_m": 100, "height_m": 10, "minutes": 5, "days_short": 0}
        water = fact("water", "w", {**tested, "quality": "good", "cut_since": None}, **said)
        covered = [fact("insurance", f"i-{number}", insured, member_no=number, **said) for number in (1, 2)]
        poor = wages(POOR, "900.00", f"{self.code}-", **said)
        rich = wages(RICH, "9000.00", f"{self.code}-", **said)
        known = [each | {"source_ref": f"{self.code}-{each['source_ref']}"} for each in (water, *covered)]
        self.run(self.cases.monitoring.record(*poor, *rich, *known))
        self.live_in(grade)
        self.run(self.cases.open(on=self.on, household_code=self.code))
        if far != "nowhere":
            self.straight_on(6, 6)
        if far == "eliminated":
            self.on = TODAY - dt.timedelta(days=40)
            self.run(self.cases.complete_measure(TODAY, self.code))
            self.run(self.cases.open("elimination", self.on, household_code=self.code))
            self.straight_on(6, 6)

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        """Somebody does something; one rule, so that no run leaves a kind of doing out."""
        [self.go_on, self.stray, self.at_once, self.stray, self.open, self.complete, self.dwell][
            data.draw(st.integers(0, 6))
        ](data)

    def dwell(self, data: st.DataObject) -> None:
        self.live_in(data.draw(st.sampled_from(["A", "A", "A", "D"])))

    def live_in(self, grade: str) -> None:
        self.run(self.cases.monitoring.record(self.dwelling(grade)))

    def dwelling(self, grade: str) -> dict[str, Any]:
        said = {"grade": grade, "only_home": True, "checked_by": "县住建局"}
        reference = f"{self.code}-d-{next(self.facts)}"
        return fact("dwelling", reference, said, household_code=self.code, observed_on=TODAY.isoformat())

    def complete(self, _: st.DataObject) -> None:
        self.run(self.cases.complete_measure(TODAY, self.code))

    def open(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(["identification", "elimination"]))
        self.run(self.cases.open(kind, self.on, household_code=self.code))

    def go_on(self, data: st.DataObject) -> None:
        """Do what comes next, some times over."""
        self.straight_on(data.draw(st.sampled_from([6, 0, 1])), data.draw(st.sampled_from([6, 1, 2])))

    def straight_on(self, days: int, times: int) -> None:
        for _ in range(times):
            for case in self.waiting():
                self.pass_days(days)
                for action in self.following(case):
                    self.run(self.cases.step(case["case_id"], action, self.on, **self.best(case, action)))

    def following(self, case: Mapping[str, Any]) -> Sequence[str]:
        if case["status"] != "opened":
            return [FORWARD[case["status"]]] if case["status"] in FORWARD else []
        block = ["visit"] if case["kind"] == "elimination" else ["visit", "consent", "compare"]
        return [*block, "village_review"]

    def best(self, case: Mapping[str, Any], action: str) -> Mapping[str, Any]:
        if action == "visit" and case["kind"] == "elimination":
            return ELIMINATES
        return STEPS[action][-1 if action == "resolve" else 0]

    def stray(self, data: st.DataObject) -> None:
        """Do anything, whether its time has come or not."""
        days = data.draw(st.sampled_from([0, 1, 6]))
        for case in self.all_cases():
            self.pass_days(days)
            action = data.draw(st.sampled_from(sorted(STEPS)))
            said = data.draw(st.sampled_from(STEPS[action]))
            who = data.draw(st.sampled_from([self.cases, self.cases, self.low]))
            self.run(who.step(case["case_id"], action, self.on, **said))

    def at_once(self, data: st.DataObject) -> None:
        """Several do something at once: the step that comes next, twice, another one, a fact and a second case."""
        for case in self.waiting():
            case_id, action = case["case_id"], data.draw(st.sampled_from(sorted(STEPS)))
            following = self.following(case)[-1:]
            twice = (*following, *following)
            steps = [
                *(self.cases.step(case_id, step, self.on, **self.best(case, step)) for step in twice),
                self.cases.step(case_id, action, self.on, **STEPS[action][0]),
                self.cases.open("identification", self.on, household_code=self.code),
            ]
            grade = data.draw(st.sampled_from(["A", "D"]))
            self.run(self.all_at_once([*steps, self.cases.monitoring.post(self.dwelling(grade))]))

    async def all_at_once(self, doing: Sequence[Coroutine[Any, Any, httpx.Response]]) -> None:
        for answer in await asyncio.gather(*doing):
            assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, answer.text

    def pass_days(self, days: int) -> None:
        self.on = min(self.on + dt.timedelta(days=days), TODAY)

    def waiting(self) -> list[dict[str, Any]]:
        return [case for case in self.all_cases() if case["status"] not in ENDED]

    def all_cases(self) -> list[dict[str, Any]]:
        page = self.run(self.cases.monitoring.get("cases", household_code=self.code))
        return [self.run(self.cases.get(each["case_id"])) for each in page["items"]]

    @invariant()
    def nobody_stands_where_no_steps_lead(self) -> None:
        if self.run(self.cases.monitoring.client.get(f"/monitoring/v1/households/{self.code}")).status_code != 200:
            return
        cases, stands = self.all_cases(), self.run(self.cases.monitored(self.code))
        for case in cases:
            Replay(case)
        admitted = [case for case in cases if case["kind"] == "identification" and case["status"] == "monitored"]
        gone = [case for case in cases if case["status"] == "eliminated"]
        waiting = [case for case in cases if case["status"] not in ENDED]
        assert len(waiting) <= 1
        assert stands["episode"] == len(admitted)
        if stands["status"] == "monitored":
            assert not [case for case in waiting if case["kind"] == "identification"]
            assert len(gone) == stands["episode"] - 1
        elif stands["status"] == "eliminated":
            assert len(gone) == stands["episode"] > 0
        else:
            identifies = any(case["kind"] == "identification" for case in waiting)
            assert stands["status"] == ("in_procedure" if identifies else "none")


ENDED = {"monitored", "eliminated", "rolled_back", "refused", "withdrawn"}


async def test_no_order_of_calls_admits_or_eliminates_without_all_that_it_takes(
    open_house: OpenHouse, client_for: ClientFor, databases: Any
) -> None:
    cases = await open_cases(open_house, client_for)
    everywhere: list[str] = []
    contact = {"role": "monitor_contact", "region_code": REGION, "area": None, "household_codes": everywhere}
    await cases.monitoring.client.put("/monitoring/v1/contacts/of-all", json=contact)
    scopes = ("monitoring:read", "monitoring:write", "monitoring:approve", "monitoring:pii")
    low = later(cases, client_for(cases.monitoring.house, region=REGION, scopes=scopes, client_id="low"))
    loop = asyncio.get_running_loop()
    few = settings(
        max_examples=5,
        stateful_step_count=6,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    machine: Any = partial(AnyOrder, loop, cases, low)
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=few)
    items = (await cases.monitoring.get("cases", limit=200))["items"]
    reached = {(case["kind"], case["status"]) for case in items}
    assert {("identification", "monitored"), ("elimination", "eliminated")} <= reached, "the walk goes all the way"
