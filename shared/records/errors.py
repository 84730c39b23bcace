"""What is refused of records, as one family: a house names its record, and code and title follow."""

from typing import Any, ClassVar

from shared.errors import Conflict, DomainError, NotFound


class _OfARecord(DomainError):
    """Fills the name of the record into a code that holds ``{thing}``."""

    def __init_subclass__(cls, thing: str | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if thing is not None:
            cls.code = cls.code.format(thing=thing)


class Contradicts(_OfARecord, Conflict):
    """The reference was used before for another content."""

    code: ClassVar[str] = "{thing}-contradicts"
    pointer = "/source_ref"


class SupersededNotFound(_OfARecord, NotFound):
    """The record to be superseded is not known where the correction says."""

    code: ClassVar[str] = "superseded-{thing}-not-found"
    pointer = "/supersedes/source_ref"


class AlreadySuperseded(_OfARecord, Conflict):
    """The record was corrected before by another one, which counts in its place."""

    code: ClassVar[str] = "{thing}-already-superseded"
    pointer = "/supersedes/source_ref"


class AlreadyWithdrawn(_OfARecord, Conflict):
    """The record was withdrawn, and a withdrawal is final: what is right now is a record of its own."""

    code: ClassVar[str] = "{thing}-already-withdrawn"
    pointer = "/supersedes/source_ref"


class WithdrawalContradicts(Conflict):
    """The record was withdrawn in other words, or the reference was used before for another withdrawal."""

    code = "withdrawal-contradicts"
