"""Where the chain ended on a day, signed: whoever forges the chain later would need the key too."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

import jwt
import sqlalchemy as sa
from jwt import PyJWK

from shared.audit.sealing import head_of, name_of
from shared.db.unit_of_work import Reading, UnitOfWork
from shared.security.signing import SigningKey

_ALGORITHM = "EdDSA"
_TYPE = "audit-head+jwt"


class SignedHead(NamedTuple):
    """A signature that was kept, and the hash it holds for; None where the signature does not hold."""

    place: int
    hash: str | None


def is_signed(reading: Reading, day: dt.date) -> bool:
    """Whether the head of a day is signed."""
    table = reading.system_tables.audit_signed_head
    return reading.connection.scalar(sa.select(table.c.place).where(table.c.signed_on == day)) is not None


def sign_head(uow: UnitOfWork, house: str, key: SigningKey) -> str:
    """Sign where the chain ends, keep it under this day, and tell it in the log; returns the signature (a JWS)."""
    head = head_of(uow)
    claims = {"house": house, "place": head.place, "hash": head.hash, "signed_on": uow.today().isoformat()}
    token = jwt.encode(claims, key.private, _ALGORITHM, {"kid": key.kid, "typ": _TYPE})
    row = {"signed_on": uow.today(), "place": head.place, "token": token}
    uow.connection.execute(sa.insert(uow.system_tables.audit_signed_head).values(row))
    uow.log_after_commit("audit.head_signed", house=house, head=str(name_of(uow, head)), token=token)
    return token


def signed_heads(reading: Reading, house: str, keys: Mapping[str, PyJWK]) -> list[SignedHead]:
    """Every head that was signed, the oldest first."""
    table = reading.system_tables.audit_signed_head
    rows = reading.connection.execute(sa.select(table).order_by(table.c.signed_on))
    return [SignedHead(row.place, _hash_in(row, house, keys)) for row in rows]


def _hash_in(row: sa.Row[Any], house: str, keys: Mapping[str, PyJWK]) -> str | None:
    """The hash that the signature holds for this house, day and place."""
    try:
        key = keys[jwt.get_unverified_header(row.token)["kid"]]
        claims = jwt.decode(row.token, key, [_ALGORITHM])
    except (KeyError, jwt.InvalidTokenError):
        return None
    said = (claims.get("house"), claims.get("place"), claims.get("signed_on"))
    return claims.get("hash") if said == (house, row.place, row.signed_on.isoformat()) else None
