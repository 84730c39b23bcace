"""Slips of the pen, days that cannot be, what had happened by a day, and clocks that do not agree."""

import datetime as dt
from typing import Any

import pytest

from services.monitoring.app import MONITORING
from shared.clock import BUSINESS_ZONE
from shared.codes.monitoring import RiskKind
from shared.house import House
from tests.builders import HOUSEHOLD, TODAY, deliver, expense_fact, household, illness_fact, income_fact, member
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    WINDOW,
    YEAR_BEFORE,
    Monitoring,
    correction,
    open_monitoring,
    placement_ended,
    placement_started,
    wage_credit,
    wages,
)
from tests.logged import Logged
from tests.problems import assert_problem, pointers

LAST = WINDOW[-1]


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def test_a_wage_typed_in_fen_closes_no_alarm(monitoring: Monitoring) -> None:
    last = income_fact(LAST, "900.00")
    await monitoring.record(*wages(WINDOW[:-1], "900.00"), last)
    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "open"
    problem = assert_problem(
        await monitoring.post(correction(last, "slip", amount="90000.00")), 422, "amount-implausible"
    )
    assert pointers(problem) == ["/payload/amount"]
    assert "30000.00" in problem["detail"]
    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "open"

    meant = correction(last, "sold-the-herd", amount="90000.00") | {"confirmed": "卖了牛群"}
    assert (await monitoring.post(meant)).status_code == 201
    assert (await monitoring.the_risk(RiskKind.BELOW_LINE))["status"] == "cleared"
    [kept] = (await monitoring.get("facts", source_ref="sold-the-herd"))["items"]
    assert kept["confirmed"] == "卖了牛群"
    assert (await monitoring.post(meant | {"confirmed": "said otherwise"})).status_code == 200


@pytest.mark.parametrize(
    ("amount", "status"),
    [("0.00", 201), ("0.01", 422), ("99.99", 422), ("100.00", 201), ("30000.00", 201), ("30000.01", 422)],
)
async def test_amounts_outside_of_what_people_earn_in_a_month_need_a_word(
    monitoring: Monitoring, amount: str, status: int
) -> None:
    for mode in ("live", "backfill"):
        sent = income_fact(LAST, amount) | {"source_ref": mode}
        answer = await monitoring.post({"mode": mode, "facts": [sent]})
        assert [item["status"] for item in answer.json()["items"]] == [status]
        sure = sent | {"source_ref": f"{mode}-sure", "confirmed": "looked up twice"}
        assert (await monitoring.post({"mode": mode, "facts": [sure]})).json()["accepted"] == 1
    assert (await monitoring.post(income_fact(LAST, amount, confirmed=" "))).status_code == 422


async def test_a_bill_may_be_as_large_as_it_is(monitoring: Monitoring) -> None:
    assert (await monitoring.post(expense_fact(LAST, "80000.00", "40000.00"))).status_code == 201


async def test_a_credit_that_looks_like_a_slip_is_entered_and_told(monitoring: Monitoring, logged: Logged) -> None:
    await deliver(monitoring.house, wage_credit("w1", LAST, "90000.00"), wage_credit("w2", LAST, "3000.00"))
    assert (await monitoring.get(f"households/{HOUSEHOLD}/income"))["branches"]["wage"] == "93000.00"
    [line] = [line for line in logged.lines() if line["event"] == "credit.implausible"]
    assert line["source"] == "employment"


async def test_parts_of_a_bill_are_at_most_the_bill(monitoring: Monitoring) -> None:
    bill = expense_fact(LAST, "100.00", "60.00")
    over = bill | {"payload": bill["payload"] | {"reimbursed": "40.01"}}
    assert pointers(assert_problem(await monitoring.post(over), 422, "fact-invalid")) == ["/payload"]
    fits = bill | {"payload": bill["payload"] | {"reimbursed": "40.00"}}
    assert (await monitoring.post(fits)).status_code == 201


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        (illness_fact(observed_on="0001-01-01"), "/observed_on"),
        (illness_fact(observed_on="1989-12-31"), "/observed_on"),
        (income_fact("1989-12", "900.00"), "/payload/month"),
        (expense_fact("1900-01", "900.00", "0.00"), "/payload/month"),
        (illness_fact(observed_on="2026-11-17"), "/observed_on"),
        (income_fact("2026-12", "900.00"), "/payload/month"),
    ],
)
async def test_a_day_that_cannot_be_is_refused(monitoring: Monitoring, sent: dict[str, Any], pointer: str) -> None:
    assert pointers(assert_problem(await monitoring.post(sent), 422, "fact-invalid")) == [pointer]
    assert (await monitoring.counts())["fact"] == 0


