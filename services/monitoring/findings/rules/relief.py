"""Help and money 措施与收入: what is granted or worked for, and what of it comes in."""

from collections.abc import Callable
from typing import Final

from services.monitoring.findings.rules.parameters import INCOME_HEAD, MIN_MONTHS, WAGE_YEAR_LOW, WINDOW_MONTHS
from services.monitoring.findings.rules.rule import Answer, Numbers, Rule, of_household
from services.monitoring.findings.rules.seen import DOUBLED, HEALTH, INCOME, REGISTER, RISKS, Seen, SeenIncome
from shared.codes.monitoring import FindingGroup, FindingSeverity, Health, HouseholdCategory
from shared.words.said import says

_MEASURE, _MONEY = FindingGroup.MEASURE, FindingGroup.MONEY
_ERROR, _WARNING = FindingSeverity.ERROR, FindingSeverity.WARNING
_FEN: Final = 100
_OF_DISABILITY: Final = ("disability_living", "disability_care")
_RELIEF: Final = frozenset({"relief", REGISTER})
_PAID: Final = frozenset({"relief", INCOME})


def _flag_without_relief(seen: Seen, _: Numbers) -> Answer:
    return seen.dibao and seen.has_ended("dibao")


def _work_states(seen: Seen) -> list[str]:
    return [state["status"] for _, state in seen.states_of("work")]


def _nobody_works(seen: Seen, _: Numbers) -> Answer:
    """Every able member says to be without work, and wages come in."""
    states = [seen.state("work", one.member_no) for one in seen.able]
    jobless = bool(states) and all(state is not None and state["status"] == "jobless" for state in states)
    return jobless and seen.income is not None and seen.income.wage > 0


def _works_unpaid(seen: Seen, _: Numbers) -> Answer:
    income = seen.income
    return "working" in _work_states(seen) and income is not None and not income.wage


def _granted_unpaid(scheme: str) -> Callable[[Seen, Numbers], Answer]:
    """Whether a relief is granted of which no transfer comes in."""
    return lambda seen, _: seen.is_granted(scheme) and seen.income is not None and not seen.income.transfer


def _nobody_entitled(seen: Seen, _: Numbers) -> Answer:
    return seen.is_granted("tekun") and bool(seen.members) and len(seen.able) == len(seen.members)


def _relief_without_disabled(seen: Seen, _: Numbers) -> Answer:
    granted = [scheme for scheme in _OF_DISABILITY if seen.is_granted(scheme)]
    disabled = any(one.health is Health.DISABLED for one in seen.members) or any(seen.states_of("disability"))
    return {"schemes": granted} if granted and not disabled else None


def _aided_by_nobody(seen: Seen, _: Numbers) -> Answer:
    """Somebody of a lifted household learns a trade, and no transfer comes in."""
    if seen.category is not HouseholdCategory.LIFTED or seen.income is None or seen.income.transfer:
        return None
    schools = [(member_no, state) for member_no, state in seen.states_of("schooling")]
    learning = [no for no, state in schools if (state["stage"], state["event"]) == ("vocational", "enrolled")]
    return {"members": learning} if learning else None


def _failed_without_receipts(seen: Seen, _: Numbers) -> Answer:
    income = seen.income
    return seen.state("production") is not None and income is not None and not income.operating


def _known(seen: Seen, numbers: Numbers) -> SeenIncome | None:
    """The income of the window where enough months of it are known."""
    income = seen.income
    return income if income is not None and income.known >= int(numbers[MIN_MONTHS]) else None


def _rich_at_risk(seen: Seen, numbers: Numbers) -> Answer:
    if not seen.at_risk or _known(seen, numbers) is None or seen.per_head is None:
        return None
    return seen.per_head > int(numbers[INCOME_HEAD]["highest"] * _FEN)


def _very_poor(seen: Seen, numbers: Numbers) -> Answer:
    if _known(seen, numbers) is None or seen.per_head is None:
        return None
    return seen.per_head < int(numbers[INCOME_HEAD]["lowest"] * _FEN)


def _wage_of_the_year(seen: Seen, numbers: Numbers) -> Answer:
    income = _known(seen, numbers)
    return income is not None and 0 < income.wage <= int(numbers[WAGE_YEAR_LOW] * _FEN)


def _two_sources(seen: Seen, _: Numbers) -> Answer:
    if not seen.doubled:
        return None
    doubled = sorted(seen.doubled, key=lambda one: (one.member_no or 0, one.month, one.leaf))
    return {"incomes": [{**one._asdict(), "sources": list(one.sources)} for one in doubled]}


