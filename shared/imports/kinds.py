"""What a house says of a kind of file, and what becomes of its rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from shared.codes.monitoring import FactMode
from shared.codes.operations import RowStatus
from shared.context import Context
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError, NamesFindings
from shared.findings import Finding
from shared.mappings.applying import mapped
from shared.security.actor import Actor
from shared.sheets.columns import Sheet
from shared.words.said import Said

REFUSED: Final = (RowStatus.REJECTED, RowStatus.AMBIGUOUS)
"""What a row is that comes back."""


class Sender(NamedTuple):
    """Who sent a file, with the rights of that moment, and for whom it speaks."""

    actor: Actor
    context: Context
    source: str | None
    """None where the rows of the kind name no source."""
    facts: FactMode = FactMode.LIVE
    """Whether the rows are told as they happen, or are history."""


class Reason(NamedTuple):
    """Why a row came back, or what should be checked about it: a place in its document, a code and a sentence."""

    pointer: str
    """Empty where it is about the row as a whole."""
    code: str
    said: Said

    def as_document(self) -> dict[str, Any]:
        """The reason as it is kept."""
        return {"pointer": self.pointer, "code": self.code, "said": self.said.as_document()}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Reason":
        """A reason that was kept."""
        return cls(kept["pointer"], kept["code"], Said.of(kept["said"]))


class Taken(NamedTuple):
    """What became of one thing of a file."""

    status: RowStatus
    reasons: Sequence[Reason] = ()
    """Why it was refused; of one that was accepted, what should be checked."""

    @classmethod
    def refused(cls, error: DomainError) -> "Taken":
        """Refused in the words that a request would be answered with."""
        findings = error.findings if isinstance(error, NamesFindings) else ()
        return cls(RowStatus.REJECTED, reasons_of(findings) or [Reason(error.pointer, error.code, error.said)])


def reasons_of(findings: Iterable[Finding]) -> list[Reason]:
    """Findings as reasons."""
    return [Reason(finding.pointer, finding.said.code, finding.said) for finding in findings]


Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImportKind:
    """A kind of file 导入类别."""

    sheet: Sheet
    scopes: Sequence[str]
    """Whoever sends one needs one of these, as at the route of the command."""
    read: Callable[[Sender, Document], Any]
    """What the command takes, from the document of a row, or of the rows of one thing. Raises ValidationError or
    DomainError."""
    take: Callable[[UnitOfWork, Sender, Sequence[Any]], Sequence[Taken]]
    """The command, over many at once; one that is refused sinks no other."""
    rows_at_once: int = 1000
    """Rows of one transaction: what takes about a second."""
    has_source: bool = True
    """Whether the rows are said by a source."""
    about: str | None = None
    """The column that names whom a row is about. Rows about the same one are taken together, in the order of the file,
    so that what is done once for each is done seldom; not where rows have references of their own, because of two
    under one reference the first counts, whomever it is about."""
    backfill: str | None = None
    """The scope that it takes to send history; None where the rows are none."""

    def under(self, house: str, mapping: str | None) -> "ImportKind":
        """The kind with the columns that another system has for it; without a mapping as it is. Raises Invalid."""
        return self if mapping is None else replace(self, sheet=mapped(house, self.sheet, mapping))


ImportKinds = Mapping[str, ImportKind]
"""The kinds of files that a house takes, by name."""


def kinds_by_name(*kinds: ImportKind) -> ImportKinds:
    """The table of a house."""
    return {kind.sheet.kind: kind for kind in kinds}


def sheets_of(kinds: ImportKinds) -> list[Sheet]:
    """The sheets of the files that a house takes."""
    return [kind.sheet for kind in kinds.values()]
