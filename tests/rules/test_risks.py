import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitoring.evidence.expense import MEDICAL
from services.monitoring.evidence.illness import DIAGNOSES, normalise_code
from services.monitoring.evidence.job_loss import JOB_LOSSES
from services.monitoring.ledger.rules.income import IncomeMonth, summarise, window_months
from services.monitoring.placements.rules import after_loss, after_start
from services.monitoring.risks.rules.judge import judge
from services.monitoring.risks.rules.parameters import RuleParameters
from services.monitoring.risks.rules.state import HouseholdState, LatestRisk
from services.monitoring.risks.rules.verdicts import Outcome, Verdict, evidence_withdrawn, format_percent
from shared.codes.monitoring import HouseholdCategory, RiskGrade, RiskKind, RiskStatus
from shared.money import parse_yuan
from shared.policy.loader import PolicyBook
from tests.rules.builders import (
    FIRST,
    LAST,
    POLICY,
    REGION,
    answer,
    diagnosis,
    evidence,
    household,
    income,
    job_loss,
    open_risk,
    policy,
)
from tests.rules.reading import assert_readable

_BOOK = PolicyBook.load(development=False)


def _verdict(kind: RiskKind, state: HouseholdState, parameters: RuleParameters, *risks: LatestRisk) -> Verdict:
    verdicts = judge(state, parameters, {risk.kind: risk for risk in risks})
    return next(verdict for verdict in verdicts if verdict.kind is kind)


def _earning(total: str, decided_on: date, members: int) -> HouseholdState:
    first, last = window_months(decided_on, 12)
    months = {month: IncomeMonth(income_facts=1) for month in range(first - 12, last + 1)}
    months[first].wage = months[first - 12].wage = parse_yuan(total)
    return HouseholdState(HouseholdCategory.LIFTED, members, 2, 0, summarise(months, last))


@pytest.mark.parametrize(
    ("decided_on", "line", "under", "at", "over"),
    [
        (date(2021, 6, 15), "6320", "25279.99", "25280.00", "25280.01"),
        (date(2021, 12, 31), "6320", "25279.99", "25280.00", "25280.01"),
        (date(2023, 1, 1), "7300", "29199.99", "29200.00", "29200.01"),
    ],
)
def test_the_published_lines_of_guizhou_divide_households_to_the_fen(
    decided_on: date, line: str, under: str, at: str, over: str
) -> None:
    parameters = RuleParameters.from_view(_BOOK.at(REGION, decided_on))
    found = _verdict(RiskKind.BELOW_LINE, _earning(under, decided_on, 4), parameters)
    assert found.outcome is Outcome.FIRES
    cited = {document["key"]: document for document in found.reasons[0].as_document()["parameters"]}
    assert cited["monitoring.income_line"]["value"] == line
    assert cited["monitoring.income_line"]["status"] == "in_force"
    assert _verdict(RiskKind.BELOW_LINE, _earning(at, decided_on, 4), parameters).outcome is Outcome.CLEAR
    assert _verdict(RiskKind.BELOW_LINE, _earning(over, decided_on, 4), parameters).outcome is Outcome.CLEAR


@pytest.mark.parametrize("decided_on", [date(2022, 6, 15), date(2024, 1, 1), date(2026, 11, 1)])
def test_a_year_without_a_published_line_is_never_judged_by_another_year(decided_on: date) -> None:
    parameters = RuleParameters.from_view(_BOOK.at(REGION, decided_on))
    found = _verdict(RiskKind.BELOW_LINE, _earning("0.00", decided_on, 4), parameters)
    assert found.outcome is Outcome.UNDECIDED
    assert found.reasons[0].text == (
        f"The policy for region {parameters.region} has no value of monitoring.income_line on {decided_on}; "
        "below_line is not decided."
    )


def test_the_thirty_illnesses_of_the_pack_are_known_by_code_and_cited_without_their_names() -> None:
    parameters = RuleParameters.from_view(_BOOK.at(REGION, date(2026, 11, 1)))
    state = household(income("90000.00"), diagnoses=(diagnosis("I21.900x001"), diagnosis("I10.x00", member_no=1)))
    found = _verdict(RiskKind.NEW_ILLNESS, state, parameters)
    assert found.keys == {"new_illness.serious:2:I21900X001"}
    (document,) = found.reasons[0].as_document()["parameters"]
    assert document["value"] == ["I21", "I22"]
    assert document["status"] == "assumed"
    assert "心肌" not in json.dumps(found.reasons[0].as_document(), ensure_ascii=False)


