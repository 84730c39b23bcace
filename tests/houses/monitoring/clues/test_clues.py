"""Clues as clients see them: sent, joined, linked, matched, answered under the sender's own number."""

import datetime as dt
from typing import Any

import pytest

from services.monitoring.cases.store.standings import Standing, write_standing
from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import MonitoringStatus, RiskKind
from shared.contracts.assistance import TaskReopened
from shared.ids import derived_id
from shared.security.issuer import ALL_SCOPES
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    deliver,
    household,
    illness_fact,
    member,
    resident_id,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import Monitoring, open_monitoring, withdrawal
from tests.houses.monitoring.clues.builders import (
    CLUES,
    about,
    clue,
    confirmed,
    listed,
    match_in_time,
    no_risk,
    send,
    step,
    the_clue,
    verdicts,
)
from tests.houses.monitoring.risks.test_task_verdicts import task_closed
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem

BORN = dt.date(1980, 5, 1)
NUMBER = resident_id(BORN)
SECOND = "DJ-0002"
WITHOUT_PERSONAL = tuple(scope for scope in ALL_SCOPES if scope != "monitoring:pii")
pytestmark = ON_SQLITE


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def raised(monitoring: Monitoring) -> list[tuple[str, str]]:
    """What tasks open for."""
    return [(event.data.kind.value, event.data.grade.value) for event in await monitoring.events("risk-raised.v1")]


async def told(monitoring: Monitoring) -> list[tuple[str | None, str, str | None, str]]:
    """The answers that were told."""
    answers = [event.data for event in await monitoring.events("clue-answered.v1")]
    return [(one.household_code, str(one.verdict), one.reason and str(one.reason), str(one.outcome)) for one in answers]


async def test_a_clue_waits_for_its_village_and_opens_nothing(monitoring: Monitoring) -> None:
    answer = await monitoring.client.post(CLUES, json=clue(note="独居"))
    assert (answer.status_code, answer.json()["status"], answer.json()["warnings"]) == (201, "stored", [])
    found = await the_clue(monitoring, answer.json()["clue_id"])
    assert {name: found[name] for name in clue(note="独居")} == clue(note="独居")
    assert (found["status"], found["owner_level"], found["owner_region"]) == ("open", "village", REGION)
    assert (found["due_on"], found["due_provisional"], found["overdue"]) == ("2026-11-23", False, False)
    assert (found["answer"], found["joined_to"], found["risk_id"], found["case_id"]) == (None, None, None, None)
    assert [(entry["action"], entry["by"]) for entry in found["history"]] == [("receive", "tester")]
    assert found["allowed_actions"] == ["answer", "withdraw"]
    again = await monitoring.client.post(CLUES, json=clue(note="独居"))
    assert (again.status_code, again.json()["clue_id"]) == (200, found["clue_id"])
    assert_problem(await monitoring.client.post(CLUES, json=clue()), 409, "clue-contradicts")
    assert (await raised(monitoring), await told(monitoring)) == ([], [])


async def test_a_village_answers_no_risk_and_the_sender_reads_it_under_its_number(monitoring: Monitoring) -> None:
    clue_id = await send(monitoring)
    answered = await step(monitoring, clue_id, **no_risk(), note="已报销")
    assert answered.status_code == 200, answered.text
    expected = {"verdict": "no_risk", "reason": "reimbursed", "answered_on": TODAY.isoformat(), "outcome": "none"}
    assert (answered.json()["status"], answered.json()["answer"]) == ("answered", expected)
    assert answered.json()["history"][-1]["note"] == "已报销"
    [found] = (await monitoring.get("clues", source="medical-insurance", source_ref="YB-0001"))["items"]
    assert (found["clue_id"], found["answer"]) == (clue_id, expected)
    assert await told(monitoring) == [(HOUSEHOLD, "no_risk", "reimbursed", "none")]
    assert await raised(monitoring) == []
    assert (await step(monitoring, clue_id, **no_risk())).status_code == 200, "the same again"
    assert_problem(await step(monitoring, clue_id, **no_risk(reason="other")), 409, "already-answered")
    assert_problem(await step(monitoring, clue_id, "withdraw"), 409, "transition-not-allowed")
    assert len(await told(monitoring)) == 1
    actions = [row["action"] for row in await audit_rows(monitoring.house) if row["action"].startswith("clue.")]
    assert actions == ["clue.received", "clue.answered"]


