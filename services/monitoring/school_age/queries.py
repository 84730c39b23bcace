"""What can be asked of members of school age 控辍保学. Who is unfit for school is shown to whoever may see persons."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import sqlalchemy as sa

from services.monitoring.evidence.circumstances import Circumstance, load_circumstances
from services.monitoring.evidence.kept import Person
from services.monitoring.evidence.schemas import ShortText
from services.monitoring.risks.store.verdicts import rule_parameters
from services.monitoring.school_age.rules import Schooling, place_of
from services.monitoring.school_age.schemas import SchoolAgeOut
from services.monitoring.school_age.sheets import SCHOOL_AGE_LIST
from services.monitoring.school_age.store import school_named, select_members, was_said
from shared.codes.circumstances import SchoolingEvent
from shared.codes.monitoring import SchoolAgeView
from shared.db.unit_of_work import Reading
from shared.lists.filters import Columns, Filter
from shared.lists.order import Order, by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.security.actor import PERSONAL

_BY_SCHOOL = by("school_code", "region_code", "household_code", "member_no")


def _stands_in(reading: Reading, _: Columns, view: SchoolAgeView) -> sa.ColumnElement[bool]:
    """A school's ledger has whoever was said to be there."""
    return school_named(reading.today()) != "" if view is SchoolAgeView.SCHOOL else sa.true()


class SchoolAgeList(ListQuery):
    """Which members of compulsory age 适龄儿童少年 are asked for, by region, or by school."""

    order = by("region_code", "household_code", "member_no")
    sheet = SCHOOL_AGE_LIST
    region_code: RegionFilter | None = None
    view: Annotated[SchoolAgeView, Filter(_stands_in)] = SchoolAgeView.COUNTY
    school_code: ShortText | None = None
    status: Annotated[SchoolingEvent | None, Filter(lambda reading, _, event: was_said(event, reading.today()))] = None

    def _order(self) -> Order:
        return _BY_SCHOOL if self.view is SchoolAgeView.SCHOOL else self.order


def school_age(reading: Reading, asked: SchoolAgeList) -> Page[SchoolAgeOut]:
    """Members of compulsory age as they stand on the business date: one list, whichever of the four reads it."""
    return asked.sifted(reading, select_members(reading), lambda rows: _shown(reading, rows, asked))


def _shown(reading: Reading, rows: Sequence[Any], asked: SchoolAgeList) -> list[SchoolAgeOut]:
    said = _load_said(reading, {row.household_code for row in rows})
    lines = (_line(reading, row, said[row.household_code, row.member_no], asked.view) for row in rows)
    return [line for line in lines if line is not None and asked.status in (None, line.status)]


def _load_said(reading: Reading, codes: set[str]) -> Mapping[tuple[str, int], list[Circumstance]]:
    found: defaultdict[tuple[str, int], list[Circumstance]] = defaultdict(list)
    for code, said in load_circumstances(reading, sorted(codes), "schooling", reading.today()).items():
        for one in said:
            found[code, one.member_no].append(one)
    return found


def _line(reading: Reading, row: Any, said: Sequence[Circumstance], view: SchoolAgeView) -> SchoolAgeOut | None:
    """The line of a member; none of one who is not of compulsory age where the household lives."""
    on = reading.today()
    parameters = rule_parameters(reading.policy, row.region_code, on)
    age = Person(row.member_no, row.birth_date, able=False, student=False).age_on(on)
    if parameters.compulsory_age is None or age not in parameters.compulsory_age:
        return None
    found = Schooling.of(said, parameters.source_order)
    tells_of_health = found.status is SchoolingEvent.EXEMPT and not reading.actor.may(PERSONAL)
    school_code = row.school_code or None
    return SchoolAgeOut(
        place=place_of(view, row.region_code, school_code),
        household_code=row.household_code,
        region_code=row.region_code,
        member_no=row.member_no,
        age=age,
        school_code=school_code,
        status=None if tells_of_health else found.status,
        persuasion_visits=found.visits,
        last_visit_on=found.last_visit_on,
    )
