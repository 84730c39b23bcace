"""What cases are decided by: income, risks, protections and measures of a household, under the policy of the case."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.monitoring.cases.rules.criteria.state import EliminationState
from services.monitoring.cases.rules.figures import Figures
from services.monitoring.cases.rules.parameters import ELIMINATION_MONTHS
from services.monitoring.cases.store.standings import Standing
from services.monitoring.ledger.rules.dossiers import HouseholdDossier
from services.monitoring.ledger.rules.income import state_income, window_months
from services.monitoring.ledger.store import load_dossiers, load_months
from services.monitoring.models.cases import CompletedMeasure
from services.monitoring.models.risks import Risk
from services.monitoring.protections.store import find_standings
from services.monitoring.risks.rules import forms
from services.monitoring.risks.rules.parameters import INCOME_LINE, MIN_MONTHS, WINDOW_MONTHS
from shared.codes.circumstances import Protection, ProtectionStatus
from shared.codes.monitoring import RiskKind, RiskStatus
from shared.db.base import table_of
from shared.db.rows import insert_into
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.months import months_later
from shared.policy.parameters import PolicyView

_RISKS, _MEASURES = table_of(Risk), table_of(CompletedMeasure)
_NEEDED: Final = (INCOME_LINE, WINDOW_MONTHS, MIN_MONTHS)


def load_dossier(reading: Reading, code: str) -> HouseholdDossier:
    """The dossier of the household of a case."""
    return load_dossiers(reading, [code], lock=False)[code]


def load_figures(reading: Reading, dossier: HouseholdDossier, on: dt.date, view: PolicyView) -> Figures:
    """Income of the window before a day beside the line of a policy. Raises PolicyValueMissing where it has none."""
    line, length = forms.fen(view.value(INCOME_LINE)), int(view.value(WINDOW_MONTHS).value)
    assert line is not None, "the policy has a line"
    first, last = window_months(on, length)
    months = load_months(reading, [dossier.code], first, last).get(dossier.code, {})
    needed = int(view.value(MIN_MONTHS).value)
    return Figures(state_income(months, first, last, dossier.members), line, needed)


def find_figures(reading: Reading, dossier: HouseholdDossier, on: dt.date, view: PolicyView) -> Figures | None:
    """The same; None where the policy has no line."""
    if any(view.find(key) is None for key in _NEEDED):
        return None
    return load_figures(reading, dossier, on, view)


def load_open_risks(reading: Reading, code: str) -> list[RiskKind]:
    """The kinds of the risks of a household that are open."""
    mine = (_RISKS.c.household_code == code) & (_RISKS.c.status == RiskStatus.OPEN)
    return list(reading.connection.scalars(sa.select(_RISKS.c.kind).where(mine).order_by(_RISKS.c.kind)))


def load_protections(reading: Reading, dossier: HouseholdDossier, on: dt.date) -> Mapping[Protection, ProtectionStatus]:
    """Where a household stands in 三保障 and water on a day."""
    found = find_standings(reading, [(dossier, on)])[dossier.code].standings
    return {protection: standing.status for protection, standing in found.items()}


def load_elimination(reading: Reading, case: Mapping[Any, Any], standing: Standing) -> EliminationState:
    """What the criteria of an elimination are asked about today. The policy is that of the opening of the case."""
    today, view = reading.today(), policy_of(reading, case)
    months, dossier = int(view.value(ELIMINATION_MONTHS).value), load_dossier(reading, case["household_code"])
    assert standing.admitted_on is not None, "a monitored household was admitted"
    then = months_later(today, -months)
    return EliminationState(
        on=today,
        admitted_on=standing.admitted_on,
        months=months,
        manner=case["manner"],
        figures=find_figures(reading, dossier, today, view),
        earlier=find_figures(reading, dossier, then, reading.policy.at(case["opened_in"], then)),
        measure_done_on=_first_measure(reading, case["household_code"], standing.opened_on),
        protections=load_protections(reading, dossier, today),
        open_risks=load_open_risks(reading, case["household_code"]),
    )


def policy_of(reading: Reading, case: Mapping[Any, Any]) -> PolicyView:
    """The policy that holds for a case to its end: of the region and day of its opening."""
    return reading.policy.at(case["opened_in"], case["opened_on"])


def _first_measure(reading: Reading, code: str, since: dt.date | None) -> dt.date | None:
    mine = (_MEASURES.c.household_code == code) & (_MEASURES.c.completed_on >= (since or dt.date.min))
    day: dt.date | None = reading.connection.scalar(sa.select(sa.func.min(_MEASURES.c.completed_on)).where(mine))
    return day


def write_measures(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep measures that were completed; one that is known stays as it is."""
    written = insert_into(_MEASURES, uow.connection.dialect.name).on_conflict_do_nothing()
    uow.connection.execute(written, list(rows))
