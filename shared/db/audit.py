"""The audit of a house: who looked at a person."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.context import Context
from shared.db.unit_of_work import UnitOfWork

READ_ACTION = "person.read"


class Look(NamedTuple):
    """Somebody saw a person in clear."""

    actor: str
    subject: str
    purpose: str | None
    context: Context


def record_looks(uow: UnitOfWork, looks: Sequence[Look]) -> Sequence[None]:
    """Write an audit row for each look. Set-based, for a write lane."""
    for look in looks:
        uow.audit(READ_ACTION, look.subject, reason=look.purpose, actor=look.actor, context=look.context)
    return [None] * len(looks)
