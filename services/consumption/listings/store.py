"""Who is on a list on a day."""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa

from services.consumption.models import Listing
from shared.codes.consumption import AppealOutcome, ListingColour, ListingSubject
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading

_LISTINGS = table_of(Listing)


def holds_on(on: dt.date | sa.BindParameter[dt.date]) -> sa.ColumnElement[bool]:
    """Whether a listing holds on a day: within its days, and no appeal against it was upheld."""
    begun = _LISTINGS.c.valid_from <= on
    not_ended = _LISTINGS.c.valid_to.is_(None) | (_LISTINGS.c.valid_to >= on)
    return begun & not_ended & _LISTINGS.c.appeal_outcome.is_distinct_from(AppealOutcome.UPHELD)


_BARRING = (
    (_LISTINGS.c.subject == ListingSubject.PRODUCER)
    & (_LISTINGS.c.colour == ListingColour.BLACK)
    & holds_on(sa.bindparam("on", type_=sa.Date()))
)
_SELECT_BARRED = sa.select(_LISTINGS.c.subject_code).where(_BARRING, is_one_of(_LISTINGS.c.subject_code, "codes"))


def is_barred(producer_code: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether the producer of a row is on the black list 黑名单 of any city on the day that is given as `on`."""
    return sa.exists().where(_LISTINGS.c.subject_code == producer_code, _BARRING)


def barred_on(reading: Reading, producer_codes: Collection[str], on: dt.date) -> frozenset[str]:
    """Those of these producers who are on the black list 黑名单 of any city on a day, and sell nothing."""
    asked = {"codes": list(producer_codes), "on": on}
    return frozenset(reading.connection.scalars(_SELECT_BARRED, asked))
