"""Tables of what the rules see beside the ledger."""

import datetime as dt
from uuid import UUID

from sqlmodel import Field

from services.monitoring.models.base import Base


class Circumstance(Base, table=True):
    """Finds a fact that the rules read as it was said: the row goes when the fact is superseded."""

    fact_id: UUID = Field(primary_key=True, foreign_key="fact.id")
    household_code: str = Field(foreign_key="household.code", max_length=64, index=True)
    type: str = Field(max_length=32)


class Illness(Base, table=True):
    """A diagnosis that counts 疾病诊断: its row goes when the fact is superseded."""

    fact_id: UUID = Field(primary_key=True, foreign_key="fact.id")
    household_code: str = Field(foreign_key="household.code", max_length=64, index=True)
    person_id: UUID | None
    code: str = Field(max_length=32)
    serious: bool
    main_earner: bool
    observed_on: dt.date
