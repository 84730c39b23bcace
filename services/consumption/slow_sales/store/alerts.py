"""Rows of alerts, their calls, and how they are shown."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import Order, OrderLine, SlowSale, SlowSaleCall, SlowSaleExposure
from services.consumption.models.base import PROCEDURE_STEP
from services.consumption.products.rules import PER_UNIT
from services.consumption.slow_sales.errors import IncidentNotFound, SlowSaleNotFound
from services.consumption.slow_sales.procedure import TRANSITIONS
from services.consumption.slow_sales.rules.parameters import RESPONSE_LEVELS
from services.consumption.slow_sales.rules.response import responses_of
from services.consumption.slow_sales.schemas import SlowSaleOut
from shared.codes.consumption import OrderStatus
from shared.codes.slow_sales import SlowSaleKind, SlowSaleLevel, SlowSaleStatus
from shared.db.base import table_of
from shared.db.sets import is_one_of
from shared.db.unit_of_work import Reading
from shared.money import divide_half_up
from shared.procedures.rows import Steps
from shared.procedures.showing import with_steps
from shared.regions import county_of
from shared.words.said import Said, joined, says

ALERTS, CALLS, EXPOSURES = table_of(SlowSale), table_of(SlowSaleCall), table_of(SlowSaleExposure)
_ORDERS, _LINES = table_of(Order), table_of(OrderLine)
STEPS = Steps(PROCEDURE_STEP, "slow-sale")
STANDING = (SlowSaleStatus.OPEN, SlowSaleStatus.RESPONDING)
"""Where the cause of an alert goes on."""
_SELECT_JUDGED = (
    sa.select(ALERTS)
    .where(is_one_of(ALERTS.c.series_id, "ids"), ALERTS.c.kind == SlowSaleKind.JUDGED)
    .order_by(ALERTS.c.series_id, ALERTS.c.episode)
)
_SELECT_WARNINGS = (
    sa.select(ALERTS)
    .where(
        is_one_of(ALERTS.c.series_id, "ids"),
        ALERTS.c.level == SlowSaleLevel.WARNING,
        ALERTS.c.status.in_(STANDING),
    )
    .order_by(ALERTS.c.id)
)
_SELECT_CALLS = (
    sa.select(CALLS).where(is_one_of(CALLS.c.slow_sale_id, "ids")).order_by(CALLS.c.slow_sale_id, CALLS.c.call_no)
)
_SELECT_EXPOSED = (
    sa.select(
        EXPOSURES.c.slow_sale_id,
        sa.func.count().label("ever"),
        sa.func.count(sa.case((EXPOSURES.c.relieved_on.is_(None), 1))).label("now"),
    )
    .where(is_one_of(EXPOSURES.c.slow_sale_id, "ids"))
    .group_by(EXPOSURES.c.slow_sale_id)
)

_SELECT_NAMING = (
    sa.select(_ORDERS.c.incident_id, _ORDERS.c.id, _LINES.c.price, _LINES.c.quantity)
    .join(_LINES, _LINES.c.order_id == _ORDERS.c.id)
    .where(is_one_of(_ORDERS.c.incident_id, "ids"), _ORDERS.c.status != OrderStatus.CANCELLED)
)


def latest_judged(reading: Reading, series: Collection[UUID]) -> dict[UUID, Mapping[Any, Any]]:
    """The last alert of each of these series that was judged."""
    rows = reading.connection.execute(_SELECT_JUDGED, {"ids": list(series)}).mappings()
    return {row["series_id"]: row for row in rows}


def standing_warnings(reading: Reading, series: Collection[UUID]) -> Sequence[Mapping[Any, Any]]:
    """The warnings of these series that stand, whoever found them."""
    return reading.connection.execute(_SELECT_WARNINGS, {"ids": list(series)}).mappings().all()


def find_alert(reading: Reading, alert_id: UUID) -> Mapping[Any, Any]:
    """The row of an alert of a county in which the caller has to do. Raises SlowSaleNotFound."""
    row = reading.connection.execute(sa.select(ALERTS).where(ALERTS.c.id == alert_id)).mappings().one_or_none()
    if row is None or not any(row["region_code"].startswith(county_of(region)) for region in reading.actor.regions):
        raise SlowSaleNotFound(says("no-such-slow-sale", alert=alert_id, region=reading.actor.place))
    return row


def demand_incident(reading: Reading, alert_id: UUID, region_code: str) -> None:
    """Refuse what names as its incident no warning that stands in the county of a region. Raises IncidentNotFound."""
    stands = (ALERTS.c.level == SlowSaleLevel.WARNING) & ALERTS.c.status.in_(STANDING)
    asked = sa.select(ALERTS.c.region_code).where(ALERTS.c.id == alert_id, stands)
    found = reading.connection.scalar(asked)
    if found is None or county_of(found) != county_of(region_code):
        raise IncidentNotFound(says("no-such-incident-here", incident=alert_id))


def show_alerts(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[SlowSaleOut]:
    """Alerts with their incidents and histories; one statement finds those of all."""
    of_places = [{**row, "county": row["region_code"], "region_code": row["place_code"]} for row in rows]
    shown = with_steps(reading, TRANSITIONS, STEPS, of_places)
    incidents = _incidents(reading, [row for row in rows if row["response_level"] is not None])
    return [
        SlowSaleOut.model_validate(
            {
                **row,
                "region_code": row["county"],
                "reasons": [_reason(one) for one in row["reasons"]],
                "incident": incidents.get(row["id"]),
            }
        )
        for row in shown
    ]


def _reason(kept: Mapping[str, Any]) -> dict[str, Any]:
    said = [Said.of(one).with_inputs(kept["inputs"]) for one in kept["says"]]
    return {"rule": kept["rule"], "text": joined(said), **{name: kept[name] for name in ("inputs", "parameters")}}


def _incidents(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> dict[UUID, dict[str, Any]]:
    ids = [row["id"] for row in rows]
    calls: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for call in reading.connection.execute(_SELECT_CALLS, {"ids": ids}).mappings():
        calls[call["slow_sale_id"]].append({**call, "on": call["called_on"]})
    orders = _orders_naming(reading, ids)
    exposed = {row.slow_sale_id: row for row in reading.connection.execute(_SELECT_EXPOSED, {"ids": ids})}
    return {
        row["id"]: {
            "response_level": row["response_level"],
            "acts": _acts(reading, row),
            "households": _households(exposed.get(row["id"]), row),
            "calls": calls[row["id"]],
            "orders": orders.get(row["id"], {"orders": 0, "value": 0}),
            "closing_report": _closing_report(row),
        }
        for row in rows
    }


def _households(exposed: Any, row: Mapping[Any, Any]) -> int:
    if exposed is None:
        return 0
    households: int = exposed.now if row["closed_on"] is None else exposed.ever
    return households


def _acts(reading: Reading, row: Mapping[Any, Any]) -> Any:
    value = reading.policy.at(row["region_code"], row["opened_on"]).find(RESPONSE_LEVELS)
    levels = () if value is None else responses_of(value)
    return next((one.acts for one in levels if one.level == row["response_level"]), None)


def _closing_report(row: Mapping[Any, Any]) -> dict[str, Any] | None:
    if row["after_care"] is None:
        return None
    return {
        "sold": row["sold"],
        "price": row["sold_price"],
        "households": row["served"],
        "loss": row["loss"],
        "after_care": row["after_care"],
    }


def _orders_naming(reading: Reading, ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, int]]:
    """How many orders name each of these incidents, and what was ordered with them; those cancelled do not count."""
    found: dict[UUID, dict[UUID, int]] = defaultdict(lambda: defaultdict(int))
    for line in reading.connection.execute(_SELECT_NAMING, {"ids": list(ids)}):
        found[line.incident_id][line.id] += divide_half_up(line.price * line.quantity, PER_UNIT)
    return {incident: {"orders": len(values), "value": sum(values.values())} for incident, values in found.items()}
