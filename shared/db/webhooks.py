"""What becomes of webhooks where changes are removed from the feed."""

import sqlalchemy as sa

from shared.codes.operations import DeliveryStatus
from shared.db.unit_of_work import UnitOfWork
from shared.words.said import says


def leave_webhooks_behind(uow: UnitOfWork, first: int, removed: int) -> None:
    """The changes between these numbers were removed: say so of every webhook that was not told all of them.

    It goes on from the oldest that is kept, and never silently.
    """
    tables = uow.system_tables
    webhook, delivery = tables.webhook.c, tables.webhook_delivery.c
    unfinished = delivery.status.in_((DeliveryStatus.WAITING, DeliveryStatus.RETRYING)) & (delivery.seq <= removed)
    exhausted = (delivery.status == DeliveryStatus.EXHAUSTED) & delivery.seq.between(first, removed)
    lost = sa.select(delivery.webhook_id).where(unfinished | exhausted)
    behind = webhook.behind_since.is_(None) & ((webhook.passed < removed) | webhook.id.in_(lost))
    marked = sa.update(tables.webhook).where(behind).values(behind_since=uow.now())
    for row in uow.connection.execute(marked.returning(webhook.id, webhook.client_id, webhook.code)).all():
        told = {"client": row.client_id, "code": row.code}
        uow.record("webhook.behind", row.id, told, after=told)
    given_up = {"status": DeliveryStatus.EXHAUSTED, "error": says("webhook-change-not-kept").as_document()}
    uow.connection.execute(
        sa.update(tables.webhook_delivery).where(unfinished | exhausted).values(**given_up, changed_at=uow.now())
    )
