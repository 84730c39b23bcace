"""Cards are issued: each household has one code at a time."""

from typing import Any

import segno

from services.monitoring.cards.rules import hash_of, new_token
from services.monitoring.cards.schemas import CardIssued
from services.monitoring.households.store import lock_registered
from services.monitoring.ledger.errors import HouseholdNotFound
from services.monitoring.models.cards import HouseholdCard
from shared.db.unit_of_work import UnitOfWork
from shared.words.said import says


def issue_card(uow: UnitOfWork, household_code: str, address: str) -> CardIssued:
    """Give a household a new code 一户一码; the one before is void from then on. ``address`` is where cards are read.

    Of two at once the later one counts. Raises HouseholdNotFound.
    """
    household = lock_registered(uow, [household_code]).get(household_code)
    if household is None or not uow.actor.sees(household.region_code):
        raise HouseholdNotFound(says("no-household-in-region", household=household_code, region=uow.actor.place))
    token, row = new_token(), uow.session.get(HouseholdCard, household_code, with_for_update=True)
    issued: dict[str, Any] = {"token_hash": hash_of(token), "issued_at": uow.stamp(), "issued_by": uow.actor.id}
    card = row or HouseholdCard(household_code=household_code, version=0, **issued)
    card.sqlmodel_update({"version": card.version + 1, **issued})
    uow.session.add(card)
    uow.audit("household-card.issue", household_code, before=None, after={"version": card.version})
    uow.log_after_commit("household_card.issue", household=household_code, card_version=card.version)
    url = f"{address}/{token}"
    return CardIssued(
        household_code=household_code,
        token=token,
        url=url,
        qr_svg=segno.make_qr(url, error="m").svg_inline(scale=4),
        version=card.version,
        issued_at=card.issued_at,
    )
