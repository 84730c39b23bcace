"""Routes of contacts."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.monitoring.contacts import queries
from services.monitoring.contacts.commands import put_contact
from services.monitoring.contacts.errors import ContactInvalid, ContactNotFound
from services.monitoring.contacts.schemas import ContactIn, ContactOut, HouseholdContacts
from services.monitoring.ledger.errors import HouseholdNotFound
from shared.db.spelling import CodeInOtherSpelling
from shared.http.dependencies import Call, calling
from shared.http.fields import Code, HouseholdCode
from shared.http.problems import responses
from shared.http.versions import IfMatch, tag
from shared.lists.page import Page
from shared.registers.api import answered, put_responses
from shared.security.actor import RegionNotAllowed
from shared.versions import VersionChanged

router = APIRouter(tags=["contacts 网格责任人"])
READ, WRITE = "monitoring:read", "monitoring:write"
Named = Annotated[Code, Path(examples=["DJ-GRID-01"])]


@router.put(
    "/contacts/{contact_code}",
    operation_id="registerContact",
    summary="Register who looks after which households",
    responses=put_responses(
        ContactOut, ContactInvalid, RegionNotAllowed, ContactNotFound, CodeInOtherSpelling, VersionChanged
    ),
)
async def put(
    contact_code: Named, body: ContactIn, call: Annotated[Call, calling(WRITE)], expected: IfMatch, response: Response
) -> ContactOut:
    """The code names nobody. A contact without households looks after all of its region."""
    return answered(response, await call.command(put_contact, contact_code, body, expected))


@router.get(
    "/contacts",
    operation_id="listContacts",
    summary="Who looks after households of your region",
    responses=responses(RegionNotAllowed),
    response_model=Page[ContactOut],
)
async def list_contacts(
    call: Annotated[Call, calling(READ)], asked: Annotated[queries.ContactList, Query()]
) -> Page[ContactOut] | Response:
    """Those registered in your region; `/households/{household_code}/contacts` also shows those of wider ones."""
    return await call.page(queries.contacts, asked)


@router.get(
    "/contacts/{contact_code}",
    operation_id="getContact",
    summary="A contact",
    responses=responses(ContactNotFound),
)
async def get(contact_code: Named, call: Annotated[Call, calling(READ)], response: Response) -> ContactOut:
    """With the version that a change of it may name."""
    found = await call.query(queries.contact, contact_code)
    tag(response, found.version)
    return found


@router.get(
    "/households/{household_code}/contacts",
    operation_id="listHouseholdContacts",
    summary="Who looks after a household",
    responses=responses(HouseholdNotFound),
)
async def of_household(
    household_code: Annotated[HouseholdCode, Path()], call: Annotated[Call, calling(READ)]
) -> HouseholdContacts:
    """Whoever names the household, and whoever looks after all of its village, township, county or wider region."""
    return await call.query(queries.household_contacts, household_code)
