"""Clues and verdicts from files, a row each: the same set-based commands as of the routes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.monitoring.clues.commands.answer import answer_clues
from services.monitoring.clues.commands.items import ClueTaken, ClueToRecord, VerdictToGive, verdict_of
from services.monitoring.clues.commands.record import record_clues
from services.monitoring.clues.schemas import ClueIn, VerdictIn
from services.monitoring.clues.sheets import CLUES_IN, VERDICTS_IN
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Sender, Taken, reasons_of
from shared.imports.rows import record_taken
from shared.records.outcomes import Outcome

_WHO: Final = ("monitoring:write",)


def _read_clue(sender: Sender, document: Mapping[str, Any]) -> ClueToRecord:
    by = {} if sender.source is None else {"source": sender.source}
    return ClueToRecord(ClueIn.model_validate({**by, **document}), sender.actor, sender.context)


def _take_clues(uow: UnitOfWork, _: Sender, items: Sequence[ClueToRecord]) -> list[Taken]:
    return [_taken(outcome) for outcome in record_clues(uow, items)]


def _taken(outcome: Outcome[ClueTaken]) -> Taken:
    taken = record_taken(outcome)
    return taken if outcome.shown is None else taken._replace(reasons=reasons_of(outcome.shown.warnings))


def _read_verdict(_: Sender, document: Mapping[str, Any]) -> VerdictToGive:
    return verdict_of(VerdictIn.model_validate(document))


def _take_verdicts(uow: UnitOfWork, _: Sender, items: Sequence[VerdictToGive]) -> list[Taken]:
    return [record_taken(outcome) for outcome in answer_clues(uow, items)]


IMPORT_CLUES: Final = ImportKind(CLUES_IN, _WHO, read=_read_clue, take=_take_clues)
IMPORT_VERDICTS: Final = ImportKind(VERDICTS_IN, _WHO, read=_read_verdict, take=_take_verdicts, has_source=False)
