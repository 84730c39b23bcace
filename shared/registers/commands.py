"""Putting what is registered: one command for every register."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from shared.db.unit_of_work import UnitOfWork
from shared.registers.entries import ChangeGuard, Row, enter, holds, lock_entry, renew, sealed_fields
from shared.versions import ExpectedVersion, demand_version

Body = TypeVar("Body")
Part = TypeVar("Part")
Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Put(Generic[Shown]):
    """What is registered after it was put, whether it is new, and whether anything of it changed."""

    shown: Shown
    created: bool
    changed: bool


def _nothing(*_: Any) -> list[Any]:
    return []


def _accept(*_: Any) -> None:
    """Refuse nothing, and write nothing."""


@dataclass(frozen=True, slots=True)
class Parts(Generic[Body, Part]):
    """What comes with a row in a table of its own: the rights in an asset, the households behind a producer."""

    load: Callable[[UnitOfWork, str], list[Part]] = _nothing
    """What is registered under a code."""
    said: Callable[[UnitOfWork, Body, list[Part]], list[Part]] = _nothing
    """What it becomes by a body, given what it was; in the order of ``load``."""
    write: Callable[[UnitOfWork, str, Sequence[Part], Sequence[Part]], None] = _accept
    """Write the second in place of the first. The row stands already."""
    demand: Callable[[UnitOfWork, Sequence[Part]], None] = _accept
    """Refuses what may not come with a new or changed row; takes its locks before the moment of change is given."""


@dataclass(frozen=True, slots=True)
class Register(Generic[Row, Body, Part, Shown]):
    """One register, as data and the few questions in which registers differ.

    The audit view and the log fields hold no name: what is registered may be named after a person.
    """

    model: type[Row]
    guard: ChangeGuard[Row]
    fields: Callable[[UnitOfWork, Body, Row | None], dict[str, Any]]
    """The columns that a body sets in this row, or in a new one. Refuses a change that the row does not allow."""
    audit_view: Callable[[Row, Sequence[Part]], Mapping[str, Any]]
    log_fields: Callable[[Row, Sequence[Part]], Mapping[str, Any]]
    shown: Callable[[UnitOfWork, Row, Sequence[Part]], Shown]
    entered: str
    """The audit action and log event of a new row."""
    changed: str
    check: Callable[[UnitOfWork, Body], None] = _accept
    """Refuses what cannot be true, or what the caller may not register, before the row is locked."""
    parts: Parts[Body, Part] = field(default_factory=Parts)


def put(
    uow: UnitOfWork,
    register: Register[Row, Body, Part, Shown],
    code: str,
    body: Body,
    expected: ExpectedVersion | None = None,
) -> Put[Shown]:
    """Register something, or make it what ``body`` says. The same again changes nothing.

    Raises:
        CodeInOtherSpelling: the code is registered in other upper and lower case.
        VersionChanged: another version is registered than the one the caller changed.
    """
    register.check(uow, body)
    row = lock_entry(uow, register.model, code, register.guard)
    demand_version(expected, None if row is None else row.version)
    fields = sealed_fields(uow, register.model, code, row, register.fields(uow, body, row))
    before = [] if row is None else register.parts.load(uow, code)
    after = register.parts.said(uow, body, before)
    if row is not None and before == after and holds(row, fields):
        return Put(register.shown(uow, row, after), created=False, changed=False)
    register.parts.demand(uow, after)
    viewed = None if row is None else register.audit_view(row, before)
    put_row = enter(uow, register.model, code, fields) if row is None else renew(uow, row, fields)
    register.parts.write(uow, code, before, after)
    action = register.entered if row is None else register.changed
    uow.audit(action, code, before=viewed, after=register.audit_view(put_row, after))
    uow.log_after_commit(action, **register.log_fields(put_row, after))
    return Put(register.shown(uow, put_row, after), created=row is None, changed=True)
