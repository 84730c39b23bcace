"""What can be asked of the ledger of insurance."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from services.monitoring.evidence.circumstances import Circumstance, load_circumstances
from services.monitoring.insurance_ledger.rules import insured_in
from services.monitoring.insurance_ledger.schemas import InsuranceLine
from services.monitoring.insurance_ledger.sheets import INSURANCE_LEDGER
from services.monitoring.insurance_ledger.store import SELECT_MEMBERS, may_be
from services.monitoring.risks.store.verdicts import rule_parameters
from shared.codes.circumstances import InsuranceScheme
from shared.codes.monitoring import InsuranceStanding
from shared.db.unit_of_work import Reading
from shared.lists.filters import Filter
from shared.lists.order import by
from shared.lists.page import Page
from shared.lists.query import ListQuery
from shared.regions import RegionFilter

_SAYS_WHAT = Filter(lambda _, __, ___: sa.true())
"""What is shown of each member; it leaves nobody out."""


class InsuranceLedger(ListQuery):
    """Which members are asked for, and of which scheme and year 参保年度 each line tells."""

    order = by("region_code", "household_code", "member_no")
    sheet = INSURANCE_LEDGER
    region_code: RegionFilter | None = None
    scheme: Annotated[InsuranceScheme, _SAYS_WHAT] = InsuranceScheme.BASIC_MEDICAL
    year: Annotated[int | None, _SAYS_WHAT] = Field(None, ge=2000, le=2100, description="The present one by itself")
    status: Annotated[InsuranceStanding | None, _SAYS_WHAT] = None


def insurance_ledger(reading: Reading, asked: InsuranceLedger) -> Page[InsuranceLine]:
    """A line a member, as it stands on the business date."""
    year = asked.year or reading.today().year
    rows = SELECT_MEMBERS
    if asked.status is not None:
        rows = rows.where(may_be(reading, asked.scheme, year, asked.status))
    return asked.sifted(reading, rows, lambda found: _shown(reading, found, asked, year))


def _shown(reading: Reading, rows: Sequence[Any], asked: InsuranceLedger, year: int) -> list[InsuranceLine]:
    said = load_circumstances(reading, sorted({row.household_code for row in rows}), "insurance", reading.today())
    holding: dict[str, Mapping[int, Circumstance]] = {}
    shown = []
    for row in rows:
        if row.household_code not in holding:
            order = rule_parameters(reading.policy, row.region_code, reading.today()).source_order
            holding[row.household_code] = insured_in(said[row.household_code], asked.scheme, year, order)
        line = _line(row, asked.scheme, year, holding[row.household_code].get(row.member_no))
        if asked.status in (None, line.status):
            shown.append(line)
    return shown


def _line(row: Any, scheme: InsuranceScheme, year: int, one: Circumstance | None) -> InsuranceLine:
    return InsuranceLine(
        household_code=row.household_code,
        region_code=row.region_code,
        member_no=row.member_no,
        scheme=scheme,
        year=year,
        status=InsuranceStanding.UNKNOWN if one is None else InsuranceStanding.read(one.said["status"]),
        paid_by=None if one is None else one.said.get("paid_by"),
        observed_on=None if one is None else one.observed_on,
        source=None if one is None else one.source,
    )
