"""Entering assets 资产登记 and keeping the rights in them true."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.assets.assets.errors import AssetInvalid, AssetNotFound
from services.assets.assets.rules import Grant, Span, change_rights, rights_findings
from services.assets.assets.schemas import AssetIn, AssetOut
from services.assets.assets.store import load_rights, with_rights
from services.assets.models import Asset, Right
from shared.db.base import table_of
from shared.db.rows import insert_rows
from shared.db.spelling import refuse_other_spelling
from shared.db.unit_of_work import UnitOfWork
from shared.money import format_yuan
from shared.regions import regions
from shared.shares import format_share
from shared.versions import ExpectedVersion, demand_version

_ASSETS, _RIGHTS = table_of(Asset), table_of(Right)
_FIELDS = ("name", "asset_class", "region_code", "original_value", "acquired_on")


@dataclass(frozen=True, slots=True)
class PutAsset:
    """An asset after it was put, and whether it is new."""

    asset: AssetOut
    created: bool


def put_asset(uow: UnitOfWork, code: str, body: AssetIn, expected: ExpectedVersion | None = None) -> PutAsset:
    """Enter an asset, or make it what ``body`` says. The same again changes nothing.

    Whoever is responsible where it lies, or in a region around that, changes it.

    Rights that change end yesterday and begin today; what was changed before on the same day leaves no trace.
    """
    uow.actor.demand_region(body.region_code)
    wanted = [Grant(right.right, right.holder, right.share) for right in body.rights]
    _check(body, wanted, uow.today())
    refuse_other_spelling(uow, _ASSETS.c.code, code)
    asset = uow.session.get(Asset, code, with_for_update=True)
    if asset is not None and not uow.actor.sees(asset.region_code):
        raise AssetNotFound(f"no asset {code} in region {uow.actor.place}")
    demand_version(expected, None if asset is None else asset.version)
    before = [] if asset is None else load_rights(uow, code)
    after = change_rights(before, wanted, uow.today())
    created = asset is None
    if asset is None:
        asset = Asset(code=code, version=1, created_at=uow.now(), updated_at=uow.stamp(), **_fields_of(body))
        uow.session.add(asset)
        _write(uow, asset, before, after, None)
    elif before != after or _fields_of(asset) != _fields_of(body):
        viewed = _audit_view(asset, before)
        asset.sqlmodel_update(_fields_of(body) | {"version": asset.version + 1, "updated_at": uow.stamp()})
        _write(uow, asset, before, after, viewed)
    return PutAsset(AssetOut.of(with_rights(asset.model_dump(), after, uow.today())), created)


def _check(body: AssetIn, wanted: list[Grant], today: dt.date) -> None:
    """Refuse what cannot be true, every pointer at once."""
    errors = [finding._asdict() for finding in rights_findings(wanted)]
    if body.acquired_on > today:
        errors.append({"pointer": "/acquired_on", "detail": "lies in the future"})
    if regions().nearest_local(body.region_code) is None:
        errors.append({"pointer": "/region_code", "detail": "no county, township or village has this code"})
    if errors:
        raise AssetInvalid.of(errors)


def _fields_of(asset: Asset | AssetIn) -> dict[str, Any]:
    return {name: getattr(asset, name) for name in _FIELDS}


def _write(uow: UnitOfWork, asset: Asset, before: list[Span], after: list[Span], viewed: dict[str, Any] | None) -> None:
    uow.session.flush()  # flush: rights refer to the asset
    gone = [(span.grant.right, span.grant.holder, span.valid_from) for span in before if span not in after]
    key = sa.tuple_(_RIGHTS.c.right, _RIGHTS.c.holder, _RIGHTS.c.valid_from)
    uow.connection.execute(sa.delete(_RIGHTS).where(_RIGHTS.c.asset_code == asset.code, key.in_(gone)))
    new = [_row(asset.code, span) for span in after if span not in before]
    insert_rows(uow.connection, _RIGHTS, new)
    action = "asset.entered" if viewed is None else "asset.changed"
    uow.audit(action, asset.code, before=viewed, after=_audit_view(asset, after))
    uow.note(action, asset=asset.code, asset_version=asset.version)


def _row(code: str, span: Span) -> dict[str, Any]:
    dates = {"valid_from": span.valid_from, "valid_to": span.valid_to}
    return {"asset_code": code, **span.grant._asdict(), **dates}


def _audit_view(asset: Asset, history: list[Span]) -> dict[str, Any]:
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
