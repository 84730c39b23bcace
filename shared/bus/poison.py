"""When records that cannot be applied mean a bad release and not bad records."""

from collections import deque
from dataclasses import dataclass, field

DEAD_IN_A_ROW = 50
DEAD_SHARE = 0.5
OF_LAST = 500


@dataclass(slots=True)
class PoisonLimit:
    """How much poison of one partition is borne before reading stops.

    So many dead records one after the other, or such a share of the last ones: a household with a bad record has a
    few, a release that cannot read its neighbour has nothing else. Records nobody here reacts to, repeats and what
    waits behind a dead record say nothing either way.
    """

    in_a_row: int = DEAD_IN_A_ROW
    share: float = DEAD_SHARE
    of_last: int = OF_LAST
    _row: int = 0
    _judged: int = 0
    _dead_at: deque[int] = field(default_factory=deque)
    """Which of the judged records were dead, as far as they are among the last."""

    def applied(self) -> None:
        """A record had its effect."""
        self._row = 0
        self._move()

    def dead(self) -> None:
        """A record was given up."""
        self._row += 1
        self._move()
        self._dead_at.append(self._judged)

    def _move(self) -> None:
        self._judged += 1
        while self._dead_at and self._dead_at[0] <= self._judged - self.of_last:
            self._dead_at.popleft()

    @property
    def is_clean(self) -> bool:
        """None of the last records was dead: there is nothing to remember."""
        return not self._dead_at

    @property
    def is_reached(self) -> bool:
        """Reading has to stop."""
        return self._row >= self.in_a_row or len(self._dead_at) >= self.share * self.of_last

    @property
    def standing(self) -> dict[str, int]:
        """The two numbers, for whoever reads the log."""
        return {"dead_in_a_row": self._row, "dead_of_last": len(self._dead_at)}
