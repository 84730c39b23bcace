"""Keeping agreements."""

from typing import Final

from services.consumption.agreements.errors import AgreementInvalid, AgreementNotFound
from services.consumption.agreements.schemas import AgreementIn, AgreementOut
from services.consumption.models import Agreement, Buyer
from shared.db.unit_of_work import UnitOfWork
from shared.registers.commands import Put, put
from shared.registers.entries import owned_by_region
from shared.registers.plain import demand_place, plain_register
from shared.versions import ExpectedVersion
from shared.words.said import says


def put_agreement(
    uow: UnitOfWork, number: str, body: AgreementIn, expected: ExpectedVersion | None = None
) -> Put[AgreementOut]:
    """Register an agreement, or make it what ``body`` says. The same again changes nothing."""
    return put(uow, _REGISTER, number, body, expected)


def _check(uow: UnitOfWork, body: AgreementIn) -> None:
    demand_place(uow, AgreementInvalid, body.region_code, wide=True)
    if uow.session.get(Buyer, body.buyer_code) is None:
        raise AgreementInvalid.at("/buyer_code", says("no-such-buyer", buyer=body.buyer_code))


_REGISTER: Final = plain_register(
    Agreement,
    "agreement",
    AgreementOut.of,
    guard=owned_by_region("agreement", AgreementNotFound),
    check=_check,
    personal=(),
)
