"""A village reports 滞销上报 that something does not sell."""

import sqlalchemy as sa

from services.consumption.commodities.errors import CommodityNotFound
from services.consumption.models import SlowSale
from services.consumption.series.store import SeriesKey, enter_series, lock_series, shelf_lives
from services.consumption.slow_sales.commands.judge import take_alone
from services.consumption.slow_sales.errors import SlowSaleInvalid
from services.consumption.slow_sales.procedure import REPORTED
from services.consumption.slow_sales.rules.parameters import RESPONSE_LEVELS
from services.consumption.slow_sales.schemas import SlowSaleIn, SlowSaleOut
from services.consumption.slow_sales.store.alerts import ALERTS, show_alerts
from shared.codes.slow_sales import SlowSaleKind, SlowSaleLevel, SlowSaleStatus
from shared.db.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.regions import regions
from shared.words.said import says


def report_slow_sale(uow: UnitOfWork, body: SlowSaleIn) -> SlowSaleOut:
    """Report that something does not sell. Township and county confirm it; nothing follows before.

    Raises:
        RegionNotAllowed: it lies outside the caller's region.
        SlowSaleInvalid: there is no such place.
        CommodityNotFound: there is no such commodity.
    """
    uow.actor.demand_region(body.region_code)
    if regions().nearest_local(body.region_code) is None:
        raise SlowSaleInvalid.at("/region_code", says("no-such-division"))
    if body.commodity_code not in shelf_lives(uow, [body.commodity_code]):
        raise CommodityNotFound(says("no-such-commodity", commodity=body.commodity_code))
    alert = _enter(uow, body)
    uow.session.add(alert)
    take_alone(uow, alert, REPORTED, uow.actor.id)
    return show_alerts(uow, [alert.model_dump()])[0]


def _enter(uow: UnitOfWork, body: SlowSaleIn) -> SlowSale:
    key = SeriesKey.of(body.commodity_code, body.region_code)
    enter_series(uow, [key])
    lock_series(uow, [key.id])
    counted = sa.select(sa.func.count()).where(ALERTS.c.series_id == key.id, ALERTS.c.kind == SlowSaleKind.REPORTED)
    episode = (uow.connection.scalar(counted) or 0) + 1
    return SlowSale(
        id=derived_id("slow-sale", str(key.id), str(SlowSaleKind.REPORTED), episode),
        series_id=key.id,
        kind=SlowSaleKind.REPORTED,
        **key._asdict(),
        place_code=body.region_code,
        status=SlowSaleStatus.REPORTED,
        level=SlowSaleLevel.NOTICE,
        episode=episode,
        signals=[],
        reasons=[],
        pack=uow.policy.at(body.region_code, uow.today()).value(RESPONSE_LEVELS).pack,
        quantity=body.quantity,
        ripe_on=body.ripe_on,
        lowest_price=body.lowest_price,
        raised_at=uow.now(),
        opened_on=None,
        closed_on=None,
        response_level=None,
        sold=None,
        sold_price=None,
        served=None,
        loss=None,
        after_care=None,
        version=0,
        updated_at=uow.stamp(),
    )