async def test_a_diagnosis_has_one_spelling(monitoring: Monitoring) -> None:
    assert (await monitoring.post(illness_fact("c34.9"))).status_code == 201
    said = illness_fact("c34.9")
    for code in ("C34.9", " c34.9 ", "Ｃ３４．９"):
        again = await monitoring.post(said | {"payload": said["payload"] | {"code": code}})
        assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    hidden = said | {"source_ref": "x", "payload": said["payload"] | {"code": "C34\u200b.9"}}
    assert (await monitoring.post(hidden)).status_code == 422


# As of a day


async def test_a_past_day_knows_no_later_diagnosis(monitoring: Monitoring) -> None:
    await monitoring.record(illness_fact(observed_on="2026-11-02"))
    before, then = [await monitoring.verdicts(as_of=day) for day in ("2026-11-01", "2026-11-02")]
    assert (before["new_illness"]["outcome"], then["new_illness"]["outcome"]) == ("clear", "fires")
    assert (await monitoring.verdicts(as_of="2021-06-01"))["new_illness"]["outcome"] == "clear"


async def test_a_past_day_knows_no_later_bill(monitoring: Monitoring) -> None:
    await monitoring.record(expense_fact(LAST, "60000.00", "0.00", member_no=1))
    assert (await monitoring.verdicts())["new_illness"]["outcome"] == "fires"
    assert (await monitoring.verdicts(as_of="2026-10-31"))["new_illness"]["outcome"] == "clear"


async def test_a_past_day_knows_no_later_loss_of_work_and_none_that_had_not_ended(monitoring: Monitoring) -> None:
    lost, found = TODAY - dt.timedelta(days=20), TODAY - dt.timedelta(days=5)
    await deliver(monitoring.house, placement_ended("p1", ended_on=lost), placement_started("p2", started_on=found))
    days = (lost - dt.timedelta(days=1), lost, found - dt.timedelta(days=1), found)
    outcomes = [(await monitoring.verdicts(as_of=day.isoformat()))["job_loss"]["outcome"] for day in days]
    assert outcomes == ["clear", "fires", "fires", "clear"]


async def test_a_past_day_is_not_judged_as_if_a_later_alarm_stood_then(monitoring: Monitoring) -> None:
    """Close above the line an open alarm stays, and a new one is not raised."""
    window = wages(WINDOW, "2500.00")
    await monitoring.record(*window)
    await monitoring.record(correction(window[0], "c1", amount="5000.00"))
    assert (await monitoring.verdicts())["below_line"]["outcome"] == "fires"
    assert (await monitoring.verdicts(as_of="2026-11-15"))["below_line"]["outcome"] == "clear"


# Clocks


class Ticking:
    """A clock that stands at a moment of the business zone until it is set to another."""

    def __init__(self, moment: str) -> None:
        self.set(moment)

    def set(self, moment: str) -> None:
        self._now = dt.datetime.fromisoformat(moment).replace(tzinfo=BUSINESS_ZONE)

    def tick(self) -> None:
        self._now += dt.timedelta(seconds=1)

    def now(self) -> dt.datetime:
        return self._now.astimezone(dt.UTC)

    def today(self) -> dt.date:
        return self._now.date()


async def with_clock(open_house: OpenHouse, client_for: ClientFor, moment: str) -> tuple[Monitoring, Ticking]:
    """Monitoring in another process whose clock shows this."""
    house: House = await open_house(MONITORING)
    clock = Ticking(moment)
    house.database.resources.clock = clock
    return Monitoring(house, client_for(house)), clock


