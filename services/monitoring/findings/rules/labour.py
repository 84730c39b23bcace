"""Labour 劳动能力: who is said to be able to work and hardly can, or the other way."""

from typing import Final

from services.monitoring.findings.rules.parameters import (
    LABOUR_AGE,
    LAST_LABOUR_AGE,
    SEVERE_GRADE,
    TEKUN_AGE,
)
from services.monitoring.findings.rules.rule import Answer, Numbers, Rule, of_members
from services.monitoring.findings.rules.seen import HEALTH, REGISTER, Seen, SeenMember
from shared.codes.monitoring import FindingGroup, FindingSeverity, Health, Labour
from shared.words.said import says

_LABOUR = FindingGroup.LABOUR
_ERROR, _WARNING = FindingSeverity.ERROR, FindingSeverity.WARNING
_NO_LABOUR: Final = frozenset({Labour.LOST, Labour.NONE})


def _is_within(age: int, span: Numbers) -> bool:
    return int(span["lowest"]) <= age <= int(span["highest"])


def _is_healthy_of_age(seen: Seen, one: SeenMember, numbers: Numbers) -> bool:
    return one.health is Health.HEALTHY and not one.student and _is_within(seen.age(one), numbers[LABOUR_AGE])


def _healthy_without(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    return _is_healthy_of_age(seen, one, numbers) and one.labour in _NO_LABOUR


def _healthy_and_weak(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    return _is_healthy_of_age(seen, one, numbers) and one.labour is Labour.WEAK


def _labour_under_age(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    return one.labour.is_able and seen.age(one) < int(numbers[LABOUR_AGE]["lowest"])


def _labour_of_old(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    return one.labour in (Labour.ORDINARY, Labour.SKILLED) and seen.age(one) > int(numbers[LAST_LABOUR_AGE])


def _severe_with_labour(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    disability = seen.state("disability", one.member_no)
    return (
        disability is not None
        and disability["kind"] == "physical"
        and disability["grade"] <= int(numbers[SEVERE_GRADE])
        and one.labour in (Labour.ORDINARY, Labour.SKILLED)
    )


def _unable_with_labour(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    care = seen.state("care", one.member_no)
    return care is not None and care["level"] == "unable" and one.labour.is_able


def _tekun_and_healthy(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    return seen.is_granted("tekun") and one.health is Health.HEALTHY and _is_within(seen.age(one), numbers[TEKUN_AGE])


RULES: Final = (
    Rule(
        "healthy-without-labour",
        _LABOUR,
        _WARNING,
        says("finding.healthy-without-labour"),
        "5_12_008",
        frozenset({REGISTER, HEALTH}),
        of_members(_healthy_without),
        (LABOUR_AGE,),
    ),
    Rule(
        "healthy-with-weak-labour",
        _LABOUR,
        _WARNING,
        says("finding.healthy-with-weak-labour"),
        "5_12_008, 2_01_005",
        frozenset({REGISTER, HEALTH}),
        of_members(_healthy_and_weak),
        (LABOUR_AGE,),
    ),
    Rule(
        "student-with-labour",
        _LABOUR,
        _ERROR,
        says("finding.student-with-labour"),
        "1111_07",
        frozenset({REGISTER}),
        of_members(lambda _, one, __: one.student and one.labour.is_able),
    ),
    Rule(
        "labour-under-16",
        _LABOUR,
        _ERROR,
        says("finding.labour-under-16"),
        "2_12_014",
        frozenset({REGISTER}),
        of_members(_labour_under_age),
        (LABOUR_AGE,),
    ),
    Rule(
        "labour-of-old",
        _LABOUR,
        _WARNING,
        says("finding.labour-of-old"),
        None,
        frozenset({REGISTER}),
        of_members(_labour_of_old),
        (LAST_LABOUR_AGE,),
    ),
    Rule(
        "severe-disability-with-labour",
        _LABOUR,
        _ERROR,
        says("finding.severe-disability-with-labour"),
        "4_01_008",
        frozenset({REGISTER, "disability"}),
        of_members(_severe_with_labour),
        (SEVERE_GRADE,),
    ),
    Rule(
        "unable-with-labour",
        _LABOUR,
        _ERROR,
        says("finding.unable-with-labour"),
        None,
        frozenset({REGISTER, "care"}),
        of_members(_unable_with_labour),
    ),
    Rule(
        "tekun-healthy",
        _LABOUR,
        _WARNING,
        says("finding.tekun-healthy"),
        "5_15_019",
        frozenset({REGISTER, HEALTH, "relief"}),
        of_members(_tekun_and_healthy),
        (TEKUN_AGE,),
    ),
)