async def test_a_confirmed_clue_is_one_orange_risk_and_so_one_task(monitoring: Monitoring) -> None:
    first, second = await send(monitoring), await send(monitoring, number=2, source="civil-affairs")
    assert (await the_clue(monitoring, second))["joined_to"] == first
    assert (await step(monitoring, second, **confirmed())).status_code == 200
    assert await raised(monitoring) == [("reported", "orange")]
    risk = await monitoring.the_risk(RiskKind.REPORTED)
    assert (risk["status"], risk["reasons"][0]["inputs"]["confirmed_on"]) == ("open", TODAY.isoformat())
    for clue_id in (first, second):
        found = await the_clue(monitoring, clue_id)
        assert (found["status"], found["answer"]["verdict"], found["risk_id"]) == (
            "answered",
            "confirmed",
            risk["risk_id"],
        )
    assert len(await told(monitoring)) == 2
    third = await send(monitoring, number=3)
    assert (await step(monitoring, third, **confirmed())).status_code == 200
    assert len(await raised(monitoring)) == 1, "it stands already"
    ordered = await monitoring.get(f"households/{HOUSEHOLD}/risks")
    assert (ordered["main"], ordered["ordered"][0]["official_code"]) == ("reported", "99")


async def test_a_confirmed_clue_opens_a_case_whose_end_clears_the_risk(monitoring: Monitoring) -> None:
    early = await send(monitoring, received_on="2026-11-09")
    await send(monitoring, number=2)
    answered = (await step(monitoring, early, **confirmed())).json()
    case = await monitoring.get(f"cases/{answered['case_id']}")
    assert (case["kind"], case["opened_on"], case["due_on"]) == ("identification", TODAY.isoformat(), "2026-11-24")
    assert answered["answer"]["outcome"] == "in_procedure"
    third = (await step(monitoring, await send(monitoring, number=3), **confirmed())).json()
    assert third["case_id"] == answered["case_id"], "the household has one"
    await deliver(monitoring.house, task_closed(RiskKind.REPORTED, task_version=3))
    assert (await monitoring.the_risk(RiskKind.REPORTED))["status"] == "open"
    path = f"/monitoring/v1/cases/{answered['case_id']}/transitions"
    ended = await monitoring.client.post(path, json={"action": "withdraw", "on": TODAY.isoformat()})
    assert ended.status_code == 200, ended.text
    assert (await monitoring.the_risk(RiskKind.REPORTED))["status"] == "cleared"
    assert (await the_clue(monitoring, early))["answer"]["outcome"] == "none"
    assert [outcome for *_, outcome in await told(monitoring)] == ["in_procedure"] * 3 + ["none"] * 3


async def test_without_a_case_the_risk_clears_with_its_task(monitoring: Monitoring) -> None:
    stands = Standing(MonitoringStatus.MONITORED, episode=1, admitted_on=TODAY)
    await monitoring.house.database.write(write_standing, HOUSEHOLD, REGION, stands)
    answered = (await step(monitoring, await send(monitoring), **confirmed())).json()
    assert (answered["case_id"], answered["answer"]["outcome"]) == (None, "admitted")
    await deliver(monitoring.house, task_closed(RiskKind.REPORTED, task_version=3))
    risk = await monitoring.the_risk(RiskKind.REPORTED)
    assert (risk["status"], risk["verdict"], risk["cleared_because"]) == ("cleared", "confirmed", "cause_gone")
    assert (await step(monitoring, await send(monitoring, number=2), **confirmed())).status_code == 200
    assert [risk["episode"] for risk in await monitoring.risks(kind="reported", status="open")] == [2]


