"""Versions of what is registered: whoever changes it may say which version they changed."""

from dataclasses import dataclass

from shared.errors import Conflict, DomainError
from shared.words.said import says


class VersionChanged(DomainError):
    """Somebody else changed it since the caller read it."""

    status, code = 412, "version-changed"


class VersionOutdated(Conflict):
    """Somebody else changed it since the caller read the version that an item of a batch names."""

    code = "version-outdated"


@dataclass(frozen=True, slots=True)
class ExpectedVersion:
    """The versions a caller is content to change, from `If-Match`; None stands for any that there is."""

    versions: frozenset[int] | None
    refusal: type[DomainError] = VersionChanged
    """How another version is refused: a header is a condition on the request, the field of an item is none."""

    def demand(self, current: int | None) -> None:
        """Raise the refusal unless the current version is one of these; None: nothing is registered yet."""
        if current is None or (self.versions is not None and current not in self.versions):
            raise self.refusal(says("version-is-another"), version=current)


def demand_version(expected: ExpectedVersion | None, current: int | None) -> None:
    """Raise VersionChanged where the caller named versions and the current one is not among them."""
    if expected is not None:
        expected.demand(current)