def test_a_reason_shows_the_figures_the_parameters_and_their_sources() -> None:
    found = _verdict(RiskKind.BELOW_LINE, household(income("12480.00"), able_workers=0), policy())
    document = found.reasons[0].as_document()
    assert set(document) == {"rule", "says", "inputs", "parameters"}
    assert document["rule"] == "below_line"
    assert document["says"] == [{"code": "below-line", "inputs": {}}]
    assert found.reasons[0].text == (
        "Net income per head 3120.00 yuan in 2025-11..2026-10 is below the income line of 8200.00 yuan. "
        "The 4 members together have 12480.00 yuan, 20320.00 yuan short of the line."
    )
    assert document["inputs"] == {
        "window": "2025-11..2026-10",
        "known_months": 12,
        "members": 4,
        "net_income": "12480.00",
        "per_head": "3120.00",
        "line": "8200.00",
        "shortfall": "20320.00",
        "able_workers": 0,
        "fragile_members": 0,
        "serious_diagnoses": 0,
        "grade": "red",
        "red_because": ["no_able_worker"],
    }
    assert document["parameters"][0] == {
        "key": "monitoring.income_line",
        "value": "8200",
        "reference": "clause of monitoring.income_line",
        "status": "assumed",
    }
    assert [parameter["key"] for parameter in document["parameters"]] == [
        "monitoring.income_line",
        "monitoring.income_window_months",
        "monitoring.income_min_months",
    ]


def test_a_drop_is_told_in_both_amounts_and_never_overstated() -> None:
    state = household(income("70000.00", year_before="100010.00", quarter="14000.00", quarter_before="20000.00"))
    year, quarter = _verdict(RiskKind.INCOME_DROP, state, policy()).reasons
    assert year.text == (
        "Net income 70000.00 yuan in 2025-11..2026-10 is 30.00 % below the 100010.00 yuan of 2024-11..2025-10; "
        "a drop of 30.00 % or more raises the risk."
    )
    assert quarter.text == (
        "Net income 14000.00 yuan in 2026-08..2026-10 is 30.00 % below the 20000.00 yuan of 2025-08..2025-10; "
        "a drop of 30.00 % or more raises the risk."
    )
    assert (quarter.inputs["near_line"], quarter.inputs["near_line_up_to"]) == (False, "9840.00")
    assert format_percent(29_9999, 100_0000) == "29.99 %"
    assert format_percent(-1, 8) == "-12.50 %"


def test_a_drop_without_a_line_says_what_its_grade_lacks() -> None:
    state = household(income("20000.00", year_before="60000.00"))
    (reason, *_) = _verdict(RiskKind.INCOME_DROP, state, policy(income_line=None)).reasons
    assert reason.inputs["grade_lacks"] == ["monitoring.income_line"]


def test_an_expense_is_told_with_what_it_leaves() -> None:
    state = household(income("40000.00", self_paid="41000.00"))
    (reason,) = _verdict(RiskKind.RIGID_EXPENSE, state, policy()).reasons
    assert reason.text == (
        "Net income per head 10000.00 yuan in 2025-11..2026-10, less 41000.00 yuan of compliant self-paid expense "
        "of the household, leaves -250.00 yuan per head, below the income line of 8200.00 yuan."
    )
    assert reason.inputs["expense_exceeds_income"] is True


def test_an_illness_is_told_by_who_says_so() -> None:
    given_twice = diagnosis("C34.9", serious=True, main_earner=True)
    state = household(income("90000.00"), diagnoses=(given_twice,), medical={0: "20000.00"})
    illness, cost = _verdict(RiskKind.NEW_ILLNESS, state, policy()).reasons
    assert illness.text == (
        "A diagnosis of member 2, observed on 2026-10-03, is on the list of serious illnesses and is reported as "
        "serious by its source. The member is a main earner of the household."
    )
    assert illness.inputs == {
        "member_no": 2,
        "code": "C34.9",
        "listed_as": "C34",
        "reported_serious": True,
        "main_earner": True,
        "observed_on": "2026-10-03",
    }
    assert cost.text == (
        "Self-paid medical cost of a member not named in 2025-11..2026-10 is 20000.00 yuan; "
        "the threshold for ordinary households is 20000.00 yuan."
    )


