"""A prefecture 地级市 that nobody lives in: its households, and what is told of them in two years. Pure.

Whatever a household is comes from the seed and its number alone: the first hundred of a prefecture of 300,000 are those
of a prefecture of a hundred. The shares of misfortune are made up so that about nine households in a hundred are at
risk; the numbers of a rule are not looked at here, whether a household is at risk is for the rules to say.
"""

import csv
import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from random import Random
from typing import Any, Final, NamedTuple, TypeVar

from stdnum.cn import ric

from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.table import read_fact
from services.monitoring.persons.rules import RegisteredMember
from shared.codes.monitoring import ExpenseKind, Health, HouseholdCategory, IncomeBranch, Labour, Relation, Sex
from shared.money import format_yuan
from shared.months import first_day, format_month, month_of
from shared.regions import DIVISIONS_FILE, RegionLevel, region_prefix
from tests.load.county import TODAY

ItemT = TypeVar("ItemT")
PREFECTURE: Final = "520600"
"""铜仁市, with the villages it really has."""
LETTERS: Final = "tr-"
"""With what all household codes here begin, as the register remembers it."""
MONTHS: Final = 24
LAST_MONTH: Final = month_of(TODAY) - 1
_REGISTERED_ON: Final = dt.date(2020, 1, 1)
_PAID_ON_DAY: Final = 5
"""Wages of a month are told on this day of the next one."""
_HEADS: Final = ((2, 20), (3, 30), (4, 30), (5, 20))
"""Members of a household, and how many households of a hundred have so many: 3.5 on average."""


class Fate(Enum):
    """What befell a household: how many of a thousand it befalls, and income per head and month in fen, from … to."""

    ORDINARY = (0, 100_000, 200_000)
    POOR = (25, 35_000, 60_000)
    FALLEN = (25, 220_000, 260_000)
    """Since a year the household earns little more than half of this."""
    BURDENED = (10, 100_000, 110_000)
    """One bill eats up what was left."""
    ILL = (30, 100_000, 200_000)
    """A serious illness, told as it happens."""
    CHRONIC = (50, 100_000, 200_000)
    """An illness that is none of the serious ones, and what it costs."""
    FARMING = (150, 110_000, 200_000)
    """Two harvests a year beside the wages, with their cost."""

    def __init__(self, of_thousand: int, least: int, most: int) -> None:
        self.of_thousand, self.least, self.most = of_thousand, least, most


class Home(NamedTuple):
    """A household as it is registered, and what is told of it."""

    code: str
    region_code: str
    category: HouseholdCategory
    relocated: bool
    dibao: bool
    registered_on: dt.date
    members: Sequence[RegisteredMember]
    history: Sequence[ReportedFact]
    """What came in as history, in the order of its references."""
    news: Sequence[ReportedFact]
    """What came in as it happened."""


@dataclass(frozen=True, slots=True)
class Prefecture:
    """So many households, as the seed has them."""

    households: int
    seed: int = 1

    def homes(self) -> Iterator[Home]:
        """The households in the order of their codes."""
        return map(self.home, range(self.households))

    def news(self) -> Iterator[ReportedFact]:
        """What came in as it happened, in the order of the households."""
        ill = (number for number in range(self.households) if _fate(self._random(number)) is Fate.ILL)
        return itertools.chain.from_iterable(self.home(number).news for number in ill)

    def home(self, number: int) -> Home:
        """The household of a number."""
        random = self._random(number)
        fate = _fate(random)
        villages, code = _villages(), code_of(number)
        region_code = villages[number % len(villages)]
        heads = random.choices(*zip(*_HEADS, strict=True))[0]
        members = [_member(place, number, random) for place in range(1, heads + 1)]
        per_head = random.randint(fate.least, fate.most)
        wages = _wages(code, fate, per_head * heads, random)
        beside = _misfortune(fate, per_head * heads, heads, random)
        facts = [*wages, *(_read(code, MONTHS + place, told) for place, told in enumerate(beside))]
        news = [fact for fact in facts if fact.type == "illness" and fate is Fate.ILL]
        return Home(
            code,
            region_code,
            random.choices((HouseholdCategory.ORDINARY, HouseholdCategory.LIFTED), (85, 15))[0],
            relocated=random.random() < 0.05,
            dibao=random.random() < 0.06,
            registered_on=_REGISTERED_ON,
            members=members,
            history=[fact for fact in facts if fact not in news] if news else facts,
            news=news,
        )

    def _random(self, number: int) -> Random:
        return Random(f"{self.seed}/{number}")


def code_of(number: int) -> str:
    """The code of a household."""
    return f"{LETTERS.upper()}{number:07d}"


@cache
def _villages() -> Sequence[str]:
    with DIVISIONS_FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    here = region_prefix(PREFECTURE)
    return [row["code"] for row in rows if row["level"] == RegionLevel.VILLAGE and row["code"].startswith(here)]


def _fate(random: Random) -> Fate:
    drawn = random.randrange(1000)
    for fate in Fate:
        if drawn < fate.of_thousand:
            return fate
        drawn -= fate.of_thousand
    return Fate.ORDINARY


# Members


class _Role(NamedTuple):
    relation: Relation
    sex: Sex
    youngest: int
    """The year in which the last of them were born."""
    years: int
    labour: Labour


