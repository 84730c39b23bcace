"""What holds in a region, values that people add to it, and what another value would change."""

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.monitoring.policy.commands.roll import roll_policies
from shared.codes.monitoring import RiskKind
from shared.jobs.running import run_next_part
from tests.builders import HOUSEHOLD, OTHER_COUNTY_REGION, TODAY, audit_rows, household
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, YEAR_BEFORE, Monitoring, open_monitoring, wages
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem, problem

LINE = "monitoring.income_line"
POLICY, VALUES, SIMULATIONS = (f"/monitoring/v1/{name}" for name in ("policy", "policy-values", "policy-simulations"))
TOMORROW = TODAY + dt.timedelta(days=1)


@dataclass(frozen=True)
class Desk:
    """Monitoring in two processes over one database, and two people: who proposes and who approves."""

    monitoring: Monitoring
    elsewhere: Monitoring
    approver: httpx.AsyncClient

    async def propose(self, **changes: Any) -> httpx.Response:
        body = {
            "region_code": "5206",
            "key": LINE,
            "value": "9000",
            "from": TODAY.isoformat(),
            "to": None,
            "status": "in_force",
            "reference": "铜仁市农村工作领导小组 2026年第8号 第二条",
        }
        sent = {name: value for name, value in (body | changes).items() if value != "left out"}
        return await self.monitoring.client.post(VALUES, json=sent)

    async def step(self, value_id: str, action: str, client: httpx.AsyncClient | None = None) -> httpx.Response:
        return await (client or self.approver).post(f"{VALUES}/{value_id}/transitions", json={"action": action})

    async def approve(self, **changes: Any) -> str:
        proposed = await self.propose(**changes)
        assert proposed.status_code == 201, proposed.text
        value_id: str = proposed.json()["value_id"]
        approved = await self.step(value_id, "approve")
        assert approved.status_code == 200, approved.text
        return value_id

    async def line(self, on: dt.date, region: str = "520626001001") -> Any:
        found = await self.elsewhere.get("policy", region_code=region, on=on.isoformat(), key=LINE)
        return found["items"][0]["value"] if found["items"] else None


@pytest.fixture
async def desk(open_house: OpenHouse, client_for: ClientFor) -> Desk:
    monitoring, elsewhere = [await open_monitoring(open_house, client_for) for _ in range(2)]
    scopes = ("monitoring:read", "monitoring:approve")
    approver = client_for(monitoring.house, scopes=scopes, client_id="policy-approver")
    return Desk(monitoring, elsewhere, approver)


async def settle(monitoring: Monitoring, code: str, income: str, region: str = "520626001001") -> None:
    """A household of four with this income of every month, so that no other rule speaks."""
    await monitoring.put(household(region_code=region), code)
    facts = wages((*YEAR_BEFORE, *WINDOW), income, f"{code}-", household_code=code)
    await monitoring.record(*facts)


async def roll(monitoring: Monitoring) -> None:
    while await monitoring.house.database.write(roll_policies):
        pass


async def test_policy_is_shown_for_any_region_with_its_sources_and_what_is_missing(desk: Desk) -> None:
    found = (await desk.approver.get(POLICY, params={"region_code": "130102000000", "on": "2023-05-01"})).json()
    assert (found["region"], found["on"], found["pack"]) == (
        "130102",
        "2023-05-01",
        "130100_shijiazhuang@2026.11+development",
    )
    assert found["missing"] == [LINE]
    items = {item["key"]: item for item in found["items"]}
    assert list(items) == sorted(items)
    assert items["monitoring.causes_extra"] == {
        "key": "monitoring.causes_extra",
        "value": ["epidemic"],
        "unit": "none",
        "concept": "增列致贫返贫原因",
        "reference": "石家庄市关于实现巩固拓展脱贫攻坚成果同乡村振兴有效衔接的实施意见 二(二): 因疫情",
        "status": "in_force",
        "pack": "130100_shijiazhuang@2026.11",
        "from": "2021-01-01",
        "to": None,
    }
    assert items["monitoring.source_order"]["status"] == "assumed"
    assert problem(await desk.approver.get(POLICY, params={"region_code": "52", "key": "monitoring.lime"}))[:2] == (
        404,
        "policy-key-unknown",
    )