async def test_a_task_that_found_no_risk_and_is_opened_again_brings_the_same_episode_back(
    monitoring: Monitoring,
) -> None:
    assert (await step(monitoring, await send(monitoring), **confirmed())).status_code == 200
    closed = task_closed(RiskKind.REPORTED, verdict=TaskVerdict.NO_RISK, task_version=3)
    await deliver(monitoring.house, closed)
    assert (await monitoring.the_risk(RiskKind.REPORTED))["status"] == "cleared"
    named = {name: getattr(closed, name) for name in ("task_id", "risk_id", "household_code", "region_code", "kind")}
    reopened = TaskReopened(**named, episode=1, reopened_by="person", reopened_on=TODAY, task_version=4)
    await deliver(monitoring.house, reopened)
    risk = await monitoring.the_risk(RiskKind.REPORTED)
    assert (risk["status"], risk["episode"]) == ("open", 1)
    assert len(await raised(monitoring)) == 1


async def test_the_task_of_an_open_risk_answers_what_is_linked_to_it(monitoring: Monitoring) -> None:
    await monitoring.record(illness_fact())
    risk = await monitoring.the_risk(RiskKind.NEW_ILLNESS)
    linked, other = await send(monitoring), await send(monitoring, number=2, kinds=["dropout"])
    found = await the_clue(monitoring, linked)
    assert (found["status"], found["risk_id"], found["allowed_actions"]) == ("linked", risk["risk_id"], ["withdraw"])
    assert (await the_clue(monitoring, other))["joined_to"] is None, "a linked clue is joined by none"
    assert_problem(await step(monitoring, linked, **no_risk()), 409, "transition-not-allowed")
    await deliver(monitoring.house, task_closed(RiskKind.NEW_ILLNESS, task_version=3))
    found = await the_clue(monitoring, linked)
    assert (found["status"], found["answer"]["verdict"], found["answer"]["reason"]) == ("answered", "confirmed", None)
    assert found["history"][-1]["by"] == "assistance"
    assert (await the_clue(monitoring, other))["status"] == "open"
    assert [kind for kind, _ in await raised(monitoring)] == ["new_illness"], "it has its task"
    await deliver(monitoring.house, task_closed(RiskKind.NEW_ILLNESS, task_version=3))
    assert len(await told(monitoring)) == 1


async def test_another_verdict_of_a_task_is_another_answer(monitoring: Monitoring) -> None:
    await monitoring.record(illness_fact())
    linked = await send(monitoring)
    await deliver(monitoring.house, task_closed(RiskKind.NEW_ILLNESS, task_version=3))
    await deliver(monitoring.house, task_closed(RiskKind.NEW_ILLNESS, task_version=5, verdict=TaskVerdict.NO_RISK))
    await deliver(monitoring.house, task_closed(RiskKind.NEW_ILLNESS, task_version=4))
    assert (await the_clue(monitoring, linked))["answer"]["verdict"] == "no_risk"
    assert [verdict for _, verdict, *_ in await told(monitoring)] == ["confirmed", "no_risk"]


async def test_a_risk_that_clears_without_a_verdict_leaves_its_clue_to_the_village(monitoring: Monitoring) -> None:
    ill = illness_fact()
    await monitoring.record(ill)
    first, second = await send(monitoring), await send(monitoring, number=2)
    await monitoring.record(withdrawal(ill, "w1"))
    assert (await monitoring.the_risk(RiskKind.NEW_ILLNESS))["status"] == "cleared"
    found = [await the_clue(monitoring, each) for each in (first, second)]
    assert [(each["status"], each["joined_to"]) for each in found] == [("open", None), ("open", first)]
    assert [entry["action"] for entry in found[0]["history"]] == ["receive", "reopen"]
    assert (await step(monitoring, second, **no_risk())).status_code == 200
    assert len(await told(monitoring)) == 2


async def test_who_took_a_clue_back_leaves_the_others_to_be_answered(monitoring: Monitoring) -> None:
    first, second, third = [await send(monitoring, number=number) for number in (1, 2, 3)]
    withdrawn = await step(monitoring, first, "withdraw")
    assert (withdrawn.json()["status"], withdrawn.json()["allowed_actions"]) == ("withdrawn", [])
    assert (await the_clue(monitoring, second))["joined_to"] is None
    assert (await the_clue(monitoring, third))["joined_to"] == second
    assert (await step(monitoring, third, **no_risk())).status_code == 200
    assert len(await told(monitoring)) == 2


