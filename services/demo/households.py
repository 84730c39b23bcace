"""Twelve invented households of 铜仁 and their ordinary income, as documents of the published API.

The villages are real, the people are not: names are made up, and identity numbers are counted up so that they pass
every check. Nothing here depends on the day but the months the history covers.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.demo.numbers import invented_number
from shared.codes.monitoring import Health, HouseholdCategory, IncomeBranch, Labour, Relation, Sex
from shared.money import format_yuan
from shared.months import first_day, format_month
from shared.regions import county_of

HISTORY_MONTHS: Final = 27
"""Enough for a year, the year before it to compare with, and a quarter to spare."""
HISTORY_SOURCE: Final = "village-report"
_ALL_YEAR: Final = tuple(range(1, 13))
_FEN: Final = 100


@dataclass(frozen=True, slots=True)
class Person:
    """An invented member of an invented household."""

    name: str
    relation: Relation
    sex: Sex
    birth_date: dt.date
    labour: Labour
    health: Health = Health.HEALTHY
    student: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """Income of one branch, the same amount in each of its calendar months, in yuan."""

    branch: IncomeBranch
    amount: int
    cost: int = 0
    months: tuple[int, ...] = _ALL_YEAR


@dataclass(frozen=True, slots=True)
class DemoHousehold:
    """A household with what it lives on."""

    code: str
    region_code: str
    members: tuple[Person, ...]
    streams: tuple[Stream, ...]
    category: HouseholdCategory = HouseholdCategory.ORDINARY
    relocated: bool = False
    dibao: bool = False


def household_document(household: DemoHousehold) -> dict[str, Any]:
    """The body with which the household is registered."""
    number, county = DEMO_HOUSEHOLDS.index(household), county_of(household.region_code)
    return {
        "region_code": household.region_code,
        "category": household.category,
        "relocated": household.relocated,
        "dibao": household.dibao,
        "registered_on": "2020-01-01",
        "members": [
            _member_document(
                member_no, person, invented_number(county, person.birth_date, person.sex, number * 10 + member_no)
            )
            for member_no, person in enumerate(household.members, 1)
        ],
    }


def history(household: DemoHousehold, last_month: int) -> list[dict[str, Any]]:
    """Income facts of the whole months that end with `last_month`, each known from the first day of the next one."""
    months = range(last_month - HISTORY_MONTHS + 1, last_month + 1)
    return [
        income_document(household, stream, month)
        for month in months
        for stream in household.streams
        if first_day(month).month in stream.months
    ]


def income_document(household: DemoHousehold, stream: Stream, month: int) -> dict[str, Any]:
    """The fact that the village reports for one branch and month."""
    return {
        "source": HISTORY_SOURCE,
        "source_ref": history_reference(household, stream.branch, month),
        "household_code": household.code,
        "observed_on": first_day(month + 1).isoformat(),
        "type": "income",
        "payload": {
            "branch": stream.branch,
            "month": format_month(month),
            "amount": format_yuan(stream.amount * _FEN),
            "operating_cost": format_yuan(stream.cost * _FEN),
        },
    }


def history_reference(household: DemoHousehold, branch: IncomeBranch, month: int) -> str:
    """Under which reference the village reported."""
    return f"{household.code}-{branch}-{format_month(month)}"


def _member_document(member_no: int, person: Person, id_number: str) -> dict[str, Any]:
    return {
        "member_no": member_no,
        "name": person.name,
        "relation": person.relation,
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat(),
        "id_number": id_number,
        "labour": person.labour,
        "health": person.health,
        "student": person.student,
    }


def _adult(name: str, relation: Relation, sex: Sex, born: str, labour: Labour = Labour.ORDINARY) -> Person:
    return Person(name, relation, sex, dt.date.fromisoformat(born), labour)


def _pupil(name: str, sex: Sex, born: str) -> Person:
    return Person(name, Relation.CHILD, sex, dt.date.fromisoformat(born), Labour.NONE, student=True)


def _elder(name: str, sex: Sex, born: str, health: Health = Health.HEALTHY) -> Person:
    return Person(name, Relation.PARENT, sex, dt.date.fromisoformat(born), Labour.NONE, health)


def _wage(amount: int) -> Stream:
    return Stream(IncomeBranch.WAGE, amount)


def _harvest(amount: int, cost: int, *months: int) -> Stream:
    return Stream(IncomeBranch.OPERATING, amount, cost, months or (10,))


def _transfer(amount: int) -> Stream:
    return Stream(IncomeBranch.TRANSFER, amount)


def _dividend(amount: int) -> Stream:
    return Stream(IncomeBranch.PROPERTY, amount, months=(12,))


_HEAD, _SPOUSE, _CHILD = Relation.HEAD, Relation.SPOUSE, Relation.CHILD
_M, _F = Sex.MALE, Sex.FEMALE

COLLAPSING: Final = DemoHousehold(
    code="DJ-0001",
    region_code="520626101203",
    members=(
        _adult("冉启明", _HEAD, _M, "1981-04-12", Labour.SKILLED),
        _adult("田桂香", _SPOUSE, _F, "1983-09-30"),
        _pupil("冉小舟", _M, "2012-06-18"),
        _elder("安玉珍", _F, "1952-02-07"),
    ),
    streams=(_wage(3000), _harvest(8000, 2000), _transfer(250)),
    category=HouseholdCategory.LIFTED,
)
"""Lives mostly on wages: the demonstration lets three months of them fail."""

FALLING_ILL: Final = DemoHousehold(
    code="ST-0001",
    region_code="520628106203",
    members=(
        _adult("龙正华", _HEAD, _M, "1979-11-03"),
        _adult("吴秀英", _SPOUSE, _F, "1982-01-25"),
        _pupil("龙思雨", _F, "2013-03-09"),
    ),
    streams=(_wage(2600), _harvest(9000, 3200, 9, 11)),
)
"""Well above the line: the demonstration lets one member fall seriously ill."""

COMING_HOME: Final = DemoHousehold(
    code="DJ-0004",
    region_code="520626205202",
    members=(
        _adult("黎永兴", _HEAD, _M, "1987-08-14", Labour.SKILLED),
        _adult("杨再芬", _SPOUSE, _F, "1989-06-05"),
        _pupil("黎子航", _M, "2014-01-22"),
        _pupil("黎子涵", _F, "2017-09-11"),
    ),
    streams=(_wage(5200),),
    category=HouseholdCategory.LIFTED,
    relocated=True,
)
"""Lives on one wage: the demonstration lets it fail, and income come home again by every branch."""

DEMO_HOUSEHOLDS: Final[Sequence[DemoHousehold]] = (
    COLLAPSING,
    DemoHousehold(
        code="DJ-0002",
        region_code="520626106201",
        members=(
            _adult("安世林", _HEAD, _M, "1975-07-21"),
            _adult("冉光碧", _SPOUSE, _F, "1977-10-02"),
            _adult("安雪梅", _CHILD, _F, "2002-05-16"),
        ),
        streams=(_wage(3600), _transfer(120)),
    ),
    DemoHousehold(
        code="DJ-0003",
        region_code="520626106203",
        members=(
            _adult("张茂源", _HEAD, _M, "1968-12-08"),
            _adult("覃冬菊", _SPOUSE, _F, "1970-03-27", Labour.WEAK),
        ),
        streams=(_harvest(9500, 2600, 4, 9, 11), _transfer(430), _dividend(900)),
        category=HouseholdCategory.LIFTED,
    ),
    COMING_HOME,
    DemoHousehold(
        code="DJ-0005",
        region_code="520626101207",
        members=(
            _adult("何应贵", _HEAD, _M, "1960-05-19", Labour.WEAK),
            _elder("李德芬", _F, "1938-11-11", Health.CHRONIC),
        ),
        streams=(_harvest(6800, 1500, 5, 10), _transfer(1150)),
        dibao=True,
    ),
    FALLING_ILL,
    DemoHousehold(
        code="ST-0002",
        region_code="520628102202",
        members=(
            _adult("石昌隆", _HEAD, _M, "1985-02-28"),
            _adult("麻金花", _SPOUSE, _F, "1986-12-17"),
            _pupil("石天佑", _M, "2015-07-07"),
            _elder("龙玉兰", _F, "1955-04-04"),
        ),
        streams=(_wage(4300), _harvest(6000, 1800), _transfer(200)),
        category=HouseholdCategory.LIFTED,
    ),
    DemoHousehold(
        code="ST-0003",
        region_code="520628106202",
        members=(
            _adult("吴国栋", _HEAD, _M, "1972-09-15"),
            _adult("石凤英", _SPOUSE, _F, "1974-01-06"),
            _adult("吴承志", _CHILD, _M, "1999-10-20", Labour.SKILLED),
        ),
        streams=(_wage(4800), _harvest(5000, 2100, 6)),
    ),
    DemoHousehold(
        code="ST-0004",
        region_code="520628203201",
        members=(
            _adult("麻秀川", _HEAD, _M, "1990-03-13"),
            _pupil("麻依诺", _F, "2016-08-26"),
        ),
        streams=(_wage(2300), _transfer(180)),
        relocated=True,
    ),
    DemoHousehold(
        code="BJ-0001",
        region_code="520602101202",
        members=(
            _adult("姚本善", _HEAD, _M, "1978-06-29"),
            _adult("刘菊芳", _SPOUSE, _F, "1980-02-14"),
            _pupil("姚佳怡", _F, "2012-11-30"),
        ),
        streams=(_wage(3400), _dividend(1200)),
        category=HouseholdCategory.LIFTED,
    ),
    DemoHousehold(
        code="BJ-0002",
        region_code="520602200203",
        members=(
            _adult("杨通达", _HEAD, _M, "1965-10-10"),
            _adult("姚满秀", _SPOUSE, _F, "1966-07-18", Labour.WEAK),
            _adult("杨文涛", _CHILD, _M, "1994-12-01", Labour.SKILLED),
            _adult("滕小丽", Relation.OTHER, _F, "1996-04-23"),
            _pupil("杨晨曦", _F, "2019-05-05"),
        ),
        streams=(_wage(6500), _harvest(7200, 2500, 8, 10)),
    ),
    DemoHousehold(
        code="BJ-0003",
        region_code="520602101206",
        members=(
            _adult("刘仕忠", _HEAD, _M, "1958-08-08", Labour.WEAK),
            _adult("张先翠", _SPOUSE, _F, "1961-03-03", Labour.WEAK),
        ),
        streams=(_transfer(1450), _harvest(5600, 1700, 7)),
        dibao=True,
    ),
)
