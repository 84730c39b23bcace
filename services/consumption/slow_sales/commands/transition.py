"""The steps that people take with an alert of slow sale and its incident."""

from typing import Any
from uuid import UUID

from services.consumption.models import SlowSale, SlowSaleCall
from services.consumption.products.rules import format_quantity
from services.consumption.series.store import lock_series
from services.consumption.slow_sales.commands.judge import end_alert, respond_to, tell
from services.consumption.slow_sales.errors import NotAWarning, SlowSaleInvalid
from services.consumption.slow_sales.procedure import TRANSITIONS
from services.consumption.slow_sales.schemas import CallIn, ClosingReportIn, SlowSaleOut, SlowSaleTransitionIn
from services.consumption.slow_sales.store.alerts import STEPS, find_alert, show_alerts
from shared.codes.slow_sales import SlowSaleAction, SlowSaleLevel, SlowSaleStatus
from shared.contracts.consumption import PurchaseCalled, SlowSaleRaised
from shared.db.unit_of_work import UnitOfWork
from shared.money import format_yuan
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
from shared.words.said import says


def transition_slow_sale(uow: UnitOfWork, alert_id: UUID, body: SlowSaleTransitionIn) -> SlowSaleOut:
    """Act on an alert 滞销处置: confirm what a village reported, respond, call for purchases, close with a report.

    Raises:
        SlowSaleNotFound: there is no such alert in a county in which the caller has to do.
        TransitionNotAllowed: it stands where this step does not begin.
        LevelTooLow: the caller's region is narrower than the step asks for.
        NotAWarning: it is a notice, and has no incident.
        SlowSaleInvalid: the call ends before today.
    """
    lock_series(uow, [find_alert(uow, alert_id)["series_id"]])
    alert = uow.session.get_one(SlowSale, alert_id, with_for_update=True)
    asked = Asked(
        action=body.action,
        region_code=alert.place_code,
        caller=Caller.of(uow.actor, alert.place_code),
        note=body.note,
        logged={"region": alert.region_code},
    )
    stood = alert.status
    _TAKER.take(uow, alert, asked, lambda: _follow(uow, alert, body, stood))
    uow.session.flush()  # flush: the answer reads calls and households
    return show_alerts(uow, [alert.model_dump()])[0]


def _follow(
    uow: UnitOfWork, alert: SlowSale, body: SlowSaleTransitionIn, stood: SlowSaleStatus
) -> dict[str, Any] | None:
    """What comes with the new status; returned is what the audit says about it."""
    match body.action:
        case SlowSaleAction.CONFIRM:
            _confirm(uow, alert)
        case SlowSaleAction.RESPOND:
            _respond(alert, body)
        case SlowSaleAction.CALL:
            assert body.call is not None, "the body is checked for it"
            return _call(uow, alert, body.call)
        case SlowSaleAction.CLOSE:
            assert body.closing_report is not None, "the body is checked for it"
            return _close(uow, alert, body.closing_report, is_over=stood is SlowSaleStatus.EASED)
    return None


def _confirm(uow: UnitOfWork, alert: SlowSale) -> None:
    alert.level, alert.opened_on = SlowSaleLevel.WARNING, uow.today()
    tell(uow, SlowSaleRaised, alert, respond_to(uow, alert))


def _respond(alert: SlowSale, body: SlowSaleTransitionIn) -> None:
    if alert.level is not SlowSaleLevel.WARNING:
        raise NotAWarning(says("notice-has-no-incident"))
    alert.response_level = body.response_level or alert.response_level


def _call(uow: UnitOfWork, alert: SlowSale, call: CallIn) -> dict[str, Any]:
    if call.until < uow.today():
        raise SlowSaleInvalid.at("/call/until", says("in-the-past"))
    said = call.model_dump()
    row = SlowSaleCall(
        slow_sale_id=alert.id, call_no=alert.version, **said, called_on=uow.today(), called_by=uow.actor.id
    )
    uow.session.add(row)
    uow.emit(_called(row, alert), region=alert.region_code)
    return {"call": call.model_dump(mode="json")}


def _called(row: SlowSaleCall, alert: SlowSale) -> PurchaseCalled:
    return PurchaseCalled(
        alert_id=alert.id,
        commodity_code=alert.commodity_code,
        region_code=alert.region_code,
        call_no=row.call_no,
        kind=row.kind,
        quantity=format_quantity(row.quantity),
        price=row.price,
        until=row.until,
        called_on=row.called_on,
    )


def _close(uow: UnitOfWork, alert: SlowSale, report: ClosingReportIn, *, is_over: bool) -> dict[str, Any]:
    alert.sold, alert.sold_price, alert.served = report.sold, report.price, report.households
    alert.loss, alert.after_care = report.loss, report.after_care
    if not is_over:
        end_alert(uow, alert)
    return {"sold": report.sold, "households": report.households, "loss": format_yuan(report.loss)}


def _audit_view(alert: SlowSale) -> dict[str, Any]:
    level = None if alert.response_level is None else str(alert.response_level)
    return {"status": str(alert.status), "level": str(alert.level), "response_level": level}


_TAKER = Taker(TRANSITIONS, STEPS, _audit_view)
