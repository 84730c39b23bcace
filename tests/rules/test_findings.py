"""The rules of findings: each meets its case, and leaves the near one alone."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from services.monitoring.evidence.circumstances import Circumstance
from services.monitoring.findings.rules.holding import holding
from services.monitoring.findings.rules.life_cycle import Change, Standing, follow, moved
from services.monitoring.findings.rules.seen import (
    ConfirmedAmount,
    Doubled,
    ReportedChange,
    Seen,
    SeenIncome,
    SeenMember,
    SeenRisk,
)
from services.monitoring.findings.rules.table import RULES, check, rules_reading, that_can_say
from shared.codes.monitoring import FindingAction, FindingStatus, Health, HouseholdCategory, Labour, Relation, Sex
from shared.ids import derived_id
from shared.policy.loader import PolicyBook
from shared.policy.parameters import PolicyView
from tests.builders import REGION, TODAY, resident_id
from tests.rules.builders import policy

BORN = dt.date(1980, 5, 1)
NUMBER = resident_id(BORN, 3)
COUNTY, AWAY = REGION[:6], "441900"
FEN = 100


def one(member_no: int = 1, **changes: Any) -> SeenMember:
    """A healthy head of the household, 46 years old and able to work."""
    head = SeenMember(
        member_no=member_no,
        person_id=derived_id("person", member_no),
        relation=Relation.HEAD if member_no == 1 else Relation.OTHER,
        sex=Sex.MALE,
        birth_date=BORN,
        labour=Labour.ORDINARY,
        health=Health.HEALTHY,
        student=False,
        id_number=resident_id(BORN, 2 * member_no + 1),
    )
    return replace(head, **changes)


def spouse(member_no: int = 2, **changes: Any) -> SeenMember:
    wife = {"relation": Relation.SPOUSE, "sex": Sex.FEMALE, "id_number": resident_id(BORN, 2 * member_no)}
    return one(member_no, **wife | changes)


def aged(years: int, member_no: int = 1, **changes: Any) -> SeenMember:
    """Somebody whose birthday is today."""
    born = TODAY.replace(year=TODAY.year - years)
    return one(member_no, **{"birth_date": born, "id_number": resident_id(born, 2 * member_no + 1)} | changes)


def child(years: int, **changes: Any) -> SeenMember:
    said = {"relation": Relation.CHILD, "labour": Labour.NONE}
    return aged(years, 2, **said | changes)


def home(*members: SeenMember, **changes: Any) -> Seen:
    """An ordinary household of the village about which nothing is odd."""
    fields: dict[str, Any] = {
        "code": "DJ-0001",
        "region_code": REGION,
        "category": HouseholdCategory.ORDINARY,
        "dibao": False,
        "relocated": False,
        "registered_on": dt.date(2020, 1, 1),
        "joined_on": None,
        "left_on": None,
        "on": TODAY,
        "members": members or (one(),),
    }
    return Seen(**fields | changes)


def states(*said: tuple[str, int, str, Mapping[str, Any]]) -> dict[tuple[str, int, str], Mapping[str, Any]]:
    return {(kind, member_no, matter): payload for kind, member_no, matter, payload in said}


def state(of_type: str, member_no: int = 0, matter: str = "", /, **payload: Any) -> Any:
    return states((of_type, member_no, matter, payload))


def granted(scheme: str, status: str = "granted", member_no: int = 0) -> Any:
    return state("relief", member_no, scheme, scheme=scheme, status=status)


def changed(change: str, member_no: int = 0) -> ReportedChange:
    return ReportedChange(member_no, change, TODAY)


def work(member_no: int = 1, **said: Any) -> Any:
    payload = {"status": "working", "willing": True, "place_code": AWAY, "channel": "self"}
    return state("work", member_no, **payload | said)


def posts(*member_nos: int) -> Any:
    return {key: said for number in member_nos for key, said in work(number, channel="public_post").items()}


def school(event: str, stage: str, member_no: int = 2) -> Any:
    return state("schooling", member_no, event=event, stage=stage)


def income(**sums: int) -> SeenIncome:
    """Yuan of a whole window."""
    known = sums.pop("known", 12)
    fen = {name: amount * FEN for name, amount in sums.items()}
    plain = dict.fromkeys(SeenIncome._fields, 0) | fen | {"known": known}
    return SeenIncome(**plain)


def risk(opened: str = "2026-11-01", cleared: str | None = None, *, visited: bool = False) -> SeenRisk:
    day = dt.date.fromisoformat
    return SeenRisk(cleared is None, day(opened), None if cleared is None else day(cleared), visited)


def at_risk(kind: str, **said: Any) -> dict[str, SeenRisk]:
    return {kind: risk(**said)}


def dismissed(kind: str) -> dict[str, SeenRisk]:
    return at_risk(kind, opened="2026-01-01", cleared="2026-08-01", visited=True)


UNSAFE = state("dwelling", grade="D", only_home=True, checked_by="住建")
SECOND_HOME = state("dwelling", grade="D", only_home=False, checked_by="住建")
CUT, GOOD = state("water", quality="good", cut_since="2026-09-01"), state("water", quality="good", cut_since=None)
BARE = state("insurance", 1, "basic_medical", status="uninsured", year=TODAY.year)
BARE_LAST_YEAR = state("insurance", 1, "basic_medical", status="uninsured", year=TODAY.year - 1)
OUT, IN = school("dropped_out", "junior"), school("enrolled", "junior")
PUPIL = child(13, student=True)
CERTIFIED = state("disability", 1, kind="physical", grade=2)


class Case(NamedTuple):
    """A household that a rule meets, and a near one that it does not meet."""

    rule: str
    met: Seen
    near: Seen
    members: tuple[int | None, ...] = (None,)
    """About whom something is found; none about the household."""


HEAD, SECOND = (1,), (2,)
CASES = [
    Case("id-twice", home(elsewhere={1: {"DJ-2": REGION}}), home(), HEAD),
    Case("id-length", home(one(id_number=None)), home(), HEAD),
    Case("id-check-digit", home(one(id_number=f"{NUMBER[:-1]}{'0' if NUMBER[-1] != '0' else '1'}")), home(), HEAD),
    Case("id-birth-date", home(one(birth_date=dt.date(1980, 5, 2))), home(), HEAD),
    Case("id-sex", home(one(sex=Sex.FEMALE)), home(), HEAD),
    Case("person-twice", home(one(), one(2, id_number=None), one(3)), home(one(), one(2), one(3)), (3,)),
    Case("head-missing", home(one(2)), home()),
    Case("head-twice", home(one(), one(2, relation=Relation.HEAD)), home(one(), one(2))),
    Case("spouse-twice", home(one(), spouse(), spouse(member_no=3)), home(one(), spouse())),
    Case("spouse-same-sex", home(one(), spouse(sex=Sex.MALE)), home(one(), spouse()), SECOND),
    Case(
        "parents-same-sex",
        home(aged(20), aged(50, 2, relation=Relation.PARENT), aged(52, 3, relation=Relation.PARENT)),
        home(aged(20), aged(50, 2, relation=Relation.PARENT), aged(52, 3, relation=Relation.PARENT, sex=Sex.FEMALE)),
    ),
    Case("child-too-old", home(aged(40), child(26)), home(aged(40), child(25)), SECOND),
    Case(
        "parent-too-young",
        home(aged(40), aged(54, 2, relation=Relation.PARENT)),
        home(aged(40), aged(55, 2, relation=Relation.PARENT)),
        SECOND,
    ),
    Case("head-minor", home(aged(17), aged(40, 2)), home(aged(17), aged(16, 2)), HEAD),
    Case("spouse-too-young", home(aged(30), spouse(birth_date=aged(19).birth_date)), home(aged(30), spouse()), SECOND),
    Case("registered-before-birth", home(registered_on=dt.date(1980, 4, 30)), home(registered_on=BORN)),
    Case("member-change-pending", home(changes=[changed("died", 1)]), home(changes=[changed("married_in", 1)]), HEAD),
    Case("member-change-pending", home(changes=[changed("born")]), home(one(), child(0), changes=[changed("born")])),
    Case("member-change-pending", home(one(), child(1), changes=[changed("born")]), home()),
    *(
        Case("member-change-pending", home(changes=[changed(change)]), home(changes=[changed(change)], **since))
        for change, since in (
            *((change, {"joined_on": TODAY}) for change in ("married_in", "returned")),
            *((change, {"left_on": TODAY}) for change in ("died", "married_out", "moved_out", "enlisted")),
        )
    ),
    Case(
        "member-change-pending",
        home(changes=[changed("returned")], joined_on=TODAY - dt.timedelta(days=1), left_on=TODAY),
        home(changes=[changed("returned")], joined_on=TODAY + dt.timedelta(days=1)),
    ),
    Case("unsafe-housing-unmonitored", home(states=UNSAFE), home(states=SECOND_HOME)),
    Case("unsafe-water-unmonitored", home(states=CUT), home(states=GOOD)),
    Case("uninsured-unmonitored", home(states=BARE), home(states=BARE_LAST_YEAR)),
    Case("out-of-school-unmonitored", home(one(), PUPIL, states=OUT), home(one(), PUPIL, states=IN)),
    Case("below-line-unmonitored", home(income=income(wage=6999)), home(income=income(wage=6999, known=11))),
    Case(
        "disability-risk-without-disabled",
        home(risks=at_risk("disability")),
        home(risks=at_risk("disability"), states=CERTIFIED),
    ),
    Case(
        "illness-risk-without-ill",
        home(risks=at_risk("new_illness")),
        home(risks=at_risk("new_illness"), diagnosed=frozenset({0})),
    ),
    Case(
        "illness-risk-without-cost",
        home(risks=at_risk("new_illness"), income=income()),
        home(risks=at_risk("new_illness"), income=income(self_paid=1)),
    ),
    Case(
        "work-risk-without-labour",
        home(one(labour=Labour.LOST), risks=at_risk("job_loss")),
        home(one(labour=Labour.WEAK), risks=at_risk("job_loss")),
    ),
    Case(
        "unsafe-water-unlisted",
        home(states=CUT, risks=at_risk("job_loss")),
        home(states=CUT, risks=at_risk("unsafe_water")),
    ),
    Case(
        "uninsured-unlisted",
        home(states=BARE, risks=at_risk("job_loss")),
        home(states=BARE, risks=at_risk("uninsured")),
    ),
    Case(
        "risk-list-empty",
        home(states=granted("rigid_expense")),
        home(states=granted("rigid_expense"), risks=at_risk("rigid_expense")),
    ),
    Case(
        "disaster-without-sub-kind",
        home(states=state("disaster", sub_kind="other"), risks=at_risk("disaster")),
        home(states=state("disaster", sub_kind="flood"), risks=at_risk("disaster")),
    ),
    Case(
        "risk-unattended",
        home(risks=at_risk("job_loss", opened="2026-10-16")),
        home(risks=at_risk("job_loss", opened="2026-10-17")),
    ),
    Case(
        "risk-long-open",
        home(risks=at_risk("job_loss", opened="2026-05-16", visited=True)),
        home(risks=at_risk("job_loss", opened="2026-05-17", visited=True)),
    ),
    Case(
        "cleared-too-soon",
        home(risks=at_risk("job_loss", opened="2026-01-02", cleared="2026-07-01", visited=True)),
        home(risks=at_risk("job_loss", opened="2026-01-01", cleared="2026-07-01", visited=True)),
    ),
    Case(
        "cleared-at-once",
        home(risks=at_risk("job_loss", opened="2026-01-01", cleared="2026-02-28", visited=True)),
        home(risks=at_risk("job_loss", opened="2026-01-31", cleared="2026-03-01", visited=True)),
    ),
    Case(
        "cleared-below-line",
        home(risks=dismissed("below_line"), income=income(wage=6999)),
        home(risks=dismissed("below_line"), income=income(wage=90000)),
    ),
    Case(
        "cleared-with-unsafe-housing",
        home(risks=dismissed("unsafe_housing"), states=UNSAFE),
        home(risks=dismissed("unsafe_water"), states=UNSAFE),
    ),
    Case(
        "cleared-with-unsafe-water",
        home(risks=dismissed("unsafe_water"), states=CUT),
        home(risks=dismissed("unsafe_water"), states=GOOD),
    ),
    Case(
        "cleared-uninsured",
        home(risks=dismissed("uninsured"), states=BARE),
        home(risks=dismissed("uninsured"), states=BARE_LAST_YEAR),
    ),
    Case(
        "cleared-out-of-school",
        home(one(), PUPIL, risks=dismissed("dropout"), states=OUT),
        home(one(), PUPIL, risks=dismissed("dropout"), states=IN),
    ),
    Case(
        "cleared-without-labour",
        home(one(labour=Labour.NONE), risks=dismissed("job_loss")),
        home(one(labour=Labour.NONE), risks=dismissed("job_loss") | at_risk("below_line")),
    ),
    Case(
        "cleared-with-months-missing",
        home(risks=dismissed("job_loss"), income=income(known=11)),
        home(risks=dismissed("job_loss"), income=income(known=12)),
    ),
    Case(
        "dibao-flag-after-the-end",
        home(dibao=True, states=granted("dibao", "ended")),
        home(dibao=True, states=granted("dibao")),
    ),
    Case(
        "dibao-flag-after-the-end",
        home(dibao=True, states=granted("dibao", "ended")),
        home(dibao=True, states=granted("dibao", "ended") | granted("dibao", member_no=1)),
    ),
    Case("dibao-without-flag", home(states=granted("dibao")), home(dibao=True, states=granted("dibao"))),
    Case(
        "dibao-and-tekun",
        home(states=granted("dibao") | granted("tekun")),
        home(states=granted("dibao") | granted("tekun", "ended")),
    ),
    Case(
        "tekun-without-entitled",
        home(one(), one(2), states=granted("tekun")),
        home(one(), one(2, labour=Labour.NONE), states=granted("tekun")),
    ),
    Case(
        "wages-without-worker",
        home(states=work(status="jobless"), income=income(wage=1)),
        home(one(), one(2), states=work(status="jobless"), income=income(wage=1)),
    ),
    Case(
        "work-without-wages",
        home(states=work(), income=income(operating=9)),
        home(states=work(), income=income(wage=1)),
    ),
    *(
        Case(
            rule,
            home(states=granted(scheme), income=income(wage=9)),
            home(states=granted(scheme), income=income(transfer=1)),
        )
        for rule, scheme in (
            ("dibao-without-transfer", "dibao"),
            ("tekun-without-transfer", "tekun"),
            ("disability-living-without-transfer", "disability_living"),
            ("disability-care-without-transfer", "disability_care"),
        )
    ),
    Case(
        "disability-relief-without-disabled",
        home(states=granted("disability_care")),
        home(one(health=Health.DISABLED), states=granted("disability_care")),
    ),
    Case(
        "vocational-without-aid",
        home(category=HouseholdCategory.LIFTED, states=school("enrolled", "vocational"), income=income()),
        home(category=HouseholdCategory.ORDINARY, states=school("enrolled", "vocational"), income=income()),
    ),
    Case(
        "production-without-operating",
        home(states=state("production", outcome="failed"), income=income()),
        home(states=state("production", outcome="failed"), income=income(operating=1)),
    ),
    Case(
        "income-high-at-risk",
        home(risks=at_risk("below_line"), income=income(wage=20001)),
        home(risks=at_risk("below_line"), income=income(wage=20000)),
    ),
    Case("income-very-low", home(income=income(wage=3999)), home(income=income(wage=4000))),
    Case("wage-of-the-year-low", home(income=income(wage=100)), home(income=income(wage=101))),
    Case("two-sources", home(doubled=[Doubled(1, "migrant", "2026-10", ("hrss", "village-report"))]), home()),
    Case(
        "healthy-without-labour",
        home(aged(59, labour=Labour.LOST)),
        home(aged(60, labour=Labour.LOST), aged(16, 2, labour=Labour.NONE, student=True)),
        HEAD,
    ),
    Case(
        "healthy-with-weak-labour",
        home(aged(16, labour=Labour.WEAK)),
        home(aged(16, labour=Labour.WEAK, health=Health.CHRONIC)),
        HEAD,
    ),
    Case("student-with-labour", home(one(student=True)), home(one(student=True, labour=Labour.NONE)), HEAD),
    Case(
        "labour-under-16",
        home(one(), replace(child(15), labour=Labour.WEAK)),
        home(one(), replace(child(16), labour=Labour.WEAK)),
        SECOND,
    ),
    Case("labour-of-old", home(aged(76)), home(aged(76, labour=Labour.WEAK)), HEAD),
    Case(
        "severe-disability-with-labour",
        home(states=CERTIFIED),
        home(states=state("disability", 1, kind="visual", grade=1)),
        HEAD,
    ),
    Case(
        "unable-with-labour",
        home(states=state("care", 1, level="unable")),
        home(states=state("care", 1, level="partly")),
        HEAD,
    ),
    Case("tekun-healthy", home(aged(18), states=granted("tekun")), home(aged(17), states=granted("tekun")), HEAD),
    Case("work-under-16", home(aged(15), states=work()), home(aged(16), states=work()), HEAD),
    Case(
        "tekun-working",
        home(states=work() | granted("tekun")),
        home(states=work(status="jobless") | granted("tekun")),
        HEAD,
    ),
    Case("work-of-student", home(one(student=True), states=work()), home(states=work()), HEAD),
    Case(
        "work-without-labour",
        home(one(labour=Labour.NONE), states=work()),
        home(one(labour=Labour.WEAK), states=work()),
        HEAD,
    ),
    Case(
        "wage-range",
        home(confirmed=[ConfirmedAmount(1, "2026-10", 3000001)]),
        home(confirmed=[ConfirmedAmount(1, "2026-10", 3000000)]),
    ),
    Case(
        "wage-low",
        home(states=work(), income=income(wage=4799)),
        home(states=work(), income=income(wage=4800)),
    ),
    *(
        Case(
            rule,
            home(states=work(channel=channel)),
            home(states=work(channel=channel, place_code=COUNTY)),
            HEAD,
        )
        for rule, channel in (("away-with-public-post", "public_post"), ("away-with-workshop", "workshop"))
    ),
    Case(
        "organised-work-at-home",
        home(states=work(channel="organised", place_code=COUNTY)),
        home(states=work(channel="organised")),
        HEAD,
    ),
    Case("work-place-too-wide", home(states=work(place_code="440300")), home(states=work(place_code="440305")), HEAD),
    Case("work-place-missing", home(states=work(place_code=None)), home(states=work()), HEAD),
    Case("work-channel-missing", home(states=work(channel=None)), home(states=work()), HEAD),
    Case(
        "willing-without-channel",
        home(states=work(status="jobless", channel=None)),
        home(states=work(status="jobless", channel=None, willing=False)),
        HEAD,
    ),
    *(
        Case(
            rule,
            home(states=school("graduated", stage, 1) | work(status="jobless")),
            home(states=school("graduated", stage, 1) | work()),
            HEAD,
        )
        for rule, stage in (("college-not-working", "college"), ("vocational-not-working", "vocational"))
    ),
    Case(
        "skilled-not-working",
        home(one(labour=Labour.SKILLED), states=work(status="jobless")),
        home(one(labour=Labour.SKILLED), states=work()),
        HEAD,
    ),
    Case(
        "skilled-work-unknown",
        home(one(labour=Labour.SKILLED)),
        home(one(labour=Labour.SKILLED), states=work()),
        HEAD,
    ),
    Case(
        "post-under-16",
        home(aged(15), states=work(channel="public_post")),
        home(aged(16), states=work(channel="public_post")),
        HEAD,
    ),
    Case(
        "post-over-age",
        home(aged(70), states=work(channel="public_post")),
        home(aged(69), states=work(channel="public_post")),
        HEAD,
    ),
    Case(
        "post-without-labour",
        home(one(labour=Labour.LOST), states=work(channel="public_post")),
        home(one(labour=Labour.WEAK), states=work(channel="public_post")),
        HEAD,
    ),
    Case(
        "posts-too-many",
        home(one(), one(2), one(3), states=posts(1, 2, 3)),
        home(one(), one(2), one(3), states=posts(1, 2)),
    ),
    Case(
        "post-without-months",
        home(states=work(channel="public_post"), income=income()),
        home(states=work(channel="public_post"), income=income(wage=1)),
    ),
    *(
        Case(rule, home(states=state("means", **{field: beyond})), home(states=state("means", **{field: most})))
        for rule, field, beyond, most in (
            ("arable-range", "arable_mu", "100.1", "100"),
            ("forest-range", "forest_mu", "201", "200.0"),
            ("road-range", "road_km", "5.1", "5.0"),
        )
    ),
    *(
        Case(
            rule,
            home(one(), child(wrong), states=school("enrolled", stage)),
            home(one(), child(right), states=school("enrolled", stage)),
            SECOND,
        )
        for rule, stage, wrong, right in (
            ("primary-age", "primary", 15, 14),
            ("junior-age", "junior", 11, 12),
            ("senior-age", "senior", 21, 20),
            ("vocational-age", "vocational", 14, 15),
            ("college-age", "college", 17, 18),
        )
    ),
    Case("student-age", home(one(), child(2, student=True)), home(one(), child(3, student=True)), SECOND),
    Case("student-out-of-school", home(one(), PUPIL, states=OUT), home(one(), PUPIL, states=IN), SECOND),
    Case("pupil-without-flag", home(one(), child(13), states=IN), home(one(), PUPIL, states=IN), SECOND),
    Case("healthy-and-disabled", home(states=CERTIFIED), home(one(health=Health.DISABLED), states=CERTIFIED), HEAD),
    Case(
        "disabled-without-certificate",
        home(one(), one(2, health=Health.DISABLED), states=CERTIFIED),
        home(one(health=Health.DISABLED), states=CERTIFIED),
        SECOND,
    ),
    Case("healthy-and-ill", home(diagnosed=frozenset({1})), home(diagnosed=frozenset({0, 2})), HEAD),
    Case(
        "healthy-and-unable",
        home(states=state("care", 1, level="unable")),
        home(one(health=Health.CHRONIC), states=state("care", 1, level="unable")),
        HEAD,
    ),
    Case(
        "healthy-under-contract",
        home(states=state("chronic", 1, "diabetes", disease="diabetes", contract="active")),
        home(states=state("chronic", 1, "diabetes", disease="diabetes", contract="none")),
        HEAD,
    ),
]


ORDER = ("civil-affairs", "village-report")
YEAR_AGO = TODAY.replace(year=TODAY.year - 1)


def said(payload: Mapping[str, Any], *, member_no: int = 1, source: str = "village-report", on: dt.date = TODAY) -> Any:
    moment = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    return Circumstance(derived_id("fact", str(payload), source), member_no, source, on, moment, payload)


@pytest.mark.parametrize(
    ("kind", "reported", "expected"),
    [
        (
            "care",
            [
                said({"level": "able"}, source="civil-affairs"),
                said({"level": "partly"}),
                said({"level": "unable"}, on=YEAR_AGO, source="civil-affairs"),
            ],
            {(1, ""): {"level": "able"}},
        ),
        (
            "schooling",
            [said({"event": "dropped_out"}, on=YEAR_AGO), said({"event": "persuasion_visit"})],
            {(1, ""): {"event": "dropped_out"}},
        ),
        (
            "insurance",
            [
                said({"scheme": "basic_medical", "year": year, "status": status})
                for year, status in ((2026, "a"), (2027, "b"))
            ],
            {(1, "basic_medical"): {"scheme": "basic_medical", "year": 2026, "status": "a"}},
        ),
        (
            "chronic",
            [said({"disease": disease}) for disease in ("diabetes", "mental")],
            {(1, disease): {"disease": disease} for disease in ("diabetes", "mental")},
        ),
        (
            "water",
            [said({"quality": "bad"}, member_no=0, on=YEAR_AGO), said({"quality": "good"}), said({"quality": None})],
            {(0, ""): {"quality": "good"}},
        ),
        ("disaster", [said({"sub_kind": "flood"}, on=YEAR_AGO)], {}),
        ("production", [said({"kind": "crop"}, on=YEAR_AGO + dt.timedelta(days=1))], {(0, ""): {"kind": "crop"}}),
    ],
)
def test_the_latest_holds_by_member_and_matter(kind: str, reported: Any, expected: Any) -> None:
    parameters = replace(policy(source_order=ORDER, event_months=12), decided_on=TODAY)
    found = {(kind, *key): payload for key, payload in expected.items()}
    assert holding(kind, reported, parameters) == found
    assert holding(kind, reported[::-1], parameters) == found


def test_where_the_policy_does_not_say_how_long_events_count_none_does() -> None:
    happened = [said({"sub_kind": "flood"})]
    assert holding("disaster", happened, replace(policy(event_months=None), decided_on=TODAY)) == {}


@pytest.fixture(scope="module")
def numbers(policy_book: PolicyBook) -> Mapping[str, Any]:
    view: PolicyView = policy_book.at(REGION, TODAY)
    return {key: value.value for key, value in view.values.items()}


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(RULES)
    assert len(RULES) >= 80
    assert len({number for rule in RULES.values() for number in (rule.source or "").split(", ")}) >= 80


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_a_rule_meets_its_case_and_no_near_one(case: Case, numbers: Mapping[str, Any]) -> None:
    rule = RULES[case.rule]
    assert tuple(found.member_no for found in rule.check(case.met, numbers)) == case.members
    assert list(rule.check(case.near, numbers)) == []


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_a_rule_knows_what_it_looks_at(case: Case, numbers: Mapping[str, Any]) -> None:
    """Only what it says to read, and only the numbers that it names: so it is checked whenever one of them changes."""
    rule = RULES[case.rule]
    own = {key: numbers[key] for key in rule.parameters}
    assert list(rule.check(case.met, own)) == list(rule.check(case.met, numbers))
    kept = {key: said for key, said in case.met.states.items() if key[0] in rule.reads}
    assert list(rule.check(replace(case.met, states=kept), own)) == list(rule.check(case.met, own))


def test_nothing_is_odd_about_an_ordinary_household(numbers: Mapping[str, Any]) -> None:
    family = home(one(), spouse(), child(13, student=True), income=income(wage=60000, self_paid=10))
    assert check(RULES.values(), family, numbers) == {}


def test_a_rule_without_its_number_says_nothing() -> None:
    assert {rule.code for rule in that_can_say(RULES.values(), {})} == {
        rule.code for rule in RULES.values() if not rule.parameters
    }
    assert "wage-range" in {rule.code for rule in rules_reading(frozenset({"confirmed amounts"}))}


FOUND = Standing(FindingStatus.OPEN, REGION, None, {"a": 1}, TODAY)
EXEMPTED = replace(FOUND, status=FindingStatus.EXEMPTED, exempt_until=TODAY)
CLEARED = replace(FOUND, status=FindingStatus.CLEARED, cleared_on=TODAY)
TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("kept", "found", "today", "status", "action"),
    [
        (FOUND, FOUND, TOMORROW, None, None),
        (FOUND, replace(FOUND, inputs={"a": 2}), TOMORROW, FindingStatus.OPEN, None),
        (FOUND, None, TODAY, FindingStatus.CLEARED, FindingAction.CLEAR),
        (CLEARED, None, TOMORROW, None, None),
        (CLEARED, FOUND, TOMORROW, FindingStatus.OPEN, FindingAction.REOPEN),
        (EXEMPTED, FOUND, TODAY, None, None),
        (EXEMPTED, FOUND, TOMORROW, FindingStatus.OPEN, FindingAction.LAPSE),
        (replace(EXEMPTED, exempt_until=None), FOUND, TOMORROW, None, None),
        (EXEMPTED, replace(FOUND, inputs={}), TODAY, FindingStatus.OPEN, FindingAction.LAPSE),
        (EXEMPTED, replace(FOUND, person_id=derived_id("x")), TODAY, FindingStatus.OPEN, FindingAction.LAPSE),
        (EXEMPTED, None, TODAY, FindingStatus.CLEARED, FindingAction.CLEAR),
        (EXEMPTED, replace(FOUND, region_code="520625001001"), TODAY, FindingStatus.EXEMPTED, None),
    ],
)
def test_what_becomes_of_a_finding(
    kept: Standing, found: Standing | None, today: dt.date, status: FindingStatus | None, action: FindingAction | None
) -> None:
    change: Change | None = follow(kept, found, today)
    assert (change and change.standing.status, change and change.action) == (status, action)
    if change is not None and found is not None:
        assert (change.standing.region_code, change.standing.inputs) == (found.region_code, found.inputs)


def test_a_finding_that_is_not_looked_at_moves_with_its_household() -> None:
    assert moved(FOUND, REGION) is None
    assert moved(FOUND, "520625001001") == Change(replace(FOUND, region_code="520625001001"))
