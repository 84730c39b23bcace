"""The table of listings."""

import datetime as dt

import sqlalchemy as sa
from sqlmodel import Field

from services.consumption.models.base import Base, register_indexes
from shared.codes.consumption import AppealOutcome, ListingColour, ListingSubject
from shared.db.base import OpenCode, UtcDateTime


class Listing(Base, table=True):
    """An entry of the black or the white list 黑白名单."""

    __table_args__ = (
        *register_indexes("listing"),
        sa.Index("ix_listing_subject_subject_code", "subject", "subject_code"),
    )

    code: str = Field(primary_key=True, max_length=64)
    region_code: str = Field(max_length=12)
    """Who listed it; the city and its counties share what they list."""
    subject: ListingSubject = Field(sa_type=OpenCode(ListingSubject))
    subject_code: str = Field(max_length=64)
    colour: ListingColour = Field(sa_type=OpenCode(ListingColour))
    reason: str = Field(max_length=2000)
    """May name people: it stays in this column."""
    valid_from: dt.date
    valid_to: dt.date | None
    """Its last day; none: until it is said otherwise."""
    appealed_on: dt.date | None
    appeal: str | None = Field(max_length=2000)
    """申诉理由. May name people: it stays in this column."""
    appeal_outcome: AppealOutcome | None = Field(sa_type=OpenCode(AppealOutcome))
    """None where nobody appealed."""
    version: int
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)
