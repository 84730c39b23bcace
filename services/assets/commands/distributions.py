"""Sharing out what an asset earned 收益分配: the village proposes, township and county decide, households are paid."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assets.errors import (
    AssetNotDistributable,
    AssetNotFound,
    DistributionInvalid,
    DistributionNotFound,
    PeriodDistributed,
    PublicityNotOver,
    TransitionInvalid,
)
from services.assets.models import (
    HOUSEHOLDS,
    REQUESTS,
    Asset,
    Distribution,
    DistributionLine,
    LineWithdrawal,
)
from services.assets.rules import (
    PUBLICITY_DAYS,
    TRANSITIONS,
    Finding,
    Line,
    credit_id,
    day_findings,
    is_publicity_over,
    plan_findings,
    publicity_end,
)
from services.assets.schemas import DistributionIn, DistributionOut, LineOut, LineWithdrawalOut, TransitionIn
from shared.contracts.assets import ShareCredited
from shared.contracts.codes import AssetClass, DistributionAction, DistributionStatus, IncomeBranch
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.errors import Invalid
from shared.helping.households import HouseholdUnknown, KnownHousehold
from shared.helping.requests import RequestOut
from shared.ids import new_id
from shared.money import format_yuan
from shared.months import month_of

_DISTRIBUTIONS, _LINES, _WITHDRAWALS = table_of(Distribution), table_of(DistributionLine), table_of(LineWithdrawal)
_STANDS = sa.exists().where(
    _LINES.c.distribution_id == _DISTRIBUTIONS.c.id,
    ~sa.exists().where(
        _WITHDRAWALS.c.distribution_id == _LINES.c.distribution_id, _WITHDRAWALS.c.line_no == _LINES.c.line_no
    ),
)
"""A distribution counts unless every line of it was withdrawn."""


def propose_distribution(uow: UnitOfWork, body: DistributionIn) -> DistributionOut:
    """Take a plan 方案 of the village for what an asset earned. A request it names is told that help is under way.

    The asset is locked, so that of two plans for one year the second finds the first. Raises PeriodDistributed unless
    a further plan is meant, and HouseholdHasEnded where a line names a household that is no more.
    """
    given = [Line(line.household_code, line.reason, line.amount) for line in body.lines]
    _refuse(DistributionInvalid, plan_findings(body.period, body.total, given, uow.today()))
    asset = _distributable(uow, body.asset_code)
    if not body.supplementary:
        _demand_first(uow, asset.code, body.period)
    households = _households_of(uow, given)
    HOUSEHOLDS.demand_living(uow, list(households))
    if body.request_id is not None:
        REQUESTS.accept(uow, body.request_id, list(households))
    now = uow.stamp()
    distribution = Distribution(
        id=new_id(),
        asset_code=asset.code,
        region_code=asset.region_code,
        period=body.period,
        supplementary=body.supplementary,
        total=body.total,
        request_id=body.request_id,
        status=DistributionStatus.DRAFT,
        stepped_on=None,
        publicity_ends_on=None,
        publicity_rule=None,
        proposed_at=now,
        updated_at=now,
        version=1,
        history=[],
    )
    uow.session.add(distribution)
    uow.session.flush()  # flush: the lines refer to the distribution
    insert_rows(uow.connection, _LINES, _line_rows(distribution.id, given, households))
    proposed = {"asset_code": asset.code, "period": body.period, "total": format_yuan(body.total), "lines": len(given)}
    uow.audit("distribution.proposed", str(distribution.id), after=proposed | _standing(distribution))
    uow.note("distribution.proposed", distribution_id=str(distribution.id), asset=asset.code, lines=len(given))
    return shown_distribution(uow, distribution.model_dump())


def transition_distribution(uow: UnitOfWork, distribution_id: UUID, body: TransitionIn) -> DistributionOut:
    """Take a step of the procedure 流转. Paying credits every line, once.

    What township and county decide needs a scope of its own.
    """
    uow.actor.demand(*TRANSITIONS.scopes_of(body.action))
    distribution = hold_distribution(uow, distribution_id)
    status = _status_after(uow, distribution, body)
    before = _standing(distribution)
    match body.action:
        case DistributionAction.PUBLISH:
            _publish(uow, distribution, body)
        case DistributionAction.OBJECT:
            distribution.publicity_ends_on = distribution.publicity_rule = None
        case DistributionAction.PAY:
            _pay(uow, distribution, body)
    distribution.status, distribution.stepped_on = status, body.on
    distribution.version += 1
    distribution.updated_at = uow.stamp()
    distribution.history = [*distribution.history, _entry(distribution, body, uow.actor.id)]
    action, shown_id = f"distribution.{body.action}", str(distribution_id)
    uow.audit(action, shown_id, before=before, after=_standing(distribution))
    uow.note("distribution.transition", distribution_id=shown_id, asset=distribution.asset_code, action=body.action)
    return shown_distribution(uow, distribution.model_dump())


def hold_distribution(uow: UnitOfWork, distribution_id: UUID) -> Distribution:
    """A distribution of the caller's region, locked: its steps and withdrawals come one after the other."""
    distribution = uow.session.get(Distribution, distribution_id, with_for_update=True)
    if distribution is None or not uow.actor.sees(distribution.region_code):
        raise DistributionNotFound(f"no distribution {distribution_id} in region {uow.actor.place}")
    return distribution


def shown_distribution(reading: Reading, distribution: Mapping[str, Any]) -> DistributionOut:
    """The row of a distribution with its lines."""
    paid = distribution["status"] is DistributionStatus.PAID
    withdrawn = _withdrawn(reading, distribution["id"]) if paid else {}
    lines = [
        LineOut(
            line_no=line.line_no,
            household_code=line.household_code,
            amount=line.amount,
            reason=line.reason,
            credit_id=credit_id(line.distribution_id, line.line_no) if paid else None,
            withdrawal=withdrawn.get(line.line_no),
        )
        for line in _lines_of(reading, distribution["id"])
    ]
    return DistributionOut.model_validate({**distribution, "lines": lines})