async def test_a_value_holds_from_its_day_in_every_process_once_a_second_person_approved_it(desk: Desk) -> None:
    proposed = (await desk.propose(**{"from": TOMORROW.isoformat()})).json()
    assert (proposed["status"], proposed["value_status"], proposed["allowed_actions"]) == (
        "proposed",
        "in_force",
        ["approve", "reject", "withdraw"],
    )
    assert await desk.line(TOMORROW) == "7990"
    for action in ("approve", "reject"):
        own = await desk.step(proposed["value_id"], action, desk.monitoring.client)
        assert_problem(own, 409, "second-person-needed")
    approved = (await desk.step(proposed["value_id"], "approve")).json()
    assert (approved["status"], approved["approved_by"], approved["allowed_actions"]) == (
        "approved",
        "policy-approver",
        [],
    )
    assert [(step["action"], step["by"]) for step in approved["history"]] == [
        ("propose", "tester"),
        ("approve", "policy-approver"),
    ]
    assert [await desk.line(day) for day in (TODAY, TOMORROW, TODAY.replace(year=2031))] == ["7990", "9000", "9000"]
    assert await desk.line(TOMORROW, "520100000000") == "7990"
    [item] = (await desk.monitoring.get("policy", region_code="5206", on=TOMORROW.isoformat(), key=LINE))["items"]
    assert (item["pack"], item["from"], item["to"], item["concept"]) == (
        "520600_tongren@2026.11+1",
        TOMORROW.isoformat(),
        None,
        "监测范围 (农村居民人均纯收入)",
    )
    [event] = await desk.monitoring.events("policy-value-approved.v1")
    assert event.data.model_dump(mode="json") == {
        "value_id": proposed["value_id"],
        "region_code": "5206",
        "key": LINE,
        "value": "9000",
        "from": TOMORROW.isoformat(),
        "to": None,
        "status": "in_force",
    }
    assert {row["action"] for row in await audit_rows(desk.monitoring.house)} >= {
        "policy-value.propose",
        "policy-value.approve",
    }
    again = assert_problem(await desk.step(proposed["value_id"], "approve"), 409, "transition-not-allowed")
    assert again["allowed_actions"] == []


async def test_the_next_roll_judges_whoever_lives_where_another_value_holds(desk: Desk) -> None:
    await settle(desk.monitoring, HOUSEHOLD, "2800.00")
    await settle(desk.monitoring, "GY-0001", "2800.00", "520103001001")
    await roll(desk.elsewhere)
    assert await desk.monitoring.risks() == []
    await desk.approve()
    assert await desk.monitoring.risks() == []
    await roll(desk.elsewhere)
    raised = await desk.monitoring.the_risk(RiskKind.BELOW_LINE)
    assert (raised["household_code"], raised["status"]) == (HOUSEHOLD, "open")
    [told] = await desk.monitoring.events("risk-raised.v1")
    assert told.data.pack == "520600_tongren@2026.11+1+development"
    published = await desk.monitoring.counts()
    await roll(desk.elsewhere)
    assert await desk.monitoring.counts() == published


async def test_a_fact_is_judged_by_what_was_approved_before_it(desk: Desk) -> None:
    await desk.approve(value="9000")
    await settle(desk.elsewhere, HOUSEHOLD, "2800.00")
    raised = await desk.monitoring.the_risk(RiskKind.BELOW_LINE)
    [line] = [one for reason in raised["reasons"] for one in reason["parameters"] if one["key"] == LINE][:1]
    assert (line["value"], line["status"], line["reference"]) == (
        "9000",
        "in_force",
        "铜仁市农村工作领导小组 2026年第8号 第二条",
    )


