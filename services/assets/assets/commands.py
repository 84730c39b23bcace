"""Entering assets 资产登记 and keeping the rights in them true."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from services.assets.assets.errors import AssetInvalid, AssetNotFound
from services.assets.assets.rules import Grant, Span, change_rights, rights_findings
from services.assets.assets.schemas import AssetIn, AssetOut
from services.assets.assets.store import load_rights, with_rights
from services.assets.models import Asset, Right
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.unit_of_work import UnitOfWork
from shared.findings import Finding
from shared.money import format_yuan
from shared.regions import regions
from shared.registers.commands import Parts, Put, Register, put
from shared.registers.entries import owned_by_region
from shared.shares import format_share
from shared.versions import ExpectedVersion
from shared.words.said import says

_RIGHTS = table_of(Right)


def put_asset(uow: UnitOfWork, code: str, body: AssetIn, expected: ExpectedVersion | None = None) -> Put[AssetOut]:
    """Enter an asset, or make it what ``body`` says. The same again changes nothing.

    Whoever is responsible where it lies, or in a region around that, changes it.

    Rights that change end yesterday and begin today; what was changed before on the same day leaves no trace.
    """
    return put(uow, _REGISTER, code, body, expected)


def _check(uow: UnitOfWork, body: AssetIn) -> None:
    """Refuse what cannot be true, every pointer at once."""
    uow.actor.demand_region(body.region_code)
    findings = rights_findings(_grants(body))
    if body.acquired_on > uow.today():
        findings.append(Finding("/acquired_on", says("in-the-future")))
    if regions().nearest_local(body.region_code) is None:
        findings.append(Finding("/region_code", says("no-such-division")))
    if findings:
        raise AssetInvalid.of(findings)


def _grants(body: AssetIn) -> list[Grant]:
    return [Grant(right.right, right.holder, right.share) for right in body.rights]


def _fields(_uow: UnitOfWork, body: AssetIn, _asset: Asset | None) -> dict[str, Any]:
    return body.model_dump(exclude={"rights"})


def _said_rights(uow: UnitOfWork, body: AssetIn, before: list[Span]) -> list[Span]:
    return change_rights(before, _grants(body), uow.today())


def _write_rights(uow: UnitOfWork, code: str, before: Sequence[Span], after: Sequence[Span]) -> None:
    gone = [(span.grant.right, span.grant.holder, span.valid_from) for span in before if span not in after]
    key = sa.tuple_(_RIGHTS.c.right, _RIGHTS.c.holder, _RIGHTS.c.valid_from)
    uow.connection.execute(sa.delete(_RIGHTS).where(_RIGHTS.c.asset_code == code, key.in_(gone)))
    new = [_row(code, span) for span in after if span not in before]
    insert_rows(uow.connection, _RIGHTS, new)


def _row(code: str, span: Span) -> dict[str, Any]:
    dates = {"valid_from": span.valid_from, "valid_to": span.valid_to}
    return {"asset_code": code, **span.grant._asdict(), **dates}


def _audit_view(asset: Asset, history: Sequence[Span]) -> dict[str, Any]:
    """What the audit keeps of an asset: neither its name nor who holds its rights, which may name people."""
    shares: defaultdict[str, list[str]] = defaultdict(list)
    for span in history:
        if span.valid_to is None:
            shares[str(span.grant.right)].append(format_share(span.grant.share))
    return {
        "class": str(asset.asset_class),
        "region_code": asset.region_code,
        "original_value": format_yuan(asset.original_value),
        "acquired_on": asset.acquired_on.isoformat(),
        "shares": dict(shares),
        "version": asset.version,
    }


def _log_fields(asset: Asset, _history: Sequence[Span]) -> dict[str, Any]:
    return {"asset": asset.code, "asset_version": asset.version}


def _shown(uow: UnitOfWork, asset: Asset, history: Sequence[Span]) -> AssetOut:
    return AssetOut.of(with_rights(asset.model_dump(), history, uow.today()))


_REGISTER: Final = Register(
    model=Asset,
    guard=owned_by_region("asset", AssetNotFound),
    fields=_fields,
    audit_view=_audit_view,
    log_fields=_log_fields,
    shown=_shown,
    entered="asset.entered",
    changed="asset.changed",
    check=_check,
    parts=Parts(load_rights, _said_rights, _write_rights),
)
