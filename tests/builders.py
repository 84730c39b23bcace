"""What tests talk about, with every field filled in: households, facts, risks, and events on their way to a house."""

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any, TypeVar

import sqlalchemy as sa
from stdnum.cn import ric

from shared.bus.interface import Record
from shared.bus.relay import pending_events
from shared.codes.monitoring import HouseholdCategory, HouseholdEndReason, Labour, RiskGrade, RiskKind, Sex
from shared.context import Context, new_context
from shared.contracts.envelope import EncodedEvent, Event, decode, encode
from shared.contracts.monitoring import (
    HouseholdChanged,
    HouseholdEnded,
    HouseholdMember,
    HouseholdRegistered,
    HouseholdState,
    RiskCleared,
    RiskRaised,
    RiskState,
    RiskUpdated,
)
from shared.contracts.payload import Payload
from shared.db.unit_of_work import Reading
from shared.house import House
from shared.ids import derived_id

TODAY = dt.date(2026, 11, 16)
"""The business date of tests: a Monday with an ordinary week behind and before it."""
NOW = dt.datetime(2026, 11, 16, 2, 30, tzinfo=dt.UTC)
HOUSEHOLD = "DJ-0001"
REGION = "520626001001"
"""A village of 德江县 in 铜仁市."""
OTHER_COUNTY_REGION = "520625001001"
"""A village of the neighbouring county 印江."""

RiskT = TypeVar("RiskT", bound=RiskState)
HouseholdT = TypeVar("HouseholdT", bound=HouseholdState)
_offsets = itertools.count(1)


def resident_id(birth_date: dt.date, sequence: int = 1, place: str = "522226") -> str:
    """A resident identity number that passes every check; an odd sequence is a man's, an even one a woman's."""
    number = f"{place}{birth_date:%Y%m%d}{sequence:03d}"
    return number + ric.calc_check_digit(number + "0")


def member(member_no: int = 1, **changes: Any) -> dict[str, Any]:
    """A member as registered over HTTP: an able-bodied head of the household unless told otherwise."""
    document = {
        "member_no": member_no,
        "name": f"成员{member_no}",
        "relation": "head" if member_no == 1 else "other",
        "sex": "M",
        "birth_date": "1980-05-01",
        "id_number": None,
        "labour": "ordinary",
        "health": "healthy",
        "student": False,
    }
    return document | changes


