"""Errors a caller can act on. Each class is a situation with one status and one stable code.

    DomainError
    ├── MalformedRequest 400      ├── Conflict 409
    ├── Unauthenticated 401       ├── PayloadTooLarge 413
    ├── Forbidden 403             ├── UnsupportedMediaType 415
    ├── NotFound 404              ├── Invalid 422
    └── Unavailable 503

A house names its own situations by subclassing (``class HouseholdNotFound(NotFound)``). The title of a situation stands
in the catalogues as `title.<code>`.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from shared.findings import Finding
from shared.words.said import Said, says


class DomainError(Exception):
    """A situation the caller is told about as one RFC 9457 problem document.

    ``said`` is a sentence for people and holds no personal data; ``extra`` are further members of the document.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    retry_after: int | None = None
    """Seconds after which the same request may be answered otherwise; told as `Retry-After`."""
    pointer: ClassVar[str] = ""
    """The field of a body that names what the situation is about; empty where it is about the whole."""

    def __init__(self, said: Said, **extra: Any) -> None:
        super().__init__(said)
        self.said = said
        self._extra = extra

    @classmethod
    def titled(cls) -> Said:
        """What the situation is called."""
        return Said(f"title.{cls.code}", {})

    @property
    def detail(self) -> str:
        """The sentence in the language of whoever asks."""
        return self.said.text

    @property
    def extra(self) -> dict[str, Any]:
        """The further members of the document."""
        return self._extra

    def __str__(self) -> str:
        """The sentence as logs hold it."""
        return str(self.said)


class MalformedRequest(DomainError):
    """The bytes could not be read as the declared media type."""

    status, code = 400, "malformed-request"


class Unauthenticated(DomainError):
    """No token, or one that does not hold."""

    status, code = 401, "unauthenticated"


class Forbidden(DomainError):
    """The token holds but does not allow this."""

    status, code = 403, "forbidden"


class NotFound(DomainError):
    """Nothing by that name within the caller's region."""

    status, code = 404, "not-found"


class Conflict(DomainError):
    """The request contradicts what is already recorded."""

    status, code = 409, "conflict"


class PayloadTooLarge(DomainError):
    """The body exceeds the published limit."""

    status, code = 413, "payload-too-large"


class UnsupportedMediaType(DomainError):
    """The body is not of the media type the route reads."""

    status, code = 415, "unsupported-media-type"


class UnsupportedEncoding(UnsupportedMediaType):
    """The body is packed in another way than gzip."""

    code = "unsupported-encoding"


class HouseholdHasEnded(Conflict):
    """The household is no more: nothing of it is changed, reported or begun any longer."""

    code = "household-ended"
    pointer = "/household_code"


class NamesFindings(DomainError):
    """A situation that names each place that is wrong: ``findings`` are the `errors` of the document."""

    def __init__(self, said: Said, findings: Sequence[Finding] = ()) -> None:
        super().__init__(said)
        self.findings = findings

    @property
    def extra(self) -> dict[str, Any]:
        """What is wrong, place by place."""
        return {"errors": [finding.as_document() for finding in self.findings]}


class Invalid(NamesFindings):
    """The payload is readable but wrong; ``findings`` name each field by JSON pointer."""

    status, code = 422, "invalid"

    @classmethod
    def at(cls, pointer: str, said: Said) -> Self:
        """What is wrong with one field."""
        return cls.of([Finding(pointer, said)])

    @classmethod
    def of(cls, findings: Sequence[Finding], *, further: int = 0) -> Self:
        """All that is wrong; the first of it is the sentence, with how many more there are that are not named."""
        return cls(findings[0].placed(further), findings)


class Unavailable(DomainError):
    """A part this answer needs is not ready; trying again later is right."""

    status, code = 503, "unavailable"
    retry_after = 1


def something_failed() -> DomainError:
    """The answer where nobody but the operator can say why; the log does."""
    return DomainError(says("something-failed"))
