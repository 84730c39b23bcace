"""Policy values in the database."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from services.monitoring.models import PROCEDURE_STEP
from services.monitoring.models.policy import PolicyValue
from services.monitoring.policy.errors import PolicyKeyUnknown, PolicyValueNotFound
from services.monitoring.policy.procedure import TRANSITIONS
from services.monitoring.policy.rules import form_finding
from shared.db.base import table_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.db.within import lies_in
from shared.findings import Finding
from shared.policy.loader import NATIONAL, PolicyBook
from shared.procedures.rows import Steps
from shared.procedures.showing import with_steps
from shared.words.said import says

STEPS = Steps(PROCEDURE_STEP, "policy-value")
_VALUES = table_of(PolicyValue)
_OF_MONITORING = "monitoring."


def load_value(reading: Reading, value_id: UUID) -> Mapping[Any, Any]:
    """The row of a value of the caller's region. Raises PolicyValueNotFound."""
    row = reading.connection.execute(sa.select(_VALUES).where(_VALUES.c.id == value_id)).mappings().one_or_none()
    if row is None or not reading.actor.sees(row["region_code"]):
        raise PolicyValueNotFound(says("no-such-policy-value", value=value_id, region=reading.actor.place))
    return row


def lock_values(uow: UnitOfWork, region_code: str, key: str) -> Sequence[PolicyValue]:
    """All values of a parameter and region, locked: which of them counts is decided one after the other."""
    of_both = select(PolicyValue).where(col(PolicyValue.region_code) == region_code, col(PolicyValue.key) == key)
    return uow.session.exec(of_both.order_by(col(PolicyValue.id)).with_for_update()).all()


def with_histories(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """Rows of values, each with the steps taken and with what the caller may do."""
    return with_steps(reading, TRANSITIONS, STEPS, rows)


def demand_key(book: PolicyBook, key: str) -> None:
    """Raise PolicyKeyUnknown unless it is a parameter of monitoring that some pack knows."""
    if not key.startswith(_OF_MONITORING) or book.find_parameter(key) is None:
        raise PolicyKeyUnknown(says("no-such-policy-key", key=key))


def value_finding(book: PolicyBook, key: str, sent: Any, pointer: str) -> Finding | None:
    """What is wrong with the form of a value of this parameter."""
    known = [pack.parameters[key] for pack in book.packs if key in pack.parameters]
    return form_finding(sent, known, pointer)


def lies_within(column: sa.ColumnElement[Any], region: str) -> sa.ColumnElement[bool]:
    """Rows of a region by its prefix; the nation has them all."""
    return lies_in(column, "" if region == NATIONAL else region)
