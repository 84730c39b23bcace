"""What holds a risk open, piece by piece, and which pieces are new."""

import itertools
from collections.abc import Mapping
from dataclasses import replace

from services.monitoring.evidence.expense import MEDICAL
from services.monitoring.evidence.rules import FactEvidence
from services.monitoring.risks.rules.causes import evidence_of, follow_causes, published_keys
from services.monitoring.risks.rules.income_drop import QUARTER, YEAR
from services.monitoring.risks.rules.judge import RULES
from services.monitoring.risks.rules.state import HouseholdState
from shared.codes.monitoring import RiskKind
from shared.money import parse_yuan
from tests.rules.builders import LAST, diagnosis, household, income, open_risk, policy

BELOW, DROP, RIGID, ILL, LOSS, *_ = RiskKind
_keys = itertools.count(1)


def bill(ref: str, amount: str, *, member: int = 1, month: int = LAST, corrects: tuple[str, ...] = ()) -> FactEvidence:
    paid = parse_yuan(amount)
    return FactEvidence(
        (ref, *corrects), member, month=month, self_paid_compliant=paid, seen={MEDICAL.name: {member: paid}}
    )


def judged(
    kind: RiskKind,
    state: HouseholdState,
    known: Mapping[str, str | None],
    *facts: FactEvidence,
    cited: tuple[str, ...] = (),
) -> dict[str, str | None]:
    """The causes of a kind of risk after a judgement; `cited` are the reasons that an open risk had before."""
    verdict = RULES[kind](state, policy(), open_risk(kind, *cited) if cited else None)
    found = evidence_of(verdict, state, policy(), facts, known)
    return follow_causes(known, found, lambda: f"key-{next(_keys)}")


def rich(self_paid: str) -> HouseholdState:
    """Four members with 36000.00 a year: 3200.00 above the line of 32800.00."""
    return household(income("36000.00", self_paid=self_paid))


def test_each_reason_and_each_bill_that_raises_by_itself_is_a_cause() -> None:
    state = household(income("90000.00"), medical={1: "30000.00"}, diagnoses=(diagnosis("C34.9"),))
    causes = judged(ILL, state, {}, bill("big", "25000.00"), bill("small", "5000.00"))
    assert set(causes) == {
        "new_illness.serious:2:C349",
        "new_illness.cost:1",
        "new_illness.cost:1:big",
        "new_illness.cost:1:small",
    }
    assert [name for name, key in causes.items() if key is None] == ["new_illness.cost:1:small"]
    assert len(set(published_keys(causes))) == 3


def test_what_was_known_keeps_its_key() -> None:
    before = judged(RIGID, rich("5000.00"), {}, bill("one", "5000.00"))
    after = judged(RIGID, rich("10000.00"), before, bill("one", "5000.00"), bill("two", "5000.00"), cited=(RIGID,))
    assert set(published_keys(before)) < set(published_keys(after))
    assert {name: after[name] for name in before} == before


def test_an_expense_too_light_when_it_was_first_seen_is_no_cause_by_the_income_that_went() -> None:
    before = judged(RIGID, rich("4000.00"), {}, bill("one", "2000.00"), bill("two", "2000.00"))
    assert before["rigid_expense:one"] is None
    poorer = household(income("33000.00", self_paid="4000.00"))
    assert judged(RIGID, poorer, before, bill("one", "2000.00"), bill("two", "2000.00"), cited=(RIGID,)) == before


def test_the_corrected_amount_of_a_cause_is_the_same_cause_and_of_a_light_one_may_be_a_new_one() -> None:
    before = judged(RIGID, rich("6000.00"), {}, bill("one", "5000.00"), bill("two", "1000.00"))
    facts = bill("one-b", "4000.00", corrects=("one",)), bill("two-b", "9000.00", corrects=("two",))
    after = judged(RIGID, rich("13000.00"), before, *facts, cited=(RIGID,))
    assert after["rigid_expense:one-b"] == before["rigid_expense:one"]
    assert after["rigid_expense:two-b"] not in (None, *before.values())


def test_a_bill_outside_the_window_or_of_a_member_whose_cost_is_no_reason_is_no_evidence() -> None:
    state = household(income("90000.00"), medical={1: "30000.00", 2: "100.00"})
    facts = bill("old", "30000.00", month=LAST - 12), bill("other", "30000.00", member=2)
    assert set(judged(ILL, state, {}, *facts)) == {"new_illness.cost:1"}


def moved(state: HouseholdState, months: int) -> HouseholdState:
    return replace(state, window=replace(state.window, anchor=state.window.anchor + months))


def test_a_comparison_is_the_same_until_its_window_shares_no_month_with_the_first() -> None:
    fallen = household(income("36000.00", quarter="3000.00", year_before="60000.00", quarter_before="9000.00"))
    before = judged(DROP, fallen, {})
    assert set(before) == {f"{QUARTER}:{LAST}", f"{YEAR}:{LAST}"}
    for months, new in ((1, 0), (2, 0), (3, 1), (11, 1), (12, 2)):
        after = judged(DROP, moved(fallen, months), before, cited=(QUARTER, YEAR))
        assert len(set(published_keys(after)) - set(published_keys(before))) == new, months


def test_a_comparison_that_only_holds_the_risk_open_is_never_another_one() -> None:
    fallen = household(income("60000.00", year_before="90000.00"))
    before = judged(DROP, fallen, {})
    held = household(income("65000.00", year_before="90000.00"))
    after = judged(DROP, moved(held, 24), before, cited=(QUARTER, YEAR))
    assert after
    assert set(published_keys(after)) <= set(published_keys(before))


def test_a_year_below_the_line_is_the_same_until_another_whole_year_is() -> None:
    poor = household(income("20000.00"))
    before = judged(BELOW, poor, {})
    assert judged(BELOW, moved(poor, 11), before, cited=(BELOW,)) == before
    assert published_keys(judged(BELOW, moved(poor, 12), before, cited=(BELOW,))) != published_keys(before)


def test_a_cause_that_went_and_came_back_has_another_key() -> None:
    one, two = diagnosis("C34.9"), diagnosis("I21.9", member_no=1)
    both, alone = household(income("90000.00"), diagnoses=(one, two)), household(income("90000.00"), diagnoses=(one,))
    key = "new_illness.serious:1:I219"
    before = judged(ILL, both, {})
    gone = judged(ILL, alone, before, cited=tuple(before))
    again = judged(ILL, both, gone, cited=tuple(gone))
    assert key not in gone
    assert again[key] not in (None, before[key])
