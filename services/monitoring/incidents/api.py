"""Routes of incidents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.monitoring.incidents import queries
from services.monitoring.incidents.commands.transition import transition_incident
from services.monitoring.incidents.errors import IncidentNotFound, SomebodyWaits
from services.monitoring.incidents.procedure import TRANSITIONS
from services.monitoring.incidents.schemas import IncidentHouseholdOut, IncidentOut, IncidentTransitionIn
from shared.http.dependencies import Call, IdempotencyKey, calling
from shared.http.problems import responses
from shared.lists.page import Page
from shared.procedures.drawing import describe
from shared.procedures.errors import LevelTooLow, TransitionNotAllowed
from shared.security.actor import RegionNotAllowed

router = APIRouter(prefix="/incidents", tags=["incidents 突发事件"])
READ = "monitoring:read"


@router.get(
    "",
    operation_id="listIncidents",
    summary="Incidents of your counties, the newest first",
    responses=responses(RegionNotAllowed),
    response_model=Page[IncidentOut],
)
async def list_incidents(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.IncidentList, Query()]
) -> Page[IncidentOut] | Response:
    """Filter by region, kind, status, or by what changed since a moment. Below the county its incidents are shown."""
    return await call.page(queries.incidents, asked)


@router.get(
    "/{incident_id}",
    operation_id="getIncident",
    summary="An incident with its history",
    responses=responses(IncidentNotFound),
)
async def get_incident(incident_id: UUID, call: Annotated[Call, calling(READ)]) -> IncidentOut:
    """How many households belong to it, were told of, and wait."""
    return await call.query(queries.incident, incident_id)


@router.get(
    "/{incident_id}/households",
    operation_id="listIncidentHouseholds",
    summary="The households of an incident in your region, by their codes",
    responses=responses(IncidentNotFound, RegionNotAllowed),
    response_model=Page[IncidentHouseholdOut],
)
async def list_incident_households(
    incident_id: UUID,
    call: Annotated[Call, calling(READ)],
    asked: Annotated[queries.IncidentHouseholdList, Query()],
) -> Page[IncidentHouseholdOut] | Response:
    """Filter by region, or by who waits."""
    return await call.page(queries.households, asked, incident_id)


@router.post(
    "/{incident_id}/transitions",
    operation_id="takeIncidentStep",
    summary="Act on an incident: tell of households that wait, or end it",
    description=describe(
        TRANSITIONS, "409 `households-queued` tells how many wait while it cannot end; 403 that the county decides."
    ),
    response_model=IncidentOut,
    responses=responses(IncidentNotFound, TransitionNotAllowed, LevelTooLow, SomebodyWaits),
)
async def post_transition(
    incident_id: UUID,
    body: IncidentTransitionIn,
    call: Annotated[Call, calling(*TRANSITIONS.scopes)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a step of the procedure."""
    return await call.once(idempotency_key, 200, transition_incident, incident_id, body)
