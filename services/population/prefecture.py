"""A prefecture 地级市 that nobody lives in: its households, and what is told of them in two years. Pure.

Whatever a household is comes from the seed, the day and its number alone: the first hundred of a prefecture of 300,000
are those of a prefecture of a hundred. What is said of 铜仁市 stands in `figures.py`. The shares of misfortune are made
up so that about eleven households in a hundred are at risk; the numbers of a rule are not looked at here, whether a
household is at risk is for the rules to say.
"""

import csv
import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from random import Random
from typing import Any, Final, NamedTuple, TypeVar

from services.demo.numbers import NUMBERS_OF_A_DAY, invented_number
from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.table import read_fact
from services.monitoring.ledger.rules.income import MONTHS_IN_YEAR
from services.monitoring.persons.rules import RegisteredMember
from services.population.circumstances import Dwellers, Told, circumstances
from services.population.figures import (
    INCOME_PER_HEAD_FEN,
    LIFTED_SHARE,
    MONITORED_SHARE,
    RELOCATED_SHARE_OF_LIFTED,
    RELOCATED_SHARE_OF_OTHERS,
    TWICE_TOLD_SHARE,
)
from shared.codes.circumstances import IncomeLeaf
from shared.codes.monitoring import ExpenseKind, Health, HouseholdCategory, IncomeBranch, Labour, Relation, Sex
from shared.money import format_yuan
from shared.months import first_day, format_month, month_of
from shared.regions import DIVISIONS_FILE, RegionLevel, county_of, region_prefix

ItemT = TypeVar("ItemT")
PREFECTURE: Final = "520600"
"""铜仁市, with the villages it really has."""
_LETTERS: Final = "TR"
"""With what all household codes here begin. No mark follows them, so they name no county."""
LARGEST: Final = 8_000_000
"""Households for whose members there are identity numbers."""
MONTHS: Final = 24
"""Whole months that the history covers: a year, and the year before it to compare with."""
_HEADS: Final = ((2, 10), (3, 20), (4, 30), (5, 40))
"""Members of a household, and how many households of a hundred have so many: four on average."""
_DIBAO_SHARE: Final = 0.06
"""Households with 低保, whatever else they are; made up."""


class Fate(Enum):
    """What befell a household: the share it befalls, and and income per head, from … to, in percent of the mean."""

    ORDINARY = (0, 70, 132)
    POOR = (MONITORED_SHARE, 25, 42)
    FALLEN = (0.03, 150, 185)
    """Since a year the household earns little more than half of this."""
    BURDENED = (0.015, 70, 77)
    """One bill eats up what was left."""
    ILL = (0.03, 70, 132)
    """A serious illness, told as it happens."""
    CHRONIC = (0.05, 70, 132)
    """An illness that is none of the serious ones, and what it costs."""

    def __init__(self, share: float, least: int, most: int) -> None:
        self.share, self.least, self.most = share, least, most


class Living(Enum):
    """What a household lives on: how many of a hundred do, and of a hundred yuan the wages, harvests and dividends.

    What is missing to a hundred are transfers.
    """

    MIGRANT = (60, 85, 0, 0)
    """务工为主: by wages from elsewhere."""
    FARMING = (40, 72, 17, 3)
    """半工半农: also by two harvests in two years, and what the village's cooperative pays out."""

    def __init__(self, of_hundred: int, wages: int, harvests: int, dividends: int) -> None:
        self.of_hundred, self.wages, self.harvests, self.dividends = of_hundred, wages, harvests, dividends

    @property
    def transfers(self) -> int:
        """Of a hundred yuan."""
        return 100 - self.wages - self.harvests - self.dividends


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

    def told_later(self) -> "Home":
        """The household of which everything came in as history."""
        return self._replace(history=[*self.history, *self.news], news=())


