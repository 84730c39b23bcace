"""The events under load: risks that were raised, one for each household."""

import datetime as dt

from shared.context import new_context
from shared.contracts.codes import RiskGrade, RiskKind
from shared.contracts.envelope import EncodedEvent, encode
from shared.contracts.monitoring import RiskRaised
from shared.ids import derived_id
from tests.load.county import REGION, TODAY, household_code

TOPIC = "bench.events"


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