async def test_a_verdict_answers_what_had_come_in_by_its_day(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    first = await send(monitoring)
    later = await open_monitoring(open_house, client_for, today=TODAY + dt.timedelta(days=2))
    second = await send(later, number=2, received_on="2026-11-18")
    assert (await the_clue(later, second))["joined_to"] == first
    assert (await step(later, first, **no_risk(on="2026-11-17"))).status_code == 200
    found = await the_clue(later, second)
    assert (found["status"], found["joined_to"]) == ("open", None)


async def test_who_holds_an_identity_number_has_the_clue(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(1, id_number=NUMBER)]), code=SECOND)
    sent = await monitoring.client.post(CLUES, json=about(NUMBER, region_code=None))
    found = await the_clue(monitoring, sent.json()["clue_id"])
    assert (found["status"], found["household_code"], found["member_no"]) == ("open", SECOND, 1)
    assert (await monitoring.client.post(CLUES, json=about(NUMBER, region_code=None))).status_code == 200
    other = about(resident_id(BORN, 3), region_code=None)
    assert_problem(await monitoring.client.post(CLUES, json=other), 409, "clue-contradicts")
    assert NUMBER not in str(await monitoring.get("clues"))


async def test_a_clue_waits_until_its_person_is_registered(monitoring: Monitoring) -> None:
    waiting = (await monitoring.client.post(CLUES, json=about(NUMBER))).json()["clue_id"]
    found = await the_clue(monitoring, waiting)
    assert (found["status"], found["household_code"], found["region_code"]) == ("unmatched", None, REGION)
    assert_problem(await step(monitoring, waiting, **confirmed()), 409, "clue-without-household")
    assert (await monitoring.client.post(CLUES, json=about(NUMBER))).status_code == 200
    await monitoring.put(household([member(1, id_number=NUMBER)]), code=SECOND)
    found = await the_clue(monitoring, waiting)
    assert (found["status"], found["household_code"], found["member_no"]) == ("open", SECOND, 1)
    assert [entry["action"] for entry in found["history"]] == ["receive", "match"]
    assert (await monitoring.client.post(CLUES, json=about(NUMBER))).status_code == 200


async def test_two_households_with_one_number_are_told_apart_by_people(monitoring: Monitoring) -> None:
    for code in ("DJ-0002", "DJ-0003"):
        await monitoring.put(household([member(1, id_number=NUMBER)]), code=code)
    sent = (await monitoring.client.post(CLUES, json=about(NUMBER))).json()["clue_id"]
    assert (await the_clue(monitoring, sent))["status"] == "ambiguous"
    matched = await step(monitoring, sent, "match", household_code="DJ-0003")
    assert (matched.json()["status"], matched.json()["household_code"]) == ("open", "DJ-0003")
    third = (await monitoring.client.post(CLUES, json=about(NUMBER, 2))).json()["clue_id"]
    await monitoring.put(household([member(1, id_number=resident_id(BORN, 3))]), code="DJ-0002")
    await match_in_time(monitoring)
    assert (await the_clue(monitoring, third))["household_code"] == "DJ-0003", "one is left"
    assert (await the_clue(monitoring, sent))["household_code"] == "DJ-0003"


async def test_an_unmatched_clue_may_be_answered_that_there_is_no_risk(monitoring: Monitoring) -> None:
    sent = (await monitoring.client.post(CLUES, json=about(None, household_code=None))).json()["clue_id"]
    assert (await step(monitoring, sent, **no_risk(reason="not_resident"))).status_code == 200
    assert await told(monitoring) == [(None, "no_risk", "not_resident", "none")]


async def test_a_clue_follows_its_household(monitoring: Monitoring, client_for: ClientFor) -> None:
    clue_id = await send(monitoring)
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION))
    found = await the_clue(monitoring, clue_id)
    assert (found["region_code"], found["owner_region"]) == (OTHER_COUNTY_REGION, OTHER_COUNTY_REGION)
    before = client_for(monitoring.house, region="520626")
    assert_problem(await before.get(f"{CLUES}/{clue_id}"), 404, "clue-not-found")
    assert (await monitoring.client.post(CLUES, json=clue())).status_code == 200, "the same again"