async def test_the_value_before_ends_the_day_before_and_none_begins_within_another(desk: Desk) -> None:
    later = await desk.approve(value="9200", **{"from": "2027-03-01"})
    for term in ({"to": None}, {"to": "2027-03-01"}, {"from": "2027-03-01"}):
        overlapping = assert_problem(await desk.propose(**term), 409, "value-overlaps")
        assert overlapping["value_id"] == later
    await desk.approve(value="9100", to="2027-02-28")
    await desk.approve(value="9300", **{"from": "2027-06-01"})
    await desk.approve(value="9999", region_code="520626", to="2027-04-30", status="announced")
    held_on = (TODAY, dt.date(2027, 2, 28), dt.date(2027, 3, 1), dt.date(2027, 5, 31), dt.date(2027, 6, 1))
    assert [await desk.line(day) for day in held_on] == ["9100", "9100", "9200", "9200", "9300"]
    [ended] = (await desk.elsewhere.get("policy", region_code="5206", on="2027-05-31", key=LINE))["items"]
    assert (ended["from"], ended["to"]) == ("2027-03-01", "2027-05-31")


async def test_of_two_approved_at_once_one_holds(desk: Desk) -> None:
    first, second = [(await desk.propose(value=value)).json()["value_id"] for value in ("9100", "9200")]
    answers = await asyncio.gather(*(desk.step(value_id, "approve") for value_id in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await desk.monitoring.events("policy-value-approved.v1")) == 1
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert_problem(refused, 409, "value-overlaps")


PARTS = {"at_once": 60, "per_hour": 100, "window_minutes": 30}


@ON_SQLITE
@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"key": "monitoring.lime"}, (404, "policy-key-unknown", [])),
        ({"key": "assets.publicity_days", "value": 5}, (404, "policy-key-unknown", [])),
        ({"value": 0.15}, (422, "policy-value-invalid", ["/value"])),
        ({"value": "-1"}, (422, "policy-value-invalid", ["/value"])),
        ({"value": True}, (422, "policy-value-invalid", ["/value"])),
        ({"value": None}, (422, "policy-value-invalid", ["/value"])),
        ({"value": "9000.123"}, (422, "policy-value-invalid", ["/value"])),
        ({"key": "monitoring.release", "value": {"at_once": 5}}, (422, "policy-value-invalid", ["/value"])),
        (
            {"key": "monitoring.release", "value": PARTS | {"at_once": "many"}},
            (422, "policy-value-invalid", ["/value/at_once"]),
        ),
        (
            {"key": "monitoring.release", "value": PARTS | {"at_once": 10**12}},
            (422, "policy-value-invalid", ["/value/at_once"]),
        ),
        (
            {"key": "monitoring.release", "value": PARTS | {"window_minutes": 600_000}},
            (422, "policy-value-invalid", ["/value"]),
        ),
        ({"value": 10**12}, (422, "policy-value-invalid", ["/value"])),
        ({"key": "monitoring.exclusion", "value": ["vehicle", 3]}, (422, "policy-value-invalid", ["/value/1"])),
        ({"key": "monitoring.exclusion", "value": "vehicle"}, (422, "policy-value-invalid", ["/value"])),
        ({"key": "monitoring.assist_before_admit", "value": "yes"}, (422, "policy-value-invalid", ["/value"])),
        ({"key": "monitoring.income_window_months", "value": "12.5"}, (422, "policy-value-invalid", ["/value"])),
        ({"key": "monitoring.income_window_months", "value": 0}, (422, "policy-value-invalid", ["/value"])),
        ({"from": "2026-11-15"}, (422, "policy-value-invalid", ["/from"])),
        ({"to": "2026-11-15"}, (422, "policy-value-invalid", ["/to"])),
        ({"region_code": "5299"}, (422, "policy-value-invalid", ["/region_code"])),
        ({"reference": " "}, (422, "invalid", ["/reference"])),
        ({"reference": "left out"}, (422, "invalid", ["/reference"])),
        ({"status": "probable"}, (422, "invalid", ["/status"])),
        ({"region_code": "53"}, (403, "region-not-allowed", [])),
        ({"region_code": "00"}, (403, "region-not-allowed", [])),
    ],
)
async def test_what_is_no_value_is_refused_and_nothing_is_kept(
    desk: Desk, changes: dict[str, Any], refused: tuple[int, str, list[str]]
) -> None:
    assert problem(await desk.propose(**changes)) == refused
    counts = await desk.monitoring.counts()
    assert (counts["policy_value"], counts["procedure_step"]) == (0, 0)


