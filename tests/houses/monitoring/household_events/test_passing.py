"""Money goes with who earned it: splits and merges, to the fen."""

import asyncio
from typing import Any

import pytest

from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    deliver,
    expense_fact,
    fact,
    household,
    illness_fact,
    member,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    WINDOW,
    Monitoring,
    correction,
    open_monitoring,
    wage_credit,
    wages,
    withdrawal,
)
from tests.houses.monitoring.household_events.builders import NEW, event, happened, lives_in, net, prove, send, split
from tests.mechanism.probe import ON_SQLITE
from tests.problems import problem

OTHER, FAR = "DJ-0002", "520626001002"


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    """A household of four: the spouse earns 500.00 a month, nobody by name 300.00."""
    found = await open_monitoring(open_house, client_for)
    await found.put()
    await found.record(*wages(WINDOW, "500.00", prefix="two-", member_no=2), *wages(WINDOW, "300.00", prefix="all-"))
    return found


async def spent(monitoring: Monitoring, code: str = HOUSEHOLD) -> dict[str, str]:
    """The expense on the card of a household, by kind."""
    card = await monitoring.get("reports/household-card", household_code=code)
    return {one["kind"]: one["amount"] for one in card["expense"]}


async def test_who_splits_off_takes_along_what_they_earned_in_every_month(monitoring: Monitoring) -> None:
    first = await send(monitoring, split(2, 3, head=2))
    again = await send(monitoring, split(2, 3, head=2))
    assert [answer.status_code for answer in (first, again)] == [201, 200]
    assert first.json()["event_id"] == again.json()["event_id"]

    assert (await net(monitoring), await net(monitoring, NEW)) == ("3600.00", "6000.00")
    assert (await lives_in(monitoring), await lives_in(monitoring, NEW)) == ([1, 4], [2, 3])
    new = await monitoring.get(f"households/{NEW}")
    assert [(one["member_no"], one["relation"]) for one in new["members"]] == [(2, "head"), (3, "other")]
    assert (new["region_code"], new["registered_on"]) == (REGION, "2026-06-01")
    [changed] = await monitoring.events("household-changed.v1")
    registered = (await monitoring.events("household-registered.v1"))[-1]
    assert [one.member_no for one in changed.data.members] == [1, 4]
    assert (registered.data.household_code, [one.member_no for one in registered.data.members]) == (NEW, [2, 3])
    await prove(monitoring)


async def test_as_of_a_day_before_all_is_as_it_was(monitoring: Monitoring) -> None:
    before = await monitoring.get(f"households/{HOUSEHOLD}/income", as_of="2026-05-31")
    members = await monitoring.get(f"households/{HOUSEHOLD}", as_of="2026-05-31")
    verdicts = await monitoring.verdicts(as_of="2026-05-31")
    await happened(monitoring, split(2, 3, head=2))

    assert await monitoring.get(f"households/{HOUSEHOLD}/income", as_of="2026-05-31") == before
    then = await monitoring.get(f"households/{HOUSEHOLD}", as_of="2026-05-31")
    assert (then["members"], then["member_count"]) == (members["members"], 4)
    assert await monitoring.verdicts(as_of="2026-05-31") == verdicts
    assert await lives_in(monitoring, NEW, as_of="2026-05-31") == []
    assert await net(monitoring, NEW, as_of="2026-05-31") == "0.00"
    on = await monitoring.get(f"households/{HOUSEHOLD}/income", as_of="2026-06-01")
    assert on["members"] == 2


async def test_verdicts_of_a_day_before_see_who_lived_there_and_what_was_said_of_them(monitoring: Monitoring) -> None:
    day, on = "2026-09-30", "2026-10-10"
    child = {"household_code": HOUSEHOLD, "member_no": 3, "observed_on": "2026-09-10"}
    await monitoring.record(
        illness_fact(member_no=2, observed_on="2026-09-02"),
        fact("schooling", "s", {"event": "dropped_out", "stage": "junior", "reason": None}, **child),
        fact("disability", "d", {"kind": "physical", "grade": 1}, **child | {"member_no": 4}),
        fact("dwelling", "h", {"grade": "D", "only_home": True, "checked_by": "住建局"}, **child | {"member_no": None}),
        expense_fact("2026-08", "90000.00", "90000.00", member_no=2),
        expense_fact("2026-09", "30000.00", "30000.00", "education", member_no=3),
    )
    before = await monitoring.verdicts(as_of=day)
    fires = {kind for kind, said in before.items() if said["outcome"] == "fires"}
    assert fires == {"new_illness", "unsafe_housing", "disability", "education_cost"}
    await happened(monitoring, split(2, 3, head=2, on=on))
    await happened(monitoring, event("death", "death", member_no=4, on=on))
    await happened(monitoring, event("move", "move", on="2026-10-11", region_code=OTHER_COUNTY_REGION))
    assert await monitoring.verdicts(as_of=day) == before
    after = await monitoring.verdicts()
    assert {kind for kind in fires if after[kind]["outcome"] == "fires"} == {"unsafe_housing"}