async def test_a_sender_reads_its_own_clues_wherever_the_household_went(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    def client(*sources: str, region: str = "520626") -> Monitoring:
        return Monitoring(monitoring.house, client_for(monitoring.house, region=region, sources=sources))

    insurance = client("medical-insurance")
    named = await send(insurance, member_no=1, note="住院")
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION))
    assert (await step(monitoring, named, **confirmed(note="已入户"))).status_code == 200
    for shown in (
        (await insurance.get("clues", source="medical-insurance", source_ref="YB-0001"))["items"][0],
        (await insurance.get("clues", source="medical-insurance"))["items"][0],
        await the_clue(insurance, named),
    ):
        assert (shown["status"], shown["answer"]["verdict"]) == ("answered", "confirmed")
        assert (shown["household_code"], shown["member_no"], shown["note"]) == (HOUSEHOLD, 1, "住院")
        hidden = ("case_id", "risk_id", "joined_to", "history", "allowed_actions")
        assert [shown[name] for name in hidden] == [None, None, None, [], []]
    [counted] = (await insurance.get("clues/statistics"))["items"]
    assert (counted["source"], counted["sent"], counted["confirmed"]) == ("medical-insurance", 1, 1)
    assert (await insurance.get("clues/statistics", region_code="520626"))["items"] == []
    assert await listed(insurance) == []
    assert_problem(await insurance.client.get(f"/monitoring/v1/households/{HOUSEHOLD}"), 404, "household-not-found")
    assert_problem(await step(insurance, named, "withdraw"), 404, "clue-not-found")
    strangers = client("civil-affairs"), client("medical-insurance", region="520623"), client("*")
    for stranger in strangers:
        assert await listed(stranger, source="medical-insurance") == []
        assert (await stranger.get("clues/statistics"))["items"] == []
        assert_problem(await stranger.client.get(f"{CLUES}/{named}"), 404, "clue-not-found")
    assert await listed(insurance, source="medical-insurance", household_code=HOUSEHOLD) == ["YB-0001"]


async def test_whom_a_number_meant_is_not_told_outside_the_region(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.put(household([member(1, id_number=NUMBER, birth_date=BORN.isoformat())]))
    insurance = Monitoring(
        monitoring.house, client_for(monitoring.house, region="520626", sources=("medical-insurance",))
    )
    sent = (await insurance.client.post(CLUES, json=about(NUMBER))).json()["clue_id"]
    assert (await the_clue(insurance, sent))["household_code"] == HOUSEHOLD
    await monitoring.put(
        household([member(1, id_number=NUMBER, birth_date=BORN.isoformat())], region_code=OTHER_COUNTY_REGION)
    )
    shown = await the_clue(insurance, sent)
    assert (shown["source_ref"], shown["household_code"], shown["member_no"]) == ("YB-0001", None, None)
    assert await listed(insurance, source="medical-insurance") == ["YB-0001"]
    assert await listed(insurance, source="medical-insurance", household_code=HOUSEHOLD) == []


async def test_the_clue_of_a_household_that_ended_is_answered_all_the_same(monitoring: Monitoring) -> None:
    await monitoring.record(illness_fact())
    linked = await send(monitoring)
    ended = {"on": TODAY.isoformat(), "reason": "died"}
    assert (await monitoring.client.post(f"/monitoring/v1/households/{HOUSEHOLD}/end", json=ended)).status_code == 201
    assert (await the_clue(monitoring, linked))["status"] == "open"
    assert await verdicts(monitoring, no_risk(linked, reason="deceased")) == [(200, None)]
    late = await send(monitoring, number=2)
    assert (await step(monitoring, late, **confirmed())).status_code == 200
    assert await raised(monitoring) == [("new_illness", "orange")]


async def test_verdicts_are_answered_one_by_one(monitoring: Monitoring) -> None:
    await monitoring.put(code=SECOND)
    first, second = await send(monitoring), await send(monitoring, number=2, household_code=SECOND)
    by_reference = {"source": "Medical-Insurance", "source_ref": "YB-0002"}
    stranger = str(derived_id("clue", "nobody", "1"))
    given = [
        no_risk(first),
        no_risk(first),
        no_risk(first, reason="other"),
        confirmed() | by_reference,
        no_risk(stranger),
        no_risk(second, on="2026-11-17"),
        no_risk(second, reason=None),
        {"clue_id": "x"},
    ]
    assert await verdicts(monitoring, *given) == [
        (200, None),
        (200, None),
        (409, "already-answered"),
        (200, None),
        (404, "clue-not-found"),
        (409, "already-answered"),
        (422, "invalid"),
        (422, "invalid"),
    ]
    assert await raised(monitoring) == [("reported", "orange")]


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    (clue(kinds=["new_illness"] * 2), ["/kinds"]),
    (clue(kinds=["dropout", "disaster", "accident", "job_loss", "zero_job", "uninsured"]), ["/kinds"]),
    (clue(kinds=["fire"]), ["/kinds/0"]),
    (clue(received_on="2026-11-20"), ["/received_on"]),
    (clue(received_on="1949-10-01"), ["/received_on"]),
    (clue(channel="by phone"), ["/channel"]),
    (clue(channel={"by": "phone"}), ["/channel"]),
    (clue(member_no=9), ["/member_no"]),
    (clue(member_no=1, household_code=None), ["/member_no"]),
    (about("522226198005010016"), ["/id_number"]),
    (about(NUMBER, region_code=None), ["/region_code"]),
    (clue(source="monitoring"), ["/source"]),
    (clue(indicator=""), ["/indicator"]),
    (clue(extra=1), ["/extra"]),
]


