"""Applying for the recognition of a product, taking its steps, and ending it when its time is over."""

import datetime as dt
from typing import Any, Final, Literal
from uuid import UUID

import sqlalchemy as sa

from services.consumption.models import Producer, Product, Recognition
from services.consumption.models.recognitions import ENDED
from services.consumption.products.errors import ProductNotFound
from services.consumption.recognitions.errors import (
    RecognitionGoesOn,
    RecognitionPublicityNotOver,
    RecognitionStepInvalid,
)
from services.consumption.recognitions.procedure import APPLIED, EXPIRED, TRANSITIONS
from services.consumption.recognitions.rules import YEARS
from services.consumption.recognitions.schemas import RecognitionIn, RecognitionOut, RecognitionTransitionIn
from services.consumption.recognitions.store import (
    RECOGNITIONS,
    STEPS,
    audit_view,
    not_found,
    show_recognitions,
)
from shared.codes.consumption import RecognitionAction, RecognitionStatus
from shared.context import Context
from shared.contracts.consumption import RecognitionEnded, RecognitionGranted
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.months import last_day_of_years
from shared.procedures.rows import Taken
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
from shared.security.actor import SYSTEM
from shared.words.said import says

BATCH: Final = 500
_IS_OVER = (RECOGNITIONS.c.status == RecognitionStatus.RECOGNISED) & (RECOGNITIONS.c.valid_to < sa.bindparam("today"))


def apply_for_recognition(uow: UnitOfWork, body: RecognitionIn) -> RecognitionOut:
    """Apply for the recognition of a product 申请.

    The product is locked: of two applications at once the second finds the first.

    Raises:
        ProductNotFound: it is unknown, or its producer lies outside the caller's region.
        RecognitionGoesOn: it is recognised, or applied for, already.
    """
    product = uow.session.get(Product, body.product_code, with_for_update=True)
    producer = None if product is None else uow.session.get(Producer, product.producer_code)
    if product is None or producer is None or not uow.actor.sees(producer.region_code):
        raise ProductNotFound(says("no-such-product-in-region", product=body.product_code, region=uow.actor.place))
    _demand_none_goes_on(uow, product.code)
    recognition = _enter(uow, product, producer.region_code, body.evidence)
    told = {"product": product.code}
    uow.record("recognition.applied", recognition.id, told, after=told | audit_view(recognition))
    return show_recognitions(uow, [recognition.model_dump()])[0]


def _demand_none_goes_on(uow: UnitOfWork, product_code: str) -> None:
    mine = (RECOGNITIONS.c.product_code == product_code) & RECOGNITIONS.c.status.not_in(ENDED)
    known = uow.connection.execute(sa.select(RECOGNITIONS.c.id, RECOGNITIONS.c.status).where(mine)).one_or_none()
    if known is not None:
        said = says("recognition-goes-on", product=product_code, status=known.status)
        raise RecognitionGoesOn(said, recognition_id=str(known.id), recognition_status=str(known.status))


def _enter(uow: UnitOfWork, product: Product, region_code: str, evidence: str) -> Recognition:
    now = uow.stamp()
    recognition = Recognition(
        id=new_id(),
        product_code=product.code,
        producer_code=product.producer_code,
        region_code=region_code,
        evidence=evidence,
        status=RecognitionStatus.APPLIED,
        stepped_on=uow.today(),
        publicity_ends_on=None,
        publicity_rule=None,
        valid_to=None,
        validity_rule=None,
        correlation_id=uow.context.correlation_id,
        applied_at=now,
        updated_at=now,
        version=1,
    )
    uow.session.add(recognition)
    uow.session.flush()  # flush: its first step refers to it
    STEPS.write(uow, [_step(uow, recognition, APPLIED, uow.actor.id)])
    return recognition


def _step(uow: UnitOfWork, recognition: Recognition, action: str, taken_by: str) -> Taken:
    return Taken(
        thing_id=recognition.id,
        step_no=recognition.version,
        at=recognition.updated_at,
        action=action,
        status=str(recognition.status),
        taken_by=taken_by,
        taken_on=uow.today(),
    )