async def test_what_is_said_later_counts_where_it_belongs(monitoring: Monitoring) -> None:
    """Facts, corrections, withdrawals and credits that still name the old household."""
    await happened(monitoring, split(2, 3, head=2))
    [first, second] = wages(["2026-10", "2026-09"], "500.00", prefix="two-", member_no=2)
    late = wages(["2026-08"], "140.00", prefix="late-", member_no=2)
    await monitoring.record(*late, correction(first, "c-1", amount="600.00"), withdrawal(second, "w-1"))
    await deliver(monitoring.house, wage_credit("late", "2026-10", "11.00", member_no=2))

    assert (await net(monitoring), await net(monitoring, NEW)) == ("3600.00", "5751.00")
    assert (await monitoring.post(late[0])).json()["status"] == "duplicate"
    own = wages(["2026-07"], "109.00", prefix="own-", member_no=2, household_code=NEW)
    await monitoring.record(*own)
    assert await net(monitoring, NEW) == "5860.00"
    await prove(monitoring)


async def test_a_merge_takes_everything_along_and_ends_the_household(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(1), member(7, sex="F", birth_date="1985-01-01")]), code=OTHER)
    await monitoring.record(*wages(WINDOW, "100.00", prefix="other-", household_code=OTHER, member_no=1))
    await happened(monitoring, event("merge", into=OTHER))

    assert (await net(monitoring), await net(monitoring, OTHER)) == ("0.00", "10800.00")
    assert (await lives_in(monitoring), await lives_in(monitoring, OTHER)) == ([], [1, 7, 8, 9, 10, 11])
    gone = await monitoring.get(f"households/{HOUSEHOLD}")
    assert (gone["ended_on"], gone["end_reason"], gone["open_risks"]) == ("2026-06-01", "merged", 0)
    [ended] = await monitoring.events("household-ended.v1")
    assert (ended.data.household_code, ended.data.merged_into) == (HOUSEHOLD, OTHER)
    await monitoring.record(*wages(["2026-10"], "107.00", prefix="late-", member_no=2, observed_on="2026-11-10"))
    await deliver(monitoring.house, wage_credit("late", "2026-10", "3.00"))
    assert await net(monitoring, OTHER) == "10910.00"
    assert (await net(monitoring, as_of="2026-05-31"), await net(monitoring, OTHER, as_of="2026-05-31")) == (
        "4800.00",
        "600.00",
    )
    assert await lives_in(monitoring, as_of="2026-05-31") == [1, 2, 3, 4]
    assert problem(await monitoring.put()) == (409, "household-ended", [])
    await prove(monitoring)


async def test_who_splits_off_and_comes_back_has_the_number_and_the_money_of_before(monitoring: Monitoring) -> None:
    await happened(monitoring, split(2, 3, head=2))
    await monitoring.record(*wages(["2026-10"], "120.00", prefix="own-", household_code=NEW))
    await happened(monitoring, event("merge", "merge-1", household_code=NEW, into=HOUSEHOLD, on="2026-08-01"))
    assert await lives_in(monitoring) == [1, 2, 3, 4]
    assert (await net(monitoring), await net(monitoring, NEW)) == ("9720.00", "0.00")
    assert (await net(monitoring, as_of="2026-07-31"), await lives_in(monitoring, as_of="2026-07-31")) == (
        "2400.00",
        [1, 4],
    )
    await happened(monitoring, split(2, head=2, source_ref="split-2", code="DJ-0010", on="2026-09-01"))
    assert (await net(monitoring), await net(monitoring, "DJ-0010")) == ("3720.00", "6000.00")
    await prove(monitoring)


async def test_risks_follow_what_is_behind_them(monitoring: Monitoring) -> None:
    await monitoring.record(illness_fact(member_no=2))
    assert (await monitoring.risks(kind="new_illness"))[0]["household_code"] == HOUSEHOLD
    await happened(monitoring, split(2, 3, head=2))
    told = {(risk["household_code"], risk["status"]) for risk in await monitoring.risks(kind="new_illness")}
    assert told == {(HOUSEHOLD, "cleared"), (NEW, "open")}
    await prove(monitoring)


async def test_two_splits_and_a_fact_at_once(monitoring: Monitoring) -> None:
    late: dict[str, Any] = wages(["2026-10"], "105.00", prefix="late-", member_no=3)[0]
    answers = await asyncio.gather(
        send(monitoring, split(2, head=2, source_ref="a", code="DJ-0011")),
        send(monitoring, split(3, head=3, source_ref="b", code="DJ-0012")),
        monitoring.post(late),
        send(monitoring, split(2, head=2, source_ref="c", code="DJ-0013")),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 422]
    assert (await lives_in(monitoring), await net(monitoring)) == ([1, 4], "3600.00")
    assert await net(monitoring, "DJ-0012") == "105.00"
    await prove(monitoring)


