"""The kinds of files that employment takes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.employment.vacancies.commands import put_vacancy
from services.employment.vacancies.schemas import VacancyCode, VacancyIn
from services.employment.vacancies.sheets import VACANCIES
from services.employment.wages.commands.record import WageToRecord, record_wages
from services.employment.wages.schemas import WageIn
from services.employment.wages.sheets import WAGES
from shared.db.unit_of_work import UnitOfWork
from shared.imports.kinds import ImportKind, Sender, Taken, kinds_by_name
from shared.imports.rows import read_record, record_taken, register_import

_WRITE: Final = "employment:write"


def _read_wage(sender: Sender, document: Mapping[str, Any]) -> WageToRecord:
    return WageToRecord(read_record(WageIn, sender, document), sender.actor, sender.context)


def _take_wages(uow: UnitOfWork, _: Sender, wages: Sequence[WageToRecord]) -> list[Taken]:
    return [record_taken(outcome) for outcome in record_wages(uow, wages)]


IMPORTS: Final = kinds_by_name(
    register_import(VACANCIES, _WRITE, VacancyCode, VacancyIn, put_vacancy),
    ImportKind(WAGES, (_WRITE,), read=_read_wage, take=_take_wages),
)
