"""Withdrawing patrols that should never have been recorded: nobody was seen by them."""

from typing import Final
from uuid import UUID

from services.monitoring.models.contacts import PatrolWithdrawal
from services.monitoring.patrols.errors import PatrolAlreadySuperseded, PatrolInvalid, PatrolNotFound
from services.monitoring.patrols.schemas import PatrolWithdrawalIn, PatrolWithdrawalOut
from services.monitoring.patrols.store import load_region, lock_patrol, replace_patrol
from shared.codes.records import RecordStatus
from shared.db.base import table_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.records.errors import WithdrawalContradicts
from shared.records.outcomes import Outcome
from shared.records.withdrawals import Withdrawals
from shared.security.sources import demand_sources
from shared.words.said import says

_WITHDRAWALS: Final = Withdrawals(
    "patrol", table_of(PatrolWithdrawal), otherwise=WithdrawalContradicts, elsewhere=WithdrawalContradicts
)


def withdraw_patrol(uow: UnitOfWork, patrol_id: UUID, body: PatrolWithdrawalIn) -> Outcome[PatrolWithdrawalOut]:
    """Withdraw a patrol 撤回. The same withdrawal again changes nothing.

    Raises:
        PatrolInvalid: the source is the name of a house.
        SourceNotYours: the client may not speak for the source of the withdrawal, or of the patrol.
        PatrolNotFound: the patrol is unknown, or of a contact outside the caller's region.
        WithdrawalContradicts: the patrol was withdrawn otherwise, or the reference belongs to another withdrawal.
        PatrolAlreadySuperseded: a correction took the place of the patrol.
    """
    demand_sources(uow.actor, PatrolInvalid, {"/source": body.source})
    patrol = lock_patrol(uow, patrol_id)
    region_code = None if patrol is None else load_region(uow, patrol["contact_code"])
    if patrol is None or region_code is None or not uow.actor.sees(region_code):
        raise PatrolNotFound(says("no-such-patrol", patrol=patrol_id, region=uow.actor.place))
    uow.actor.demand_source(patrol["source"])
    reference = {"source": body.source, "source_ref": body.source_ref}
    known = _WITHDRAWALS.find(uow, {"patrol_id": patrol_id}, reference, body.reason)
    if known is not None:
        return Outcome("duplicate", PatrolWithdrawalOut.of(known))
    if patrol["status"] is RecordStatus.SUPERSEDED:
        raise PatrolAlreadySuperseded(says("corrected-before", thing="patrol", reference=patrol["source_ref"]))
    withdrawal = PatrolWithdrawal(
        id=derived_id("patrol-withdrawal", str(patrol_id)),
        patrol_id=patrol_id,
        reason=body.reason,
        withdrawn_at=uow.now(),
        withdrawn_by=uow.actor.id,
        **reference,
    )
    _WITHDRAWALS.write(uow, withdrawal.model_dump())
    replace_patrol(uow, patrol_id, RecordStatus.WITHDRAWN)
    told = {"contact": patrol["contact_code"], "on": patrol["on"].isoformat()}
    uow.record("patrol.withdrawn", patrol_id, told, before=told, reason=withdrawal.reason)
    return Outcome("stored", PatrolWithdrawalOut.of(withdrawal))
