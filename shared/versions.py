"""Versions of what is registered: whoever changes it may say which version they changed."""

from dataclasses import dataclass

from shared.errors import DomainError
from shared.words.said import says


class VersionChanged(DomainError):
    """Somebody else changed it since the caller read it."""

    status, code = 412, "version-changed"


@dataclass(frozen=True, slots=True)
class ExpectedVersion:
    """The versions a caller is content to change, from `If-Match`; None stands for any that there is."""

    versions: frozenset[int] | None

    def demand(self, current: int | None) -> None:
        """Raise VersionChanged unless the current version is one of these; None: nothing is registered yet."""
        if current is None or (self.versions is not None and current not in self.versions):
            raise VersionChanged(says("version-is-another"), version=current)


def demand_version(expected: ExpectedVersion | None, current: int | None) -> None:
    """Raise VersionChanged where the caller named versions and the current one is not among them."""
    if expected is not None:
        expected.demand(current)
