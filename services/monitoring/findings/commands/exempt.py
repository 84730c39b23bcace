"""Exempting findings 疑点豁免: looked at and found right, with a reason; and taking that back."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from services.monitoring.findings.errors import ExemptionInvalid
from services.monitoring.findings.procedure import TRANSITIONS
from services.monitoring.findings.schemas import ExemptionsIn, ExemptionsOut, FindingOut, FindingTransitionIn
from services.monitoring.findings.store.rows import STEPS, load_homes_of, lock_findings
from services.monitoring.findings.store.shown import no_such_finding, shown_findings
from services.monitoring.ledger.store import lock_households
from services.monitoring.models.findings import FindingRow
from shared import metrics
from shared.codes.monitoring import FindingAction
from shared.db.unit_of_work import UnitOfWork
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
from shared.records.outcomes import Outcome, take_each
from shared.words.said import says

_COUNTED_AS: Final[Mapping[FindingAction, str]] = {
    FindingAction.EXEMPT: "exempted",
    FindingAction.REVOKE: "revoked",
}


def transition_finding(uow: UnitOfWork, finding_id: UUID, body: FindingTransitionIn) -> FindingOut:
    """Exempt a finding, or take its exemption back. An exemption ends after its last day, or with what it rests on."""
    _refuse_over(uow, body.until)
    row = _take(uow, _lock(uow, [finding_id]), finding_id, body)
    uow.session.flush()  # flush: the answer reads what was just written
    [shown] = shown_findings(uow, [row.model_dump()])
    return shown


def exempt_findings(uow: UnitOfWork, body: ExemptionsIn) -> ExemptionsOut:
    """Exempt several findings for one reason; each is answered by itself, and one that is refused stays as it is."""
    _refuse_over(uow, body.until)
    asked = FindingTransitionIn(action=FindingAction.EXEMPT, reason=body.reason, until=body.until)
    locked = _lock(uow, body.ids)
    outcomes = take_each(lambda finding_id: Outcome("stored", _take(uow, locked, finding_id, asked)), body.ids)
    return ExemptionsOut.of(body.ids, outcomes)


def _lock(uow: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, FindingRow]:
    """These findings; their households are locked before them, as every check locks them."""
    lock_households(uow, sorted(load_homes_of(uow, ids)))
    return lock_findings(uow, ids)


def _refuse_over(uow: UnitOfWork, until: dt.date | None) -> None:
    if until is not None and until < uow.today():
        raise ExemptionInvalid.at("/until", says("exemption-over"))


def _take(
    uow: UnitOfWork, locked: Mapping[UUID, FindingRow], finding_id: UUID, body: FindingTransitionIn
) -> FindingRow:
    row = locked.get(finding_id)
    if row is None or not uow.actor.sees(row.region_code):
        raise no_such_finding(uow, finding_id)
    asked = Asked(
        action=body.action,
        region_code=row.region_code,
        caller=Caller.of(uow.actor, row.region_code),
        note=body.reason,
        logged={"rule": row.rule},
    )
    _TAKER.take(uow, row, asked, lambda: _follow(uow, row, body))
    uow.count_after_commit(metrics.FINDINGS.labels(row.rule, _COUNTED_AS[body.action]))
    return row


def _follow(uow: UnitOfWork, row: FindingRow, body: FindingTransitionIn) -> None:
    """What comes with the new status."""
    is_exempted = body.action is FindingAction.EXEMPT
    row.exempt_reason, row.exempt_until = (body.reason, body.until) if is_exempted else (None, None)
    row.exempted_on, row.exempted_by = (uow.today(), uow.actor.id) if is_exempted else (None, None)


def _view(row: FindingRow) -> dict[str, Any]:
    """What the audit keeps of a finding. Why it is exempted may name somebody, and stands in its history."""
    until = row.exempt_until
    return {"status": str(row.status), "exempt_until": until and until.isoformat(), "version": row.version}


_TAKER: Final = Taker(TRANSITIONS, STEPS, _view)
