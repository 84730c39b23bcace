"""Coverage, risks, time, cleared risks 应纳未纳、风险与事实、时限、风险解除: what stands, and what is said to."""

from collections.abc import Callable
from typing import Final

from services.monitoring.findings.rules.parameters import (
    INCOME_LINE,
    LONG_OPEN,
    MIN_MONTHS,
    SOON_CLEARED,
    UNATTENDED,
    WINDOW_MONTHS,
)
from services.monitoring.findings.rules.rule import Answer, Numbers, Rule, of_household
from services.monitoring.findings.rules.seen import INCOME, REGISTER, RISKS, Seen, SeenRisk, months_between
from shared.codes.monitoring import FindingGroup, FindingSeverity, Health
from shared.words.said import says

_COVERAGE, _RISK = FindingGroup.COVERAGE, FindingGroup.RISK
_TIME, _ELIMINATION = FindingGroup.TIME, FindingGroup.ELIMINATION
_ERROR, _WARNING = FindingSeverity.ERROR, FindingSeverity.WARNING
_FEN: Final = 100
_OUT_OF_SCHOOL: Final = frozenset({"dropped_out", "not_enrolled"})
_MONEY: Final = (INCOME_LINE, MIN_MONTHS, WINDOW_MONTHS)
_DISABILITY, _ILLNESS = "disability", "new_illness"
_OF_WORK: Final = ("job_loss", "zero_job")


def _has_unsafe_home(seen: Seen) -> bool:
    dwelling = seen.state("dwelling")
    return dwelling is not None and dwelling["grade"] in ("C", "D") and bool(dwelling["only_home"])


def _has_bad_water(seen: Seen) -> bool:
    water = seen.state("water")
    return water is not None and (water.get("quality") == "bad" or water.get("cut_since") is not None)


def _uninsured(seen: Seen) -> list[int]:
    states = ((one.member_no, seen.state("insurance", one.member_no, "basic_medical")) for one in seen.members)
    year = seen.on.year
    return [no for no, state in states if state and (state["status"], state["year"]) == ("uninsured", year)]


def _out_of_school(seen: Seen) -> list[int]:
    states = ((one.member_no, seen.state("schooling", one.member_no)) for one in seen.members)
    return [no for no, state in states if state and state["event"] in _OUT_OF_SCHOOL]


def _is_below_line(seen: Seen, numbers: Numbers) -> bool:
    """Whether the income of enough known months is below the line of the day."""
    per_head, income = seen.per_head, seen.income
    if per_head is None or income is None or income.known < int(numbers[MIN_MONTHS]):
        return False
    return per_head < int(numbers[INCOME_LINE] * _FEN)


def _unmonitored(stands: Callable[[Seen], object]) -> Callable[[Seen, Numbers], Answer]:
    """Whether something stands of a household that nothing is monitored of."""
    return lambda seen, _: not seen.at_risk and bool(stands(seen))


def _unlisted(stands: Callable[[Seen], object], kind: str) -> Callable[[Seen, Numbers], Answer]:
    """Whether something stands of a household at risk, whose risks do not list it."""
    return lambda seen, _: seen.at_risk and not seen.is_open(kind) and bool(stands(seen))


def _dismissed(kind: str, stands: Callable[[Seen], object]) -> Callable[[Seen, Numbers], Answer]:
    """Whether a visit ended a risk whose cause still stands."""
    return lambda seen, _: seen.is_dismissed(kind) and bool(stands(seen))


def _without_disabled(seen: Seen, _: Numbers) -> Answer:
    if not seen.is_open(_DISABILITY):
        return None
    registered = any(one.health is Health.DISABLED for one in seen.members)
    return not registered and not any(seen.states_of("disability"))


def _without_ill(seen: Seen, _: Numbers) -> Answer:
    if not seen.is_open(_ILLNESS):
        return None
    registered = any(one.health in (Health.CHRONIC, Health.SERIOUS) for one in seen.members)
    return not registered and not seen.diagnosed and not any(seen.states_of("chronic"))


def _ill_without_cost(seen: Seen, _: Numbers) -> Answer:
    return seen.is_open(_ILLNESS) and seen.income is not None and not seen.income.self_paid


def _work_without_labour(seen: Seen, _: Numbers) -> Answer:
    kinds = [kind for kind in _OF_WORK if seen.is_open(kind)]
    return {"kinds": kinds} if kinds and not seen.able else None


def _list_is_empty(seen: Seen, _: Numbers) -> Answer:
    return seen.is_granted("rigid_expense") and not seen.at_risk


