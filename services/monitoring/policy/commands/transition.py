"""The steps of a policy value 政策参数值: a second person approves or rejects it, or it is withdrawn before that."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.monitoring.models.policy import PolicyValue
from services.monitoring.policy.commands.overlaps import demand_no_overlap
from services.monitoring.policy.errors import PolicyValueInvalid
from services.monitoring.policy.procedure import TRANSITIONS
from services.monitoring.policy.schemas import PolicyTransitionIn, PolicyValueOut
from services.monitoring.policy.store import STEPS, load_value, lock_values, with_histories
from shared.codes.monitoring import PolicyValueAction
from shared.codes.policy import ValueStatus
from shared.contracts.monitoring import PolicyValueApproved
from shared.db.unit_of_work import UnitOfWork
from shared.policy.added import AddedValue
from shared.procedures.errors import StepLapsed
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
from shared.words.said import says


def transition_value(uow: UnitOfWork, value_id: UUID, body: PolicyTransitionIn) -> PolicyValueOut:
    """Take a step. An approved value holds from its first day on, in every process.

    Raises:
        PolicyValueNotFound: none by that id in the caller's region.
        ScopeMissing, TransitionNotAllowed, SecondPersonNeeded: the step is not this caller's.
        ValueOverlaps: an approved value begins within its days.
        StepLapsed: its first day is over; days that were decided about are not decided about anew.
    """
    uow.actor.demand(*(TRANSITIONS.scopes_of(body.action) or TRANSITIONS.scopes))
    row = load_value(uow, value_id)
    values = lock_values(uow, row["region_code"], row["key"])
    value = next(one for one in values if one.id == value_id)
    asked = Asked(
        action=body.action,
        region_code=value.region_code,
        caller=Caller.of(uow.actor, value.region_code),
        on=body.on,
        note=body.note,
        logged={"key": value.key, "region": value.region_code},
    )
    _TAKER.take(uow, value, asked, lambda: _follow(uow, value, values, body.action))
    if body.action is PolicyValueAction.APPROVE:
        value.approved_at = value.updated_at
    return PolicyValueOut.of(with_histories(uow, [value.model_dump()])[0])


def _follow(uow: UnitOfWork, value: PolicyValue, values: Sequence[PolicyValue], action: PolicyValueAction) -> None:
    """What comes with the new status."""
    if action is not PolicyValueAction.APPROVE:
        return
    if value.valid_from < uow.today():
        raise StepLapsed(says("value-has-begun", first=value.valid_from), not_after=str(value.valid_from))
    demand_no_overlap(_added(value), [one for one in values if one.id != value.id])
    value.approved_by = uow.actor.id
    approved = PolicyValueApproved(
        value_id=value.id,
        region_code=value.region_code,
        key=value.key,
        value=value.value,
        valid_from=value.valid_from,
        valid_to=value.valid_to,
        status=value.value_status,
    )
    uow.emit(approved, region=value.region_code)


def _added(value: PolicyValue) -> AddedValue:
    return AddedValue(
        value.region_code,
        value.key,
        value.value,
        value.valid_from,
        value.valid_to,
        value.reference,
        ValueStatus(value.value_status),
    )


def _audit_view(value: PolicyValue) -> dict[str, Any]:
    return {"status": str(value.status), "key": value.key, "region_code": value.region_code, "version": value.version}


_TAKER = Taker(TRANSITIONS, STEPS, _audit_view, wrong_day=PolicyValueInvalid)
