"""The steps of a distribution 流转: township and county decide, and paying credits the households."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assets.distributions.errors import PublicityNotOver, TransitionInvalid
from services.assets.distributions.procedure import TRANSITIONS
from services.assets.distributions.rules import credit_id
from services.assets.distributions.schemas import DistributionOut, TransitionIn
from services.assets.distributions.store import STEPS, audit_view, load_lines, lock_distribution, with_lines
from services.assets.models import Distribution
from services.assets.requests.store import REQUESTS
from shared.codes.assets import DistributionAction
from shared.codes.monitoring import IncomeBranch
from shared.contracts.assets import ShareCredited
from shared.db.unit_of_work import UnitOfWork
from shared.helping.requests import RequestOut
from shared.months import month_of
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker


def transition_distribution(uow: UnitOfWork, distribution_id: UUID, body: TransitionIn) -> DistributionOut:
    """Take a step of the procedure 流转. Paying credits every line, once.

    What township and county decide needs a scope of its own.
    """
    uow.actor.demand(*TRANSITIONS.scopes_of(body.action))
    distribution = lock_distribution(uow, distribution_id)
    asked = Asked(
        action=body.action,
        region_code=distribution.region_code,
        caller=Caller.of(uow.actor, distribution.region_code),
        on=body.on,
        previous=distribution.stepped_on,
        note=body.note,
        logged={"asset": distribution.asset_code},
    )
    _TAKER.take(uow, distribution, asked, lambda: _follow(uow, distribution, body))
    return DistributionOut.of(with_lines(uow, distribution.model_dump()))


def _follow(uow: UnitOfWork, distribution: Distribution, body: TransitionIn) -> None:
    """What comes with the new status."""
    distribution.stepped_on = body.on
    if body.action is DistributionAction.PAY:
        _pay(uow, distribution, body)


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


_TAKER = Taker(TRANSITIONS, STEPS, audit_view, wrong_day=TransitionInvalid, too_early=PublicityNotOver)