def _distributable(uow: UnitOfWork, code: str) -> Asset:
    asset = uow.session.get(Asset, code, with_for_update=True)
    if asset is None or not uow.actor.sees(asset.region_code):
        raise AssetNotFound(f"no asset {code} in region {uow.actor.place}")
    if asset.asset_class is AssetClass.HOUSEHOLD:
        raise AssetNotDistributable(f"the asset {code} belongs to its household")
    return asset


def _demand_first(uow: UnitOfWork, asset_code: str, period: str) -> None:
    """Refuse a second plan for the income of one year: the same payment entered anew looks just like it."""
    mine = (_DISTRIBUTIONS.c.asset_code == asset_code) & (_DISTRIBUTIONS.c.period == period) & _STANDS
    statement = sa.select(_DISTRIBUTIONS.c.id, _DISTRIBUTIONS.c.status).where(mine)
    ordered = statement.order_by(_DISTRIBUTIONS.c.proposed_at, _DISTRIBUTIONS.c.id).limit(1)
    first = uow.connection.execute(ordered).one_or_none()
    if first is not None:
        detail = f"a distribution of {asset_code} for {period} is {first.status}; a further one says `supplementary`"
        raise PeriodDistributed(detail, distribution_id=str(first.id), distribution_status=str(first.status))


def _households_of(reading: Reading, lines: Sequence[Line]) -> Mapping[str, KnownHousehold]:
    """The households of a plan. One that moved away keeps its share: it need not live where the asset lies."""
    known = HOUSEHOLDS.find(reading, {line.household_code for line in lines})
    missing = [
        {"pointer": f"/lines/{index}/household_code", "detail": "no such household here"}
        for index, line in enumerate(lines)
        if line.household_code not in known
    ]
    if missing:
        detail = f"{len(missing)} of the households are not known in region {reading.actor.place}"
        raise HouseholdUnknown(detail, errors=missing)
    return known


def _line_rows(
    distribution_id: UUID, lines: Sequence[Line], households: Mapping[str, KnownHousehold]
) -> list[dict[str, Any]]:
    return [
        {
            "distribution_id": distribution_id,
            "line_no": line_no,
            **line._asdict(),
            "region_code": households[line.household_code].region_code,
        }
        for line_no, line in enumerate(lines, start=1)
    ]


def _lines_of(reading: Reading, distribution_id: UUID) -> Sequence[sa.Row[Any]]:
    mine = sa.select(_LINES).where(_LINES.c.distribution_id == distribution_id)
    return reading.connection.execute(mine.order_by(_LINES.c.line_no)).all()


def _withdrawn(reading: Reading, distribution_id: UUID) -> dict[int, LineWithdrawalOut]:
    """The withdrawals of a distribution, by line."""
    rows = reading.connection.execute(sa.select(_WITHDRAWALS).where(_WITHDRAWALS.c.distribution_id == distribution_id))
    return {row.line_no: LineWithdrawalOut.model_validate(row) for row in rows}


def _status_after(uow: UnitOfWork, distribution: Distribution, body: TransitionIn) -> DistributionStatus:
    """Where the step leads. Refuses one out of turn, on an impossible day, or while the plan still hangs out."""
    status = TRANSITIONS.take_as(uow.actor.scopes, distribution.status, body.action).after
    _refuse(TransitionInvalid, day_findings(body.on, distribution.stepped_on, uow.today()))
    ends_on = distribution.publicity_ends_on
    if body.action is DistributionAction.APPROVE and not is_publicity_over(ends_on, body.on):
        raise PublicityNotOver(f"the plan hangs out until {ends_on}", publicity_ends_on=str(ends_on))
    return status


def _publish(uow: UnitOfWork, distribution: Distribution, body: TransitionIn) -> None:
    """Count the days of publicity 公示 by the policy of the day it begins."""
    days = uow.policy.at(distribution.region_code, body.on).value(PUBLICITY_DAYS)
    distribution.publicity_ends_on = publicity_end(body.on, int(days.value))
    distribution.publicity_rule = {**days.as_document(), "pack": days.pack}


def _pay(uow: UnitOfWork, distribution: Distribution, body: TransitionIn) -> None:
    """Credit every line 发放, and tell who asked that the help has arrived."""
    request = None if distribution.request_id is None else REQUESTS.complete(uow, distribution.request_id)
    for line in _lines_of(uow, distribution.id):
        answers = request if request is not None and request.household_code == line.household_code else None
        _credit(uow, line, body.on, answers)


def _credit(uow: UnitOfWork, line: sa.Row[Any], on: dt.date, answers: RequestOut | None) -> None:
    """Tell of one line. What answers a request belongs to the chain that asked."""
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


def _refuse(error: type[Invalid], findings: Sequence[Finding]) -> None:
    if findings:
        raise error.of([finding._asdict() for finding in findings])


def _entry(distribution: Distribution, body: TransitionIn, client_id: str) -> dict[str, Any]:
    return {
        "at": distribution.updated_at.isoformat(),
        "action": str(body.action),
        "on": body.on.isoformat(),
        "by": client_id,
        "status": str(distribution.status),
        "note": body.note,
    }


def _standing(distribution: Distribution) -> dict[str, Any]:
    ends_on = distribution.publicity_ends_on
    return {
        "status": str(distribution.status),
        "publicity_ends_on": ends_on and ends_on.isoformat(),
        "version": distribution.version,
    }
