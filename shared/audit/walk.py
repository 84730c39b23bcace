"""What is wrong with a chain, found by walking along it from its beginning."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from shared.audit.chain import BEGINNING, hash_of

MOST: Final = 100
"""So many faults of a kind are named one by one."""
Content = Mapping[str, Any]


class Sealed(NamedTuple):
    """A seal with the content of its row: None where the row is gone, empty where it cannot be read."""

    place: int
    seq: int
    hash: str
    content: Content | None


class Fault(NamedTuple):
    """Something that was bent.

    `changed`: the row is not what was sealed. `removed`: the row, or its seal, is gone. `inserted`: the row was never
    sealed though its turn has passed. `moved`: the row stands under the number `found_as`, or, where that is its own,
    no longer behind the row that it was sealed behind. `cut`: the chain, or the audit, ends before it did.
    `rewritten`: another hash stood here when the head was named or signed. `signature`: a signed head whose signature
    does not hold.
    """

    fault: str
    seq: int | None
    place: int | None
    found_as: int | None = None


class _Broken(NamedTuple):
    """A seal whose row is not what was sealed behind this hash."""

    sealed: Sealed
    prev: str


@dataclass
class Walk:
    """How far one has come along a chain, and what was wrong so far."""

    heads: Mapping[int, Sequence[str]]
    """By place, the hashes that are known to have stood there, whole or their first digits."""
    place: int = 0
    hash: str = BEGINNING
    mended: str = BEGINNING
    """The hash that belongs here: another one where the row before or its seal was bent; the next row tells which."""
    lost: Sealed | None = None
    """Where the row is missing, and of all rows since."""
    faults: list[Fault] = field(default_factory=list)
    broken: list[_Broken] = field(default_factory=list)

    def take(self, rows: Iterable[Sealed]) -> None:
        """Go on along these rows, which are in the order of their places."""
        for row in rows:
            if row.place != self.place + 1:
                self._note([Fault("removed", None, self.place + 1)])
                self.mended = row.hash
            else:
                self._look_at(row)
            self._note(self._differing(row))
            self.place, self.hash = row.place, row.hash

    def ended(self, place: int, hash_: str, strangers: Sequence[Content]) -> list[Fault]:
        """All that is wrong with a chain whose head says this, and beside which stand rows that were never sealed."""
        self._note([Fault("cut", None, later) for later in sorted(self.heads) if later > max(self.place, place)])
        if self.place < place:
            self._note([Fault("cut", None, self.place + 1)])
        elif self.hash != hash_:
            self._note([Fault("rewritten", None, place)])
        found_as = [(broken, self._found_as(broken, strangers)) for broken in self.broken]
        numbers = {number for _, number in found_as}
        inserted = [Fault("inserted", row["seq"], None) for row in strangers if row["seq"] not in numbers]
        return [*self.faults, *self._named(found_as), *inserted]

    def _look_at(self, row: Sealed) -> None:
        """Compare a row with its seal, behind either hash where the one before was bent itself."""
        hashes = {prev: _hash(row.content, prev) for prev in {self.mended, self.hash}} if row.content else {}
        holds = row.hash in hashes.values()
        if not holds:
            self._break(row)
        self.mended = row.hash if holds else hashes.get(self.mended) or row.hash
        self.lost = (self.lost or row) if row.content is None else None

    def _differing(self, row: Sealed) -> Iterator[Fault]:
        known = self.heads.get(row.place, ())
        if not all(row.hash.startswith(known_hash) for known_hash in known):
            yield Fault("rewritten", row.seq, row.place)

    def _note(self, faults: Iterable[Fault]) -> None:
        self.faults += list(faults)[: MOST - len(self.faults)]

    def _break(self, row: Sealed) -> None:
        if len(self.broken) < MOST:
            self.broken.append(_Broken(row, self.hash))

    def _named(self, found_as: Iterable[tuple[_Broken, int | None]]) -> Iterator[Fault]:
        """What became of the rows that are not what was sealed; of those missing at the end, only where that begins."""
        for (row, _), number in found_as:
            if number is not None:
                yield Fault("moved", row.seq, row.place, number)
            elif row.content is not None:
                yield Fault("changed", row.seq, row.place)
            elif self.lost is None or row.place < self.lost.place:
                yield Fault("removed", row.seq, row.place)
        missing = [number for (row, _), number in found_as if self.lost and row.place >= self.lost.place]
        if self.lost and (None in missing or not missing):
            yield Fault("cut", self.lost.seq, self.lost.place)

    def _found_as(self, broken: _Broken, strangers: Sequence[Content]) -> int | None:
        """The number under which the row stands now that was sealed here; its own where its seal was moved."""
        own = broken.sealed
        others = [one for one in self.broken if one is not broken]
        contents = [one.sealed.content for one in others if one.sealed.content]
        for content in [*contents, *strangers]:
            if own.hash in {_hash(content, broken.prev), _hash({**content, "seq": own.seq}, broken.prev)}:
                found: int = content["seq"]
                return found
        stands_elsewhere = own.content and own.hash in {_hash(own.content, one.prev) for one in others}
        return own.seq if stands_elsewhere else None


def _hash(content: Content, prev: str) -> str | None:
    """The hash of a row; None for what no row can hold."""
    try:
        return hash_of(content, prev)
    except ValueError:
        return None
