"""What became of a fact: whoever brought it can ask, misses nothing, and learns nothing that is not theirs."""

import datetime as dt
import itertools
from typing import Any

import pytest

from shared.codes.assistance import TaskVerdict
from shared.codes.monitoring import RiskKind
from shared.ids import derived_id
from tests.builders import (
    HOUSEHOLD,
    OTHER_COUNTY_REGION,
    REGION,
    TODAY,
    audit_rows,
    deliver,
    expense_fact,
    household,
    illness_fact,
    income_fact,
)
from tests.conftest import ClientFor, OpenHouse
from tests.houses.monitoring.builders import (
    WINDOW,
    Monitoring,
    correction,
    open_monitoring,
    wages,
    withdrawal,
)
from tests.houses.monitoring.risks.test_task_verdicts import task_closed
from tests.problems import assert_problem

FACTS = "/monitoring/v1/facts"
LAST = WINDOW[-1]


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    found = await open_monitoring(open_house, client_for)
    await found.put()
    return found


async def facts(monitoring: Monitoring, **wanted: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await monitoring.get("facts", **wanted))["items"]
    return found


async def test_a_new_fact_is_found_where_its_answer_says(monitoring: Monitoring) -> None:
    sent = illness_fact(source="medical-insurance", confirmed="seen twice")
    answer = await monitoring.post(sent)
    location = answer.headers["Location"]
    assert location == f"{FACTS}/{answer.json()['fact_id']}"
    assert (await monitoring.post(sent)).headers["Location"] == location
    assert (await monitoring.post(sent, key="once")).headers["Location"] == location

    found = (await monitoring.client.get(location)).json()
    risk = await monitoring.the_risk(RiskKind.NEW_ILLNESS)
    moments = [dt.datetime.fromisoformat(found.pop(name)) for name in ("recorded_at", "updated_at")]
    assert abs(moments[1] - moments[0]) < dt.timedelta(minutes=1)
    assert found == {
        "fact_id": answer.json()["fact_id"],
        "source": "medical-insurance",
        "source_ref": sent["source_ref"],
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "member_no": 1,
        "type": "illness",
        "observed_on": sent["observed_on"],
        "payload": sent["payload"],
        "confirmed": "seen twice",
        "mode": "live",
        "status": "stands",
        "supersedes": None,
        "superseded_by": None,
        "recorded_by": "tester",
        "risks": [{"risk_id": risk["risk_id"], "kind": "new_illness", "episode": 1, "status": "open", "verdict": None}],
    }


async def test_a_fact_that_raised_nothing_says_so(monitoring: Monitoring) -> None:
    answer = await monitoring.post(income_fact(LAST, "3000.00"))
    assert (await monitoring.get(f"facts/{answer.json()['fact_id']}"))["risks"] == []


async def test_the_sender_learns_what_the_visit_found(monitoring: Monitoring) -> None:
    await monitoring.post(illness_fact())
    [before] = await facts(monitoring)
    await deliver(monitoring.house, task_closed(RiskKind.NEW_ILLNESS, verdict=TaskVerdict.CONFIRMED))
    [after] = await facts(monitoring, updated_after=before["updated_at"])
    assert [risk["verdict"] for risk in after["risks"]] == ["confirmed"]
    assert after["updated_at"] > before["updated_at"]


async def test_corrected_and_withdrawn_facts_are_told_with_what_took_their_place(monitoring: Monitoring) -> None:
    diagnosis = illness_fact()
    light = correction(diagnosis, "light", code="J00", serious=False)
    await monitoring.record(diagnosis)
    [first] = await facts(monitoring)
    await monitoring.record(light)
    told = {fact["source_ref"]: fact for fact in await facts(monitoring, updated_after=first["updated_at"])}
    assert {ref: fact["status"] for ref, fact in told.items()} == {
        diagnosis["source_ref"]: "superseded",
        "light": "stands",
    }
    assert told[diagnosis["source_ref"]]["superseded_by"] == told["light"]["fact_id"]
    assert told["light"]["supersedes"] == first["fact_id"]
    assert [risk["status"] for risk in told["light"]["risks"]] == ["cleared"]

    last = max(fact["updated_at"] for fact in told.values())
    await monitoring.record(withdrawal(light, "gone"))
    told = {fact["source_ref"]: fact for fact in await facts(monitoring, updated_after=last)}
    assert {ref: fact["status"] for ref, fact in told.items()} == {"light": "withdrawn", "gone": "stands"}
    assert told["gone"]["payload"] == {"reason": "wrong_amount"}


