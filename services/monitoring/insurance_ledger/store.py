"""Rows of members, and of whom something was said of a year of insurance."""

from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.models.evidence import Circumstance
from services.monitoring.models.facts import Fact
from services.monitoring.models.households import Household
from services.monitoring.models.persons import Member
from shared.codes.circumstances import InsuranceScheme
from shared.codes.monitoring import InsuranceStanding
from shared.db.base import table_of
from shared.db.unit_of_work import Reading

_HOUSEHOLDS, _MEMBERS = table_of(Household), table_of(Member)
_ROWS, _FACTS = table_of(Circumstance), table_of(Fact)
SELECT_MEMBERS: Final[sa.Select[Any]] = (
    sa.select(_HOUSEHOLDS.c.region_code, _MEMBERS.c.household_code, _MEMBERS.c.member_no)
    .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _MEMBERS.c.household_code)
    .where(_HOUSEHOLDS.c.ended_on.is_(None))
)
"""Every member of a household that is there."""


def may_be(reading: Reading, scheme: InsuranceScheme, year: int, wanted: InsuranceStanding) -> sa.ColumnElement[bool]:
    """Members who may stand so: whoever looks closer finds no others. Of whom nothing was said, nothing is known."""
    said = (
        sa.select(_FACTS.c.id)
        .join(_ROWS, _ROWS.c.fact_id == _FACTS.c.id)
        .where(_ROWS.c.household_code == _MEMBERS.c.household_code, _ROWS.c.type == "insurance")
        .where(_FACTS.c.person_id == _MEMBERS.c.person_id, _FACTS.c.observed_on <= reading.today())
        .where(_FACTS.c.payload["scheme"].as_string() == scheme.value)
        .where(_FACTS.c.payload["year"].as_integer() == year)
        .correlate(_MEMBERS)
    )
    if wanted is InsuranceStanding.UNKNOWN:
        return ~said.exists()
    return said.where(_FACTS.c.payload["status"].as_string() == wanted.value).exists()
