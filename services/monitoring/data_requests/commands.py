"""Requests for data 报表数据需求: asked, approved or refused by the township, delivered."""

from typing import Any, Final
from uuid import UUID

from services.monitoring.data_requests.errors import DataRequestInvalid, FieldHeld
from services.monitoring.data_requests.procedure import TRANSITIONS, WRITE
from services.monitoring.data_requests.schemas import DataRequestIn, DataRequestOut, DataRequestTransitionIn
from services.monitoring.data_requests.sheets import HELD_FIELDS
from services.monitoring.data_requests.store import (
    STEPS,
    load_collected,
    lock_request,
    show_requests,
    write_fields,
)
from services.monitoring.models.data_requests import DataRequest
from shared.codes.monitoring import DataRequestAction, DataRequestStatus
from shared.db.unit_of_work import UnitOfWork
from shared.findings import Finding
from shared.ids import new_id
from shared.procedures.rows import Taken
from shared.procedures.steps import Caller
from shared.procedures.taking import Asked, Taker
from shared.regions import region_prefix
from shared.words.said import says


def request_data(uow: UnitOfWork, body: DataRequestIn) -> DataRequestOut:
    """Keep a request until the township decides. Of two that want the same collected one is taken.

    Raises:
        RegionNotAllowed: the region lies outside the caller's.
        DataRequestInvalid: what is to be taken from what is held is not held.
        FieldHeld: what is to be collected is held, or an open request collects it there already.
    """
    region = region_prefix(body.region_code)
    uow.actor.demand_region(region)
    moment = uow.stamp()  # from here on nobody else asks for anything
    if body.collect:
        _refuse_held(uow, body.fields, region)
    else:
        _refuse_not_held(body.fields)
    request = DataRequest(
        id=new_id(),
        requester=body.requester,
        purpose=body.purpose,
        region_code=region,
        collect=body.collect,
        status=DataRequestStatus.REQUESTED,
        version=1,
        requested_by=uow.actor.id,
        requested_at=moment,
        updated_at=moment,
    )
    uow.session.add(request)
    uow.session.flush()  # flush: its fields and its first step name it
    write_fields(uow, request.id, body.fields)
    STEPS.write(
        uow, [Taken(request.id, 1, moment, DataRequestAction.REQUEST, request.status, uow.actor.id, side=WRITE)]
    )
    told = {"region": region, "collect": body.collect}
    uow.record("data-request.request", request.id, told, after=_view(request) | {"fields": body.fields})
    return show_requests(uow, [request.model_dump()])[0]


def _refuse_held(uow: UnitOfWork, fields: list[str], region: str) -> None:
    collected = load_collected(uow, fields, region)
    held = [field for field in fields if field in HELD_FIELDS or field in collected]
    if held:
        raise FieldHeld(says("field-held", fields=held), held=held)


def _refuse_not_held(fields: list[str]) -> None:
    unknown = [place for place, field in enumerate(fields) if field not in HELD_FIELDS]
    if unknown:
        raise DataRequestInvalid.of([Finding(f"/fields/{place}", says("field-not-held")) for place in unknown])


def transition_request(uow: UnitOfWork, request_id: UUID, body: DataRequestTransitionIn) -> DataRequestOut:
    """Take a step of the procedure with a request. Raises DataRequestNotFound, and what the step is refused for."""
    request = lock_request(uow, request_id)
    asked = Asked(
        action=body.action,
        region_code=request.region_code,
        caller=Caller.of(uow.actor, request.region_code),
        on=body.on,
        previous=STEPS.load_one(uow, request_id)[-1]["on"],
        note=body.note,
    )
    _TAKER.take(uow, request, asked)
    uow.session.flush()  # flush: the answer reads what was just written
    return show_requests(uow, [request.model_dump()])[0]


def _view(request: DataRequest) -> dict[str, Any]:
    """What the audit keeps of a request. What it is for is free text, and stays in its row."""
    names = {"requester", "region_code", "collect", "status", "version"}
    return request.model_dump(mode="json", include=names)


_TAKER: Final = Taker(TRANSITIONS, STEPS, _view, wrong_day=DataRequestInvalid)