async def test_a_house_may_correct_under_the_new_household_what_it_credited_to_the_old(
    monitoring: Monitoring,
) -> None:
    before = wage_credit("first", "2026-10", "11.00", member_no=2)
    await deliver(monitoring.house, before)
    await happened(monitoring, split(2, 3, head=2))
    after = wage_credit("second", "2026-10", "12.00", member_no=2, household_code=NEW, supersedes=before.credit_id)
    await deliver(monitoring.house, after)
    assert (await net(monitoring), await net(monitoring, NEW)) == ("3600.00", "6012.00")
    await prove(monitoring)


@ON_SQLITE
async def test_registers_show_the_money_with_who_earned_and_paid_it(monitoring: Monitoring) -> None:
    await monitoring.record(
        expense_fact("2026-04", "900.00", self_paid="300.00", member_no=2),
        expense_fact("2026-05", "80.00", self_paid="10.00", kind="housing"),
    )
    assert await spent(monitoring) == {"housing": "80.00", "medical": "900.00"}
    await happened(monitoring, split(2, 3, head=2))
    assert (await spent(monitoring), await spent(monitoring, NEW)) == ({"housing": "80.00"}, {"medical": "900.00"})
    poor = {one["household_code"]: one["per_head"] for one in (await monitoring.get("low-income"))["items"]}
    assert poor == {HOUSEHOLD: "1795.00", NEW: "2850.00"}
    for code, in_window, in_year in ((HOUSEHOLD, "3600.00", "3000.00"), (NEW, "6000.00", "5000.00")):
        card = await monitoring.get("reports/household-card", household_code=code)
        book = await monitoring.get("reports/income-book", household_code=code, period="2026")
        assert (card["income"]["wage"], book["totals"]["wage"]) == (in_window, in_year)
    await happened(monitoring, event("merge", "merge-1", household_code=NEW, into=HOUSEHOLD, on="2026-08-01"))
    assert (await spent(monitoring), await spent(monitoring, NEW)) == ({"housing": "80.00", "medical": "900.00"}, {})


@ON_SQLITE
async def test_how_people_live_counts_once_where_they_live(monitoring: Monitoring) -> None:
    child = member(3, relation="child", birth_date="2016-09-01", labour="none", student=True)
    await monitoring.put(household([member(1), member(2), child], region_code=FAR), code=OTHER)
    dropped = {"event": "dropped_out", "stage": "primary", "reason": None}
    insured = {"scheme": "basic_medical", "year": 2026, "status": "insured"}
    unsafe = {"grade": "D", "only_home": True, "checked_by": "住建局"}
    about = {"household_code": OTHER}
    await monitoring.record(
        fact("schooling", "s", dropped, member_no=3, **about),
        fact("insurance", "i", insured, member_no=2, **about),
        fact("dwelling", "d", unsafe, **about),
    )
    stays = {"dropouts": 1, "insured": 1, "unsafe_housing_open": 1}
    nothing = dict.fromkeys(stays, 0)
    assert await counted(monitoring, FAR) == stays
    await happened(monitoring, split(2, 3, head=2, household_code=OTHER))
    await happened(monitoring, event("move", "m", household_code=NEW, region_code=REGION, keep_origin=False))
    assert await counted(monitoring, FAR) == nothing | {"unsafe_housing_open": 1}, "the house stays with who stayed"
    assert await counted(monitoring, REGION) == stays | {"unsafe_housing_open": 0}
    await happened(monitoring, event("merge", "merge-1", household_code=OTHER, into=NEW, on="2026-08-01"))
    assert (await counted(monitoring, FAR), await counted(monitoring, REGION)) == (nothing, stays)
    listed = (await monitoring.get("school-age", view="county", region_code=REGION))["items"]
    assert [(one["household_code"], one["status"]) for one in listed if one["status"] == "dropped_out"] == [
        (NEW, "dropped_out")
    ]
    await happened(
        monitoring, event("leave", "l", household_code=NEW, member_no=3, reason="moved_out", on="2026-09-01")
    )
    assert (await counted(monitoring, REGION))["dropouts"] == 0
    await prove(monitoring)


async def counted(monitoring: Monitoring, region_code: str) -> dict[str, int]:
    """How the people of a village live, as of today: dropouts, insured, unsafe houses."""
    found = (await monitoring.get("indicators", region_code=region_code))["items"]
    values = {one["code"]: one for one in found}
    return {
        "dropouts": values["dropouts"]["value"],
        "insured": values["insured_rate"]["numerator"],
        "unsafe_housing_open": values["unsafe_housing_open"]["value"],
    }