async def test_a_house_a_second_ahead_is_believed(open_house: OpenHouse, client_for: ClientFor) -> None:
    behind, clock = await with_clock(open_house, client_for, "2026-10-31T23:59:59")
    await behind.put(household([member(1)]))
    tomorrow = dt.date(2026, 11, 1)
    await deliver(
        behind.house,
        wage_credit("w1", "2026-11", "3000.00", credited_on=tomorrow),
        placement_ended("p1", ended_on=tomorrow),
    )
    assert (await behind.counts())["fact"] == 1
    clock.set("2026-11-01T00:01:00")
    await behind.roll()
    assert (await behind.the_risk(RiskKind.JOB_LOSS))["status"] == "open"


async def test_a_reporter_a_few_minutes_ahead_is_believed_and_judged_once_it_is_day(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    monitoring, clock = await with_clock(open_house, client_for, "2026-10-31T23:54:59")
    await monitoring.put(household([member(1)]))
    early = illness_fact(observed_on="2026-11-01")
    assert_problem(await monitoring.post(early), 422, "fact-invalid")
    clock.set("2026-10-31T23:55:00")
    assert (await monitoring.post(early)).status_code == 201
    assert (await monitoring.post(income_fact("2026-11", "900.00", observed_on="2026-10-31"))).status_code == 201
    assert_problem(await monitoring.post(illness_fact("I21", observed_on="2026-11-02")), 422, "fact-invalid")

    clock.set("2026-11-01T00:01:00")
    await monitoring.roll()
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["status"] == "open"


async def test_two_processes_with_clocks_apart_tell_each_alarm_once_over_a_month_s_end(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    """The one large income leaves the window with the turn; facts go to both processes in turn."""
    behind, slow = await with_clock(open_house, client_for, "2026-10-31T23:59:57")
    ahead, fast = await with_clock(open_house, client_for, "2026-10-31T23:59:59")
    await behind.put(household([member(1)]))
    await behind.put(household([member(1)]), code="DJ-0002")
    early = {"observed_on": "2026-10-20"}
    for code in (HOUSEHOLD, "DJ-0002"):
        own = {"prefix": code, "household_code": code} | early
        sold = {"confirmed": "sold the house"}
        await behind.record(*wages([*YEAR_BEFORE[:-1], *WINDOW[:-1]], "600.00", **own))
        await behind.record(*wages(YEAR_BEFORE[-1:], "90000.00", **own, **sold))
    assert await behind.risks() == []

    for second in range(8):
        told = income_fact(LAST, "0.00", **early) | {"source_ref": f"zero-{second}"}
        credited = wage_credit(f"c{second}", LAST, "0.00", household_code="DJ-0002", credited_on=fast.today())
        one, other = (ahead, behind) if second % 2 else (behind, ahead)
        assert (await one.post(told)).status_code == 201
        await deliver(other.house, credited)
        slow.tick()
        fast.tick()
    assert (slow.today(), fast.today()) == (dt.date(2026, 11, 1), dt.date(2026, 11, 1))
    risks = await behind.risks()
    assert {(risk["household_code"], risk["kind"], risk["episode"]) for risk in risks} == {
        (code, kind, 1) for code in (HOUSEHOLD, "DJ-0002") for kind in ("below_line", "income_drop")
    }
    events = [event.type for event in await behind.events() if "risk" in event.type]
    assert events == ["monitoring.risk-raised.v1"] * 4


async def test_a_household_is_not_judged_for_a_day_before_its_last_judgement(
    open_house: OpenHouse, client_for: ClientFor
) -> None:
    ahead = await open_monitoring(open_house, client_for, today=dt.date(2026, 11, 1))
    behind = await open_monitoring(open_house, client_for, today=dt.date(2026, 10, 31))
    await ahead.put()
    paid = wages(WINDOW, "2500.00", observed_on="2026-10-20")
    await ahead.record(*paid)
    await behind.record(correction(paid[0], "c1", amount="2400.00"))
    await behind.put(household([member(1), member(2), member(3)]))
    assert (await behind.the_risk(RiskKind.BELOW_LINE))["episode"] == 1
    decided = {event.data.decided_on for event in await behind.events() if "risk" in event.type}
    assert decided == {dt.date(2026, 11, 1)}
