"""A fact at the door of the command that records facts."""

from typing import NamedTuple
from uuid import UUID

from services.monitoring.evidence.schemas import ReportedFact
from shared.codes.monitoring import FactMode
from shared.context import Context
from shared.security.actor import Actor
from shared.words.said import Said, says


class FactToRecord(NamedTuple):
    """A fact at the door, with who brings it and in which chain."""

    fact: ReportedFact
    mode: FactMode
    actor: Actor
    context: Context
    person_id: UUID | None = None
    """Whom it is about, where an identity number told."""
    by_content: bool = False
    """Whether its reference is that of its content alone, and is still to be made that of the person's, too."""

    @property
    def home(self) -> str | Said:
        """The household, as whoever brings the fact knows it: a number that found it tells nobody which one it is."""
        return self.fact.household_code if self.person_id is None else says("household-of-the-person")
