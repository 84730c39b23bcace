"""`Idempotency-Key`: the same key with the same request gets the first answer again; with another request, 409."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from starlette.responses import Response

from shared.db.rows import insert_into
from shared.db.sealed import sealed_table
from shared.db.sealing_keys import key_to_seal_with, vault_of
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.security.actor import Actor
from shared.words.said import says

_REQUEST: Final = "request"


class IdempotencyKeyReused(Conflict):
    """The key was used before for a different request."""

    code = "idempotency-key-reused"


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: status and JSON text."""

    status: int
    body: str

    def response(self) -> Response:
        """The answer on the wire."""
        return Response(self.body, self.status, media_type="application/json")


def request_hash(method: str, target: str, body: bytes, actor: Actor) -> str:
    """What makes two requests the same: target and bytes, and the rights they were sent with.

    A client whose region, scopes, sources or buyers have changed is not shown what was answered to it before.
    """
    rights = (sorted(actor.regions), sorted(actor.scopes), _listed(actor.sources), _listed(actor.buyers))
    return hashlib.sha256(b"\n".join((method.encode(), target.encode(), repr(rights).encode(), body))).hexdigest()


def _listed(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def answer_once(uow: UnitOfWork, key: str, fingerprint: str, run: Callable[[UnitOfWork], Answer]) -> Answer:
    """Run at most once per client and key. A second request with the key waits for the first one's transaction.

    The answer is kept sealed: it may name people. So may the request, so that its hash is kept keyed, or an identity
    number in it could be guessed; those of an earlier release are plain.
    """
    table, told = uow.system_tables.idempotency, key_to_seal_with(uow).index_of(fingerprint, _REQUEST)
    sealed = sealed_table(table)
    mine = (table.c.client_id == uow.actor.id) & (table.c.key == key)
    claimed = uow.connection.execute(
        insert_into(table, uow.connection.dialect.name)
        .values(client_id=uow.actor.id, key=key, request_hash=told, created_at=uow.now())
        .on_conflict_do_nothing()
    )
    if claimed.rowcount == 0:
        kept = uow.connection.execute(sa.select(table).where(mine)).mappings().one()
        if kept["request_hash"] not in {fingerprint, *vault_of(uow).indexes_of(fingerprint, _REQUEST)}:
            raise IdempotencyKeyReused(says("idempotency-key-used"))
        return Answer(kept["status"], sealed.open(uow, kept)["answer"])
    answer = run(uow)
    [row] = sealed.seal(uow, [{"client_id": uow.actor.id, "key": key, "answer": answer.body}])
    uow.connection.execute(sa.update(table).where(mine).values(status=answer.status, answer=row["answer"]))
    return answer
