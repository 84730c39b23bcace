"""What is done with a webhook: it is set up, given a new secret, taken away, or told a change again."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from shared.codes.operations import DeliveryStatus, PauseCause
from shared.db.unit_of_work import UnitOfWork
from shared.hooks.errors import ChangeNotKept, DeliveryNotFound, TooManyWebhooks
from shared.hooks.owners import rights_of
from shared.hooks.queries import no_such_delivery, owned
from shared.hooks.signing import ROTATION, new_secret
from shared.hooks.store import is_unfinished, newest_change, sealed
from shared.ids import new_id
from shared.words.said import says

MOST_OF_A_CLIENT: Final = 10
MOST_OF_A_HOUSE: Final = 500
_ONE_AT_A_TIME: Final = 0x5348_5748
"""PostgreSQL advisory lock of whoever sets up a webhook that is not there yet."""


class Asked(NamedTuple):
    """What a client asks of a webhook."""

    url: str
    types: Sequence[str]
    active: bool
    secret: str | None
    record: str
    """Under what name the caller's record is kept, where it has one."""


class Set(NamedTuple):
    """What came of it."""

    created: bool
    secret: str | None
    """The secret where it is new: it is shown this once."""


def put_webhook(uow: UnitOfWork, code: str, asked: Asked) -> Set:
    """Set up the caller's webhook, or change it; one that was paused goes on where it stood.

    What it is told from now on is what the caller may see by the token it sent this with. Raises TooManyWebhooks.
    """
    rights = rights_of(uow.actor, asked.record)
    paused = None if asked.active else PauseCause.OWNER
    said = {"url": asked.url, "types": sorted(set(asked.types)), "rights": rights, "paused_because": paused}
    row = _lock(uow, code)
    if row is None:
        _keep_out_others(uow)
        row = _lock(uow, code)
    if row is None:
        return Set(created=True, secret=_add(uow, code, said, asked.secret))
    secrets = {} if asked.secret is None else _renewed(uow, row, asked.secret)
    resumed = {"failures": 0, "next_try_at": None, "behind_since": None} if asked.active else {}
    _change(uow, row, {**said, **secrets, **resumed})
    if asked.active:
        _begin_again(uow, row.id)
    uow.record("webhook.changed", row.id, _told(uow, code), after={**_told(uow, code), **_plain(said)})
    return Set(created=False, secret=asked.secret)


def rotate_secret(uow: UnitOfWork, client_id: str | None, code: str) -> str:
    """Give a webhook a new secret, which is shown once; the one before signs beside it for a day.

    Raises WebhookNotFound.
    """
    row = owned(uow, client_id, code, lock=True)
    secret = new_secret()
    _change(uow, row, _renewed(uow, row, secret))
    told = {"client": row.client_id, "code": row.code}
    uow.record("webhook.rotated", row.id, told, after=told)
    return secret


def delete_webhook(uow: UnitOfWork, client_id: str | None, code: str) -> None:
    """Take a webhook away; what is recorded of its deliveries goes with time. Raises WebhookNotFound."""
    row = owned(uow, client_id, code, lock=True)
    table = uow.system_tables.webhook
    uow.connection.execute(sa.delete(table).where(table.c.id == row.id))
    told = {"client": row.client_id, "code": row.code}
    uow.record("webhook.deleted", row.id, told, before=told)


def resend(uow: UnitOfWork, client_id: str | None, code: str, event_id: UUID) -> None:
    """Have a change sent again, whatever became of it; later ones of its subject wait for it.

    Raises WebhookNotFound, DeliveryNotFound, and ChangeNotKept where the feed does not keep it any more.
    """
    row = owned(uow, client_id, code, lock=True)
    change, delivery = uow.system_tables.change.c, uow.system_tables.webhook_delivery
    mine = delivery.c.webhook_id == row.id
    seq = uow.connection.scalar(sa.select(change.seq).where(change.event_id == event_id))
    if seq is None:
        known = sa.select(delivery.c.seq).where(mine, delivery.c.event_id == event_id).limit(1)
        if uow.connection.scalar(known) is None:
            raise DeliveryNotFound(no_such_delivery(event_id))
        raise ChangeNotKept(says("webhook-change-not-kept"))
    again = sa.update(delivery).where(mine, delivery.c.seq == seq).values(**_AFRESH, changed_at=uow.now())
    if not uow.connection.execute(again).rowcount:
        raise DeliveryNotFound(no_such_delivery(event_id))
    _change(uow, row, {})
    told = {"client": row.client_id, "code": row.code, "change": str(event_id)}
    uow.record("webhook.resent", row.id, told, after=told)