def test_lost_work_is_told_by_its_day_its_reason_and_what_makes_it_red() -> None:
    state = household(income("12480.00"), job_loss=job_loss(7, reason="finished"))
    (reason,) = _verdict(RiskKind.JOB_LOSS, state, policy()).reasons
    assert reason.text == (
        "The last member of the household placed in work lost it on 2026-10-20 (reason: finished); "
        "nobody was placed in work since."
    )
    assert reason.inputs == {
        "lost_on": "2026-10-20",
        "reason": "finished",
        "placement_id": "00000000-0000-0000-0000-000000000007",
        "window": "2025-11..2026-10",
        "known_months": 12,
        "net_income": "12480.00",
        "members": 4,
        "grade": "red",
        "near_line": True,
        "near_line_up_to": "9840.00",
    }
    assert [parameter.key for parameter in reason.parameters] == [
        "monitoring.income_line",
        "monitoring.near_line_ratio",
        "monitoring.income_min_months",
        "monitoring.income_window_months",
    ]


def test_the_last_earner_who_left_is_told_as_one_who_left() -> None:
    state = household(income("12480.00"), job_loss=job_loss(7, reason="left_household"))
    (reason,) = _verdict(RiskKind.JOB_LOSS, state, policy()).reasons
    assert reason.text == (
        "The last member of the household placed in work left the household on 2026-10-20; "
        "nobody was placed in work since."
    )


def test_a_loss_told_again_and_its_own_start_told_late_change_nothing() -> None:
    lost = job_loss(1)
    found = after_start(after_loss(None, lost), UUID(int=2), date(2026, 10, 25))
    assert found == job_loss(1, regained_by=2, regained_on=date(2026, 10, 25))
    assert after_loss(found, lost) == found
    assert after_start(lost, lost.placement_id, date(2026, 3, 1)) == lost
    assert after_start(found, UUID(int=3), date(2026, 11, 1)) == found
    assert after_start(None, UUID(int=3), date(2026, 11, 1)) is None
    assert after_loss(found, job_loss(2)) == job_loss(2)


def test_the_repeated_report_of_an_illness_counts_from_its_first_day() -> None:
    state = household(income("90000.00"), diagnoses=(diagnosis("C34.9", day=20), diagnosis("C34.9", day=5)))
    (reason,) = _verdict(RiskKind.NEW_ILLNESS, state, policy()).reasons
    assert reason.inputs["observed_on"] == "2026-10-05"


def test_clearing_an_open_risk_says_why() -> None:
    risks = {kind: open_risk(kind) for kind in (RiskKind.BELOW_LINE, RiskKind.RIGID_EXPENSE)}
    risks[RiskKind.INCOME_DROP] = open_risk(RiskKind.INCOME_DROP, "income_drop.year")
    risks[RiskKind.NEW_ILLNESS] = open_risk(RiskKind.NEW_ILLNESS, "new_illness.serious:2:C349")
    risks[RiskKind.JOB_LOSS] = open_risk(RiskKind.JOB_LOSS)
    found_work = job_loss(regained_by=2, regained_on=date(2026, 10, 25))
    verdicts = judge(household(income("90000.00"), job_loss=found_work), policy(), risks)
    cleared = [verdict for verdict in verdicts if verdict.kind in risks]
    line, drop, expense, illness, work = [verdict.reasons[0].text for verdict in cleared]
    assert [verdict.outcome for verdict in cleared] == [Outcome.CLEAR] * 5
    assert work == "A member of the household placed in work began on 2026-10-25."
    assert line == (
        "Net income per head 22500.00 yuan in 2025-11..2026-10 has reached the 8610.00 yuan at which an open risk "
        "clears."
    )
    assert drop == (
        "Net income 90000.00 yuan in 2025-11..2026-10 is not far enough below the 90000.00 yuan of 2024-11..2025-10 "
        "to keep the risk open."
    )
    assert expense == "There is no compliant self-paid expense in 2025-11..2026-10."
    assert illness == (
        "No diagnosis of the household counts as serious, and no member's self-paid medical cost in "
        "2025-11..2026-10 is high enough to keep the risk open."
    )


def test_a_missing_month_is_named_in_the_reason() -> None:
    state = household(income("20000.00", unknown=("2026-03", "2026-07")))
    (reason,) = _verdict(RiskKind.BELOW_LINE, state, policy()).reasons
    assert reason.text == ("Income is known for 10 of the 12 months 2025-11..2026-10; 12 known months are needed.")
    assert reason.inputs == {"missing_months": ["2026-03", "2026-07"]}


def test_a_cleared_risk_is_judged_as_if_there_were_none() -> None:
    cleared = LatestRisk(RiskKind.BELOW_LINE, RiskStatus.CLEARED, RiskGrade.RED, 3, frozenset())
    state = household(income("32800.00"))
    assert answer(_verdict(RiskKind.BELOW_LINE, state, policy(), cleared)) == "clear"
    assert answer(_verdict(RiskKind.BELOW_LINE, state, policy(), open_risk(RiskKind.BELOW_LINE))) == "orange"


