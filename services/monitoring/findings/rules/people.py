"""Identity and relations 身份与关系: who is registered twice, headless, or related in a way that cannot be."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from services.monitoring.evidence.rules import NO_MEMBER
from services.monitoring.findings.rules.parameters import ADULT_AGE, GENERATION, MARRIAGE_AGE
from services.monitoring.findings.rules.rule import Answer, Found, Numbers, Rule, of_household, of_members
from services.monitoring.findings.rules.seen import (
    CHANGES,
    HOMES,
    IDENTITY,
    REGISTER,
    ReportedChange,
    Seen,
    SeenMember,
    years_between,
)
from shared.codes.circumstances import MemberChange
from shared.codes.monitoring import FindingGroup, FindingSeverity, Relation
from shared.identity import IdentityError, IdentityWarning, check_resident_id
from shared.words.said import says

_GROUP, _ERROR, _WARNING = FindingGroup.IDENTITY, FindingSeverity.ERROR, FindingSeverity.WARNING
_REGISTERED: Final = frozenset({REGISTER})
_NUMBERS: Final = frozenset({REGISTER, IDENTITY})
_LEAVING: Final = frozenset(
    {MemberChange.DIED, MemberChange.MARRIED_OUT, MemberChange.MOVED_OUT, MemberChange.ENLISTED}
)


def _related(seen: Seen, relation: Relation) -> list[SeenMember]:
    return [one for one in seen.members if one.relation is relation]


def _numbers_of(members: list[SeenMember]) -> Answer:
    return {"members": [one.member_no for one in members]}


def _registered_elsewhere(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    homes = seen.elsewhere.get(one.member_no)
    return {"households": dict(sorted(homes.items()))} if homes else None


def _is_of_wrong_length(_: Seen, one: SeenMember, __: Numbers) -> Answer:
    return one.id_number is None or IdentityError.BAD_FORMAT in check_resident_id(one.id_number).errors


def _fails_its_check_digit(_: Seen, one: SeenMember, __: Numbers) -> Answer:
    errors = check_resident_id(one.id_number).errors if one.id_number else ()
    return bool(errors) and IdentityError.BAD_FORMAT not in errors


def _warned_of(warning: IdentityWarning, one: SeenMember) -> Answer:
    if one.id_number is None:
        return None
    return warning in check_resident_id(one.id_number, birth_date=one.birth_date, sex=one.sex).warnings


def _heads_too_many(seen: Seen, _: Numbers) -> Answer:
    heads = _related(seen, Relation.HEAD)
    return _numbers_of(heads) if len(heads) > 1 else None


def _spouses_too_many(seen: Seen, _: Numbers) -> Answer:
    spouses = _related(seen, Relation.SPOUSE)
    return _numbers_of(spouses) if len(spouses) > 1 else None


def _is_of_the_sex_of_the_head(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    heads = _related(seen, Relation.HEAD)
    return one.relation is Relation.SPOUSE and len(heads) == 1 and heads[0].sex is one.sex


def _parents_of_one_sex(seen: Seen, _: Numbers) -> Answer:
    parents = _related(seen, Relation.PARENT)
    married = _related(seen, Relation.SPOUSE)
    return _numbers_of(parents) if not married and len(parents) > 1 and len({one.sex for one in parents}) == 1 else None


def _is_a_generation_older(older: SeenMember, younger: SeenMember, numbers: Numbers) -> bool:
    return older.birth_date.year + int(numbers[GENERATION]) <= younger.birth_date.year


def _child_as_old(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    heads = _related(seen, Relation.HEAD)
    return one.relation is Relation.CHILD and len(heads) == 1 and not _is_a_generation_older(heads[0], one, numbers)


def _parent_as_young(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    heads = _related(seen, Relation.HEAD)
    return one.relation is Relation.PARENT and len(heads) == 1 and not _is_a_generation_older(one, heads[0], numbers)


def _head_is_minor(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    adult = int(numbers[ADULT_AGE])
    return (
        one.relation is Relation.HEAD
        and seen.age(one) < adult
        and any(seen.age(other) >= adult for other in seen.members)
    )


def _spouse_too_young(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    return one.relation is Relation.SPOUSE and seen.age(one) < int(numbers[MARRIAGE_AGE][str(one.sex)])


def _same_person(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    """Somebody of the same birthday and sex stands before without a number to tell them apart."""
    twins = [
        other.member_no
        for other in seen.members
        if other.member_no < one.member_no
        and (other.birth_date, other.sex, other.relation) == (one.birth_date, one.sex, one.relation)
        and None in (other.id_number, one.id_number)
    ]
    return {"members": [*twins, one.member_no]} if twins else None


def _registered_before_birth(seen: Seen, _: Numbers) -> Answer:
    return bool(seen.members) and all(seen.registered_on < one.birth_date for one in seen.members)


def _is_registered(seen: Seen, reported: ReportedChange) -> bool:
    """Whether the register shows a change that was reported.

    Whoever left is registered no more, and a newborn 新生儿 is somebody who had completed no year of age by then. Where
    nobody is named, somebody left or was taken in on the day of the report or later.
    """
    if reported.change in _LEAVING:
        return reported.member_no == NO_MEMBER and _is_since(seen.left_on, reported.observed_on)
    if reported.member_no != NO_MEMBER:
        return True
    if reported.change == MemberChange.BORN:
        return any(years_between(one.birth_date, reported.observed_on) < 1 for one in seen.members)
    return _is_since(seen.joined_on, reported.observed_on)


def _is_since(day: dt.date | None, observed_on: dt.date) -> bool:
    return day is not None and day >= observed_on


def _pending(seen: Seen, _: Numbers) -> Iterator[Found]:
    """The changes of each member, and of whom nobody named, that the register does not show."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for reported in seen.changes:
        if not _is_registered(seen, reported):
            found[reported.member_no].add(reported.change)
    for member_no, changes in sorted(found.items()):
        yield Found(None if member_no == NO_MEMBER else member_no, {"changes": sorted(changes)})


