"""Price differences 价差: the supply side proposes another price, the buyer answers."""

from typing import Any

from services.consumption.models import Adjustment, AdjustmentLine
from services.consumption.orders.commands.deal import Deal, demand_fields
from services.consumption.orders.commands.restate import restate
from services.consumption.orders.errors import OrderInvalid, OwnProposal
from services.consumption.orders.rules import line_value, price_now
from services.consumption.orders.schemas import TransitionIn
from shared.codes.consumption import AdjustmentStatus, RestatementCause
from shared.contracts.consumption import AdjustmentAnswered, AdjustmentProposed
from shared.db.unit_of_work import UnitOfWork
from shared.money import MAX_FEN, format_yuan
from shared.words.said import says


def adjust(uow: UnitOfWork, deal: Deal, body: TransitionIn) -> dict[str, Any]:
    """Propose another price for lines 提出调价; one proposal at a time."""
    key: dict[str, Any] = {"order_id": deal.order.id, "adjustment_no": len(deal.adjustments) + 1}
    proposed = [
        AdjustmentLine(**key, line_no=line.line_no, price=sent.price or 0, reason=sent.reason or "")
        for _, sent, line in deal.named(demand_fields(body, "price", "reason"))
    ]
    _demand_amount(deal, proposed)
    adjustment = Adjustment(**key, status=AdjustmentStatus.OPEN, proposed_by=uow.actor.id, proposed_on=uow.today())
    uow.session.add(adjustment)
    uow.session.flush()
    uow.session.add_all(proposed)
    deal.adjustments.append(adjustment)
    order = deal.order
    deal.emit(uow, AdjustmentProposed(order_id=order.id, buyer_code=order.buyer_code, lines=len(proposed)))
    return {"prices": {str(line.line_no): format_yuan(line.price) for line in proposed}}


def agree(uow: UnitOfWork, deal: Deal, _body: TransitionIn) -> dict[str, Any]:
    """Agree to the price that was proposed 同意调价: it counts for all deliveries of its lines, also settled ones."""
    lines = _answer(uow, deal, AdjustmentStatus.AGREED)
    for line in lines:
        deal.lines[line.line_no].agreed_price = line.price
    numbers = {line.line_no for line in lines}
    restate(uow, deal, [each for each in deal.delivery_lines if each.line_no in numbers], RestatementCause.PRICE)
    return {"prices": {str(line.line_no): format_yuan(line.price) for line in lines}}


def decline(uow: UnitOfWork, deal: Deal, _body: TransitionIn) -> dict[str, Any]:
    """Decline the price that was proposed 不同意调价: everything stays as it was."""
    _answer(uow, deal, AdjustmentStatus.DECLINED)
    return {}


def _demand_amount(deal: Deal, proposed: list[AdjustmentLine]) -> None:
    """The whole order stays an amount that can be written."""
    prices = {line.line_no: line.price for line in proposed}
    values = (line_value(prices.get(number, price_now(line)), line.quantity) for number, line in deal.lines.items())
    if sum(values) > MAX_FEN:
        raise OrderInvalid.at("/lines", says("value-too-large"))


def _answer(uow: UnitOfWork, deal: Deal, answer: AdjustmentStatus) -> list[AdjustmentLine]:
    """Answer what was proposed; returned are its lines. Raises OwnProposal for the client that proposed it."""
    adjustment = deal.open_adjustment
    assert adjustment is not None, "nobody answers where nothing was proposed"
    if adjustment.proposed_by == uow.actor.id:
        raise OwnProposal(says("own-proposal", client=uow.actor.id))
    adjustment.status = answer
    lines = [line for line in deal.adjustment_lines if line.adjustment_no == adjustment.adjustment_no]
    order = deal.order
    answered = AdjustmentAnswered(order_id=order.id, buyer_code=order.buyer_code, lines=len(lines), answer=answer)
    deal.emit(uow, answered)
    return lines