def test_a_summary_of_another_window_than_the_policy_asks_for_is_refused() -> None:
    with pytest.raises(ValueError, match="a window of 6 months, the summary has 12"):
        judge(household(income("90000.00")), policy(income_window_months=6), {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("income_line", "8200"),
        ("income_line", Decimal("8200.005")),
        ("income_min_months", Decimal("11.5")),
        ("income_drop_ratio", True),
        ("medical_cost_threshold", {"lifted": Decimal(5000)}),
        ("serious_illnesses", ({"name": "x", "codes": ("-",)},)),
    ],
)
def test_a_value_of_the_wrong_form_is_refused_by_its_key(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        policy(**{name: value})


def test_codes_are_compared_without_case_dots_or_width() -> None:
    assert {normalise_code(code) for code in ("C34.900", "c34900", " C34-900 ", "Ｃ３４．９００")} == {"C34900"}


_FEN = st.integers(-(10**7), 10**8)
_YEARS = st.lists(st.one_of(st.none(), _FEN), min_size=24, max_size=24)
_OPEN = {
    RiskKind.BELOW_LINE: ("below_line",),
    RiskKind.INCOME_DROP: ("income_drop.year", "income_drop.quarter"),
    RiskKind.RIGID_EXPENSE: ("rigid_expense",),
    RiskKind.NEW_ILLNESS: ("new_illness.cost:2", "new_illness.serious:1:C34"),
    RiskKind.JOB_LOSS: ("job_loss:00000000-0000-0000-0000-000000000001",),
    RiskKind.DISASTER: ("disaster:flood", "disaster:drought"),
    RiskKind.UNSAFE_WATER: ("unsafe_water:distance", "unsafe_water:cut_days"),
}


def _months(amounts: list[int | None], self_paid: int) -> dict[int, IncomeMonth]:
    months = {
        FIRST - 12 + place: IncomeMonth(wage=amount, income_facts=1)
        for place, amount in enumerate(amounts)
        if amount is not None
    }
    months.setdefault(LAST, IncomeMonth()).self_paid_compliant = self_paid
    return months


@st.composite
def _households(draw: st.DrawFn) -> HouseholdState:
    return HouseholdState(
        category=draw(st.sampled_from(HouseholdCategory)),
        members=draw(st.integers(0, 9)),
        able_workers=draw(st.integers(0, 3)),
        fragile_members=draw(st.integers(0, 1)),
        window=summarise(_months(draw(_YEARS), draw(st.integers(0, 10**8))), LAST),
        evidence=evidence(
            diagnoses=tuple(
                draw(
                    st.lists(
                        st.builds(
                            diagnosis,
                            st.sampled_from(["C34", "C34.9", "I10", "n18.5"]),
                            member_no=st.sampled_from([None, 1, 2]),
                            serious=st.booleans(),
                            main_earner=st.booleans(),
                            day=st.integers(1, 28),
                        ),
                        max_size=4,
                    )
                )
            ),
            medical=draw(st.dictionaries(st.integers(0, 3), st.integers(0, 3 * 10**6), max_size=3)),
            job_loss=draw(st.sampled_from([None, job_loss(), job_loss(regained_by=2, regained_on=date(2026, 10, 25))])),
        ),
    )


@st.composite
def _risks(draw: st.DrawFn) -> dict[RiskKind, LatestRisk]:
    kinds = draw(st.lists(st.sampled_from(RiskKind), unique=True))
    return {
        kind: LatestRisk(
            kind,
            draw(st.sampled_from(RiskStatus)),
            draw(st.sampled_from(RiskGrade)),
            draw(st.integers(1, 5)),
            frozenset(draw(st.lists(st.sampled_from(_OPEN.get(kind, (kind,))), min_size=1))),
        )
        for kind in kinds
    }


_POLICIES = st.lists(st.sampled_from(sorted(POLICY)), unique=True, max_size=3).map(
    lambda keys: policy(**{key.partition(".")[2]: None for key in keys})
)


@given(state=_households(), risks=_risks(), parameters=_POLICIES)
def test_the_same_household_always_gets_the_same_verdicts(
    state: HouseholdState, risks: dict[RiskKind, LatestRisk], parameters: RuleParameters
) -> None:
    verdicts = judge(state, parameters, risks)
    again = judge(state, parameters, risks)
    assert verdicts == again
    assert [verdict.reasons for verdict in verdicts] == [verdict.reasons for verdict in again]
    turned = replace(
        state,
        evidence=evidence(
            state.sees(DIAGNOSES)[::-1], dict(reversed(list(state.sees(MEDICAL).items()))), state.sees(JOB_LOSSES)
        ),
    )
    in_other_order = judge(turned, parameters, risks)
    assert verdicts == in_other_order
    assert [verdict.reasons for verdict in verdicts] == [verdict.reasons for verdict in in_other_order]


@given(state=_households(), risks=_risks(), parameters=_POLICIES)
def test_every_verdict_explains_itself(
    state: HouseholdState, risks: dict[RiskKind, LatestRisk], parameters: RuleParameters
) -> None:
    verdicts = judge(state, parameters, risks)
    assert [verdict.kind for verdict in verdicts] == list(RiskKind)
    for verdict in verdicts:
        fires = verdict.outcome is Outcome.FIRES
        assert (verdict.grade is not None) == fires
        if fires:
            assert {reason.key for reason in verdict.reasons} == verdict.keys
            assert len(verdict.reasons) == len(verdict.keys) > 0
        is_open = verdict.kind in risks and risks[verdict.kind].is_open
        assert bool(verdict.reasons) == (is_open or verdict.outcome is not Outcome.CLEAR)
        for reason in verdict.reasons:
            assert reason.rule.split(".")[0] == verdict.kind
            assert reason.key.startswith(reason.rule)
            assert json.loads(json.dumps(reason.as_document()))["rule"] == reason.rule


@given(state=_households(), risks=_risks(), parameters=_POLICIES)
def test_every_verdict_reads_in_both_languages(
    state: HouseholdState, risks: dict[RiskKind, LatestRisk], parameters: RuleParameters
) -> None:
    for verdict in judge(state, parameters, risks):
        assert_readable(verdict)
        assert_readable(evidence_withdrawn(verdict))


@given(state=_households(), risks=_risks(), more=st.integers(0, 10**8))
def test_more_income_never_puts_a_household_below_the_line(
    state: HouseholdState, risks: dict[RiskKind, LatestRisk], more: int
) -> None:
    richer = replace(state, window=state.window.with_income(FIRST, more))
    if judge(state, policy(), risks)[0].outcome is Outcome.CLEAR:
        assert judge(richer, policy(), risks)[0].outcome is Outcome.CLEAR


@given(amounts=_YEARS, gap=st.integers(12, 23), self_paid=st.integers(0, 10**8), members=st.integers(1, 9))
def test_a_household_with_less_than_twelve_known_months_is_never_called_poor(
    amounts: list[int | None], gap: int, self_paid: int, members: int
) -> None:
    amounts[gap] = None
    state = household(_months(amounts, self_paid), members=members)
    assert [verdict.outcome for verdict in judge(state, policy(), {}) if verdict.kind in _COVERED] == [
        Outcome.INSUFFICIENT_DATA
    ] * 2


_COVERED = (RiskKind.BELOW_LINE, RiskKind.RIGID_EXPENSE)


@given(net=_FEN, line=st.integers(1, 2 * 10**6), members=st.integers(1, 9), earlier=_FEN)
def test_the_line_and_the_drop_are_exact(net: int, line: int, members: int, earlier: int) -> None:
    months = _months([earlier, *[0] * 11, net, *[0] * 11], 0)
    parameters = policy(income_line=Decimal(line).scaleb(-2))
    below, drop, *_ = judge(household(months, members=members), parameters, {})
    assert (below.outcome is Outcome.FIRES) == (net < line * members)
    assert (drop.outcome is Outcome.FIRES) == (earlier > 0 and (earlier - net) * 10 >= 3 * earlier)


def test_one_serious_diagnosis_among_others_makes_an_income_below_the_line_red() -> None:
    light, grave = diagnosis("J00"), diagnosis("C34.9", member_no=1)
    for found in ((light, grave), (grave, light)):
        state = household(income("20000.00"), diagnoses=found)
        assert answer(judge(state, policy(), {})[0]) == "red"
    assert answer(judge(household(income("20000.00"), diagnoses=(light,)), policy(), {})[0]) == "orange"


def test_a_cleared_illness_names_the_highest_cost_of_any_member() -> None:
    kind = RiskKind.NEW_ILLNESS
    state = household(income("90000.00"), medical={1: "700.00", 2: "900.00", 3: "800.00"})
    [verdict] = [one for one in judge(state, policy(), {kind: open_risk(kind)}) if one.kind is kind]
    assert verdict.reasons[0].inputs["highest_self_paid_medical"] == "900.00"
