"""Errors a caller can act on. Each class is a situation with one status and one stable code.

    DomainError
    ├── MalformedRequest 400      ├── Conflict 409
    ├── Unauthenticated 401       ├── PayloadTooLarge 413
    ├── Forbidden 403             ├── UnsupportedMediaType 415
    ├── NotFound 404              ├── Invalid 422
    └── Unavailable 503

A house names its own situations by subclassing (``class HouseholdNotFound(NotFound)``).
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from shared.findings import Finding


class DomainError(Exception):
    """A situation the caller is told about as one RFC 9457 problem document.

    ``detail`` is a sentence for people and holds no personal data; ``extra`` are further members of the document.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Internal error"
    retry_after: ClassVar[int | None] = None
    """Seconds after which the same request may be answered otherwise; told as `Retry-After`."""

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class MalformedRequest(DomainError):
    """The bytes could not be read as the declared media type."""

    status, code, title = 400, "malformed-request", "The request cannot be read"


class Unauthenticated(DomainError):
    """No token, or one that does not hold."""

    status, code, title = 401, "unauthenticated", "A valid access token is needed"


class Forbidden(DomainError):
    """The token holds but does not allow this."""

    status, code, title = 403, "forbidden", "Not allowed"


class NotFound(DomainError):
    """Nothing by that name within the caller's region."""

    status, code, title = 404, "not-found", "Not found"


class Conflict(DomainError):
    """The request contradicts what is already recorded."""

    status, code, title = 409, "conflict", "Conflicts with the recorded state"


class PayloadTooLarge(DomainError):
    """The body exceeds the published limit."""

    status, code, title = 413, "payload-too-large", "The body is too large"


class UnsupportedMediaType(DomainError):
    """The body is not of the media type the route reads."""

    status, code, title = 415, "unsupported-media-type", "The media type is not supported"


class HouseholdHasEnded(Conflict):
    """The household is no more: nothing of it is changed, reported or begun any longer."""

    code, title = "household-ended", "The household has ended"


class Invalid(DomainError):
    """The payload is readable but wrong; ``errors`` names each field by JSON pointer."""

    status, code, title = 422, "invalid", "The payload is not valid"

    def __init__(self, detail: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(detail, errors=[finding._asdict() for finding in findings])

    @classmethod
    def at(cls, pointer: str, detail: str) -> Self:
        """What is wrong with one field."""
        return cls.of([Finding(pointer, detail)])

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Self:
        """All that is wrong; the first of it is the sentence."""
        return cls(f"{findings[0].pointer}: {findings[0].detail}", findings)


class Unavailable(DomainError):
    """A part this answer needs is not ready; trying again later is right."""

    status, code, title = 503, "unavailable", "Not available right now"
    retry_after = 1
