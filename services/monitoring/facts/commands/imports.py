"""Facts from a file, a row a fact: the same set-based command as of the routes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.monitoring.evidence.table import EVIDENCE
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_facts
from services.monitoring.facts.rules import content_of
from services.monitoring.facts.sheets import FACT_SHEETS
from services.monitoring.persons.errors import PersonAmbiguous
from shared.codes.operations import RowStatus
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Sender, Taken
from shared.imports.rows import read_record, record_taken
from shared.records.outcomes import Outcome
from shared.sheets.columns import Sheet
from shared.sheets.common import HOUSEHOLD_CODE

_ROWS_AT_ONCE: Final = 2000
"""Whoever else writes waits no longer than a fifth of a second for so many."""


def _import_of(sheet: Sheet) -> ImportKind:
    model = EVIDENCE[sheet.kind].fact
    assert model is not None, "a type without a model is reported by no file"

    def read(sender: Sender, document: Mapping[str, Any]) -> FactToRecord:
        fact = read_record(model, sender, document, content_of)
        by_content = "id_number" in document and "source_ref" not in document
        return FactToRecord(fact, sender.facts, sender.actor, sender.context, by_content=by_content)

    about = HOUSEHOLD_CODE.place
    return ImportKind(
        sheet,
        ("monitoring:write",),
        read=read,
        take=_take,
        rows_at_once=_ROWS_AT_ONCE,
        about=about,
        backfill="monitoring:backfill",
    )


def _take(uow: UnitOfWork, _: Sender, facts: Sequence[FactToRecord]) -> list[Taken]:
    return [_taken(outcome) for outcome in record_facts(uow, facts)]


def _taken(outcome: Outcome[UUID]) -> Taken:
    taken = record_taken(outcome)
    is_ambiguous = isinstance(outcome.error, PersonAmbiguous)
    return taken._replace(status=RowStatus.AMBIGUOUS) if is_ambiguous else taken


FACT_IMPORTS: Final = tuple(_import_of(sheet) for sheet in FACT_SHEETS.values())
