"""What people do with a clue 线索核实反馈: match it, answer it; whoever sent it takes it back."""

from collections.abc import Mapping
from typing import Final

from shared.codes.monitoring import ClueAction, ClueStatus
from shared.procedures.steps import Procedure, Step
from shared.regions import RegionLevel

_WHO: Final = ("monitoring:write",)


def _owned_by(level: RegionLevel) -> Procedure[ClueStatus, ClueAction]:
    """The steps of a clue whose check is the duty of a level."""
    return Procedure(
        "a-clue",
        *(
            Step(before, ClueAction.ANSWER, ClueStatus.ANSWERED, _WHO, level=level, needs=("verdict",))
            for before in (ClueStatus.OPEN, ClueStatus.UNMATCHED, ClueStatus.AMBIGUOUS)
        ),
        *(
            Step(before, ClueAction.MATCH, ClueStatus.OPEN, _WHO, level=level, needs=("household_code",))
            for before in (ClueStatus.UNMATCHED, ClueStatus.AMBIGUOUS)
        ),
        *(
            Step(before, ClueAction.WITHDRAW, ClueStatus.WITHDRAWN, _WHO)
            for before in (ClueStatus.OPEN, ClueStatus.LINKED, ClueStatus.UNMATCHED, ClueStatus.AMBIGUOUS)
        ),
    )


OWNED_BY: Final[Mapping[str, Procedure[ClueStatus, ClueAction]]] = {level: _owned_by(level) for level in RegionLevel}
"""By the level whose duty the check is."""
TRANSITIONS: Final = OWNED_BY[RegionLevel.VILLAGE]
"""The steps of a clue that the village checks. A linked clue is answered by the verdict of a task, by itself."""
