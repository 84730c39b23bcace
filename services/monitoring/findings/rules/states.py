"""Ranges, schooling and health 取值范围、就学、健康: what is reported of somebody against age, flag and register."""

from decimal import Decimal
from functools import partial
from typing import Final

from services.monitoring.findings.rules.parameters import LAND, SCHOOL_AGE, STUDENT_AGE
from services.monitoring.findings.rules.rule import Answer, Check, Numbers, Rule, of_household, of_members
from services.monitoring.findings.rules.seen import HEALTH, REGISTER, Seen, SeenMember
from shared.codes.monitoring import FindingGroup, FindingSeverity, Health
from shared.words.said import says

_RANGE, _SCHOOL, _HEALTH = FindingGroup.RANGE, FindingGroup.SCHOOL, FindingGroup.HEALTH
_ERROR, _WARNING = FindingSeverity.ERROR, FindingSeverity.WARNING
_MEANS: Final = frozenset({"means"})
_AT_SCHOOL: Final = frozenset({REGISTER, "schooling"})
_LEFT: Final = frozenset({"dropped_out", "not_enrolled", "graduated"})
_ENROLLED: Final = frozenset({"enrolled", "returned"})


def _beyond(field: str) -> Check:
    """A check of a figure of the means of production 生产条件 against its greatest plausible value."""

    def is_beyond(seen: Seen, numbers: Numbers) -> Answer:
        means = seen.state("means")
        value = None if means is None else means.get(field)
        if value is None or 0 <= Decimal(value) <= Decimal(numbers[LAND][field]):
            return None
        return {field: str(value)}

    return of_household(is_beyond)


def _outside_stage(stage: str, seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    school = seen.state("schooling", one.member_no)
    if school is None or school["stage"] != stage or school["event"] not in _ENROLLED:
        return None
    span, age = numbers[SCHOOL_AGE][stage], seen.age(one)
    return age < int(span["lowest"]) or ("highest" in span and age > int(span["highest"]))


def _stage(stage: str) -> Check:
    return of_members(partial(_outside_stage, stage))


def _student_of_no_school(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    school = seen.state("schooling", one.member_no)
    return one.student and school is not None and school["event"] in _LEFT


def _pupil_without_flag(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    school = seen.state("schooling", one.member_no)
    return not one.student and school is not None and school["event"] in _ENROLLED and school["stage"] != "preschool"


def _student_of_age(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    span, age = numbers[STUDENT_AGE], seen.age(one)
    return one.student and not int(span["lowest"]) <= age <= int(span["highest"])


def _healthy_and_disabled(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    return one.health is Health.HEALTHY and seen.state("disability", one.member_no) is not None


def _disabled_without_certificate(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    certified = any(seen.states_of("disability"))
    return one.health is Health.DISABLED and certified and seen.state("disability", one.member_no) is None


def _healthy_and_ill(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    return one.health is Health.HEALTHY and one.member_no in seen.diagnosed


def _healthy_and_unable(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    care = seen.state("care", one.member_no)
    return one.health is Health.HEALTHY and care is not None and care["level"] == "unable"


def _healthy_under_contract(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    contracts = [state for member_no, state in seen.states_of("chronic") if member_no == one.member_no]
    return one.health is Health.HEALTHY and any(state["contract"] == "active" for state in contracts)


RULES: Final = (
    Rule("arable-range", _RANGE, _ERROR, says("finding.arable-range"), "5_14_*", _MEANS, _beyond("arable_mu"), (LAND,)),
    Rule("forest-range", _RANGE, _ERROR, says("finding.forest-range"), "5_14_*", _MEANS, _beyond("forest_mu"), (LAND,)),
    Rule("road-range", _RANGE, _WARNING, says("finding.road-range"), "5_14_*", _MEANS, _beyond("road_km"), (LAND,)),
    Rule(
        "primary-age",
        _SCHOOL,
        _WARNING,
        says("finding.primary-age"),
        "5_12_014",
        _AT_SCHOOL,
        _stage("primary"),
        (SCHOOL_AGE,),
    ),
    Rule(
        "junior-age",
        _SCHOOL,
        _WARNING,
        says("finding.junior-age"),
        "5_12_015",
        _AT_SCHOOL,
        _stage("junior"),
        (SCHOOL_AGE,),
    ),
    Rule(
        "senior-age",
        _SCHOOL,
        _WARNING,
        says("finding.senior-age"),
        "5_12_016",
        _AT_SCHOOL,
        _stage("senior"),
        (SCHOOL_AGE,),
    ),
    Rule(
        "vocational-age",
        _SCHOOL,
        _WARNING,
        says("finding.vocational-age"),
        "5_12_016",
        _AT_SCHOOL,
        _stage("vocational"),
        (SCHOOL_AGE,),
    ),
    Rule(
        "college-age",
        _SCHOOL,
        _WARNING,
        says("finding.college-age"),
        "5_12_017, 5_12_018",
        _AT_SCHOOL,
        _stage("college"),
        (SCHOOL_AGE,),
    ),
    Rule(
        "student-age",
        _SCHOOL,
        _WARNING,
        says("finding.student-age"),
        None,
        frozenset({REGISTER}),
        of_members(_student_of_age),
        (STUDENT_AGE,),
    ),
    Rule(
        "student-out-of-school",
        _SCHOOL,
        _ERROR,
        says("finding.student-out-of-school"),
        None,
        _AT_SCHOOL,
        of_members(_student_of_no_school),
    ),
    Rule(
        "pupil-without-flag",
        _SCHOOL,
        _ERROR,
        says("finding.pupil-without-flag"),
        None,
        _AT_SCHOOL,
        of_members(_pupil_without_flag),
    ),
    Rule(
        "healthy-and-disabled",
        _HEALTH,
        _ERROR,
        says("finding.healthy-and-disabled"),
        None,
        frozenset({REGISTER, HEALTH, "disability"}),
        of_members(_healthy_and_disabled),
    ),
    Rule(
        "disabled-without-certificate",
        _HEALTH,
        _WARNING,
        says("finding.disabled-without-certificate"),
        None,
        frozenset({REGISTER, HEALTH, "disability"}),
        of_members(_disabled_without_certificate),
    ),
    Rule(
        "healthy-and-ill",
        _HEALTH,
        _WARNING,
        says("finding.healthy-and-ill"),
        None,
        frozenset({REGISTER, HEALTH, "illness"}),
        of_members(_healthy_and_ill),
    ),
    Rule(
        "healthy-and-unable",
        _HEALTH,
        _ERROR,
        says("finding.healthy-and-unable"),
        None,
        frozenset({REGISTER, HEALTH, "care"}),
        of_members(_healthy_and_unable),
    ),
    Rule(
        "healthy-under-contract",
        _HEALTH,
        _WARNING,
        says("finding.healthy-under-contract"),
        None,
        frozenset({REGISTER, HEALTH, "chronic"}),
        of_members(_healthy_under_contract),
    ),
)
