"""Money goes with who earned it: where a fact counts after households were split and merged 分户并户."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple
from uuid import UUID

EVERYBODY: Final = UUID(int=0)
"""Stands for all of whom nothing else is said, and for facts that name nobody."""


class Passing(NamedTuple):
    """Members who passed from one household to another 分户、并户."""

    left: str
    to: str
    persons: frozenset[UUID] | None
    """Who did; none where the whole household did, with all that was said of it."""
    on: dt.date
    recorded_at: dt.datetime


class Attributions:
    """Where facts of some households count after all these passings, in the order in which they were recorded.

    Facts that name somebody who left with a split count for the new household; all others stay. After a merge all count
    where it went.
    """

    def __init__(self, passings: Iterable[Passing]) -> None:
        self.passings = tuple(passings)
        self._homes: dict[tuple[str, UUID], str] = {}
        for passing in self.passings:
            self._pass(passing)

    def _pass(self, passing: Passing) -> None:
        persons = passing.persons
        for key, home in self._homes.items():
            if home == passing.left and (persons is None or key[1] in persons):
                self._homes[key] = passing.to
        if persons is None:
            self._homes[passing.left, EVERYBODY] = passing.to
            return
        for code in self._resting_in(passing.left):
            for person in persons:
                self._homes.setdefault((code, person), passing.to)

    def _resting_in(self, home: str) -> list[str]:
        """The households whose facts count for this one where nothing else is said."""
        merged = [code for (code, person), there in self._homes.items() if person == EVERYBODY and there == home]
        return [home, *merged]

    def of(self, household_code: str, person_id: UUID | None) -> str:
        """The household for which a fact counts that names this one, and this person of it or nobody."""
        rest = self._homes.get((household_code, EVERYBODY), household_code)
        return rest if person_id is None else self._homes.get((household_code, person_id), rest)

    def homes_of(self, household_code: str) -> set[str]:
        """All households for which facts that name this one may count, this one among them."""
        return {household_code, *(home for (code, _), home in self._homes.items() if code == household_code)}

    def sources_of(self, codes: Collection[str]) -> set[str]:
        """All households of which facts may count for these, these among them."""
        return {*codes, *(code for (code, _), home in self._homes.items() if home in codes)}

    def on(self, day: dt.date) -> "Attributions":
        """Where facts counted as of a day: what happened later had not happened."""
        return Attributions(one for one in self.passings if one.on <= day)

    def known_at(self, moment: dt.datetime) -> "Attributions":
        """Where facts counted at a moment, before anything was recorded later."""
        return Attributions(one for one in self.passings if one.recorded_at <= moment)


NO_ATTRIBUTIONS: Final = Attributions(())
"""Every fact counts for the household that it names."""