@dataclass(frozen=True)
class Prefecture:
    """So many households, as the seed has them, on the eve of a day."""

    households: int
    on: dt.date
    seed: int = 1

    @property
    def eve(self) -> dt.date:
        """The day before: by then all of the history is told."""
        return self.on - dt.timedelta(days=1)

    @cached_property
    def last_month(self) -> int:
        """The last month of the history."""
        return month_of(self.eve) - 1

    def homes(self, begin: int = 0, end: int | None = None) -> Iterator[Home]:
        """The households from a number up to another one, in the order of their codes."""
        return map(self.home, range(begin, self.households if end is None else end))

    def news(self) -> Iterator[ReportedFact]:
        """What came in as it happened, in the order of the households."""
        ill = (number for number in range(self.households) if _fate(self._random(number)) is Fate.ILL)
        return itertools.chain.from_iterable(self.home(number).news for number in ill)

    def home(self, number: int) -> Home:
        """The household of a number."""
        random = self._random(number)
        fate = _fate(random)
        code, village = code_of(number), _village_of(number)
        heads = random.choices(*zip(*_HEADS, strict=True))[0]
        members = [self._member(place, village, random) for place in range(1, heads + 1)]
        yearly = INCOME_PER_HEAD_FEN * random.randint(fate.least, fate.most) // 100 * heads
        lifted = random.random() < LIFTED_SHARE
        relocated = random.random() < (RELOCATED_SHARE_OF_LIFTED if lifted else RELOCATED_SHARE_OF_OTHERS)
        dibao = random.random() < _DIBAO_SHARE
        living = random.choices(list(Living), [each.of_hundred for each in Living])[0]
        wages = self._wages(code, fate, yearly * living.wages // 100, random)
        twice = self._random(number, "twice").random() < TWICE_TOLD_SHARE
        incomes = self._beside_wages(fate, living, yearly, dibao=dibao, twice=twice)
        beside = [*incomes, *self._misfortune(fate, yearly, heads, random)]
        dwellers = Dwellers(members, village.code, lifted, dibao, living is Living.MIGRANT, self.eve)
        beside += circumstances(dwellers, self._random(number, "circumstances"))
        facts = [*wages, *(_read(code, MONTHS + place, told) for place, told in enumerate(beside))]
        news = [fact for fact in facts if fact.type == "illness" and fate is Fate.ILL]
        return Home(
            code,
            village.code,
            HouseholdCategory.LIFTED if lifted else HouseholdCategory.ORDINARY,
            relocated=relocated,
            dibao=dibao,
            registered_on=dt.date(self.on.year - 6, 1, 1),
            members=members,
            history=[fact for fact in facts if fact not in news] if news else facts,
            news=news,
        )

    def _random(self, number: int, *about: str) -> Random:
        """What is drawn for a household; what is drawn about one thing changes nothing about another."""
        return Random("/".join((str(self.seed), str(number), *about)))  # noqa: S311  no secret comes of it

    def _member(self, place: int, village: "_Village", random: Random) -> RegisteredMember:
        role = _ROLES[place - 1]
        days = role.years * 365
        born = dt.date(self.on.year - role.youngest, 12, 31) - dt.timedelta(days=village.rank * _STRIDE % days)
        order = _FIRST_ORDER + village.rank // days
        assert order < NUMBERS_OF_A_DAY, "there are numbers for so many households"
        name = random.choice(_SURNAMES) + random.choice(_GIVEN) + random.choice(_GIVEN)
        health = random.choices((Health.HEALTHY, Health.CHRONIC, Health.SERIOUS, Health.DISABLED), (90, 8, 1, 1))[0]
        return RegisteredMember(
            place,
            name,
            role.relation,
            role.sex,
            born,
            invented_number(county_of(village.code), born, role.sex, order),
            role.labour,
            health,
            student=role.relation is Relation.CHILD,
        )

    def _wages(self, code: str, fate: Fate, yearly: int, random: Random) -> Iterator[ReportedFact]:
        """Two years of wages of the head. There are millions of them: each is a copy of one that was read."""
        for place, (wage, payload) in enumerate(self._monthly_wages):
            amount = _fallen(fate, yearly, place // MONTHS_IN_YEAR) * random.uniform(0.94, 1.06) / MONTHS_IN_YEAR
            said = payload.model_copy(update={"amount": int(amount)})
            said_of = {"source_ref": f"{code}/{place}", "household_code": code, "payload": said}
            yield wage.model_copy(update=said_of)

    @cached_property
    def _monthly_wages(self) -> Sequence[tuple[ReportedFact, Any]]:
        """The wage of each month of the history, with what it says."""
        months = range(self.last_month - MONTHS + 1, self.last_month + 1)
        told = (self._income(IncomeBranch.WAGE, month, 0, source="payroll", member_no=1) for month in months)
        return [(wage, wage.payload) for wage in (_read(_LETTERS, 0, each) for each in told)]

    def _beside_wages(self, fate: Fate, living: Living, yearly: int, *, dibao: bool, twice: bool) -> Iterator[Told]:
        """What a household lives on beside its wages, in each of the two years; ``twice``, two tell of the transfer."""
        leaf = IncomeLeaf.DIBAO if dibao else IncomeLeaf.ECOLOGY
        for year in range(MONTHS // MONTHS_IN_YEAR):
            month, income = self.last_month - MONTHS + MONTHS_IN_YEAR * (year + 1), _fallen(fate, yearly, year)
            for source in ("village-report", "civil-affairs") if twice else ("village-report",):
                transfer = income * living.transfers // 100
                yield self._income(IncomeBranch.TRANSFER, month - 5, transfer, source=source, leaf=leaf)
            if living.harvests:
                net = income * living.harvests // 100
                gross, dividend = net * 3 // 2, income * living.dividends // 100
                yield self._income(IncomeBranch.OPERATING, month - 1, gross, gross - net, leaf=IncomeLeaf.CROPS)
                yield self._income(IncomeBranch.PROPERTY, month - 9, dividend, leaf=IncomeLeaf.ASSET_DIVIDEND)

    def _misfortune(self, fate: Fate, yearly: int, heads: int, random: Random) -> Iterator[Told]:
        """What is told beside the income."""
        member_no, day = random.randint(1, heads), self.on - dt.timedelta(days=random.randint(15, 90))
        match fate:
            case Fate.BURDENED:
                kind = random.choice((ExpenseKind.MEDICAL, ExpenseKind.DISASTER))
                month = self.last_month - random.randrange(6)
                yield _expense(kind, month, yearly * 5 // 6, yearly // 6, member_no)
            case Fate.ILL:
                payload = {"code": "C34.9", "name": "肺癌", "serious": True, "main_earner": member_no == 1}
                yield _HEALTH_SOURCE, member_no, day, "illness", payload
            case Fate.CHRONIC:
                payload = {"code": "I10", "name": "原发性高血压", "serious": False}
                yield _HEALTH_SOURCE, member_no, day, "illness", payload
                for month in random.sample(range(self.last_month - 11, self.last_month + 1), 2):
                    yield _expense(ExpenseKind.MEDICAL, month, 30_000, 20_000, member_no)

    @staticmethod
    def _income(
        branch: IncomeBranch,
        month: int,
        amount: int,
        cost: int = 0,
        *,
        source: str = "village-report",
        member_no: int | None = None,
        leaf: IncomeLeaf | None = None,
    ) -> Told:
        payload = {"branch": branch, "month": format_month(month), "amount": format_yuan(amount)}
        beside = {"operating_cost": format_yuan(cost), "leaf": leaf}
        return source, member_no, _told_on(month), "income", payload | beside


def code_of(number: int) -> str:
    """The code of a household."""
    return f"{_LETTERS}{number:07d}"


class _Village(NamedTuple):
    """Where a household lives."""

    code: str
    rank: int
    """Its place among the households of the county."""


def _village_of(number: int) -> _Village:
    villages = _villages()
    around = number // len(villages)
    code, before, in_county = villages[number * _STRIDE % len(villages)]
    return _Village(code, around * in_county + before)


@cache
def _villages() -> Sequence[tuple[str, int, int]]:
    """The villages, each with how many of its county stand before it and how many there are."""
    with DIVISIONS_FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    here = region_prefix(PREFECTURE)
    codes = [row["code"] for row in rows if row["level"] == RegionLevel.VILLAGE and row["code"].startswith(here)]
    in_county = Counter(map(county_of, codes))
    before: Counter[str] = Counter()
    found = []
    for code in codes:
        county = county_of(code)
        found.append((code, before[county], in_county[county]))
        before[county] += 1
    return found


def _fate(random: Random) -> Fate:
    drawn = random.random()
    for fate in Fate:
        if drawn < fate.share:
            return fate
        drawn -= fate.share
    return Fate.ORDINARY


def _fallen(fate: Fate, yearly: int, year: int) -> int:
    """The income of the first or the second year."""
    return yearly * 55 // 100 if fate is Fate.FALLEN and year else yearly


# Members


class _Role(NamedTuple):
    relation: Relation
    sex: Sex
    youngest: int
    """How many years ago the last of them were born."""
    years: int
    labour: Labour


_ROLES: Final = (
    _Role(Relation.HEAD, Sex.MALE, 36, 30, Labour.ORDINARY),
    _Role(Relation.SPOUSE, Sex.FEMALE, 36, 30, Labour.ORDINARY),
    _Role(Relation.CHILD, Sex.MALE, 6, 12, Labour.NONE),
    _Role(Relation.CHILD, Sex.FEMALE, 6, 12, Labour.NONE),
    _Role(Relation.PARENT, Sex.FEMALE, 68, 20, Labour.LOST),
)
"""No two of one sex were born in the same years, so they share no number."""
_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂"
_STRIDE: Final = 7919
"""A prime, so that those of neighbouring numbers live in other counties and were not born on neighbouring days, and no
village and no day comes twice before all have come."""
_FIRST_ORDER: Final = 150
"""The numbers of a day before it are those of the demo households."""


# What is told


_HEALTH_SOURCE: Final = "medical-insurance"


def _expense(kind: ExpenseKind, month: int, self_paid: int, reimbursed: int, member_no: int) -> Told:
    payload = {"kind": kind, "month": format_month(month), "amount": format_yuan(self_paid + reimbursed)}
    parts = {"self_paid_compliant": format_yuan(self_paid), "reimbursed": format_yuan(reimbursed)}
    return _HEALTH_SOURCE, member_no, _told_on(month), "expense", payload | parts


def _told_on(month: int) -> dt.date:
    """A month is told of on the first day of the next one."""
    return first_day(month + 1)


def _read(code: str, place: int, told: Told) -> ReportedFact:
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


def in_batches(items: Iterable[ItemT], size: int) -> Iterator[list[ItemT]]:
    """The items in groups of a size."""
    rest = iter(items)
    while batch := list(itertools.islice(rest, size)):
        yield batch