_AFRESH: Final[dict[str, Any]] = {
    "status": DeliveryStatus.WAITING,
    "attempts": 0,
    "first_tried_at": None,
    "next_try_at": None,
}
"""A change that was never tried."""


def _add(uow: UnitOfWork, code: str, said: dict[str, Any], secret: str | None) -> str:
    table = uow.system_tables.webhook
    mine = table.c.client_id == uow.actor.id
    number = sa.select(sa.func.count(), sa.func.count().filter(mine)).select_from(table)
    in_all, of_client = uow.connection.execute(number).one()
    if in_all >= MOST_OF_A_HOUSE or of_client >= MOST_OF_A_CLIENT:
        raise TooManyWebhooks(says("too-many-webhooks", of_client=MOST_OF_A_CLIENT, of_house=MOST_OF_A_HOUSE))
    shown = secret or new_secret()
    row = {
        "id": new_id(),
        "client_id": uow.actor.id,
        "code": code,
        **said,
        "secret": shown,
        "former_secret": None,
        "version": 1,
        "passed": newest_change(uow),
        "failures": 0,
        "created_at": uow.now(),
        "set_up_at": uow.now(),
    }
    uow.connection.execute(sa.insert(table).values(sealed(uow).seal(uow, [row])[0]))
    uow.record("webhook.added", row["id"], _told(uow, code), after={**_told(uow, code), **_plain(said)})
    return shown


def _renewed(uow: UnitOfWork, row: Any, secret: str) -> dict[str, Any]:
    """The columns of a webhook that has another secret from now on."""
    before = sealed(uow).text(uow, "secret", row)
    if before == secret:
        return {}
    renewed = sealed(uow).seal(uow, [{"id": row.id, "secret": secret, "former_secret": before}])[0]
    until: dt.datetime = uow.now() + ROTATION
    return {"secret": renewed["secret"], "former_secret": renewed["former_secret"], "former_until": until}


def _begin_again(uow: UnitOfWork, webhook_id: UUID) -> None:
    """Have what is not delivered tried at once, with all its tries before it; also what was given up and is kept."""
    change, delivery = uow.system_tables.change.c, uow.system_tables.webhook_delivery
    exhausted = (delivery.c.status == DeliveryStatus.EXHAUSTED) & sa.exists().where(change.seq == delivery.c.seq)
    mine = delivery.c.webhook_id == webhook_id
    undelivered = sa.update(delivery).where(mine, is_unfinished(delivery) | exhausted)
    uow.connection.execute(undelivered.values(**_AFRESH, changed_at=uow.now()))


def _change(uow: UnitOfWork, row: Any, changes: dict[str, Any]) -> None:
    """Change a webhook; whoever sends begins anew with it."""
    table = uow.system_tables.webhook
    values = {**changes, "version": row.version + 1, "set_up_at": uow.now()}
    uow.connection.execute(sa.update(table).where(table.c.id == row.id).values(values))


def _lock(uow: UnitOfWork, code: str) -> Any:
    table = uow.system_tables.webhook
    mine = sa.select(table).where(table.c.client_id == uow.actor.id, table.c.code == code)
    return uow.connection.execute(mine.order_by(table.c.id).with_for_update()).one_or_none()


def _keep_out_others(uow: UnitOfWork) -> None:
    """Two that set up the same webhook at once, or the last one that there is room for, come one after the other."""
    if uow.connection.dialect.name == "postgresql":
        uow.connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")


def _told(uow: UnitOfWork, code: str) -> dict[str, Any]:
    return {"client": uow.actor.id, "code": code}


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "url": said["url"].partition("?")[0]}