_ROLES: Final = (
    _Role(Relation.HEAD, Sex.MALE, 1990, 30, Labour.ORDINARY),
    _Role(Relation.SPOUSE, Sex.FEMALE, 1990, 30, Labour.ORDINARY),
    _Role(Relation.CHILD, Sex.MALE, 2020, 12, Labour.NONE),
    _Role(Relation.CHILD, Sex.FEMALE, 2020, 12, Labour.NONE),
    _Role(Relation.PARENT, Sex.FEMALE, 1958, 20, Labour.LOST),
)
_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂"
_STRIDE: Final = 7919
"""A prime, so that neighbours are not born on neighbouring days and no day comes twice before all have come."""
_SEQUENCES: Final = 190
"""Identity numbers of one day that belong to members of one place: enough for 400,000 households."""
_COUNTY, _COUNTY_BEFORE, _RENAMED = "520626", "522226", 2012
"""德江县: its code today, the one before, and since when people are born under the one of today."""


def _member(place: int, number: int, random: Random) -> RegisteredMember:
    role = _ROLES[place - 1]
    days = role.years * 365
    born = dt.date(role.youngest, 12, 31) - dt.timedelta(days=number * _STRIDE % days)
    sequence = (place - 1) * _SEQUENCES + number // days * 2 % _SEQUENCES + (role.sex is Sex.MALE)
    name = random.choice(_SURNAMES) + random.choice(_GIVEN) + random.choice(_GIVEN)
    health = random.choices((Health.HEALTHY, Health.CHRONIC, Health.SERIOUS, Health.DISABLED), (90, 8, 1, 1))[0]
    issued_in = _COUNTY if born.year >= _RENAMED else _COUNTY_BEFORE
    number_of_person = f"{issued_in}{born:%Y%m%d}{sequence:03d}"
    return RegisteredMember(
        place,
        name,
        role.relation,
        role.sex,
        born,
        number_of_person + ric.calc_check_digit(f"{number_of_person}0"),
        role.labour,
        health,
        student=role.relation is Relation.CHILD,
    )


# What is told


_Told = tuple[str, int | None, dt.date, str, dict[str, Any]]
"""Source, member, day, type and payload."""


def _wages(code: str, fate: Fate, monthly: int, random: Random) -> Iterator[ReportedFact]:
    """Two years of wages of the head. There are millions of them: each is a copy of one that was read."""
    wage = _read(code, 0, ("payroll", 1, TODAY, "income", _WAGE))
    for place, (month, day) in enumerate(_months()):
        share = random.uniform(0.94, 1.06)
        if fate is Fate.FALLEN and place >= MONTHS // 2:
            share *= 0.55
        payload = wage.payload.model_copy(update={"month": month, "amount": int(monthly * share)})
        yield wage.model_copy(update={"source_ref": f"{code}/{place}", "observed_on": day, "payload": payload})


_WAGE: Final = {"branch": IncomeBranch.WAGE, "month": "2026-01", "amount": "1.00", "operating_cost": "0.00"}


@cache
def _months() -> Sequence[tuple[int, dt.date]]:
    """The months of the history, each with the day on which it is told of."""
    return [(month, _told_on(month)) for month in range(LAST_MONTH - MONTHS + 1, LAST_MONTH + 1)]


def _misfortune(fate: Fate, monthly: int, heads: int, random: Random) -> Iterator[_Told]:
    """What is told beside the wages."""
    member_no, day = random.randint(1, heads), TODAY - dt.timedelta(days=random.randint(1, 90))
    match fate:
        case Fate.BURDENED:
            kind = random.choice((ExpenseKind.MEDICAL, ExpenseKind.DISASTER))
            yield _expense(kind, LAST_MONTH - random.randrange(6), monthly * 10, monthly * 2, member_no)
        case Fate.ILL:
            payload = {"code": "C34.9", "name": "肺癌", "serious": True, "main_earner": member_no == 1}
            yield "medical-insurance", member_no, day, "illness", payload
        case Fate.CHRONIC:
            payload = {"code": "I10", "name": "原发性高血压", "serious": False}
            yield "medical-insurance", member_no, day, "illness", payload
            for month in random.sample(range(LAST_MONTH - 11, LAST_MONTH + 1), 2):
                yield _expense(ExpenseKind.MEDICAL, month, 30_000, 20_000, member_no)
        case Fate.FARMING:
            for month in (LAST_MONTH - 15, LAST_MONTH - 13, LAST_MONTH - 3, LAST_MONTH - 1):
                yield _harvest(month, 400_000, cost=150_000)


def _harvest(month: int, fen: int, cost: int) -> _Told:
    payload = {"branch": IncomeBranch.OPERATING, "month": format_month(month), "amount": format_yuan(fen)}
    return "agriculture", None, _told_on(month), "income", payload | {"operating_cost": format_yuan(cost)}


def _expense(kind: ExpenseKind, month: int, self_paid: int, reimbursed: int, member_no: int) -> _Told:
    payload = {"kind": kind, "month": format_month(month), "amount": format_yuan(self_paid + reimbursed)}
    parts = {"self_paid_compliant": format_yuan(self_paid), "reimbursed": format_yuan(reimbursed)}
    return "medical-insurance", member_no, _told_on(month), "expense", payload | parts


@cache
def _told_on(month: int) -> dt.date:
    return first_day(month + 1).replace(day=_PAID_ON_DAY)


def _read(code: str, place: int, told: _Told) -> ReportedFact:
    source, member_no, day, fact_type, payload = told
    return read_fact(
        {
            "source": source,
            "source_ref": f"{code}/{place}",
            "household_code": code,
            "member_no": member_no,
            "observed_on": day,
            "type": fact_type,
            "payload": payload,
        }
    )


def in_batches(items: Iterator[ItemT], size: int) -> Iterator[list[ItemT]]:
    """The items in groups of a size."""
    while batch := list(itertools.islice(items, size)):
        yield batch
