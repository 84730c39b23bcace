"""What became of a fact: the answer to whoever brought it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.monitoring.evidence.schemas import FactReference
from services.monitoring.evidence.store import payloads_of
from services.monitoring.evidence.table import EVIDENCE
from services.monitoring.facts.errors import FactNotFound
from services.monitoring.facts.rules import status_of
from services.monitoring.facts.schemas import FactOut, ReportedType
from services.monitoring.facts.sheets import FACT_LIST
from services.monitoring.facts.store import FACT_KIND
from services.monitoring.models.facts import Fact
from services.monitoring.models.households import Household
from services.monitoring.models.risks import Risk, RiskFact
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.http.fields import HouseholdCode, Reference, Source, UpdatedAfter
from shared.lists.order import newest_by
from shared.lists.page import Page
from shared.lists.portions import AsDocuments
from shared.lists.query import ListQuery
from shared.regions import RegionFilter
from shared.security.actor import PERSONAL
from shared.words.said import says

_FACTS, _HOUSEHOLDS, _RISKS, _LINKS = table_of(Fact), table_of(Household), table_of(Risk), table_of(RiskFact)
_LATER = _FACTS.alias("later")
_SELECT_FACTS = (
    sa.select(
        *(_FACTS.c[name] for name in ("source", "source_ref", "household_code", "member_no", "type", "observed_on")),
        *(_FACTS.c[name] for name in ("payload", "confirmed", "mode", "recorded_by", "recorded_at", "updated_at")),
        _FACTS.c.id.label("fact_id"),
        _FACTS.c.supersedes_id.label("supersedes"),
        _HOUSEHOLDS.c.region_code,
        _LATER.c.id.label("superseded_by"),
        _LATER.c.type.label("superseded_as"),
    )
    .join(_HOUSEHOLDS, _HOUSEHOLDS.c.code == _FACTS.c.household_code)
    .outerjoin(_LATER, _LATER.c.supersedes_id == _FACTS.c.id)
)


class FactList(ListQuery):
    """Which facts 上报信息 are asked for, the last changed first."""

    order = newest_by("updated_at", "fact_id")
    sheet = FACT_LIST
    source: Source | None = None
    source_ref: Reference | None = None
    household_code: HouseholdCode | None = None
    region_code: RegionFilter | None = None
    type: ReportedType | None = None
    updated_after: UpdatedAfter = None


def fact(reading: Reading, fact_id: UUID) -> FactOut:
    """A fact of a household in the caller's region, with what it led to."""
    rows = reading.connection.execute(_SELECT_FACTS.where(_FACTS.c.id == fact_id)).mappings().all()
    if not rows or not reading.actor.sees(rows[0]["region_code"]):
        raise FactNotFound(says("no-such-fact", fact=fact_id, region=reading.actor.place))
    [found] = _documents(reading, rows)
    return FactOut.model_validate(found)


def facts(reading: Reading, asked: FactList) -> Page[FactOut]:
    """Facts with what they led to."""
    rows = _SELECT_FACTS
    if asked.source is not None and asked.source_ref is not None:
        named = FactReference(source=asked.source, source_ref=asked.source_ref)
        rows = rows.where(_FACTS.c.id == FACT_KIND.id_of(named))
    shown = AsDocuments(FactOut, lambda found: _documents(reading, [row._asdict() for row in found]))
    return asked.page(reading, rows, shown)


def tells_of_health(shown: FactOut) -> bool:
    """Whether a fact shown in full tells who is ill, or of what."""
    return EVIDENCE[shown.type].tells_of_health(shown.payload)


def _documents(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """What the caller may see of facts, each with what it led to, and whether it counts."""
    risks = _risks_of(reading, [row["fact_id"] for row in rows])
    see = _in_full if reading.actor.may(PERSONAL) else _masked
    return [
        {**shown, "status": status_of(shown["superseded_as"]).value, "risks": risks.get(shown["fact_id"], [])}
        for shown in see(reading, rows)
    ]


def _in_full(reading: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[dict[Any, Any]]:
    payloads = payloads_of(reading, [(row["fact_id"], row["type"], row["payload"]) for row in rows])
    return [{**row, "payload": payload} for row, payload in zip(rows, payloads, strict=True)]


def _masked(_: Reading, rows: Sequence[Mapping[Any, Any]]) -> list[dict[Any, Any]]:
    return [_mask(row) for row in rows]


def _mask(row: Mapping[Any, Any]) -> dict[Any, Any]:
    """The fact without what tells who is ill of what, and without what somebody wrote by hand."""
    masked, payload = {**row, "confirmed": None}, row["payload"]
    evidence = EVIDENCE[row["type"]]
    if evidence.tells_of_health(payload):
        masked["member_no"] = None
        if evidence.shown_of_health is not None:
            masked["payload"] = {name: payload[name] for name in evidence.shown_of_health}
    return masked


def _risks_of(reading: Reading, fact_ids: Sequence[UUID]) -> Mapping[UUID, list[dict[str, Any]]]:
    asked = (
        sa.select(_LINKS.c.fact_id, *(_RISKS.c[name] for name in ("id", "kind", "episode", "status", "verdict")))
        .join(_RISKS, _RISKS.c.id == _LINKS.c.risk_id)
        .where(_LINKS.c.fact_id.in_(fact_ids))
        .order_by(_RISKS.c.opened_at, _RISKS.c.id)
    )
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for fact_id, risk_id, kind, episode, status, verdict in reading.connection.execute(asked):
        said = {"risk_id": risk_id, "kind": kind, "episode": episode, "status": status, "verdict": verdict}
        found[fact_id].append(said)
    return found