@ON_SQLITE
async def test_values_are_taken_in_the_form_of_their_parameter(desk: Desk) -> None:
    for key, value in {
        "monitoring.release": PARTS,
        "monitoring.exclusion": [],
        "monitoring.causes_extra": ["epidemic"],
        "monitoring.near_line_ratio": "0.15",
        "monitoring.serious_illnesses": [{"name": "胃癌", "codes": ["C16"]}],
        "monitoring.zero_job_for": ["all"],
    }.items():
        await desk.approve(key=key, value=value)
        [item] = (await desk.elsewhere.get("policy", region_code="520626", key=key))["items"]
        assert item["value"] == value


@ON_SQLITE
async def test_who_proposed_a_value_withdraws_it_and_who_may_not_see_it_finds_none(
    desk: Desk, client_for: ClientFor
) -> None:
    value_id = (await desk.propose()).json()["value_id"]
    county = client_for(desk.monitoring.house, region="520626", client_id="county")
    assert problem(await county.get(f"{VALUES}/{value_id}"))[1] == "policy-value-not-found"
    assert problem(await desk.step(value_id, "approve", county))[1] == "policy-value-not-found"
    assert problem(await desk.step(value_id, "withdraw"))[1] == "scope-missing"
    withdrawn = (await desk.step(value_id, "withdraw", desk.monitoring.client)).json()
    assert (withdrawn["status"], withdrawn["allowed_actions"]) == ("withdrawn", [])
    rejected = (await desk.propose()).json()["value_id"]
    assert (await desk.step(rejected, "reject")).json()["status"] == "rejected"
    assert await desk.line(TODAY) == "7990"
    listed = await desk.monitoring.get("policy-values", region_code="52", status="rejected")
    assert [item["value_id"] for item in listed["items"]] == [rejected]
    file = await desk.monitoring.client.get(VALUES, params={"format": "csv"})
    assert len(file.text.splitlines()) == 3


@ON_SQLITE
async def test_a_value_whose_first_day_is_over_is_not_approved_any_more(
    desk: Desk, open_house: OpenHouse, client_for: ClientFor
) -> None:
    value_id = (await desk.propose()).json()["value_id"]
    next_day = await open_monitoring(open_house, client_for, today=TOMORROW)
    approver = client_for(next_day.house, client_id="late")
    late = await approver.post(f"{VALUES}/{value_id}/transitions", json={"action": "approve"})
    assert assert_problem(late, 409, "step-lapsed")["not_after"] == TODAY.isoformat()


