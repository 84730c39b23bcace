"""What happened to a household, as long as it counts: it ages out with the months that the policy gives it."""

from collections.abc import Iterable, Iterator

from services.monitoring.evidence.circumstances import Circumstance
from services.monitoring.risks.rules.parameters import RuleParameters
from shared.months import months_later


def recent(said: Iterable[Circumstance], parameters: RuleParameters) -> Iterator[Circumstance]:
    """What was observed within the months that an event counts, the day of the decision included."""
    assert parameters.event_months is not None, "asked where the policy says how long events count"
    for one in said:
        if parameters.decided_on < months_later(one.observed_on, parameters.event_months):
            yield one
