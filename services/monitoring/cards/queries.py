"""The card of a household, as each caller may see it."""

from typing import Final

import sqlalchemy as sa

from services.monitoring.cards.errors import CardNotFound
from services.monitoring.cards.rules import hash_of
from services.monitoring.cards.schemas import (
    CardDwelling,
    CardHousehold,
    CardIncome,
    CardLoan,
    CardMeans,
    HouseholdCardOut,
)
from services.monitoring.cards.store import find_home, load_expense, load_matters
from services.monitoring.cases.store.standings import load_standings
from services.monitoring.contacts.schemas import HouseholdContact
from services.monitoring.contacts.store import contacts_of
from services.monitoring.evidence.circumstances import Circumstance
from services.monitoring.households.queries import demand_household, listed
from services.monitoring.households.store import load_statements
from services.monitoring.models.households import Household
from services.monitoring.protections.queries import protections
from services.monitoring.risks.queries import ordered_risks
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.words.said import says

_HOUSEHOLDS: Final = table_of(Household)


def household_card(reading: Reading, code: str) -> HouseholdCardOut:
    """The card of a household as the ledgers stand. Raises HouseholdNotFound."""
    home, on = demand_household(reading, code), reading.today()
    row = reading.connection.execute(sa.select(_HOUSEHOLDS).where(_HOUSEHOLDS.c.code == code)).one()
    [shown] = listed(reading, [row])
    statement = load_statements(reading, [row], on).get(code)
    matters = load_matters(reading, code, home.region_code, on)
    return HouseholdCardOut(
        household_code=code,
        as_of=on,
        household=CardHousehold.of(shown, load_standings(reading, [code])[code]),
        members=shown.members,
        means=next((CardMeans(**_said(one)) for one in matters["means"]), None),
        dwelling=next((CardDwelling(**_said(one)) for one in matters["dwelling"]), None),
        income=None if statement is None else CardIncome.of(statement),
        expense=[] if statement is None else load_expense(reading, code, statement.first, statement.last),
        loans=[CardLoan(**_said(one)) for one in matters["loan"]],
        protections=protections(reading, code, None).items,
        risks=ordered_risks(reading, code).ordered,
        contacts=[HouseholdContact.of(one) for one in contacts_of(reading, [code]).get(code, ())],
    )


def _said(one: Circumstance) -> dict[str, object]:
    return {**one.said, "observed_on": one.observed_on}


def card_of_token(reading: Reading, token: str) -> HouseholdCardOut:
    """The card that a code leads to. Raises CardNotFound alike for a code that never was, is void, or is elsewhere."""
    code = find_home(reading, hash_of(token))
    home = None if code is None else reading.session.get(Household, code)
    if home is None or not reading.actor.sees(home.region_code):
        raise CardNotFound(says("no-such-card", region=reading.actor.place))
    return household_card(reading, home.code)