@pytest.mark.parametrize(("body", "pointers"), WRONG)
async def test_a_wrong_clue_is_refused_with_its_place(
    monitoring: Monitoring, body: dict[str, Any], pointers: list[str]
) -> None:
    answer = await monitoring.client.post(CLUES, json=body)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers
    assert (await monitoring.counts())["clue"] == 0


WRONG_STEPS: list[dict[str, Any]] = [
    {"action": "answer"},
    {"action": "answer"} | no_risk(reason=None),
    {"action": "answer"} | confirmed(reason="other"),
    {"action": "answer"} | no_risk(on="2026-11-17"),
    {"action": "answer"} | no_risk(on="2026-11-15"),
    {"action": "withdraw"} | no_risk(),
    {"action": "match"},
    {"action": "answer", "household_code": HOUSEHOLD} | no_risk(),
    {"action": "receive"},
]


@pytest.mark.parametrize("body", WRONG_STEPS)
async def test_a_wrong_step_leaves_the_clue_as_it_is(monitoring: Monitoring, body: dict[str, Any]) -> None:
    clue_id = await send(monitoring)
    answer = await monitoring.client.post(f"{CLUES}/{clue_id}/transitions", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]
    assert (await the_clue(monitoring, clue_id))["status"] == "open"


async def test_a_batch_stands_or_falls_with_atomic(monitoring: Monitoring) -> None:
    wrong = clue(2, household_code="DJ-9999")
    atomic = await monitoring.client.post(CLUES, json={"atomic": True, "clues": [clue(), wrong]})
    assert [item["status"] for item in atomic.json()["items"]] == [409, 404]
    assert (await monitoring.counts())["clue"] == 0
    each = await monitoring.client.post(CLUES, json={"clues": [clue(), clue(), wrong, {"x": 1}]})
    assert [item["status"] for item in each.json()["items"]] == [201, 200, 404, 422]
    assert {name: each.json()[name] for name in ("accepted", "duplicate", "rejected")} == {
        "accepted": 1,
        "duplicate": 1,
        "rejected": 2,
    }
    many = await monitoring.client.post(CLUES, json={"clues": [clue(number) for number in range(1001)]})
    assert_problem(many, 422, "invalid")
    assert (await monitoring.counts())["clue"] == 1


async def test_a_channel_that_the_policy_does_not_list_is_taken_with_a_warning(monitoring: Monitoring) -> None:
    for number, channel in enumerate(("child_line", "village_radio")):
        answer = await monitoring.client.post(CLUES, json=clue(number, channel=channel))
        assert answer.status_code == 201, answer.text
        assert answer.json()["warnings"] == [f"channel: {channel} is not among the channels that the policy lists here"]
    assert await listed(monitoring, channel="village_radio") == ["YB-0001"]


