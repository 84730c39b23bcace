"""Keeping the black and the white list."""

from collections.abc import Mapping
from typing import Any, Final

from sqlmodel import SQLModel

from services.consumption.listings.errors import ListingInvalid, ListingNotFound
from services.consumption.listings.schemas import ListingIn, ListingOut
from services.consumption.models import Buyer, Listing, Producer
from shared.codes.consumption import ListingSubject
from shared.db.unit_of_work import UnitOfWork
from shared.registers.commands import Put, put
from shared.registers.entries import owned_by_region
from shared.registers.plain import demand_place, plain_register
from shared.versions import ExpectedVersion
from shared.words.said import says

_REGISTERED: Final[Mapping[ListingSubject, type[SQLModel]]] = {
    ListingSubject.PRODUCER: Producer,
    ListingSubject.BUYER: Buyer,
}
"""Who is registered here; service units 技术服务单位 are not."""


def put_listing(
    uow: UnitOfWork, code: str, body: ListingIn, expected: ExpectedVersion | None = None
) -> Put[ListingOut]:
    """List somebody, or make the listing what ``body`` says. The same again changes nothing.

    A producer that is black-listed sells nothing from the next order on; orders there are go on.
    """
    return put(uow, _REGISTER, code, body, expected)


def _check(uow: UnitOfWork, body: ListingIn) -> None:
    demand_place(uow, ListingInvalid, body.region_code, wide=True)
    model = _REGISTERED.get(body.subject)
    if model is not None and uow.session.get(model, body.subject_code) is None:
        raise ListingInvalid.at("/subject_code", says("nobody-by-that-code", code=body.subject_code))
    if body.appeal is not None and not body.valid_from <= body.appeal.on <= uow.today():
        raise ListingInvalid.at("/appeal/on", says("appeal-out-of-time"))


def _fields(_uow: UnitOfWork, body: ListingIn, _listing: Listing | None) -> dict[str, Any]:
    return body.model_dump(exclude={"appeal"}) | {
        "appealed_on": body.appeal and body.appeal.on,
        "appeal": body.appeal and body.appeal.note,
        "appeal_outcome": body.appeal and body.appeal.outcome,
    }


_REGISTER: Final = plain_register(
    Listing,
    "listing",
    ListingOut.of,
    guard=owned_by_region("listing", ListingNotFound),
    check=_check,
    fields=_fields,
    personal=("reason", "appeal"),
)
