"""Tables of household cards."""

import datetime as dt

from sqlmodel import Field

from services.monitoring.models.base import KEPT_BY_KEY, Base
from shared.db.base import UtcDateTime


class HouseholdCard(Base, table=True):
    """The card 一户一码 of a household: the one code that shows it. The code itself is kept nowhere."""

    __tablename__ = "household_card"
    __table_args__ = KEPT_BY_KEY

    household_code: str = Field(primary_key=True, foreign_key="household.code", max_length=64)
    token_hash: str = Field(max_length=64, unique=True)
    """SHA-256 of the code, in hexadecimal digits."""
    version: int
    """How many codes the household was given: those before are void."""
    issued_at: dt.datetime = Field(sa_type=UtcDateTime)
    issued_by: str = Field(max_length=128)