RULES: Final = (
    Rule(
        "dibao-flag-after-the-end",
        _MEASURE,
        _ERROR,
        says("finding.dibao-flag-after-the-end"),
        "4_11_015, 5_16_005, 5_16_006",
        _RELIEF,
        of_household(_flag_without_relief),
    ),
    Rule(
        "dibao-without-flag",
        _MEASURE,
        _ERROR,
        says("finding.dibao-without-flag"),
        "5_16_003, 5_16_004",
        _RELIEF,
        of_household(lambda seen, _: seen.is_granted("dibao") and not seen.dibao),
    ),
    Rule(
        "dibao-and-tekun",
        _MEASURE,
        _ERROR,
        says("finding.dibao-and-tekun"),
        None,
        frozenset({"relief"}),
        of_household(lambda seen, _: seen.is_granted("dibao") and seen.is_granted("tekun")),
    ),
    Rule(
        "tekun-without-entitled",
        _MEASURE,
        _WARNING,
        says("finding.tekun-without-entitled"),
        "4_11_015, 5_16_006",
        _RELIEF,
        of_household(_nobody_entitled),
    ),
    Rule(
        "wages-without-worker",
        _MEASURE,
        _WARNING,
        says("finding.wages-without-worker"),
        "1111_3, 4_11_014",
        frozenset({REGISTER, "work", INCOME}),
        of_household(_nobody_works),
        (WINDOW_MONTHS,),
    ),
    Rule(
        "work-without-wages",
        _MEASURE,
        _WARNING,
        says("finding.work-without-wages"),
        "4_11_012, 5_12_006",
        frozenset({"work", INCOME}),
        of_household(_works_unpaid),
        (WINDOW_MONTHS,),
    ),
    Rule(
        "dibao-without-transfer",
        _MEASURE,
        _WARNING,
        says("finding.dibao-without-transfer"),
        "4_11_013",
        _PAID,
        of_household(_granted_unpaid("dibao")),
        (WINDOW_MONTHS,),
    ),
    Rule(
        "tekun-without-transfer",
        _MEASURE,
        _WARNING,
        says("finding.tekun-without-transfer"),
        "4_11_013",
        _PAID,
        of_household(_granted_unpaid("tekun")),
        (WINDOW_MONTHS,),
    ),
    Rule(
        "disability-living-without-transfer",
        _MEASURE,
        _WARNING,
        says("finding.disability-living-without-transfer"),
        "4_11_013",
        _PAID | {"disability"},
        of_household(_granted_unpaid("disability_living")),
        (WINDOW_MONTHS,),
    ),
    Rule(
        "disability-care-without-transfer",
        _MEASURE,
        _WARNING,
        says("finding.disability-care-without-transfer"),
        "4_11_013",
        _PAID | {"disability"},
        of_household(_granted_unpaid("disability_care")),
        (WINDOW_MONTHS,),
    ),
    Rule(
        "disability-relief-without-disabled",
        _MEASURE,
        _ERROR,
        says("finding.disability-relief-without-disabled"),
        "2_11_001, 4_11_015",
        frozenset({REGISTER, HEALTH, "relief", "disability"}),
        of_household(_relief_without_disabled),
    ),
    Rule(
        "vocational-without-aid",
        _MEASURE,
        _WARNING,
        says("finding.vocational-without-aid"),
        "1111_2",
        frozenset({REGISTER, "schooling", INCOME}),
        of_household(_aided_by_nobody),
        (WINDOW_MONTHS,),
        figures=says("finding-members"),
    ),
    Rule(
        "production-without-operating",
        _MEASURE,
        _WARNING,
        says("finding.production-without-operating"),
        "5_11_013",
        frozenset({"production", INCOME}),
        of_household(_failed_without_receipts),
        (WINDOW_MONTHS,),
    ),
    Rule(
        "income-high-at-risk",
        _MONEY,
        _WARNING,
        says("finding.income-high-at-risk"),
        "1111_18",
        frozenset({REGISTER, RISKS, INCOME}),
        of_household(_rich_at_risk),
        (INCOME_HEAD, MIN_MONTHS, WINDOW_MONTHS),
    ),
    Rule(
        "income-very-low",
        _MONEY,
        _WARNING,
        says("finding.income-very-low"),
        "3_11_010",
        frozenset({REGISTER, INCOME}),
        of_household(_very_poor),
        (INCOME_HEAD, MIN_MONTHS, WINDOW_MONTHS),
    ),
    Rule(
        "wage-of-the-year-low",
        _MONEY,
        _WARNING,
        says("finding.wage-of-the-year-low"),
        "5_15_023",
        frozenset({INCOME}),
        of_household(_wage_of_the_year),
        (WAGE_YEAR_LOW, MIN_MONTHS, WINDOW_MONTHS),
    ),
    Rule(
        "two-sources",
        _MONEY,
        _WARNING,
        says("finding.two-sources"),
        None,
        frozenset({DOUBLED}),
        of_household(_two_sources),
    ),
)
