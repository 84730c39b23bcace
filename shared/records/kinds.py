"""One kind of record: what makes two of them the same, and which of them a correction may supersede."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from shared.codes.records import RecordStatus
from shared.errors import Invalid
from shared.ids import derived_id
from shared.records.errors import AlreadySuperseded, AlreadyWithdrawn, Contradicts, SupersededNotFound
from shared.security.actor import Actor
from shared.security.sources import demand_sources
from shared.words.said import Said, says

KnownT = TypeVar("KnownT", bound=Mapping[Any, Any])


_OF_THE_CONTENT: Final = "row-"


def reference_of_content(digest: str) -> str:
    """The reference of a record that has none of its own: the same content is the same record in every file."""
    return f"{_OF_THE_CONTENT}{digest}"


class Reference(Protocol):
    """Names a record: who says so, and their own reference of it."""

    @property
    def source(self) -> str:
        """Who says so."""

    @property
    def source_ref(self) -> str:
        """Their reference, used once."""


class Sent(Reference, Protocol):
    """A record as it is sent, with the one that it corrects."""

    @property
    def supersedes(self) -> Reference | None:
        """The record whose place it takes."""


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record, as data: facts, wages, disbursements."""

    thing: str
    """What it is called; part of its ids."""
    home: str
    """What every record belongs to; a correction belongs to the same. The row has its key in ``home_key``."""
    home_key: str
    content: tuple[str, ...]
    """The columns that two records under one reference must have in common to be the same."""
    instead: Said
    """What to do where a record was withdrawn."""
    contradicts: type[Contradicts]
    superseded_not_found: type[SupersededNotFound]
    already_superseded: type[AlreadySuperseded]
    already_withdrawn: type[AlreadyWithdrawn]

    def id_of(self, reference: Reference) -> UUID:
        """The id of a record: one for one source and reference."""
        return derived_id(self.thing, reference.source, reference.source_ref)

    def superseded_id(self, sent: Sent) -> UUID | None:
        """The id of the record that this one corrects."""
        return None if sent.supersedes is None else self.id_of(sent.supersedes)

    def demand_sources(self, actor: Actor, refused: type[Invalid], sent: Sent) -> None:
        """Refuse a source, or that of what is corrected, for which the caller may not speak; see `demand_sources`."""
        named = {"/source": sent.source}
        if sent.supersedes is not None:
            named["/supersedes/source"] = sent.supersedes.source
        demand_sources(actor, refused, named)

    def demand_same(self, reference: Reference, content: Mapping[str, Any], known: Mapping[Any, Any]) -> None:
        """Raise ``contradicts`` where the record known under the reference says something else."""
        for name in self.content:
            if known[name] != content[name]:
                raise self.contradiction(reference)

    def contradiction(self, reference: Reference) -> Contradicts:
        """The refusal of a record whose reference was used for something else."""
        used = {"source": reference.source, "reference": reference.source_ref}
        return self.contradicts(says("reference-used", **used, thing=self.thing))

    def demand_known(self, reference: Reference, home: Any, old: KnownT | None) -> KnownT:
        """The record to be superseded. Raises ``superseded_not_found`` where it is unknown, or of another home."""
        if old is None or old[self.home_key] != home:
            said = says("none-to-supersede", home=self.home, thing=self.thing, reference=reference.source_ref)
            raise self.superseded_not_found(said)
        return old

    def demand_standing(self, reference: Reference, status: RecordStatus) -> None:
        """Raise ``already_withdrawn`` or ``already_superseded`` where the record to be superseded does not count."""
        if status is RecordStatus.WITHDRAWN:
            named = {"thing": self.thing, "reference": reference.source_ref}
            raise self.already_withdrawn(says("withdrawn-before", **named, instead=self.instead))
        if status is RecordStatus.SUPERSEDED:
            said = says("corrected-before", thing=self.thing, reference=reference.source_ref)
            raise self.already_superseded(said)
