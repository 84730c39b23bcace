"""What is told of how households live beside their money: schooling, homes, water, insurance, work and the rest. Pure.

What departments keep lists of is told of the households they watch, 脱贫户 and 低保户; what happens to people is told
of whomever it befalls. The shares stand in `figures.py`.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from services.monitoring.persons.rules import RegisteredMember
from services.population.figures import (
    ACCIDENT_SHARE,
    BORN_SHARE,
    DISASTER_SHARE,
    DROPOUT_SHARE,
    FAILED_SHARE,
    JOBLESS_SHARE,
    LOAN_SHARE,
    NEWLY_DISABLED_SHARE,
    RELIEF_ENDED_SHARE,
    UNABLE_SHARE,
    UNCONTRACTED_SHARE,
    UNINSURED_SHARE,
    UNSAFE_HOME_SHARE,
    UNSAFE_WATER_SHARE,
)
from shared.codes.monitoring import Health, Relation
from shared.regions import county_of

Told = tuple[str, int | None, dt.date, str, dict[str, Any]]
"""Source, member, day, type and payload."""
_VILLAGE: Final = "village-report"
_STAGES: Final = ((3, "preschool"), (6, "primary"), (12, "junior"), (15, "senior"))
"""From which completed year of age a child is at which school."""
_DAYS_OF_A_YEAR: Final = 365


@dataclass(frozen=True)
class Dwellers:
    """Who lives in a household, as far as that decides what is told of them."""

    members: Sequence[RegisteredMember]
    region_code: str
    lifted: bool
    dibao: bool
    migrant: bool
    """务工为主: they live by wages from elsewhere."""
    eve: dt.date
    """The day by which all is told."""

    @property
    def watched(self) -> bool:
        """Whether departments keep lists of the household."""
        return self.lifted or self.dibao

    def age(self, one: RegisteredMember) -> int:
        """周岁 on the eve."""
        born = one.birth_date
        return self.eve.year - born.year - ((self.eve.month, self.eve.day) < (born.month, born.day))

    def days_ago(self, random: Random, least: int = 15, most: int = 300) -> dt.date:
        """A day so many days before the eve."""
        return self.eve - dt.timedelta(days=random.randint(least, most))


def circumstances(dwellers: Dwellers, random: Random) -> Iterator[Told]:
    """What is told of a household, in the order of its references."""
    if dwellers.watched:
        yield from _home(dwellers, random)
        yield from _schooling(dwellers, random)
        yield from _insurance(dwellers, random)
        yield from _work(dwellers, random)
    yield from _health(dwellers, random)
    yield from _relief(dwellers, random)
    yield from _events(dwellers, random)


def _home(dwellers: Dwellers, random: Random) -> Iterator[Told]:
    """House, water, land and loans of a household."""
    unsafe = random.random() < UNSAFE_HOME_SHARE
    grade = random.choice("CD") if unsafe else random.choice("AB")
    dwelling = {"grade": grade, "only_home": True, "checked_by": "县住建局"}
    yield "housing-bureau", None, dwellers.days_ago(random), "dwelling", dwelling
    bad = random.random() < UNSAFE_WATER_SHARE
    yield "water-bureau", None, dwellers.days_ago(random), "water", {"quality": "bad" if bad else "good"}
    means = {
        "arable_mu": f"{random.randint(5, 60) / 10}",
        "forest_mu": f"{random.randint(0, 200) / 10}",
        "road_km": f"{random.randint(1, 30) / 10}",
        "tools": [],
    }
    yield _VILLAGE, None, dwellers.days_ago(random), "means", means
    if dwellers.lifted and random.random() < LOAN_SHARE:
        loan = {"kind": "microcredit", "balance": f"{random.randint(1, 5)}0000.00", "overdue": False}
        yield "county-bank", None, dwellers.days_ago(random), "loan", loan


def _schooling(dwellers: Dwellers, random: Random) -> Iterator[Told]:
    for one in dwellers.members:
        age = dwellers.age(one)
        if one.relation is not Relation.CHILD or not _STAGES[0][0] <= age < _LAST_SCHOOL_AGE:
            continue
        stage = next(name for first, name in reversed(_STAGES) if age >= first)
        said = {"event": "enrolled", "stage": stage}
        if random.random() < DROPOUT_SHARE:
            said |= {"event": "dropped_out", "reason": "unwilling"}
        yield "education-bureau", one.member_no, dwellers.days_ago(random, most=75), "schooling", said


_LAST_SCHOOL_AGE: Final = 18


def _insurance(dwellers: Dwellers, random: Random) -> Iterator[Told]:
    new_year = dwellers.eve.replace(month=1, day=1)
    for one in dwellers.members:
        said = {"scheme": "basic_medical", "year": new_year.year, "status": "insured"}
        said["paid_by"] = "full" if dwellers.dibao else "part"
        if random.random() < UNINSURED_SHARE:
            said |= {"status": "uninsured", "paid_by": None}
        yield "medical-insurance", one.member_no, new_year, "insurance", said


def _work(dwellers: Dwellers, random: Random) -> Iterator[Told]:
    """Of whoever is able; in a household without work 零就业 the head wants some."""
    jobless = random.random() < JOBLESS_SHARE
    for one in dwellers.members:
        if not one.labour.is_able:
            continue
        said: dict[str, Any] = {"status": "jobless", "willing": one.relation is Relation.HEAD}
        if not jobless and (one.relation is Relation.HEAD or random.random() < _SPOUSES_AT_WORK):
            place = "441900" if dwellers.migrant else county_of(dwellers.region_code)
            channel = random.choice(("organised", "relatives", "self")) if dwellers.migrant else "local"
            said = {"status": "working", "willing": True, "place_code": place, "channel": channel}
        yield "hrss", one.member_no, dwellers.days_ago(random, most=90), "work", said


_SPOUSES_AT_WORK: Final = 0.6
_DAMAGED_HOUSES: Final = 0.2


def _health(dwellers: Dwellers, random: Random) -> Iterator[Told]:
    """Certificates of the disabled, contracts of the chronically ill, and who needs care of the old."""
    for one in dwellers.members:
        if one.health is Health.DISABLED:
            new = random.random() < NEWLY_DISABLED_SHARE
            day = dwellers.days_ago(random) if new else dwellers.days_ago(random, 400, 4 * _DAYS_OF_A_YEAR)
            kind = random.choice(("visual", "hearing", "physical", "intellectual"))
            grade = random.randint(1, 4)
            yield "disabled-persons", one.member_no, day, "disability", {"kind": kind, "grade": grade}
        if one.health is Health.CHRONIC and dwellers.watched:
            contract = "none" if random.random() < UNCONTRACTED_SHARE else "active"
            said = {"disease": random.choice(("hypertension", "diabetes")), "contract": contract}
            yield "health-bureau", one.member_no, dwellers.days_ago(random), "chronic", said
        if one.relation is Relation.PARENT and random.random() < UNABLE_SHARE:
            level = random.choice(("partly", "unable"))
            yield _VILLAGE, one.member_no, dwellers.days_ago(random), "care", {"level": level}


def _relief(dwellers: Dwellers, random: Random) -> Iterator[Told]:
    day = dwellers.days_ago(random)
    if dwellers.dibao:
        yield "civil-affairs", None, day, "relief", {"scheme": "dibao", "status": "granted"}
    elif random.random() < RELIEF_ENDED_SHARE:
        yield "civil-affairs", None, day, "relief", {"scheme": "dibao", "status": "ended"}


def _events(dwellers: Dwellers, random: Random) -> Iterator[Told]:
    """What happened to a household in a year."""
    if random.random() < DISASTER_SHARE:
        said: dict[str, Any] = {
            "sub_kind": random.choice(("flood", "geological", "drought")),
            "loss": f"{random.randint(10, 90)}00.00",
        }
        yield (
            "emergency",
            None,
            dwellers.days_ago(random),
            "disaster",
            said | {"house_damaged": random.random() < _DAMAGED_HOUSES},
        )
    if random.random() < ACCIDENT_SHARE:
        one = random.choice(dwellers.members)
        effect = random.choice(("injury", "injury", "disability"))
        said = {"kind": random.choice(("traffic", "work")), "effect": effect, "main_earner": one.member_no == 1}
        yield "police", one.member_no, dwellers.days_ago(random), "accident", said
    if not dwellers.migrant and random.random() < FAILED_SHARE:
        said = {"kind": random.choice(("crop", "livestock")), "outcome": random.choice(("damaged", "unsold"))}
        yield _VILLAGE, None, dwellers.days_ago(random), "production", said | {"loss": f"{random.randint(5, 50)}00.00"}
    if random.random() < BORN_SHARE:
        yield _VILLAGE, None, dwellers.days_ago(random, most=60), "member_change", {"change": "born"}