RULES: Final = (
    Rule(
        "id-twice",
        _GROUP,
        _ERROR,
        says("finding.id-twice"),
        "1_01_001, 1_12_001",
        frozenset({REGISTER, HOMES}),
        of_members(_registered_elsewhere),
        figures=says("finding-households"),
    ),
    Rule(
        "id-length",
        _GROUP,
        _WARNING,
        says("finding.id-length"),
        "1_01_002, 1_12_002",
        _NUMBERS,
        of_members(_is_of_wrong_length),
    ),
    Rule(
        "id-check-digit",
        _GROUP,
        _ERROR,
        says("finding.id-check-digit"),
        "1_12_003, 1_12_004",
        _NUMBERS,
        of_members(_fails_its_check_digit),
    ),
    Rule(
        "id-birth-date",
        _GROUP,
        _ERROR,
        says("finding.id-birth-date"),
        None,
        _NUMBERS,
        of_members(lambda _, one, __: _warned_of(IdentityWarning.BIRTH_DATE_DIFFERS, one)),
    ),
    Rule(
        "id-sex",
        _GROUP,
        _ERROR,
        says("finding.id-sex"),
        None,
        _NUMBERS,
        of_members(lambda _, one, __: _warned_of(IdentityWarning.SEX_DIFFERS, one)),
    ),
    Rule(
        "person-twice",
        _GROUP,
        _WARNING,
        says("finding.person-twice"),
        None,
        _NUMBERS,
        of_members(_same_person),
        figures=says("finding-members"),
    ),
    Rule(
        "head-missing",
        _GROUP,
        _ERROR,
        says("finding.head-missing"),
        "3_11_001",
        _REGISTERED,
        of_household(lambda seen, _: not _related(seen, Relation.HEAD)),
    ),
    Rule(
        "head-twice",
        _GROUP,
        _ERROR,
        says("finding.head-twice"),
        "3_11_002",
        _REGISTERED,
        of_household(_heads_too_many),
        figures=says("finding-members"),
    ),
    Rule(
        "spouse-twice",
        _GROUP,
        _WARNING,
        says("finding.spouse-twice"),
        None,
        _REGISTERED,
        of_household(_spouses_too_many),
        figures=says("finding-members"),
    ),
    Rule(
        "spouse-same-sex",
        _GROUP,
        _ERROR,
        says("finding.spouse-same-sex"),
        "2_02_001, 2_11_003",
        _REGISTERED,
        of_members(_is_of_the_sex_of_the_head),
    ),
    Rule(
        "parents-same-sex",
        _GROUP,
        _WARNING,
        says("finding.parents-same-sex"),
        "2_12_008",
        _REGISTERED,
        of_household(_parents_of_one_sex),
        figures=says("finding-members"),
    ),
    Rule(
        "child-too-old",
        _GROUP,
        _ERROR,
        says("finding.child-too-old"),
        None,
        _REGISTERED,
        of_members(_child_as_old),
        (GENERATION,),
    ),
    Rule(
        "parent-too-young",
        _GROUP,
        _ERROR,
        says("finding.parent-too-young"),
        None,
        _REGISTERED,
        of_members(_parent_as_young),
        (GENERATION,),
    ),
    Rule(
        "head-minor",
        _GROUP,
        _WARNING,
        says("finding.head-minor"),
        None,
        _REGISTERED,
        of_members(_head_is_minor),
        (ADULT_AGE,),
    ),
    Rule(
        "spouse-too-young",
        _GROUP,
        _ERROR,
        says("finding.spouse-too-young"),
        None,
        _REGISTERED,
        of_members(_spouse_too_young),
        (MARRIAGE_AGE,),
    ),
    Rule(
        "registered-before-birth",
        _GROUP,
        _ERROR,
        says("finding.registered-before-birth"),
        None,
        _REGISTERED,
        of_household(_registered_before_birth),
    ),
    Rule(
        "member-change-pending",
        _GROUP,
        _WARNING,
        says("finding.member-change-pending"),
        None,
        frozenset({REGISTER, CHANGES}),
        _pending,
    ),
)