async def test_each_level_answers_what_is_its_duty_and_a_wider_one_for_a_narrower(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.put(code=SECOND)
    for_village = await send(monitoring)
    for_county = await send(monitoring, number=2, channel="child_line", household_code=SECOND)
    joined = await send(monitoring, number=3, household_code=SECOND)
    found = await the_clue(monitoring, for_county)
    assert (found["owner_level"], found["owner_region"]) == ("county", "520626000000")
    village = Monitoring(monitoring.house, client_for(monitoring.house, region=REGION, client_id="village"))
    county = Monitoring(monitoring.house, client_for(monitoring.house, region="520626", client_id="county"))
    for clue_id in (for_county, joined):
        refused = assert_problem(await step(village, clue_id, **no_risk()), 403, "level-too-low")
        assert refused["level"] == "county"
    assert await verdicts(village, no_risk(for_county)) == [(403, "level-too-low")]
    answered = (await step(county, joined, **no_risk())).json()
    assert (answered["status"], answered["history"][-1]["acted_for"]) == ("answered", None)
    answered = (await step(county, for_village, **no_risk())).json()
    assert (answered["status"], answered["history"][-1]["acted_for"]) == ("answered", "village")


async def test_who_may_not_sees_and_does_nothing(monitoring: Monitoring, client_for: ClientFor) -> None:
    clue_id = await send(monitoring, member_no=1, note="重病")
    elsewhere = client_for(monitoring.house, region="520625")
    assert (await elsewhere.get(CLUES)).json()["items"] == []
    assert_problem(await elsewhere.get(f"{CLUES}/{clue_id}"), 404, "clue-not-found")
    assert_problem(await elsewhere.get(CLUES, params={"region_code": "520626"}), 403, "region-not-allowed")
    assert_problem(await elsewhere.post(CLUES, json=clue(2)), 404, "household-not-found")
    assert_problem(await elsewhere.post(CLUES, json=about(NUMBER, 2)), 403, "region-not-allowed")
    masked = client_for(monitoring.house, scopes=WITHOUT_PERSONAL)
    shown = (await masked.get(f"{CLUES}/{clue_id}")).json()
    assert (shown["note"], shown["member_no"], shown["indicator"]) == (None, None, None)
    blind = client_for(monitoring.house, scopes=["monitoring:write", "monitoring:read"], client_id="village")
    assert_problem(await blind.post(CLUES, json=about(NUMBER, 2)), 403, "scope-missing")
    stranger = Monitoring(monitoring.house, client_for(monitoring.house, sources=("civil-affairs",)))
    assert_problem(await step(stranger, clue_id, "withdraw"), 403, "source-not-yours")
    assert_problem(await stranger.client.post(CLUES, json=clue(2)), 403, "source-not-yours")


async def test_what_is_late_is_listed_and_counted(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    await monitoring.put(code=SECOND)
    await monitoring.put(code="DJ-0003")
    await send(monitoring)
    answered = await send(monitoring, number=2, household_code=SECOND)
    await step(monitoring, answered, **no_risk())
    await monitoring.client.post(CLUES, json=about(NUMBER, 4))
    late = await open_monitoring(open_house, client_for, today=TODAY + dt.timedelta(days=8))
    third = await send(late, number=3, household_code="DJ-0003")
    await step(late, third, **confirmed(on="2026-11-24"))
    assert await listed(late, overdue="true") == ["YB-0001"]
    assert await listed(late, overdue="false") == ["YB-0003", "YB-0004", "YB-0002"]
    [found] = (await late.get("clues/statistics", region_code="520626"))["items"]
    assert found == {
        "source": "medical-insurance",
        "sent": 4,
        "matched": 3,
        "ambiguous": 0,
        "unmatched": 1,
        "linked": 0,
        "confirmed": 1,
        "no_risk": 1,
        "open": 1,
        "overdue": 1,
        "withdrawn": 0,
        "answered_in_time": 1,
        "median_days": 4,
    }
    assert (await late.get("clues/statistics", **{"from": "2026-11-17"}))["items"] == []
    assert (await late.get("clues/statistics", to="2026-11-16"))["items"][0]["sent"] == 4


async def test_the_answer_is_in_the_change_feed(monitoring: Monitoring) -> None:
    await step(monitoring, await send(monitoring), **no_risk())
    feed = await monitoring.get("changes", types="monitoring.clue-answered.v1")
    [item] = feed["items"]
    assert (item["data"]["verdict"], item["data"]["channel"], item["region_code"]) == ("no_risk", "department", REGION)
