"""Household events from a file, a row an event: the same command as of the route."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.monitoring.household_events.commands.record import record_household_events
from services.monitoring.household_events.schemas import EVENT_MODELS, HouseholdEventIn
from services.monitoring.household_events.sheets import HOUSEHOLD_EVENTS, STANDS_FOR
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Sender, Taken
from shared.imports.rows import read_record, record_taken

_ROWS_AT_ONCE: Final = 50


def _read(sender: Sender, document: Mapping[str, Any]) -> HouseholdEventIn:
    said: dict[str, Any] = {}
    for name, value in document.items():
        field, _, part = STANDS_FOR.get(name, name).partition("/")
        if part:
            said.setdefault(field, {})[part] = value
        else:
            said[field] = value
    if "member" in said and "member_no" in said:
        said["member"] = {**said["member"], "member_no": said.pop("member_no")}
    model = EVENT_MODELS.get(str(said.get("event")), HouseholdEventIn)
    return read_record(model, sender, said, HouseholdEventIn.content_hash)


def _take(uow: UnitOfWork, _: Sender, events: Sequence[HouseholdEventIn]) -> list[Taken]:
    return [record_taken(outcome) for outcome in record_household_events(uow, events)]


IMPORT_HOUSEHOLD_EVENTS: Final = ImportKind(
    HOUSEHOLD_EVENTS, ("monitoring:write",), read=_read, take=_take, rows_at_once=_ROWS_AT_ONCE
)