async def test_who_brought_the_fact_behind_a_risk_hears_that_it_cleared(monitoring: Monitoring) -> None:
    *before, last_wage = wages(WINDOW, "2500.00")
    await monitoring.record(*before)
    await monitoring.post(last_wage)
    last = max(fact["updated_at"] for fact in await facts(monitoring))
    await monitoring.post(income_fact(LAST, "9000.00", branch="transfer"))
    told = {fact["source_ref"]: fact for fact in await facts(monitoring, updated_after=last)}
    assert [risk["status"] for risk in told[last_wage["source_ref"]]["risks"]] == ["cleared"]
    assert len(told) == 2


async def test_a_poller_sees_every_change_once_and_in_order(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "2500.00"))
    await monitoring.post(illness_fact())
    await monitoring.record(correction(wages(WINDOW[:1], "2500.00")[0], "c1", amount="2600.00"))
    seen: list[str] = []
    last = "2020-01-01T00:00:00Z"
    while page := await facts(monitoring, updated_after=last, limit=5):
        seen += [fact["source_ref"] for fact in page]
        moments = [fact["updated_at"] for fact in page]
        assert moments == sorted(set(moments))
        last = moments[-1]
    assert len(seen) == len(set(seen)) == 14
    assert set(seen[-2:]) == {f"wage-{WINDOW[0]}", "c1"}

    cursor, pages = None, []
    while True:
        wanted = {"limit": 4} if cursor is None else {"limit": 4, "cursor": cursor}
        answer = await monitoring.get("facts", **wanted)
        pages += [fact["source_ref"] for fact in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert pages == seen[::-1]


async def test_facts_are_found_by_source_reference_household_and_region(monitoring: Monitoring) -> None:
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION), code="YJ-0001")
    await monitoring.record(
        income_fact(LAST, "3000.00", source="Payroll"),
        income_fact(LAST, "3100.00", source="payroll", household_code="YJ-0001") | {"source_ref": "yj"},
        income_fact(LAST, "200.00", branch="transfer"),
    )
    wage = f"income-wage-{LAST}"

    async def found(**wanted: Any) -> set[str]:
        return {fact["source_ref"] for fact in await facts(monitoring, **wanted)}

    assert await found(source="PAYROLL ") == {wage, "yj"}
    assert await found(source="payroll", source_ref="yj") == {"yj"}
    assert await found(source_ref=wage) == {wage}
    assert await found(household_code="YJ-0001") == {"yj"}
    assert await found(region_code="520626") == {wage, f"income-transfer-{LAST}"}
    assert await found(source="payroll", source_ref="never") == set()
    assert_problem(await monitoring.client.get(FACTS, params={"sources": "payroll"}), 422, "invalid")
    assert_problem(await monitoring.client.get(FACTS, params={"updated_after": "1577836800"}), 422, "invalid")


async def test_a_client_sees_the_facts_of_its_regions_alone(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION), code="YJ-0001")
    await monitoring.record(illness_fact(), illness_fact("I21", household_code="YJ-0001", source="other"))
    county = Monitoring(monitoring.house, client_for(monitoring.house, region="520626"))
    assert [fact["household_code"] for fact in await facts(county)] == [HOUSEHOLD]
    elsewhere = derived_id("fact", "other", illness_fact("I21")["source_ref"])
    assert_problem(await county.client.get(f"{FACTS}/{elsewhere}"), 404, "fact-not-found")
    assert_problem(await county.client.get(f"{FACTS}/{derived_id('fact', 'nobody', '1')}"), 404, "fact-not-found")
    assert_problem(await county.client.get(FACTS, params={"region_code": "520625"}), 403, "region-not-allowed")
    writer = client_for(monitoring.house, scopes=("monitoring:write",))
    assert_problem(await writer.get(FACTS), 403, "scope-missing")


async def test_without_pii_nobody_learns_who_is_ill_of_what(monitoring: Monitoring, client_for: ClientFor) -> None:
    bill = expense_fact(LAST, "800.00", "100.00", member_no=2)
    school = expense_fact(LAST, "500.00", "100.00", "education", member_no=3)
    await monitoring.record(illness_fact(confirmed="成员1 told us"), bill, school)
    plain = Monitoring(monitoring.house, client_for(monitoring.house, scopes=("monitoring:read",)))
    shown = {fact["source_ref"]: fact for fact in await facts(plain)}
    ill = shown[illness_fact()["source_ref"]]
    assert (ill["payload"], ill["member_no"], ill["confirmed"]) == ({"serious": True}, None, None)
    assert shown[bill["source_ref"]]["member_no"] is None
    assert shown[school["source_ref"]]["member_no"] == 3
    assert await plain.get(f"facts/{ill['fact_id']}") == ill
    assert "肺癌" not in str(shown)


