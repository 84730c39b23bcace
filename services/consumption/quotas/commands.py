"""Filling in quotas."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from services.consumption.buyers.errors import BuyerNotFound
from services.consumption.buyers.store import demand_yours, spoken_for
from services.consumption.models import Buyer, Quota
from services.consumption.quotas.errors import QuotaInvalid
from services.consumption.quotas.rules import RESERVE_RATIO
from services.consumption.quotas.schemas import QuotaIn, QuotaOut
from services.consumption.quotas.store import bought_in, code_of
from shared.db.unit_of_work import UnitOfWork
from shared.policy.loader import NATIONAL
from shared.registers.commands import Put, Register, put
from shared.shares import WHOLE, format_share
from shared.versions import ExpectedVersion
from shared.words.said import says


class _Filled(NamedTuple):
    """What is filled in, for whom and which year."""

    buyer: Buyer
    year: int
    body: QuotaIn


def put_quota(
    uow: UnitOfWork, buyer_code: str, year: int, body: QuotaIn, expected: ExpectedVersion | None
) -> Put[QuotaOut]:
    """Fill in what a buyer reserves of its canteen's purchases of a year. The same again changes nothing.

    By a client of the buyer, or by whoever is responsible where the buyer was bound. The ratio is measured by the
    policy of the buyer's city on the first day of the year.

    Raises:
        BuyerOfAnotherClient: the caller does not order for the buyer, and does not supply.
        BuyerNotFound: there is no such buyer, or it was bound outside the caller's region.
        QuotaInvalid: the ratio lies below that of the policy.
    """
    demand_yours(uow, buyer_code)
    buyer = uow.session.get(Buyer, buyer_code)
    if buyer is None or buyer_code not in spoken_for(uow, [buyer_code]):
        raise BuyerNotFound(says("no-such-buyer", buyer=buyer_code))
    return put(uow, _REGISTER, code_of(buyer_code, year), _Filled(buyer, year, body), expected)


def _fields(uow: UnitOfWork, filled: _Filled, _quota: Quota | None) -> dict[str, Any]:
    rule = uow.policy.at(filled.buyer.city_code or NATIONAL, dt.date(filled.year, 1, 1)).value(RESERVE_RATIO)
    least, said = int(rule.value * WHOLE), filled.body.reserve_ratio
    if said is not None and said < least:
        raise QuotaInvalid.at("/reserve_ratio", says("ratio-below-policy", least=format_share(least)))
    return {
        "buyer_code": filled.buyer.code,
        "year": filled.year,
        "canteen": filled.body.canteen,
        "canteen_total": filled.body.canteen_total,
        "ratio_said": said,
        "ratio": least if said is None else said,
        "ratio_rule": {**rule.as_document(), "pack": rule.pack},
    }


def _leave(_uow: UnitOfWork, _quota: Quota) -> None:
    """Whoever may fill it in was looked at before."""


def _shown(uow: UnitOfWork, quota: Quota, _parts: Sequence[None]) -> QuotaOut:
    return QuotaOut.of(quota, bought_in(uow, quota.buyer_code, quota.year))


_REGISTER: Final = Register(
    model=Quota,
    guard=_leave,
    fields=_fields,
    audit_view=lambda quota, _: quota.model_dump(mode="json", exclude={"code", "updated_at"}),
    log_fields=lambda quota, _: {"quota": quota.code, "quota_version": quota.version},
    shown=_shown,
    entered="quota.put",
    changed="quota.put",
)
