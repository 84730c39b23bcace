"""Work and posts 务工、公益性岗位: what is said of the work of members, and cannot well be true."""

from typing import Final

from services.monitoring.findings.rules.parameters import (
    LABOUR_AGE,
    MONTH_PLAUSIBLE,
    POST_AGE,
    POSTS,
    WAGE_LOW,
    WINDOW_MONTHS,
)
from services.monitoring.findings.rules.rule import Answer, Numbers, Rule, of_household, of_members
from services.monitoring.findings.rules.seen import CONFIRMED, INCOME, REGISTER, Seen, SeenMember, State
from shared.codes.monitoring import FindingGroup, FindingSeverity, Labour
from shared.money import format_yuan
from shared.regions import LEVEL_DIGITS, RegionLevel, county_of, region_prefix
from shared.words.said import says

_WORK, _POST = FindingGroup.WORK, FindingGroup.POST
_ERROR, _WARNING = FindingSeverity.ERROR, FindingSeverity.WARNING
_FEN: Final = 100
_WORKING: Final = frozenset({REGISTER, "work"})


def _work(seen: Seen, one: SeenMember) -> State | None:
    """The work of a member who works."""
    work = seen.state("work", one.member_no)
    return work if work is not None and work["status"] == "working" else None


def _is_jobless(seen: Seen, one: SeenMember) -> bool:
    work = seen.state("work", one.member_no)
    return work is not None and work["status"] == "jobless"


def _is_posted(seen: Seen, one: SeenMember) -> bool:
    work = _work(seen, one)
    return work is not None and work.get("channel") == "public_post"


def _works_under_age(seen: Seen, one: SeenMember, numbers: Numbers) -> Answer:
    return _work(seen, one) is not None and seen.age(one) < int(numbers[LABOUR_AGE]["lowest"])


def _is_away(seen: Seen, work: State) -> bool:
    """Whether the place of work is known and lies outside the county."""
    place = work.get("place_code")
    return place is not None and place != county_of(seen.region_code)


def _away_by(channel: str, seen: Seen, one: SeenMember) -> Answer:
    work = _work(seen, one)
    return work is not None and work.get("channel") == channel and _is_away(seen, work)