def _sub_kind_missing(seen: Seen, _: Numbers) -> Answer:
    disaster = seen.state("disaster")
    return disaster is not None and disaster["sub_kind"] == "other" and seen.is_open("disaster")


def _kinds(seen: Seen, applies: Callable[[SeenRisk], bool]) -> Answer:
    kinds = sorted(kind for kind, risk in seen.risks.items() if applies(risk))
    return {"kinds": kinds} if kinds else None


def _unattended(seen: Seen, numbers: Numbers) -> Answer:
    months = int(numbers[UNATTENDED])
    return _kinds(
        seen, lambda risk: risk.is_open and not risk.visited and months_between(risk.opened_on, seen.on) >= months
    )


def _long_open(seen: Seen, numbers: Numbers) -> Answer:
    months = int(numbers[LONG_OPEN])
    return _kinds(seen, lambda risk: risk.is_open and months_between(risk.opened_on, seen.on) >= months)


def _soon_cleared(seen: Seen, numbers: Numbers) -> Answer:
    months = int(numbers[SOON_CLEARED])
    return _kinds(
        seen,
        lambda risk: (
            risk.cleared_on is not None and risk.visited and months_between(risk.opened_on, risk.cleared_on) < months
        ),
    )


def _cleared_at_once(seen: Seen, _: Numbers) -> Answer:
    """Cleared after a visit within the month, or the next one."""
    return _kinds(
        seen,
        lambda risk: (
            risk.cleared_on is not None
            and risk.visited
            and (risk.cleared_on.year - risk.opened_on.year) * 12 + risk.cleared_on.month - risk.opened_on.month <= 1
        ),
    )


def _without_labour_cleared(seen: Seen, _: Numbers) -> Answer:
    return not seen.able and not seen.at_risk and any(seen.is_dismissed(kind) for kind in seen.risks)


def _cleared_with_gaps(seen: Seen, numbers: Numbers) -> Answer:
    income = seen.income
    if income is None or seen.at_risk or not any(seen.is_dismissed(kind) for kind in seen.risks):
        return None
    return income.known < int(numbers[MIN_MONTHS])


