"""Plans 收益分配方案 that the village proposes for what an asset earned."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.assets.assets.errors import AssetNotFound
from services.assets.distributions.errors import (
    AssetNotDistributable,
    DistributionInvalid,
    HouseholdsUnknown,
    PeriodDistributed,
)
from services.assets.distributions.rules import Line, plan_findings
from services.assets.distributions.schemas import DistributionIn, DistributionOut
from services.assets.distributions.store import audit_view, load_lines, with_lines
from services.assets.models import Asset, Distribution, DistributionLine, LineWithdrawal
from services.assets.requests.store import HOUSEHOLDS, REQUESTS
from shared.codes.assets import AssetClass, DistributionStatus
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.findings import Finding
from shared.helping.households import KnownHousehold
from shared.ids import new_id
from shared.money import format_yuan
from shared.words.said import says

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
    return _propose(uow, body, _demand_plan(uow, body))


def propose_once(uow: UnitOfWork, body: DistributionIn) -> DistributionOut | None:
    """The same, but nothing is done, and None returned, where the very same plan stands: in a file it is said again."""
    asset = _demand_plan(uow, body)
    return None if _stands(uow, body) else _propose(uow, body, asset)


def _demand_plan(uow: UnitOfWork, body: DistributionIn) -> Asset:
    """The asset, locked, of a plan that adds up."""
    if findings := plan_findings(body.period, body.total, _lines_of(body), uow.today()):
        raise DistributionInvalid.of(findings)
    return _distributable(uow, body.asset_code)


def _lines_of(body: DistributionIn) -> list[Line]:
    return [Line(line.household_code, line.reason, line.amount) for line in body.lines]


def _stands(reading: Reading, body: DistributionIn) -> bool:
    """Whether a plan of just this content stands, whatever the order of its lines."""
    named = body.model_dump(include={"asset_code", "period", "supplementary", "total", "request_id"})
    alike = sa.select(_DISTRIBUTIONS.c.id).where(_STANDS, *(_DISTRIBUTIONS.c[name] == named[name] for name in named))
    given = Counter(_lines_of(body))
    return any(given == _lines_kept(reading, kept) for kept in reading.connection.scalars(alike).all())


def _lines_kept(reading: Reading, distribution_id: UUID) -> Counter[Line]:
    return Counter(Line(row.household_code, row.reason, row.amount) for row in load_lines(reading, distribution_id))


def _propose(uow: UnitOfWork, body: DistributionIn, asset: Asset) -> DistributionOut:
    given = _lines_of(body)
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
    )
    uow.session.add(distribution)
    uow.session.flush()  # flush: the lines refer to the distribution
    insert_rows(uow.connection, _LINES, _line_rows(distribution.id, given, households))
    proposed = {"asset_code": asset.code, "period": body.period, "total": format_yuan(body.total), "lines": len(given)}
    told = {"asset": asset.code, "lines": len(given)}
    uow.record("distribution.proposed", distribution.id, told, after=proposed | audit_view(distribution))
    return DistributionOut.of(with_lines(uow, distribution.model_dump()))


def _distributable(uow: UnitOfWork, code: str) -> Asset:
    asset = uow.session.get(Asset, code, with_for_update=True)
    if asset is None or not uow.actor.sees(asset.region_code):
        raise AssetNotFound(says("none-of-that-code", thing="asset", code=code, region=uow.actor.place))
    if asset.asset_class is AssetClass.HOUSEHOLD:
        raise AssetNotDistributable(says("asset-of-a-household", asset=code))
    return asset


def _demand_first(uow: UnitOfWork, asset_code: str, period: str) -> None:
    """Refuse a second plan for the income of one year: the same payment entered anew looks just like it."""
    mine = (_DISTRIBUTIONS.c.asset_code == asset_code) & (_DISTRIBUTIONS.c.period == period) & _STANDS
    statement = sa.select(_DISTRIBUTIONS.c.id, _DISTRIBUTIONS.c.status).where(mine)
    ordered = statement.order_by(_DISTRIBUTIONS.c.proposed_at, _DISTRIBUTIONS.c.id).limit(1)
    first = uow.connection.execute(ordered).one_or_none()
    if first is not None:
        said = says("year-has-a-distribution", asset=asset_code, year=period, status=first.status)
        raise PeriodDistributed(said, distribution_id=str(first.id), distribution_status=str(first.status))


def _households_of(reading: Reading, lines: Sequence[Line]) -> Mapping[str, KnownHousehold]:
    """The households of a plan. One that moved away keeps its share: it need not live where the asset lies."""
    known = HOUSEHOLDS.find(reading, {line.household_code for line in lines})
    missing = [
        Finding(f"/lines/{index}/household_code", says("household-not-here"))
        for index, line in enumerate(lines)
        if line.household_code not in known
    ]
    if missing:
        said = says("households-not-here", missing=len(missing), region=reading.actor.place)
        raise HouseholdsUnknown(said, missing)
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