async def test_a_simulation_says_what_a_roll_would_do_and_writes_nothing(desk: Desk) -> None:
    await settle(desk.monitoring, HOUSEHOLD, "2800.00")
    await settle(desk.monitoring, "YJ-0001", "2500.00", OTHER_COUNTY_REGION)
    await settle(desk.monitoring, "YJ-0002", "9000.00", OTHER_COUNTY_REGION)
    before = await desk.monitoring.counts()
    asked: dict[str, Any] = {"region_code": "5206", "changes": [{"key": LINE, "value": "9000"}]}
    started = await desk.approver.post(SIMULATIONS, json=asked | {"as_of": TODAY.isoformat()})
    assert started.status_code == 202, started.text
    while await run_next_part(desk.elsewhere.house.database, desk.elsewhere.house.definition.long_work):
        pass
    job = (await desk.approver.get(started.json()["location"])).json()
    assert (job["kind"], job["status"], job["done"], job["total"]) == ("policy-simulation", "done", 3, 3)
    result = job["result"]
    below = {"kind": "below_line", "open_now": 1, "open_then": 2, "newly_in": 1, "newly_out": 0}
    assert result["households"] == 3
    assert [row for row in result["by_kind"] if row["open_then"]] == [below]
    counted = {row.pop("region_code"): row for row in result["by_region"]}
    assert counted["520626000000"] == {
        "households": 1,
        "open_now": 0,
        "open_then": 1,
        "newly_in": 1,
        "newly_out": 0,
    }
    assert counted["520625001000"]["households"] == 2
    assert HOUSEHOLD not in str(job)
    after = await desk.monitoring.counts()
    assert {name for name in after if after[name] != before[name]} <= {"job", "audit"}
    await desk.approve()
    await roll(desk.elsewhere)
    assert len(await desk.monitoring.risks(kind="below_line", status="open")) == below["open_then"]
    refused: dict[str, tuple[dict[str, Any], tuple[int, str, list[str]]]] = {
        "52": ({"changes": [{"key": "monitoring.lime", "value": 1}]}, (404, "policy-key-unknown", [])),
        "53": ({}, (403, "region-not-allowed", [])),
        "5206": ({"changes": [{"key": LINE, "value": []}]}, (422, "policy-value-invalid", ["/changes/0/value"])),
        "520626": ({"as_of": "9999-12-31"}, (422, "invalid", ["/as_of"])),
    }
    for region, (changes, expected) in refused.items():
        answer = await desk.approver.post(SIMULATIONS, json=asked | {"region_code": region} | changes)
        assert problem(answer) == expected


async def test_a_risk_replays_by_what_was_known_then_and_says_what_changed(desk: Desk) -> None:
    await settle(desk.monitoring, HOUSEHOLD, "2600.00")
    raised = await desk.monitoring.the_risk(RiskKind.BELOW_LINE)
    grade = raised["grade"]
    place = f"/monitoring/v1/risks/{raised['risk_id']}/replay"
    pack = "520600_tongren@2026.11+development"
    said = {"outcome": "fires", "grade": grade, "pack": pack}
    fresh = (await desk.monitoring.client.post(place)).json()
    assert fresh == {"same": True, "then": said, "replayed": said, "today": said, "changed": [], "facts_since": 0}
    await desk.approve(value="7000")
    more = wages(WINDOW, "300.00", "more-", payload={"branch": "operating", "month": "2026-10", "amount": "300.00"})[:1]
    await desk.monitoring.record(*(one | {"payload": one["payload"] | {"operating_cost": "0.00"}} for one in more))
    before = await desk.monitoring.counts()
    later = (await desk.monitoring.client.post(place)).json()
    assert later["same"]
    assert (later["then"], later["replayed"]) == (said, said)
    assert later["today"] == {"outcome": "clear", "grade": None, "pack": "520600_tongren@2026.11+1+development"}
    assert later["changed"] == [
        {"key": LINE, "then": "7990", "now": "7000", "changed_by": "tester", "approved_by": "policy-approver"}
    ]
    assert later["facts_since"] == 1
    assert await desk.monitoring.counts() == before
    assert (await desk.monitoring.get(f"households/{HOUSEHOLD}/income"))["per_head"] is not None
    end = {"on": TODAY.isoformat(), "reason": "died"}
    ended = await desk.monitoring.client.post(f"/monitoring/v1/households/{HOUSEHOLD}/end", json=end)
    assert ended.status_code == 201, ended.text
    long_after = (await desk.monitoring.client.post(place)).json()
    assert (long_after["same"], long_after["replayed"]) == (True, said)
    elsewhere = await desk.monitoring.client.post(place.replace(raised["risk_id"], raised["event_id"]))
    assert_problem(elsewhere, 404, "risk-not-found")
