"""What a placement that ends or begins makes of the last loss of work of a household."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.monitoring.evidence.job_loss import JobLoss


def after_loss(known: JobLoss | None, lost: JobLoss) -> JobLoss:
    """Return the loss of work of a household after `lost`.

    The loss of one placement is one loss: the same again changes nothing, also after it ended.
    """
    return known if known is not None and known.placement_id == lost.placement_id else lost


def after_start(known: JobLoss | None, placement_id: UUID, started_on: date) -> JobLoss | None:
    """Return the loss of work of a household once a placement began.

    The days are not compared: work may be entered late, and the events of a household come in order. Only the start
    of the very placement that was lost, a second time, ends nothing.
    """
    if known is None or not known.stands or known.placement_id == placement_id:
        return known
    return replace(known, regained_placement_id=placement_id, regained_on=started_on)
