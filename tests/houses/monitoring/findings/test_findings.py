"""Findings as clients see them: checked by what changes and at night, cleared by themselves, exempted with a reason."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest

from services.monitoring.findings.commands import check
from services.monitoring.findings.rules.table import RULES
from services.monitoring.jobs import JOBS
from shared.db.unit_of_work import UnitOfWork
from shared.security.issuer import ALL_SCOPES
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    TODAY,
    audit_rows,
    fact,
    household,
    illness_fact,
    income_fact,
    member,
    resident_id,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import WINDOW, Monitoring, correction, open_monitoring, wages, withdrawal
from tests.mechanism.probe import ON_SQLITE
from tests.problems import assert_problem, problem

BORN = dt.date(1980, 5, 1)
NUMBER = resident_id(BORN)
TOMORROW = TODAY + dt.timedelta(days=1)
WITHOUT_PERSONAL = tuple(scope for scope in ALL_SCOPES if scope != "monitoring:pii")
HEADLESS = household([member(2, id_number=resident_id(BORN, 3))])
HEADED = household([member(1, id_number=resident_id(BORN, 3))])


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


async def found(monitoring: Monitoring, **asked: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await monitoring.get("findings", **asked))["items"]
    return items


async def rules(monitoring: Monitoring, **asked: Any) -> list[str]:
    """The rules of what is open, as they are told apart."""
    return sorted(item["rule"] for item in await found(monitoring, **{"status": "open"} | asked))


async def step(monitoring: Monitoring, finding: dict[str, Any], **body: Any) -> httpx.Response:
    path = f"/monitoring/v1/findings/{finding['finding_id']}/transitions"
    return await monitoring.client.post(path, json=body)


async def at_night(monitoring: Monitoring) -> None:
    while await monitoring.house.database.write(JOBS["check-findings"].command):
        pass


async def test_what_is_odd_is_found_with_the_register_and_clears_by_itself(monitoring: Monitoring) -> None:
    await monitoring.put(HEADLESS)
    [odd] = await found(monitoring)
    assert (odd["rule"], odd["severity"], odd["group"]) == ("head-missing", "error", "identity")
    assert (odd["household_code"], odd["member_no"], odd["status"], odd["found_on"]) == (
        HOUSEHOLD,
        None,
        "open",
        TODAY.isoformat(),
    )
    assert (odd["text"], odd["inputs"], odd["exemption"]) == ("nobody is the head of the household", {}, None)
    assert (odd["history"], odd["allowed_actions"]) == ([], ["exempt"])
    await monitoring.put(HEADED)
    [odd] = await found(monitoring)
    assert (odd["status"], odd["cleared_on"], odd["allowed_actions"]) == ("cleared", TODAY.isoformat(), [])
    await monitoring.put(HEADLESS)
    [odd] = await found(monitoring, household_code=HOUSEHOLD, rule="head-missing", region_code="520626")
    assert (odd["status"], [each["action"] for each in odd["history"]]) == ("open", ["clear", "reopen"])
    assert await found(monitoring, region_code="520625") == []
    assert (await monitoring.risks(), await monitoring.events("risk-raised.v1")) == ([], []), "they open no task"


async def test_an_exemption_lasts_with_what_it_rests_on_and_until_its_last_day(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    await monitoring.put(household([*HEADED["members"], member(2, relation="head", id_number=NUMBER)]))
    [odd] = await found(monitoring)
    assert (odd["rule"], odd["inputs"]) == ("head-twice", {"members": [1, 2]})
    exempted = await step(monitoring, odd, action="exempt", reason="分户未办", until=TODAY.isoformat())
    assert exempted.status_code == 200, exempted.text
    shown = exempted.json()
    assert shown["exemption"] == {
        "reason": "分户未办",
        "until": TODAY.isoformat(),
        "on": TODAY.isoformat(),
        "by": "tester",
    }
    assert (shown["status"], shown["allowed_actions"], shown["history"][0]["note"]) == (
        "exempted",
        ["revoke"],
        "分户未办",
    )
    refused = assert_problem(await step(monitoring, odd, action="exempt", reason="再"), 409, "transition-not-allowed")
    assert refused["allowed_actions"] == ["revoke"]
    assert (await step(monitoring, odd, action="revoke")).json()["status"] == "open"
    await step(monitoring, odd, action="exempt", reason="分户未办", until=TODAY.isoformat())
    await at_night(monitoring)
    assert [item["status"] for item in await found(monitoring)] == ["exempted"]

    later = await open_monitoring(open_house, client_for, today=TOMORROW)
    await at_night(later)
    [odd] = await found(later)
    assert (odd["status"], odd["history"][-1]["action"], odd["history"][-1]["by"]) == ("open", "lapse", "system")
    await step(later, odd, action="exempt", reason="分户未办")
    three = [
        *HEADED["members"],
        *(member(no, relation="head", id_number=resident_id(BORN, 2 * no + 1)) for no in (2, 3)),
    ]
    await later.put(household(three))
    [odd] = await found(later, rule="head-twice")
    assert (odd["status"], odd["exemption"], odd["inputs"]) == ("open", None, {"members": [1, 2, 3]})


async def test_who_shares_a_number_is_told_of_its_own_region_alone(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    twice = household([member(1, id_number=NUMBER)])
    await monitoring.put(twice, "DJ-1")
    await monitoring.put(twice | {"region_code": OTHER_COUNTY_REGION}, "YJ-1")
    assert [item["household_code"] for item in await found(monitoring, rule="id-twice")] == ["YJ-1"]
    await at_night(monitoring)
    shown = {item["household_code"]: item for item in await found(monitoring, rule="id-twice")}
    assert {code: item["inputs"]["households"] for code, item in shown.items()} == {"DJ-1": ["YJ-1"], "YJ-1": ["DJ-1"]}
    assert shown["DJ-1"]["text"].endswith("as well: YJ-1")
    county = Monitoring(monitoring.house, client_for(monitoring.house, region="520626"))
    [seen] = await found(county)
    assert (seen["household_code"], seen["inputs"], "YJ-1" in seen["text"]) == ("DJ-1", {"households": []}, False)
    foreign = shown["YJ-1"]
    assert_problem(await step(county, foreign, action="exempt", reason="x"), 404, "finding-not-found")
    assert (await county.client.get(f"/monitoring/v1/findings/{foreign['finding_id']}")).status_code == 404

    await monitoring.put(household([member(1, id_number=resident_id(BORN, 3))]), "YJ-1")
    assert await rules(monitoring) == ["id-twice"], "the other household is checked soon"
    await at_night(monitoring)
    assert await rules(monitoring) == []


async def test_health_and_identity_show_their_rule_alone_to_who_may_not_see_persons(
    monitoring: Monitoring, client_for: ClientFor
) -> None:
    await monitoring.put(
        household([member(1, id_number=NUMBER, labour="lost"), member(2, student=True, birth_date="2008-05-01")])
    )
    assert await rules(monitoring) == ["healthy-without-labour", "id-length", "student-with-labour"]
    seen = {item["rule"]: item for item in await found(monitoring)}
    assert {rule: item["member_no"] for rule, item in seen.items()} == {
        "healthy-without-labour": 1,
        "id-length": 2,
        "student-with-labour": 2,
    }
    looked = [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"]
    assert HOUSEHOLD in {row["subject"] for row in looked}
    await step(monitoring, seen["student-with-labour"], action="exempt", reason="王小明勤工俭学")
    masked = Monitoring(monitoring.house, client_for(monitoring.house, scopes=WITHOUT_PERSONAL, client_id="masked"))
    hidden = {item["rule"]: item for item in await found(masked)}
    for rule in ("healthy-without-labour", "id-length"):
        assert (hidden[rule]["member_no"], hidden[rule]["inputs"]) == (None, {})
        assert hidden[rule]["text"] == "what it rests on is shown to whoever may see persons"
    shown = hidden["student-with-labour"]
    assert (shown["member_no"], shown["exemption"]["reason"], shown["history"][0]["note"]) == (2, None, None)
    sheet = await masked.client.get("/monitoring/v1/findings?format=csv")
    assert (sheet.status_code, "王小明" in sheet.text) == (200, False)


async def test_facts_are_looked_at_as_they_come(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(1, id_number=NUMBER)]))
    wage = income_fact("2026-10", "30000.01", confirmed="年终奖")
    await monitoring.record(wage, income_fact("2026-09", "5000.00"))
    assert await rules(monitoring) == ["wage-range"]
    [odd] = await found(monitoring)
    assert odd["inputs"] == {"amounts": [{"month": "2026-10", "amount": "30000.01"}]}
    right = correction(wage, "right", amount="3000.00") | {"confirmed": None}
    await monitoring.record(right)
    assert await rules(monitoring) == []
    await monitoring.record(illness_fact(), mode="backfill")
    assert await rules(monitoring) == ["healthy-and-ill"], "history as well"


async def test_circumstances_are_looked_at_as_they_come_and_the_latest_holds(monitoring: Monitoring) -> None:
    pupil = member(
        2, relation="child", birth_date="2013-05-01", labour="none", id_number=resident_id(dt.date(2013, 5, 1), 5)
    )
    await monitoring.put(household([member(1, id_number=NUMBER), pupil]))

    def schooling(event: str, **changes: Any) -> dict[str, Any]:
        return fact("schooling", event, {"event": event, "stage": "junior"}, **{"member_no": 2} | changes)

    at_school = schooling("enrolled", source="hrss")
    await monitoring.record(at_school, schooling("graduated"))
    assert await rules(monitoring) == ["pupil-without-flag"], "of one day the department counts"
    await monitoring.record(withdrawal(at_school, "wrong"))
    assert await rules(monitoring) == []
    await monitoring.record(at_school | {"source_ref": "again"}, mode="backfill")
    assert await rules(monitoring) == ["pupil-without-flag"], "history as well"
    await monitoring.put(household([member(1, id_number=NUMBER), pupil | {"student": True}]))
    assert await rules(monitoring) == []
    contract = fact("chronic", "c", {"disease": "diabetes", "contract": "active"}, member_no=1)
    relief = fact("relief", "r", {"scheme": "dibao", "status": "granted"}, member_no=1)
    await monitoring.record(
        contract, relief, fact("chronic", "d", {"disease": "mental", "contract": "none"}, member_no=1)
    )
    now = ["dibao-without-flag", "dibao-without-transfer", "healthy-under-contract"]
    assert await rules(monitoring) == now
    await at_night(monitoring)
    assert await rules(monitoring) == now
    await monitoring.put(household([member(1, id_number=resident_id(BORN, 5))], dibao=True))
    assert await rules(monitoring, rule="healthy-under-contract") == [], "whoever it was said of has left"


async def test_two_sources_of_one_leaf_are_named_the_one_that_counts_first(monitoring: Monitoring) -> None:
    await monitoring.put(household([member(1, id_number=NUMBER)]))

    def leaf(source: str, month: str = "2026-10", **changes: Any) -> dict[str, Any]:
        said = income_fact(month, "900.00", source=source, **{"member_no": 1} | changes)
        return said | {"payload": said["payload"] | {"leaf": "migrant"}}

    hrss = leaf("hrss")
    apart = [leaf("hrss", "2026-09"), leaf("village-report", "2026-08"), leaf("county-bureau", member_no=None)]
    await monitoring.record(leaf("village-report"), *apart, income_fact("2026-10", "500.00", source="payroll"))
    assert await found(monitoring) == []
    await monitoring.record(hrss)
    [odd] = await found(monitoring)
    doubled = {"member_no": 1, "leaf": "migrant", "month": "2026-10", "sources": ["hrss", "village-report"]}
    assert (odd["rule"], odd["status"], odd["inputs"]) == ("two-sources", "open", {"incomes": [doubled]})
    await monitoring.record(withdrawal(hrss, "wrong"))
    assert await rules(monitoring) == []


async def test_a_change_of_members_is_pending_until_the_register_shows_it(monitoring: Monitoring) -> None:
    two = [member(1, id_number=NUMBER), member(2, sex="F", id_number=resident_id(BORN, 4))]
    await monitoring.put(household(two))
    told = {"died": 2, "born": None, "married_out": None, "returned": 1}
    day = {"observed_on": TODAY.isoformat()}
    await monitoring.record(
        *(fact("member_change", each, {"change": each}, member_no=no, **day) for each, no in told.items())
    )
    pending = {item["member_no"]: item["inputs"]["changes"] for item in await found(monitoring, status="open")}
    assert pending == {2: ["died"], None: ["born", "married_out"]}
    await monitoring.put(household(two[:1]))
    pending = {item["member_no"]: item["inputs"]["changes"] for item in await found(monitoring, status="open")}
    assert pending == {None: ["born"]}
    born = TODAY - dt.timedelta(days=30)
    child = member(2, relation="child", labour="none", birth_date=born.isoformat(), id_number=resident_id(born, 5))
    await monitoring.put(household([*two[:1], child]))
    assert await rules(monitoring) == []


async def test_what_time_and_income_change_is_found_at_night(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    almost = (TOMORROW.replace(year=TOMORROW.year - 16)).isoformat()
    child = member(2, relation="child", birth_date=almost, labour="weak", health="chronic")
    await monitoring.put(household([member(1), child]))
    await monitoring.record(*wages(WINDOW, "300.00"))
    assert (await rules(monitoring, rule="labour-under-16"), await rules(monitoring, rule="income-very-low")) == (
        ["labour-under-16"],
        [],
    )
    await at_night(monitoring)
    assert await rules(monitoring, rule="income-very-low") == ["income-very-low"]
    later = await open_monitoring(open_house, client_for, today=TOMORROW)
    assert await rules(later, rule="labour-under-16") == ["labour-under-16"]
    await at_night(later)
    assert await rules(later, rule="labour-under-16") == []


async def test_findings_move_with_their_household_and_clear_with_its_end(monitoring: Monitoring) -> None:
    await monitoring.put(HEADLESS)
    await monitoring.put(HEADLESS | {"region_code": OTHER_COUNTY_REGION})
    assert [item["region_code"] for item in await found(monitoring)] == [OTHER_COUNTY_REGION]
    end = {"on": TODAY.isoformat(), "reason": "moved"}
    assert (await monitoring.client.post(f"/monitoring/v1/households/{HOUSEHOLD}/end", json=end)).status_code == 201
    assert [item["status"] for item in await found(monitoring)] == ["cleared"]
    await at_night(monitoring)
    assert [item["status"] for item in await found(monitoring)] == ["cleared"]


async def test_many_are_exempted_at_once_and_each_is_answered(monitoring: Monitoring, client_for: ClientFor) -> None:
    for number in (1, 2, 3):
        await monitoring.put(household([member(2, id_number=resident_id(BORN, 2 * number + 1))]), f"DJ-{number}")
    ids = [item["finding_id"] for item in await found(monitoring)]
    await monitoring.client.post(
        f"/monitoring/v1/findings/{ids[0]}/transitions", json={"action": "exempt", "reason": "x"}
    )
    path, nobody = "/monitoring/v1/findings/exemptions", "0193a1c2-0000-7000-8000-000000000000"
    body = {"ids": [*ids, nobody], "reason": "已核实"}
    answer = await monitoring.client.post(path, json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["exempted"], answer.json()["rejected"]) == (2, 2)
    assert [item["status"] for item in answer.json()["items"]] == [409, 200, 200, 404]
    again = await monitoring.client.post(path, json=body, headers={"Idempotency-Key": "k"})
    assert again.json() == answer.json()
    assert {item["status"] for item in await found(monitoring)} == {"exempted"}
    audited = [row["action"] for row in await audit_rows(monitoring.house)]
    assert audited.count("finding.exempt") == 3
    village = client_for(monitoring.house, region="520626001001", client_id="village")
    refused = (await village.post(path, json={"ids": ids, "reason": "x"})).json()
    assert {item["status"] for item in refused["items"]} == {409}
    revoked = await village.post(f"/monitoring/v1/findings/{ids[0]}/transitions", json={"action": "revoke"})
    assert_problem(revoked, 403, "level-too-low")


@ON_SQLITE
@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"action": "exempt"}, ["/reason"]),
        ({"action": "exempt", "reason": " "}, ["/reason"]),
        ({"action": "exempt", "reason": "x", "until": "2026-11-15"}, ["/until"]),
        ({"action": "revoke", "until": "2026-12-01"}, ["/until"]),
        ({"action": "close"}, ["/action"]),
        ({"action": "exempt", "reason": "x", "why": "y"}, ["/why"]),
    ],
)
async def test_what_is_no_step_is_refused(monitoring: Monitoring, body: dict[str, Any], pointers: list[str]) -> None:
    await monitoring.put(HEADLESS)
    [odd] = await found(monitoring)
    status, _, named = problem(await step(monitoring, odd, **body))
    assert (status, named) == (422, pointers)
    assert [item["status"] for item in await found(monitoring)] == ["open"]


async def test_the_rules_are_listed(monitoring: Monitoring) -> None:
    items = (await monitoring.get("finding-rules"))["items"]
    assert [item["rule"] for item in items] == list(RULES)
    head = next(item for item in items if item["rule"] == "head-missing")
    assert (head["text_zh"], head["source_rule"], head["severity"]) == ("没有户主", "3_11_001", "error")


async def test_the_night_goes_on_where_it_stood_and_waits_for_nobody(
    monitoring: Monitoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "BATCH", 2)
    for number in range(1, 6):
        await monitoring.put(household([member(1, id_number=resident_id(BORN, 2 * number + 1))]), f"DJ-{number}")
        await monitoring.record(*wages(WINDOW, "300.00", f"{number}-", household_code=f"DJ-{number}"))

    def fails(uow: UnitOfWork) -> bool:
        check.check_due(uow)
        raise RuntimeError("killed")

    assert await monitoring.house.database.write(check.check_due)
    with pytest.raises(RuntimeError):
        await monitoring.house.database.write(fails)
    assert len(await found(monitoring, rule="income-very-low")) == 2, "what was cut off is not half written"
    await at_night(monitoring)
    assert await rules(monitoring, rule="income-very-low") == 5 * ["income-very-low"]
    kept = await found(monitoring)
    await asyncio.gather(*(at_night(monitoring) for _ in range(2)))
    assert await found(monitoring) == kept
