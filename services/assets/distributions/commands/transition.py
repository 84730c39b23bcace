"""The steps of a distribution 流转: township and county decide, and paying credits the households."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assets.distributions.errors import PublicityNotOver, TransitionInvalid
from services.assets.distributions.procedure import PUBLICITY_DAYS, TRANSITIONS
from services.assets.distributions.rules import credit_id, day_findings, is_publicity_over, publicity_end
from services.assets.distributions.schemas import DistributionOut, TransitionIn
from services.assets.distributions.store import audit_view, load_lines, lock_distribution, with_lines
from services.assets.models import Distribution
from services.assets.requests.store import REQUESTS
from shared.codes.assets import DistributionAction, DistributionStatus
from shared.codes.monitoring import IncomeBranch
from shared.contracts.assets import ShareCredited
from shared.db.unit_of_work import UnitOfWork
from shared.helping.requests import RequestOut
from shared.months import month_of


def transition_distribution(uow: UnitOfWork, distribution_id: UUID, body: TransitionIn) -> DistributionOut:
    """Take a step of the procedure 流转. Paying credits every line, once.

    What township and county decide needs a scope of its own.
    """
    uow.actor.demand(*TRANSITIONS.scopes_of(body.action))
    distribution = lock_distribution(uow, distribution_id)
    status = _status_after(uow, distribution, body)
    before = audit_view(distribution)
    match body.action:
        case DistributionAction.PUBLISH:
            _begin_publicity(uow, distribution, body)
        case DistributionAction.OBJECT:
            distribution.publicity_ends_on = distribution.publicity_rule = None
        case DistributionAction.PAY:
            _pay(uow, distribution, body)
    distribution.status, distribution.stepped_on = status, body.on
    distribution.version += 1
    distribution.updated_at = uow.stamp()
    distribution.history = [*distribution.history, _entry(distribution, body, uow.actor.id)]
    action, shown_id = f"distribution.{body.action}", str(distribution_id)
    uow.audit(action, shown_id, before=before, after=audit_view(distribution))
    uow.note("distribution.transition", distribution_id=shown_id, asset=distribution.asset_code, action=body.action)
    return DistributionOut.of(with_lines(uow, distribution.model_dump()))


def _status_after(uow: UnitOfWork, distribution: Distribution, body: TransitionIn) -> DistributionStatus:
    """Where the step leads. Refuses one out of turn, on an impossible day, or while the plan still hangs out."""
    status = TRANSITIONS.take_as(uow.actor.scopes, distribution.status, body.action).after
    if findings := day_findings(body.on, distribution.stepped_on, uow.today()):
        raise TransitionInvalid.of([finding._asdict() for finding in findings])
    ends_on = distribution.publicity_ends_on
    if body.action is DistributionAction.APPROVE and not is_publicity_over(ends_on, body.on):
        raise PublicityNotOver(f"the plan hangs out until {ends_on}", publicity_ends_on=str(ends_on))
    return status


def _begin_publicity(uow: UnitOfWork, distribution: Distribution, body: TransitionIn) -> None:
    """Count the days of publicity 公示 by the policy of the day it begins."""
    days = uow.policy.at(distribution.region_code, body.on).value(PUBLICITY_DAYS)
    distribution.publicity_ends_on = publicity_end(body.on, int(days.value))
    distribution.publicity_rule = {**days.as_document(), "pack": days.pack}


def _pay(uow: UnitOfWork, distribution: Distribution, body: TransitionIn) -> None:
    """Credit every line 发放, and tell who asked that the help has arrived."""
    request = None if distribution.request_id is None else REQUESTS.complete(uow, distribution.request_id)
    for line in load_lines(uow, distribution.id):
        answers = request if request is not None and request.household_code == line.household_code else None
        _publish_credit(uow, line, body.on, answers)


def _publish_credit(uow: UnitOfWork, line: sa.Row[Any], on: dt.date, answers: RequestOut | None) -> None:
    """Credit one line to its household. What answers a request belongs to the chain that asked."""
    credit = ShareCredited(
        credit_id=credit_id(line.distribution_id, line.line_no),
        household_code=line.household_code,
        region_code=line.region_code,
        branch=IncomeBranch.PROPERTY,
        month=month_of(on),
        amount=line.amount,
        credited_on=on,
        measure_id=answers.request_id if answers else None,
    )
    context = uow.context.in_chain(answers.correlation_id) if answers else uow.context
    uow.emit(credit, region=line.region_code, context=context)


def _entry(distribution: Distribution, body: TransitionIn, client_id: str) -> dict[str, Any]:
    return {
        "at": distribution.updated_at.isoformat(),
        "action": str(body.action),
        "on": body.on.isoformat(),
        "by": client_id,
        "status": str(distribution.status),
        "note": body.note,
    }