def transition_recognition(uow: UnitOfWork, recognition_id: UUID, body: RecognitionTransitionIn) -> RecognitionOut:
    """Take a step of the procedure 流转.

    Raises:
        RecognitionNotFound: it is unknown, or lies outside the caller's region.
        ScopeMissing, LevelTooLow: the step is for others, or for a wider region.
        TransitionNotAllowed: its time has not come, or has passed.
        RecognitionPublicityNotOver: it still hangs out.
    """
    uow.actor.demand(*TRANSITIONS.scopes_of(body.action))
    recognition = uow.session.get(Recognition, recognition_id, with_for_update=True)
    if recognition is None or not uow.actor.sees(recognition.region_code):
        raise not_found(uow, recognition_id)
    on = body.on or uow.today()
    asked = Asked(
        action=body.action,
        region_code=recognition.region_code,
        caller=Caller.of(uow.actor, recognition.region_code),
        on=on,
        previous=recognition.stepped_on,
        note=body.note,
        logged={"product": recognition.product_code},
    )
    _TAKER.take(uow, recognition, asked, lambda: _follow(uow, recognition, body.action, on))
    return show_recognitions(uow, [recognition.model_dump()])[0]


def _follow(uow: UnitOfWork, recognition: Recognition, action: RecognitionAction, on: dt.date) -> None:
    """What comes with the new status."""
    recognition.stepped_on = on
    if action is RecognitionAction.RECOGNISE:
        _grant(uow, recognition, on)
    elif action is RecognitionAction.REVOKE:
        _end(uow, recognition, "revoked", _chain(uow, recognition))


def _grant(uow: UnitOfWork, recognition: Recognition, on: dt.date) -> None:
    """Recognise for so many years 认定, counted by the policy of the day."""
    rule = uow.policy.at(recognition.region_code, on).value(YEARS)
    recognition.valid_to = last_day_of_years(on, int(rule.value))
    recognition.validity_rule = {**rule.as_document(), "pack": rule.pack}
    granted = RecognitionGranted(**_named(recognition), valid_to=recognition.valid_to, granted_on=on)
    uow.emit(granted, region=recognition.region_code, context=_chain(uow, recognition))


def _end(uow: UnitOfWork, recognition: Recognition, cause: Literal["expired", "revoked"], context: Context) -> None:
    ended = RecognitionEnded(**_named(recognition), cause=cause, ended_on=uow.today())
    uow.emit(ended, region=recognition.region_code, context=context)


def _named(recognition: Recognition) -> dict[str, Any]:
    return {
        "recognition_id": recognition.id,
        "product_code": recognition.product_code,
        "producer_code": recognition.producer_code,
    }


def _chain(uow: UnitOfWork, recognition: Recognition) -> Context:
    return uow.context.in_chain(recognition.correlation_id)


def expire_recognitions(uow: UnitOfWork) -> bool:
    """End the recognitions whose last day is over 到期, once each. Tells whether more is waiting."""
    over = sa.select(Recognition).where(_IS_OVER).order_by(RECOGNITIONS.c.id).limit(BATCH).with_for_update()
    found = uow.session.scalars(over, {"today": uow.today()}).all()
    for recognition in found:
        _expire(uow, recognition)
    return len(found) == BATCH


def _expire(uow: UnitOfWork, recognition: Recognition) -> None:
    before = audit_view(recognition)
    recognition.status = RecognitionStatus.EXPIRED
    recognition.version += 1
    recognition.updated_at = uow.stamp()
    STEPS.write(uow, [_step(uow, recognition, EXPIRED, SYSTEM.id)])
    context = _chain(uow, recognition)
    _end(uow, recognition, "expired", context)
    told = {"product": recognition.product_code}
    after = audit_view(recognition)
    uow.record(
        "recognition.expired", recognition.id, told, before=before, after=after, actor=SYSTEM.id, context=context
    )


_TAKER = Taker(TRANSITIONS, STEPS, audit_view, wrong_day=RecognitionStepInvalid, too_early=RecognitionPublicityNotOver)
