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
    PublicityNotOver,
    TransitionInvalid,
)
from services.assets.models import HOUSEHOLDS, REQUESTS, Asset, Distribution, DistributionLine
from services.assets.rules import (
    APPROVALS,
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
from services.assets.schemas import DistributionIn, DistributionOut, LineOut, TransitionIn
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

WRITE, APPROVE = "assets:write", "assets:approve"
_LINES = table_of(DistributionLine)


def propose_distribution(uow: UnitOfWork, body: DistributionIn) -> DistributionOut:
    """Take a plan 方案 of the village for what an asset earned. A request it names is told that help is under way."""
    given = [Line(line.household_code, line.reason, line.amount) for line in body.lines]
    _refuse(DistributionInvalid, plan_findings(body.period, body.total, given, uow.today()))
    asset = _distributable(uow, body.asset_code)
    households = _households_of(uow, given)
    if body.request_id is not None:
        REQUESTS.accept(uow, body.request_id, list(households))
    distribution = Distribution(
        id=new_id(),
        asset_code=asset.code,
        region_code=asset.region_code,
        period=body.period,
        total=body.total,
        request_id=body.request_id,
        status=DistributionStatus.DRAFT,
        stepped_on=None,
        publicity_ends_on=None,
        publicity_rule=None,
        proposed_at=uow.now(),
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
    uow.actor.demand(APPROVE if body.action in APPROVALS else WRITE)
    distribution = uow.session.get(Distribution, distribution_id, with_for_update=True)
    if distribution is None or not uow.actor.sees(distribution.region_code):
        raise DistributionNotFound(f"no distribution {distribution_id} in region {uow.actor.place}")
    status = _status_after(distribution, body, uow.today())
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
    distribution.history = [*distribution.history, _entry(uow, body, status)]
    action, shown_id = f"distribution.{body.action}", str(distribution_id)
    uow.audit(action, shown_id, before=before, after=_standing(distribution))
    uow.note("distribution.transition", distribution_id=shown_id, asset=distribution.asset_code, action=body.action)
    return shown_distribution(uow, distribution.model_dump())


def shown_distribution(reading: Reading, distribution: Mapping[str, Any]) -> DistributionOut:
    """The row of a distribution with its lines."""
    paid = distribution["status"] is DistributionStatus.PAID
    lines = [
        LineOut(
            line_no=line.line_no,
            household_code=line.household_code,
            amount=line.amount,
            reason=line.reason,
            credit_id=credit_id(line.distribution_id, line.line_no) if paid else None,
        )
        for line in _lines_of(reading, distribution["id"])
    ]
    return DistributionOut.model_validate({**distribution, "lines": lines})


def _distributable(reading: Reading, code: str) -> Asset:
    asset = reading.session.get(Asset, code)
    if asset is None or not reading.actor.sees(asset.region_code):
        raise AssetNotFound(f"no asset {code} in region {reading.actor.place}")
    if asset.asset_class is AssetClass.HOUSEHOLD:
        raise AssetNotDistributable(f"the asset {code} belongs to its household")
    return asset


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


def _status_after(distribution: Distribution, body: TransitionIn, today: dt.date) -> DistributionStatus:
    """Where the step leads. Refuses one out of turn, on an impossible day, or while the plan still hangs out."""
    status = TRANSITIONS.take(distribution.status, body.action)
    _refuse(TransitionInvalid, day_findings(body.on, distribution.stepped_on, today))
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


def _entry(uow: UnitOfWork, body: TransitionIn, status: DistributionStatus) -> dict[str, Any]:
    return {
        "at": uow.now().isoformat(),
        "action": str(body.action),
        "on": body.on.isoformat(),
        "by": uow.actor.id,
        "status": str(status),
        "note": body.note,
    }


def _standing(distribution: Distribution) -> dict[str, Any]:
    ends_on = distribution.publicity_ends_on
    return {
        "status": str(distribution.status),
        "publicity_ends_on": ends_on and ends_on.isoformat(),
        "version": distribution.version,
    }
