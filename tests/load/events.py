"""The events under load: households that were registered, and risks that were raised, one for each of them."""

import datetime as dt

from shared.codes.monitoring import HouseholdCategory, Labour, RiskGrade, RiskKind, Sex
from shared.context import new_context
from shared.contracts.envelope import EncodedEvent, Event, encode
from shared.contracts.monitoring import HouseholdMember, HouseholdRegistered, RiskRaised
from shared.ids import derived_id, new_id
from tests.load.county import REGION, TODAY, household_code

TOPIC = "bench.events"


def household_registered(number: int) -> Event[HouseholdRegistered]:
    """A household with one member, who can work."""
    able = HouseholdMember(member_no=1, sex=Sex.MALE, birth_year=1980, labour=Labour.ORDINARY, student=False)
    state = HouseholdRegistered(
        household_code=household_code(number),
        region_code=REGION,
        category=HouseholdCategory.ORDINARY,
        relocated=False,
        dibao=False,
        version=1,
        members=(able,),
    )
    return Event(new_id(), state, dt.datetime.now(dt.UTC), REGION, new_context())


def risk_raised(number: int) -> RiskRaised:
    """A serious illness in one household."""
    code = household_code(number)
    return RiskRaised(
        risk_id=derived_id("risk", code, RiskKind.NEW_ILLNESS.value, 1),
        household_code=code,
        region_code=REGION,
        kind=RiskKind.NEW_ILLNESS,
        grade=RiskGrade.ORANGE,
        episode=1,
        version=1,
        decided_on=TODAY,
        rules=("new_illness.serious",),
        pack="national@2026.11",
    )


def risk_events(first: int, number: int) -> list[EncodedEvent]:
    """Risks of as many households, as monitoring publishes them but on a topic of the bench."""
    return [_event(place) for place in range(first, first + number)]


def _event(number: int) -> EncodedEvent:
    event = encode(risk_raised(number), region=REGION, time=dt.datetime.now(dt.UTC), context=new_context())
    return event._replace(topic=TOPIC)