def household(members: Iterable[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """A household as registered over HTTP: four members, two of them at work."""
    if members is None:
        members = [
            member(1),
            member(2, relation="spouse", sex="F", birth_date="1982-03-12"),
            member(3, relation="child", birth_date="2010-09-01", labour="none", student=True),
            member(4, relation="parent", sex="F", birth_date="1950-01-20", labour="none"),
        ]
    document = {
        "region_code": REGION,
        "category": "ordinary",
        "relocated": False,
        "dibao": False,
        "registered_on": "2020-01-01",
        "members": list(members),
    }
    return document | changes


def fact(fact_type: str, source_ref: str, payload: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A fact as sent over HTTP."""
    document = {
        "source": "village-report",
        "source_ref": source_ref,
        "household_code": HOUSEHOLD,
        "member_no": None,
        "observed_on": "2026-11-02",
        "type": fact_type,
        "payload": payload,
    }
    return document | changes


def income_fact(month: str, amount: str, branch: str = "wage", **changes: Any) -> dict[str, Any]:
    """Income of one branch in one month."""
    payload = {"branch": branch, "month": month, "amount": amount, "operating_cost": "0.00"}
    return fact("income", f"income-{branch}-{month}", payload, **changes)


def expense_fact(month: str, amount: str, self_paid: str, kind: str = "medical", **changes: Any) -> dict[str, Any]:
    """Expense of one month, of which `self_paid` is borne by the household itself under the rules."""
    payload = {"kind": kind, "month": month, "amount": amount, "self_paid_compliant": self_paid, "reimbursed": "0.00"}
    return fact("expense", f"expense-{kind}-{month}", payload, **changes)


def illness_fact(code: str = "C34.9", member_no: int = 1, **changes: Any) -> dict[str, Any]:
    """A diagnosis of a member."""
    payload = {"code": code, "name": "肺癌", "serious": True, "main_earner": False}
    return fact("illness", f"illness-{member_no}-{code}", payload, **{"member_no": member_no} | changes)


def household_member(member_no: int = 1, **changes: Any) -> HouseholdMember:
    """A member as the bus tells of one: able-bodied and 46 in the year of the tests, unless told otherwise."""
    fields: dict[str, Any] = {
        "member_no": member_no,
        "sex": Sex.MALE,
        "birth_year": 1980,
        "labour": Labour.ORDINARY,
        "student": False,
    }
    return HouseholdMember(**fields | changes)


def household_state(
    model: type[HouseholdT], version: int, members: Iterable[HouseholdMember], **changes: Any
) -> HouseholdT:
    """A household as monitoring tells of it: an ordinary one of the village unless told otherwise."""
    fields: dict[str, Any] = {
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "category": HouseholdCategory.ORDINARY,
        "relocated": False,
        "dibao": False,
        "version": version,
        "members": tuple(members),
    }
    return model(**fields | changes)


def household_registered(*members: HouseholdMember, **changes: Any) -> HouseholdRegistered:
    """A household entered the registry: two workers unless told otherwise."""
    return household_state(HouseholdRegistered, members=members or _two_workers(), **{"version": 1} | changes)


def household_changed(version: int, *members: HouseholdMember, **changes: Any) -> HouseholdChanged:
    """A household changed."""
    return household_state(HouseholdChanged, version, members or _two_workers(), **changes)


def _two_workers() -> tuple[HouseholdMember, ...]:
    return household_member(1), household_member(2, sex=Sex.FEMALE)


def _risk(model: type[RiskT], version: int, changes: dict[str, Any]) -> RiskT:
    fields: dict[str, Any] = {
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "kind": RiskKind.BELOW_LINE,
        "grade": RiskGrade.ORANGE,
        "episode": 1,
        "version": version,
        "decided_on": TODAY,
        "rules": () if model is RiskCleared else ("below_line",),
        "pack": "52_guizhou@2026.11",
    }
    fields |= changes
    derived = derived_id("risk", fields["household_code"], fields["kind"], fields["episode"])
    return model(**{"risk_id": derived} | fields)


def risk_raised(version: int = 1, **changes: Any) -> RiskRaised:
    """A risk opened: orange, below the line, first episode, unless told otherwise."""
    return _risk(RiskRaised, version, changes)


def risk_updated(version: int = 2, **changes: Any) -> RiskUpdated:
    """An open risk changed."""
    return _risk(RiskUpdated, version, changes)


def household_ended(version: int = 2, **changes: Any) -> HouseholdEnded:
    """A household that is no more as monitoring tells of it."""
    fields: dict[str, Any] = {
        "household_code": HOUSEHOLD,
        "region_code": REGION,
        "version": version,
        "ended_on": TODAY,
        "reason": HouseholdEndReason.DIED,
    }
    return HouseholdEnded(**fields | changes)


def risk_cleared(version: int = 3, **changes: Any) -> RiskCleared:
    """The cause of a risk is gone."""
    return _risk(RiskCleared, version, changes)


def published_as(payload: Payload, *, context: Context | None = None, region: str = REGION) -> EncodedEvent:
    """The payload as its house would publish it, each time as another event."""
    return encode(payload, region=region, time=NOW, context=context or new_context())


async def deliver(house: House, *events: Payload | EncodedEvent) -> None:
    """Hand events to a house as one batch from the bus. An `EncodedEvent` delivered again is the same event again."""
    encoded = [published_as(event) if isinstance(event, Payload) else event for event in events]
    records = [Record(event.topic, 0, next(_offsets), event.key, event.headers, event.value, NOW) for event in encoded]
    await house.consumer.apply_batch(records)


async def waiting_events(house: House) -> list[Event[Any]]:
    """What the house has published and the relay has not yet taken to the bus, in order."""
    return [decode(event.headers, event.value) for event in await house.database.read(pending_events)]


async def lay_backwards(house: House, table: sa.Table) -> None:
    """Write every row of a table anew, the last one first: on PostgreSQL they lie and are read in that order then."""
    await house.database.write(_lay_backwards, table)


def _lay_backwards(uow: Reading, table: sa.Table) -> None:
    key = list(table.primary_key.columns)
    rows = uow.connection.execute(sa.select(*key).order_by(*(column.desc() for column in key))).all()
    for row in rows:
        this = sa.and_(*(column == value for column, value in zip(key, row, strict=True)))
        uow.connection.execute(sa.update(table).where(this).values({key[0].name: row[0]}))
    if uow.connection.dialect.name == "postgresql":
        uow.connection.execute(sa.text(f'ANALYZE "{table.name}"'))  # so small a table is read without its index


async def audit_rows(house: House) -> list[dict[str, Any]]:
    """The audit of a house, in order."""

    def rows(reading: Reading) -> list[dict[str, Any]]:
        audit = reading.system_tables.audit
        found = reading.connection.execute(sa.select(audit).order_by(audit.c.seq))
        return [dict(row) for row in found.mappings()]

    return await house.database.read(rows)
