"""Rows of members who may be of compulsory age, with the school that was named last."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.models.evidence import Circumstance
from services.monitoring.models.facts import Fact
from services.monitoring.models.households import Household
from services.monitoring.models.persons import Member
from services.monitoring.risks.rules import forms
from services.monitoring.risks.rules.parameters import COMPULSORY_AGE
from shared.codes.circumstances import SchoolingEvent
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.months import months_later
from shared.policy.loader import PolicyBook

_HOUSEHOLDS, _MEMBERS = table_of(Household), table_of(Member)
_ROWS, _FACTS = table_of(Circumstance), table_of(Fact)
_MONTHS_PER_YEAR: Final = 12


def _said(on: dt.date, *those: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """What was said by a day of the schooling of a member, and counts."""
    return (
        sa.select(_FACTS.c.payload["school_code"].as_string())
        .join(_ROWS, _ROWS.c.fact_id == _FACTS.c.id)
        .where(_ROWS.c.household_code == _MEMBERS.c.household_code, _ROWS.c.type == "schooling")
        .where(_FACTS.c.person_id == _MEMBERS.c.person_id, _FACTS.c.observed_on <= on, *those)
        .correlate(_MEMBERS)
    )


def was_said(event: SchoolingEvent, on: dt.date) -> sa.ColumnElement[bool]:
    """Members of whom an event was ever said by a day: whoever looks closer finds no others with that status."""
    return _said(on, _FACTS.c.payload["event"].as_string() == event.value).exists()


def school_named(on: dt.date) -> sa.ColumnElement[str]:
    """The school that was named last by a day; empty where none was."""
    named = _said(on, _FACTS.c.payload["school_code"].as_string().is_not(None))
    latest = named.order_by(_FACTS.c.observed_on.desc(), _FACTS.c.recorded_at.desc(), _FACTS.c.id.desc()).limit(1)
    return sa.func.coalesce(latest.scalar_subquery(), "", type_=sa.String())


def select_members(reading: Reading) -> sa.Select[Any]:
    """Members who are of compulsory age by any of the policies, of households that are there."""
    on, years = reading.today(), _widest_ages(reading.policy, reading.today())
    return (
        sa.select(
            _HOUSEHOLDS.c.region_code,
            _MEMBERS.c.household_code,
            _MEMBERS.c.member_no,
            _MEMBERS.c.birth_date,
            school_named(on).label("school_code"),
        )
        .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _MEMBERS.c.household_code)
        .where(_HOUSEHOLDS.c.ended_on.is_(None))
        .where(_MEMBERS.c.birth_date > _years_before(on, years.stop) - dt.timedelta(days=1))
        .where(_MEMBERS.c.birth_date <= _years_before(on, years.start) + dt.timedelta(days=1))
    )


def _years_before(day: dt.date, years: int) -> dt.date:
    return months_later(day, -years * _MONTHS_PER_YEAR)


def _widest_ages(book: PolicyBook, on: dt.date) -> range:
    """From the least to the greatest age that any policy calls compulsory on a day."""
    found: Sequence[range] = [
        ages
        for pack in book.packs
        if COMPULSORY_AGE in pack.parameters
        and (ages := forms.ages(pack.parameters[COMPULSORY_AGE].on(on))) is not None
    ]
    return range(min((ages.start for ages in found), default=0), max((ages.stop for ages in found), default=0))
