"""Where a payment, or its withdrawal, leaves the measure that asked for cash. Pure."""

from shared.codes.assistance import MeasureStatus, TaskStatus


def measure_after_payment(amount: int, paid: int, *, instalment: bool) -> MeasureStatus:
    """Where a payment leaves a measure that asked for cash, when so much of it is paid by then, in fen."""
    return MeasureStatus.ACCEPTED if instalment and paid < amount else MeasureStatus.COMPLETED


def measure_after_withdrawal(task: TaskStatus, amount: int, paid: int) -> MeasureStatus:
    """Where the withdrawal of a payment leaves a measure that asked for cash; a closed task waits for nothing."""
    if paid >= amount:
        return MeasureStatus.COMPLETED
    if task is TaskStatus.CLOSED:
        return MeasureStatus.CANCELLED
    return MeasureStatus.ACCEPTED if paid else MeasureStatus.REQUESTED