def _organised_at_home(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    work = _work(seen, one)
    return (
        work is not None
        and work.get("channel") == "organised"
        and work.get("place_code") is not None
        and not _is_away(seen, work)
    )


def _place_too_wide(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    work = _work(seen, one)
    place = None if work is None else work.get("place_code")
    is_wider = place is not None and len(region_prefix(place)) < LEVEL_DIGITS[RegionLevel.COUNTY]
    return {"place_code": place} if is_wider else None


def _works_without(field: str, seen: Seen, one: SeenMember) -> Answer:
    work = _work(seen, one)
    return work is not None and work.get(field) is None


def _willing_without_way(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    work = seen.state("work", one.member_no)
    return work is not None and work["status"] == "jobless" and work["willing"] and work.get("channel") is None


def _graduate_of(stage: str, seen: Seen, one: SeenMember) -> Answer:
    school = seen.state("schooling", one.member_no)
    return (
        school is not None
        and (school["event"], school["stage"]) == ("graduated", stage)
        and one.labour.is_able
        and _is_jobless(seen, one)
    )


def _skilled_and_jobless(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    return one.labour is Labour.SKILLED and _is_jobless(seen, one)


def _skilled_and_unknown(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    return one.labour is Labour.SKILLED and seen.state("work", one.member_no) is None


def _working_and_at_school(seen: Seen, one: SeenMember, _: Numbers) -> Answer:
    return one.student and _work(seen, one) is not None


def _beyond_plausible(seen: Seen, numbers: Numbers) -> Answer:
    span = numbers[MONTH_PLAUSIBLE]
    lowest, highest = int(span["lowest"] * _FEN), int(span["highest"] * _FEN)
    amounts = sorted((one.month, one.amount) for one in seen.confirmed if not lowest <= one.amount <= highest)
    if not amounts:
        return None
    return {"amounts": [{"month": month, "amount": format_yuan(amount)} for month, amount in amounts]}


def _wage_low(seen: Seen, numbers: Numbers) -> Answer:
    income = seen.income
    if income is None or not income.known or not any(_work(seen, one) for one in seen.members):
        return None
    lowest = int(numbers[WAGE_LOW] * _FEN)
    return 0 < income.wage < lowest * income.known


def _posted_outside_age(seen: Seen, one: SeenMember, numbers: Numbers) -> tuple[bool, bool]:
    """Whether somebody in a post is below the age of posts, and whether above."""
    if not _is_posted(seen, one):
        return False, False
    age, span = seen.age(one), numbers[POST_AGE]
    return age < int(span["lowest"]), age > int(span["highest"])


def _posts_too_many(seen: Seen, numbers: Numbers) -> Answer:
    posted = [one.member_no for one in seen.members if _is_posted(seen, one)]
    return {"members": posted} if len(posted) >= int(numbers[POSTS]) else None


def _post_without_months(seen: Seen, _: Numbers) -> Answer:
    posted = [one.member_no for one in seen.members if _is_posted(seen, one)]
    income = seen.income
    return {"members": posted} if posted and income is not None and not income.wage else None


RULES: Final = (
    Rule(
        "work-under-16",
        _WORK,
        _ERROR,
        says("finding.work-under-16"),
        "5_16_010",
        _WORKING,
        of_members(_works_under_age),
        (LABOUR_AGE,),
    ),
    Rule(
        "tekun-working",
        _WORK,
        _WARNING,
        says("finding.tekun-working"),
        "5_12_003",
        frozenset({REGISTER, "work", "relief"}),
        of_members(lambda seen, one, _: seen.is_granted("tekun") and _work(seen, one) is not None),
    ),
    Rule(
        "work-of-student",
        _WORK,
        _WARNING,
        says("finding.work-of-student"),
        None,
        _WORKING,
        of_members(_working_and_at_school),
    ),
    Rule(
        "work-without-labour",
        _WORK,
        _ERROR,
        says("finding.work-without-labour"),
        None,
        _WORKING,
        of_members(lambda seen, one, _: _work(seen, one) is not None and not one.labour.is_able),
    ),
    Rule(
        "wage-range",
        _WORK,
        _WARNING,
        says("finding.wage-range"),
        "5_16_001",
        frozenset({CONFIRMED}),
        of_household(_beyond_plausible),
        (MONTH_PLAUSIBLE,),
    ),
    Rule(
        "wage-low",
        _WORK,
        _WARNING,
        says("finding.wage-low"),
        "1111_12",
        frozenset({REGISTER, "work", INCOME}),
        of_household(_wage_low),
        (WAGE_LOW, WINDOW_MONTHS),
    ),
    Rule(
        "away-with-public-post",
        _WORK,
        _ERROR,
        says("finding.away-with-public-post"),
        "5_01_003, 5_12_002",
        _WORKING,
        of_members(lambda seen, one, _: _away_by("public_post", seen, one)),
    ),
    Rule(
        "away-with-workshop",
        _WORK,
        _ERROR,
        says("finding.away-with-workshop"),
        "5_01_003, 5_12_002",
        _WORKING,
        of_members(lambda seen, one, _: _away_by("workshop", seen, one)),
    ),
    Rule(
        "organised-work-at-home",
        _WORK,
        _WARNING,
        says("finding.organised-work-at-home"),
        "5_17_011, 5_17_012",
        _WORKING,
        of_members(_organised_at_home),
    ),
    Rule(
        "work-place-too-wide",
        _WORK,
        _ERROR,
        says("finding.work-place-too-wide"),
        "5_01_005",
        _WORKING,
        of_members(_place_too_wide),
    ),
    Rule(
        "work-place-missing",
        _WORK,
        _ERROR,
        says("finding.work-place-missing"),
        "5_12_006",
        _WORKING,
        of_members(lambda seen, one, _: _works_without("place_code", seen, one)),
    ),
    Rule(
        "work-channel-missing",
        _WORK,
        _ERROR,
        says("finding.work-channel-missing"),
        "5_12_006",
        _WORKING,
        of_members(lambda seen, one, _: _works_without("channel", seen, one)),
    ),
    Rule(
        "willing-without-channel",
        _WORK,
        _WARNING,
        says("finding.willing-without-channel"),
        "5_15_009",
        _WORKING,
        of_members(_willing_without_way),
    ),
    Rule(
        "college-not-working",
        _WORK,
        _WARNING,
        says("finding.college-not-working"),
        "5_20_028",
        frozenset({REGISTER, "work", "schooling"}),
        of_members(lambda seen, one, _: _graduate_of("college", seen, one)),
    ),
    Rule(
        "vocational-not-working",
        _WORK,
        _WARNING,
        says("finding.vocational-not-working"),
        "5_20_029",
        frozenset({REGISTER, "work", "schooling"}),
        of_members(lambda seen, one, _: _graduate_of("vocational", seen, one)),
    ),
    Rule(
        "skilled-not-working",
        _WORK,
        _WARNING,
        says("finding.skilled-not-working"),
        "5_20_030",
        _WORKING,
        of_members(_skilled_and_jobless),
    ),
    Rule(
        "skilled-work-unknown",
        _WORK,
        _WARNING,
        says("finding.skilled-work-unknown"),
        "5_20_031",
        _WORKING,
        of_members(_skilled_and_unknown),
    ),
    Rule(
        "post-under-16",
        _POST,
        _ERROR,
        says("finding.post-under-16"),
        "5_12_004",
        _WORKING,
        of_members(lambda *asked: _posted_outside_age(*asked)[0]),
        (POST_AGE,),
    ),
    Rule(
        "post-over-age",
        _POST,
        _ERROR,
        says("finding.post-over-age"),
        "5_12_005",
        _WORKING,
        of_members(lambda *asked: _posted_outside_age(*asked)[1]),
        (POST_AGE,),
    ),
    Rule(
        "post-without-labour",
        _POST,
        _ERROR,
        says("finding.post-without-labour"),
        "5_15_006",
        _WORKING,
        of_members(lambda seen, one, _: _is_posted(seen, one) and not one.labour.is_able),
    ),
    Rule(
        "posts-too-many",
        _POST,
        _WARNING,
        says("finding.posts-too-many"),
        "3_01_010, 3_01_011",
        _WORKING,
        of_household(_posts_too_many),
        (POSTS,),
        figures=says("finding-members"),
    ),
    Rule(
        "post-without-months",
        _POST,
        _WARNING,
        says("finding.post-without-months"),
        "3_01_006, 5_15_003",
        frozenset({REGISTER, "work", INCOME}),
        of_household(_post_without_months),
        (WINDOW_MONTHS,),
        figures=says("finding-members"),
    ),
)
