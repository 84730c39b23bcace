"""What can become of a measure 帮扶措施, and within how many days it is answered."""

from collections.abc import Mapping
from typing import Final

from shared.codes.assistance import MeasureStatus

ANSWER_WORKDAYS: Final = "assistance.measure_answer_workdays"
"""帮扶措施答复时限: working days within which a measure is answered."""

MEASURE_ANSWERS: Final[Mapping[MeasureStatus, frozenset[MeasureStatus]]] = {
    MeasureStatus.ACCEPTED: frozenset({MeasureStatus.REQUESTED}),
    MeasureStatus.REFUSED: frozenset({MeasureStatus.REQUESTED, MeasureStatus.ACCEPTED}),
    MeasureStatus.CANCELLED: frozenset({MeasureStatus.REQUESTED, MeasureStatus.ACCEPTED}),
    MeasureStatus.COMPLETED: frozenset(MeasureStatus) - {MeasureStatus.COMPLETED},
}
"""What can become of a measure, and where it has to stand for that. Help that reached the household is final."""


def next_measure_status(status: MeasureStatus, answer: MeasureStatus) -> MeasureStatus | None:
    """Where the answer leaves a measure; None where it changes nothing: it is a repeat, or came too late."""
    return answer if status in MEASURE_ANSWERS.get(answer, ()) else None