async def test_who_looked_at_a_diagnosis_is_known(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.record(illness_fact(), income_fact(LAST, "3000.00"))
    plain = Monitoring(monitoring.house, client_for(monitoring.house, scopes=("monitoring:read",)))
    await facts(plain)
    await facts(monitoring, source_ref=f"income-wage-{LAST}")
    assert [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"] == []

    headers = {"X-Purpose": "visit"}
    named = {"source_ref": illness_fact()["source_ref"]}
    [ill] = (await monitoring.client.get(FACTS, params=named, headers=headers)).json()["items"]
    await monitoring.client.get(f"{FACTS}/{ill['fact_id']}", headers=headers)
    looks = [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"]
    assert {(row["actor"], row["subject"], row["reason"]) for row in looks} == {("tester", HOUSEHOLD, "visit")}


async def test_who_looked_at_a_list_of_risks_of_health_is_known(monitoring: Monitoring, client_for: ClientFor) -> None:
    for code in (HOUSEHOLD, "DJ-0002", "DJ-0003"):
        await monitoring.put(code=code)
    ill = [illness_fact() | {"household_code": code, "source_ref": code} for code in (HOUSEHOLD, "DJ-0002")]
    poor = [fact | {"household_code": "DJ-0003"} for fact in wages(WINDOW, "300.00", prefix="poor")]
    await monitoring.record(*ill, *poor)
    await Monitoring(monitoring.house, client_for(monitoring.house, scopes=("monitoring:read",))).risks()
    await monitoring.risks(kind="below_line")
    assert [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"] == []

    shown = await monitoring.client.get("/monitoring/v1/risks", headers={"X-Purpose": "visit"})
    assert {risk["household_code"] for risk in shown.json()["items"]} == {HOUSEHOLD, "DJ-0002", "DJ-0003"}
    looks = [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"]
    assert [(row["actor"], row["subject"], row["reason"]) for row in looks] == [
        ("tester", HOUSEHOLD, "visit"),
        ("tester", "DJ-0002", "visit"),
    ]


async def test_the_items_of_a_batch_are_named_as_they_were_sent(monitoring: Monitoring) -> None:
    said = income_fact(LAST, "3000.00", source="Payroll ")
    answer = await monitoring.post({"facts": [said, {"source": 7}, "x", said | {"household_code": "DJ-9999"}]})
    assert [(item["source"], item["source_ref"]) for item in answer.json()["items"]] == [
        ("Payroll ", said["source_ref"]),
        (None, None),
        (None, None),
        ("Payroll ", said["source_ref"]),
    ]


async def test_risks_that_changed_later_are_listed_in_the_order_of_their_changes(monitoring: Monitoring) -> None:
    await monitoring.record(*wages(WINDOW, "2500.00"), illness_fact())
    below, ill = sorted(await monitoring.risks(), key=lambda risk: risk["kind"])
    await deliver(monitoring.house, task_closed(RiskKind.BELOW_LINE))
    last = max(below["updated_at"], ill["updated_at"])
    assert [risk["kind"] for risk in await monitoring.risks(updated_after=last)] == ["below_line"]
    early = "2020-01-01T00:00:00Z"
    page = await monitoring.get("risks", updated_after=early, limit=1)
    assert [risk["kind"] for risk in page["items"]] == ["new_illness"]
    rest = await monitoring.get("risks", updated_after=early, limit=1, cursor=page["next_cursor"])
    assert [risk["kind"] for risk in rest["items"]] == ["below_line"]
    await monitoring.put(household(region_code=OTHER_COUNTY_REGION))
    moved = await monitoring.risks(updated_after=rest["items"][0]["updated_at"])
    assert {(risk["kind"], risk["region_code"]) for risk in moved} == {
        ("below_line", OTHER_COUNTY_REGION),
        ("new_illness", OTHER_COUNTY_REGION),
    }


# Who may say it


async def test_a_client_speaks_for_its_own_sources_alone(monitoring: Monitoring, client_for: ClientFor) -> None:
    house = monitoring.house
    hospital = Monitoring(house, client_for(house, client_id="hospital", sources=None))
    own = illness_fact(source="Hospital")
    assert (await hospital.post(own)).status_code == 201
    counts = await monitoring.counts()
    foreign = illness_fact("I21", source="medical-insurance")
    assert_problem(await hospital.post(foreign), 403, "source-not-yours")
    unknown = foreign | {"household_code": "DJ-9999"}
    assert_problem(await hospital.post(unknown), 403, "source-not-yours")
    stealing = correction(income_fact(LAST, "3000.00"), "mine", amount="0.00") | {"source": "hospital"}
    assert_problem(await hospital.post(stealing), 403, "source-not-yours")
    answer = await hospital.post({"facts": [own, foreign, stealing]})
    assert [item["status"] for item in answer.json()["items"]] == [200, 403, 403]
    assert await monitoring.counts() == counts


@pytest.mark.parametrize("spelled", ["employment", "Employment", "employment ", "ｅmployment", "employment\u200b"])
async def test_nobody_speaks_for_a_house_in_any_spelling(monitoring: Monitoring, spelled: str) -> None:
    assert (await monitoring.post(income_fact(LAST, "3000.00", source=spelled))).status_code == 422
    named = {"source": spelled, "source_ref": "1"}
    answer = await monitoring.post(income_fact(LAST, "3000.00", supersedes=named))
    assert answer.status_code == 422
    assert (await monitoring.counts())["fact"] == 0


# History


async def test_only_who_may_brings_history(monitoring: Monitoring, client_for: ClientFor) -> None:
    officer = Monitoring(monitoring.house, client_for(monitoring.house, scopes=("monitoring:write",)))
    problem = assert_problem(await officer.post({"mode": "backfill", "facts": [illness_fact()]}), 403, "scope-missing")
    assert problem["scope"] == "monitoring:backfill"
    assert (await monitoring.counts())["fact"] == 0
    assert (await officer.post({"mode": "live", "facts": [illness_fact()]})).status_code == 200


async def test_history_that_is_told_again_live_is_judged_at_once(monitoring: Monitoring) -> None:
    await monitoring.record(illness_fact(), mode="backfill")
    assert await monitoring.risks() == []
    again = await monitoring.post(illness_fact())
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    risk = await monitoring.the_risk(RiskKind.NEW_ILLNESS)
    [fact] = await facts(monitoring)
    assert [one["risk_id"] for one in fact["risks"]] == [risk["risk_id"]]
    events = len(await monitoring.events())
    await monitoring.post(illness_fact())
    assert len(await monitoring.events()) == events


async def test_history_is_judged_by_the_screening_of_the_next_day(
    monitoring: Monitoring, open_house: OpenHouse, client_for: ClientFor
) -> None:
    await monitoring.put(code="DJ-0002")
    await monitoring.record(*wages(WINDOW, "2500.00"), mode="backfill")
    await monitoring.record(*wages(WINDOW, "2500.00", prefix="2-", household_code="DJ-0002"))
    await monitoring.roll()
    assert [risk["household_code"] for risk in await monitoring.risks()] == ["DJ-0002"]

    later = await open_monitoring(open_house, client_for, today=TODAY + dt.timedelta(days=1))
    await later.roll()
    assert {risk["household_code"] for risk in await later.risks()} == {HOUSEHOLD, "DJ-0002"}
    events = len(await later.events())
    await later.roll()
    assert len(await later.events()) == events


async def test_who_took_diagnoses_away_as_a_file_is_known(monitoring: Monitoring, client_for: ClientFor) -> None:
    await monitoring.put(code="DJ-0002")
    await monitoring.record(illness_fact(), income_fact(LAST, "3000.00") | {"household_code": "DJ-0002"})
    plain = client_for(monitoring.house, scopes=("monitoring:read",))
    places = (FACTS, "/monitoring/v1/risks")
    hidden = [await plain.get(place, params={"format": "csv"}) for place in places]
    assert not any("肺癌" in file.text for file in hidden)
    assert [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"] == []

    for place, form in itertools.product(places, ("csv", "xlsx")):
        taken = await monitoring.client.get(place, params={"format": form}, headers={"X-Purpose": place})
        assert taken.status_code == 200
    looks = [row for row in await audit_rows(monitoring.house) if row["action"] == "person.read"]
    assert [(row["actor"], row["subject"], row["reason"]) for row in looks] == [
        ("tester", HOUSEHOLD, place) for place in places for _ in ("csv", "xlsx")
    ]