RULES: Final = (
    Rule(
        "unsafe-housing-unmonitored",
        _COVERAGE,
        _WARNING,
        says("finding.unsafe-housing-unmonitored"),
        "1_02_001…007",
        frozenset({RISKS, "dwelling"}),
        of_household(_unmonitored(_has_unsafe_home)),
    ),
    Rule(
        "unsafe-water-unmonitored",
        _COVERAGE,
        _WARNING,
        says("finding.unsafe-water-unmonitored"),
        "1_02_001…007",
        frozenset({RISKS, "water"}),
        of_household(_unmonitored(_has_bad_water)),
    ),
    Rule(
        "uninsured-unmonitored",
        _COVERAGE,
        _WARNING,
        says("finding.uninsured-unmonitored"),
        "1_02_001…007",
        frozenset({REGISTER, RISKS, "insurance"}),
        of_household(_unmonitored(_uninsured)),
    ),
    Rule(
        "out-of-school-unmonitored",
        _COVERAGE,
        _WARNING,
        says("finding.out-of-school-unmonitored"),
        "1_02_001…007",
        frozenset({REGISTER, RISKS, "schooling"}),
        of_household(_unmonitored(_out_of_school)),
    ),
    Rule(
        "below-line-unmonitored",
        _COVERAGE,
        _WARNING,
        says("finding.below-line-unmonitored"),
        "1_02_001…007",
        frozenset({REGISTER, RISKS, INCOME}),
        of_household(lambda seen, numbers: not seen.at_risk and _is_below_line(seen, numbers)),
        _MONEY,
    ),
    Rule(
        "disability-risk-without-disabled",
        _RISK,
        _ERROR,
        says("finding.disability-risk-without-disabled"),
        "2_11_001",
        frozenset({REGISTER, "health", RISKS, "disability"}),
        of_household(_without_disabled),
    ),
    Rule(
        "illness-risk-without-ill",
        _RISK,
        _WARNING,
        says("finding.illness-risk-without-ill"),
        "5_15_015",
        frozenset({REGISTER, "health", RISKS, "illness", "chronic"}),
        of_household(_without_ill),
    ),
    Rule(
        "illness-risk-without-cost",
        _RISK,
        _WARNING,
        says("finding.illness-risk-without-cost"),
        "5_15_020",
        frozenset({"illness", RISKS, INCOME}),
        of_household(_ill_without_cost),
        (WINDOW_MONTHS,),
    ),
    Rule(
        "work-risk-without-labour",
        _RISK,
        _ERROR,
        says("finding.work-risk-without-labour"),
        "2_11_006, 5_15_013",
        frozenset({REGISTER, RISKS}),
        of_household(_work_without_labour),
    ),
    Rule(
        "unsafe-water-unlisted",
        _RISK,
        _ERROR,
        says("finding.unsafe-water-unlisted"),
        "4_11_006",
        frozenset({RISKS, "water"}),
        of_household(_unlisted(_has_bad_water, "unsafe_water")),
    ),
    Rule(
        "uninsured-unlisted",
        _RISK,
        _ERROR,
        says("finding.uninsured-unlisted"),
        "4_11_007",
        frozenset({REGISTER, RISKS, "insurance"}),
        of_household(_unlisted(_uninsured, "uninsured")),
    ),
    Rule(
        "risk-list-empty",
        _RISK,
        _WARNING,
        says("finding.risk-list-empty"),
        "1_11_001",
        frozenset({RISKS, "relief"}),
        of_household(_list_is_empty),
    ),
    Rule(
        "disaster-without-sub-kind",
        _RISK,
        _WARNING,
        says("finding.disaster-without-sub-kind"),
        "2_11_005",
        frozenset({RISKS, "disaster"}),
        of_household(_sub_kind_missing),
    ),
    Rule(
        "risk-unattended",
        _TIME,
        _WARNING,
        says("finding.risk-unattended"),
        "1_11_009, 1_11_010",
        frozenset({RISKS}),
        of_household(_unattended),
        (UNATTENDED,),
    ),
    Rule(
        "risk-long-open",
        _TIME,
        _WARNING,
        says("finding.risk-long-open"),
        "5_12_007",
        frozenset({RISKS}),
        of_household(_long_open),
        (LONG_OPEN,),
    ),
    Rule(
        "cleared-too-soon",
        _TIME,
        _WARNING,
        says("finding.cleared-too-soon"),
        "2_11_002",
        frozenset({RISKS}),
        of_household(_soon_cleared),
        (SOON_CLEARED,),
    ),
    Rule(
        "cleared-at-once",
        _TIME,
        _ERROR,
        says("finding.cleared-at-once"),
        "5_18_009",
        frozenset({RISKS}),
        of_household(_cleared_at_once),
    ),
    Rule(
        "cleared-below-line",
        _ELIMINATION,
        _ERROR,
        says("finding.cleared-below-line"),
        "4_11_010",
        frozenset({REGISTER, RISKS, INCOME}),
        of_household(
            lambda seen, numbers: seen.is_dismissed("below_line") and _is_below_line(seen, numbers),
        ),
        _MONEY,
    ),
    Rule(
        "cleared-with-unsafe-housing",
        _ELIMINATION,
        _ERROR,
        says("finding.cleared-with-unsafe-housing"),
        "1_11_006",
        frozenset({RISKS, "dwelling"}),
        of_household(_dismissed("unsafe_housing", _has_unsafe_home)),
    ),
    Rule(
        "cleared-with-unsafe-water",
        _ELIMINATION,
        _ERROR,
        says("finding.cleared-with-unsafe-water"),
        "1_11_007",
        frozenset({RISKS, "water"}),
        of_household(_dismissed("unsafe_water", _has_bad_water)),
    ),
    Rule(
        "cleared-uninsured",
        _ELIMINATION,
        _ERROR,
        says("finding.cleared-uninsured"),
        "1_11_008",
        frozenset({REGISTER, RISKS, "insurance"}),
        of_household(_dismissed("uninsured", _uninsured)),
    ),
    Rule(
        "cleared-out-of-school",
        _ELIMINATION,
        _ERROR,
        says("finding.cleared-out-of-school"),
        "1_11_005",
        frozenset({REGISTER, RISKS, "schooling"}),
        of_household(_dismissed("dropout", _out_of_school)),
    ),
    Rule(
        "cleared-without-labour",
        _ELIMINATION,
        _WARNING,
        says("finding.cleared-without-labour"),
        "4_11_011",
        frozenset({REGISTER, RISKS}),
        of_household(_without_labour_cleared),
    ),
    Rule(
        "cleared-with-months-missing",
        _ELIMINATION,
        _WARNING,
        says("finding.cleared-with-months-missing"),
        "1_11_004",
        frozenset({RISKS, INCOME}),
        of_household(_cleared_with_gaps),
        (MIN_MONTHS, WINDOW_MONTHS),
    ),
)
