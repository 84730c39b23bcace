"""Keeping bases."""

from typing import Any, Final

from services.consumption.bases.errors import BaseInvalid, BaseNotFound
from services.consumption.bases.rules import CERTIFICATE_YEARS
from services.consumption.bases.schemas import BaseIn, BaseOut
from services.consumption.models import GrowingBase, Producer
from shared.db.unit_of_work import UnitOfWork
from shared.months import last_day_of_years
from shared.registers.commands import Put, put
from shared.registers.entries import owned_by_region
from shared.registers.plain import demand_place, plain_register
from shared.versions import ExpectedVersion
from shared.words.said import says


def put_base(uow: UnitOfWork, code: str, body: BaseIn, expected: ExpectedVersion | None = None) -> Put[BaseOut]:
    """Register a base, or make it what ``body`` says. The same again changes nothing."""
    return put(uow, _REGISTER, code, body, expected)


def _check(uow: UnitOfWork, body: BaseIn) -> None:
    demand_place(uow, BaseInvalid, body.region_code)
    if body.certified_on > uow.today():
        raise BaseInvalid.at("/certified_on", says("in-the-future"))
    if body.producer_code is not None and uow.session.get(Producer, body.producer_code) is None:
        raise BaseInvalid.at("/producer_code", says("no-such-producer", producer=body.producer_code))


def _fields(uow: UnitOfWork, body: BaseIn, _base: GrowingBase | None) -> dict[str, Any]:
    """What is said, with the end of the certificate: none holds longer than the rule of its day allows."""
    years = int(uow.policy.at(body.region_code, body.certified_on).value(CERTIFICATE_YEARS).value)
    longest = last_day_of_years(body.certified_on, years)
    if body.valid_to is not None and not body.certified_on <= body.valid_to <= longest:
        raise BaseInvalid.at("/valid_to", says("certificate-ends-otherwise", longest=longest))
    return body.model_dump() | {"valid_to": body.valid_to or longest}


_REGISTER: Final = plain_register(
    GrowingBase,
    "base",
    BaseOut.of,
    guard=owned_by_region("base", BaseNotFound),
    check=_check,
    fields=_fields,
)
