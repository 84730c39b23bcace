"""What can be asked of the low-income population. A class tells nobody's health."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import sqlalchemy as sa
from pydantic import Field

from services.monitoring.low_income.rules import Classed, Hardship, LowIncomeTerms, class_of
from services.monitoring.low_income.schemas import LowIncomeOut
from services.monitoring.low_income.sheets import LOW_INCOME_LIST
from services.monitoring.low_income.store import HOUSEHOLDS, load_hardships, may_be
from services.monitoring.persons.store import load_heads
from shared.codes.monitoring import LowIncomeClass
from shared.db.unit_of_work import Reading
from shared.lists.filters import Filter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter

_SELECT_HOUSEHOLDS: Final = sa.select(*HOUSEHOLDS.c, HOUSEHOLDS.c.code.label("household_code")).where(
    HOUSEHOLDS.c.ended_on.is_(None)
)


class LowIncomeList(ListQuery):
    """Which households of the low-income population 低收入人口 are asked for, by region and code."""

    order = by("region_code", "household_code")
    sheet = LOW_INCOME_LIST
    region_code: RegionFilter | None = None
    class_: Annotated[LowIncomeClass | None, Filter(lambda _, __, wanted: may_be(wanted))] = Field(None, alias="class")


def low_income(reading: Reading, asked: LowIncomeList) -> Page[LowIncomeOut]:
    """Households in the class that fits first, as it is on the business date; those in none are left out."""
    return asked.sifted(reading, _SELECT_HOUSEHOLDS, lambda rows: _shown(reading, rows, asked.class_))


def _shown(reading: Reading, rows: Sequence[Any], wanted: LowIncomeClass | None) -> list[LowIncomeOut]:
    on = reading.today()
    hardships = load_hardships(reading, rows, on)
    of_class: list[tuple[Any, Classed, LowIncomeClass]] = []
    for row in rows:
        terms = reading.policy.in_form(LowIncomeTerms.from_view, row.region_code, on)
        classed = class_of(hardships[row.code], terms)
        if classed.found is not None and wanted in (None, classed.found):
            of_class.append((row, classed, classed.found))
    heads = load_heads(reading, [row.code for row, *_ in of_class])
    return [_line(row, hardships[row.code], classed, found, heads.get(row.code)) for row, classed, found in of_class]


def _line(row: Any, known: Hardship, classed: Classed, found: LowIncomeClass, head: str | None) -> LowIncomeOut:
    income = known.statement
    is_known = income is not None and income.known > 0
    return LowIncomeOut(
        household_code=row.code,
        region_code=row.region_code,
        class_=found,
        undecided=list(classed.undecided),
        head_name=head,
        member_count=row.member_count,
        per_head=income.civil_per_head if income is not None and is_known else None,
        compliant_self_paid=0 if income is None else income.compliant_self_paid,
        known_months=0 if income is None else income.known,
    )
