"""What checks of clues confirmed 线索核实属实 holds the risk `reported` open, until its case or its task ends."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import Any

from services.monitoring.evidence.report import REPORT, REPORTS, Report, load_reports_of
from services.monitoring.ledger.store import load_dossiers, write_windows
from services.monitoring.models.clues import ConfirmedReport
from services.monitoring.risks.commands.judge import judge_households
from services.monitoring.risks.rules.triggers import Trigger
from shared.context import Context
from shared.db.base import table_of
from shared.db.rows import execute_rows, insert_into
from shared.db.unit_of_work import UnitOfWork

_REPORTS = table_of(ConfirmedReport)


def raise_reported(uow: UnitOfWork, reports: Mapping[str, Report], contexts: Mapping[str, Context]) -> None:
    """Raise `reported` 线索核实属实 in these households, which are locked. A report that stands stays the reason."""
    known = load_reports_of(uow, reports)
    new = {code: one for code, one in reports.items() if code not in known or not known[code].stands}
    keep_reports(uow, new, contexts)


def clear_reported(uow: UnitOfWork, household_code: str) -> None:
    """Clear `reported` of a household, which is locked: its case ended, or without one its task."""
    known = load_reports_of(uow, [household_code]).get(household_code)
    if known is not None and known.stands:
        keep_reports(uow, {household_code: replace(known, ended_on=uow.today())}, {})


def stand_again(uow: UnitOfWork, household_code: str) -> None:
    """Have the report of a household, which is locked, stand again: the task that found it to be none is open again."""
    known = load_reports_of(uow, [household_code]).get(household_code)
    if known is not None and not known.stands:
        _write_reports(uow, {household_code: replace(known, ended_on=None)})


def keep_reports(uow: UnitOfWork, reports: Mapping[str, Report], contexts: Mapping[str, Context]) -> None:
    """Keep how the reports of these households stand, and judge them."""
    if not reports:
        return
    _write_reports(uow, reports)
    dossiers = list(load_dossiers(uow, sorted(reports), lock=True).values())
    for dossier in dossiers:
        dossier.evidence |= {REPORTS.name}
        dossier.window_changed = True
    triggers = {code: _triggers(contexts.get(code, uow.context)) for code in reports}
    judge_households(uow, dossiers, uow.today(), triggers)
    write_windows(uow, dossiers)


def _triggers(context: Context) -> Sequence[Trigger]:
    return [Trigger(REPORT.clue_type, context)]


def _write_reports(uow: UnitOfWork, reports: Mapping[str, Report]) -> None:
    rows = [{"household_code": code, **asdict(report)} for code, report in reports.items()]
    execute_rows(uow.connection, _upsert(uow.connection.dialect.name), rows)


@cache
def _upsert(dialect: str) -> Any:
    """An insert that takes the place of the household's row that is there."""
    statement = insert_into(_REPORTS, dialect)
    new = {column.name: statement.excluded[column.name] for column in _REPORTS.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=["household_code"], set_=new)
