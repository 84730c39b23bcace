"""What holds of a household on a day, out of all that was said: the states that the rules of findings see."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from services.monitoring.evidence.circumstances import Circumstance, of_household, standing
from services.monitoring.evidence.insurance import of_year
from services.monitoring.evidence.schooling import that_change
from services.monitoring.findings.rules.seen import State, StateKey
from services.monitoring.risks.rules.events import recent
from services.monitoring.risks.rules.parameters import RuleParameters

Said = Iterable[Circumstance]


def _everything(said: Said, _: RuleParameters) -> Said:
    return said


def _of_household(said: Said, _: RuleParameters) -> Said:
    return of_household(said)


def _recent_of_household(said: Said, parameters: RuleParameters) -> Said:
    """What happened counts as long as for the risks; where the policy does not say how long, nothing does."""
    return () if parameters.event_months is None else of_household(recent(said, parameters))


class _Holding(NamedTuple):
    """How what holds of a type of evidence is told from what was said."""

    counts: Callable[[Said, RuleParameters], Said] = _everything
    """What of it counts."""
    matter: str | None = None
    """The field of a payload that tells several matters of one member apart; none where there is one."""


_HOLDING: Final[Mapping[str, _Holding]] = {
    "schooling": _Holding(lambda said, _: that_change(said)),
    "dwelling": _Holding(_of_household),
    "water": _Holding(_of_household),
    "insurance": _Holding(lambda said, parameters: of_year(said, parameters.decided_on.year), "scheme"),
    "work": _Holding(),
    "disability": _Holding(),
    "care": _Holding(),
    "chronic": _Holding(matter="disease"),
    "disaster": _Holding(_recent_of_household),
    "production": _Holding(_recent_of_household),
    "relief": _Holding(matter="scheme"),
    "means": _Holding(_of_household),
}
STATES: Final = frozenset(_HOLDING)
"""The types of evidence whose latest payload rules see, by member and matter."""


def holding(kind: str, said: Said, parameters: RuleParameters) -> dict[StateKey, State]:
    """The payloads of a type that hold on the day of the parameters.

    Of one member and matter the latest observed holds; of one day that of the source that weighs more in the place.
    """
    how = _HOLDING[kind]
    found: Mapping[Any, Circumstance] = standing(how.counts(said, parameters), parameters.source_order, how.matter)
    return {
        (kind, one.member_no, "" if how.matter is None else one.said[how.matter]): one.said for one in found.values()
    }
