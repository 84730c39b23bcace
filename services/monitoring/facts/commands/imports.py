"""Facts from a file, a row a fact: the same set-based command as of the routes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.monitoring.evidence.schemas import ReportedFact
from services.monitoring.evidence.table import EVIDENCE
from services.monitoring.facts.commands.record import FactToRecord, record_facts
from services.monitoring.facts.rules import content_hash_of
from services.monitoring.facts.sheets import EXPENSE, ILLNESS, INCOME
from shared.codes.monitoring import FactMode
from shared.codes.operations import RowStatus
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Sender, Taken
from shared.records.outcomes import Outcome
from shared.sheets.columns import Sheet

_NOT_GIVEN: Final = "row"
_OF_THE_CONTENT: Final = "row-"
"""What a reference begins with that is made of the content of a row: the same row is the same fact in every file."""


def _import_of(sheet: Sheet) -> ImportKind:
    model = EVIDENCE[sheet.kind].fact
    assert model is not None, "a type without a model is reported by no file"

    def read(sender: Sender, document: Mapping[str, Any]) -> FactToRecord:
        fact = _named(model.model_validate(_said_by(sender, document)), document)
        return FactToRecord(fact, FactMode.LIVE, sender.actor, sender.context)

    return ImportKind(sheet, "monitoring:write", read=read, take=_take)


def _said_by(sender: Sender, document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its source; a correction is one of the same source."""
    said = {"source_ref": _NOT_GIVEN, **document, "source": sender.source}
    if "supersedes" in document:
        said["supersedes"] = {**document["supersedes"], "source": sender.source}
    return said


def _named(fact: ReportedFact, document: Mapping[str, Any]) -> ReportedFact:
    if "source_ref" in document:
        return fact
    content = content_hash_of(fact, fact.payload.model_dump_json())
    return fact.model_copy(update={"source_ref": f"{_OF_THE_CONTENT}{content}"})


def _take(uow: UnitOfWork, _: Sender, facts: Sequence[FactToRecord]) -> list[Taken]:
    return [_taken(outcome) for outcome in record_facts(uow, facts)]


def _taken(outcome: Outcome[Any]) -> Taken:
    if outcome.error is not None:
        return Taken.refused(outcome.error)
    return Taken(RowStatus.ACCEPTED if outcome.result == "stored" else RowStatus.DUPLICATE)


FACT_IMPORTS: Final = tuple(_import_of(sheet) for sheet in (INCOME, EXPENSE, ILLNESS))
