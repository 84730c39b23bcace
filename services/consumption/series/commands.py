"""Recording reports of series, many at once: the same again changes nothing, a correction replaces another."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import sqlalchemy as sa

from services.consumption.commodities.errors import CommodityNotFound
from services.consumption.series.errors import (
    ReportAlreadySuperseded,
    ReportContradicts,
    ReportInvalid,
    ReportNotFound,
    ReportWithdrawnBefore,
    SupersededReportNotFound,
)
from services.consumption.series.schemas import ReportIn
from services.consumption.series.store import SeriesKey, enter_series, lock_series, shelf_lives
from services.consumption.withdrawals.commands import withdraw
from services.consumption.withdrawals.schemas import WithdrawalIn, WithdrawalOut
from shared.clock import BUSINESS_ZONE
from shared.codes.records import RecordStatus
from shared.codes.slow_sales import ReportMode
from shared.db.rows import execute_rows, insert_rows
from shared.db.sets import is_one_of
from shared.db.unit_of_work import UnitOfWork
from shared.errors import DomainError
from shared.imports.kinds import ImportKind
from shared.imports.rows import read_record, record_taken
from shared.records.kinds import RecordKind
from shared.records.outcomes import Outcome, take_each
from shared.regions import regions
from shared.security.sources import demand_sources
from shared.sheets.columns import Sheet
from shared.words.said import says

_WRITE = "consumption:write"


def _update(table: sa.Table, *names: str) -> sa.Update:
    values: dict[str, Any] = {name: sa.bindparam(f"now_{name}") for name in names}
    return sa.update(table).where(table.c.id == sa.bindparam("report_id")).values(values)


@dataclass(frozen=True, slots=True)
class ReportKind:
    """One kind of report: its table, what it says beside what all say, and how it is told apart."""

    table: sa.Table
    says: tuple[str, ...]
    """The columns of the table that are fields of the body."""
    record: RecordKind
    select_known: sa.Select[Any]
    update_replaced: sa.Update
    update_withdrawn: sa.Update

    @classmethod
    def of(cls, thing: str, table: sa.Table, *said: str) -> "ReportKind":
        """The kind of the reports that stand in a table and say this."""
        record = RecordKind(
            thing=thing,
            home="series",
            home_key="series_id",
            content=("commodity_code", "region_code", "day", *said, "supersedes_id"),
            instead=says("report-anew"),
            contradicts=ReportContradicts,
            superseded_not_found=SupersededReportNotFound,
            already_superseded=ReportAlreadySuperseded,
            already_withdrawn=ReportWithdrawnBefore,
        )
        known = sa.select(table).where(is_one_of(table.c.id, "ids"))
        replaced = _update(table, "status", "replaced_on", "updated_at")
        withdrawn = _update(table, "status", "known_on", "replaced_on", "updated_at")
        return cls(table, said, record, known, replaced, withdrawn)


class Reports(NamedTuple):
    """Reports of one kind and mode."""

    kind: ReportKind
    mode: ReportMode
    items: Sequence[ReportIn]


class Follow(Protocol):
    """What follows for series of which something is known anew."""

    def __call__(self, uow: UnitOfWork, *, series: Mapping[UUID, dt.date | None]) -> None:
        """Do it; with the series the latest day of which a report was corrected or withdrawn."""


def record_reports(uow: UnitOfWork, reports: Reports, follow: Follow) -> list[Outcome[UUID]]:
    """Store reports in the order given, and do what follows for the series of which something new is known.

    A backfill is followed by nothing.
    """
    batch = _Batch(uow, reports)
    outcomes = take_each(batch.take, reports.items)
    batch.write()
    if reports.mode is ReportMode.LIVE and batch.changed:
        follow(uow, series=batch.changed)
    return outcomes


def withdraw_report(
    uow: UnitOfWork, kind: ReportKind, report_id: UUID, body: WithdrawalIn, follow: Follow
) -> Outcome[WithdrawalOut]:
    """Withdraw a report 撤回. Its series is judged at once where it came in live; history shouts no more than it did.

    What it said was known from the day it was recorded until today: so much of it a look into the past still sees.

    Raises:
        SourceNotYours: the client may not speak for the source of the withdrawal, or of the report.
        ReportNotFound: the report is unknown or outside the caller's region.
        WithdrawalContradicts: it was withdrawn otherwise, or the reference belongs to another withdrawal.
        ReportAlreadySuperseded: a correction took its place.
    """
    demand_sources(uow.actor, ReportInvalid, {"/source": body.source})
    report = _locked(uow, kind, report_id)

    def take_back() -> None:
        uow.connection.execute(kind.update_withdrawn, {"report_id": report_id, **_withdrawn(uow, report)})
        told = {"commodity": report["commodity_code"], "day": report["day"].isoformat()}
        uow.record(f"{kind.record.thing}.withdrawn", report_id, told, before=told, reason=body.reason)
        if report["mode"] is ReportMode.LIVE:
            follow(uow, series={report["series_id"]: report["day"]})

    return withdraw(uow, kind.record, report, body, take_back)


def _locked(uow: UnitOfWork, kind: ReportKind, report_id: UUID) -> Mapping[Any, Any]:
    """A report of the caller's regions, whose series is locked. Raises ReportNotFound."""
    asked = {"ids": [report_id]}
    report = uow.connection.execute(kind.select_known, asked).mappings().one_or_none()
    if report is None or not uow.actor.sees(report["region_code"]):
        raise ReportNotFound(says("no-such-report", report=report_id, region=uow.actor.place))
    lock_series(uow, [report["series_id"]])
    return uow.connection.execute(kind.select_known, asked).mappings().one()


def _withdrawn(uow: UnitOfWork, report: Mapping[Any, Any]) -> dict[str, Any]:
    """What becomes of a report: history that was entered was known only from its entry on."""
    entered = report["recorded_at"].astimezone(BUSINESS_ZONE).date()
    known_on = report["known_on"] if report["mode"] is ReportMode.LIVE else min(entered, uow.today())
    return {
        "now_status": RecordStatus.WITHDRAWN,
        "now_known_on": known_on,
        "now_replaced_on": max(known_on, uow.today()),
        "now_updated_at": uow.stamp(),
    }


class _Batch:
    """Takes the reports of one command in order and gathers what has to be written."""

    def __init__(self, uow: UnitOfWork, reports: Reports) -> None:
        self._uow, self._kind, self._mode = uow, reports.kind, reports.mode
        items = reports.items
        self._commodities = shelf_lives(uow, {item.commodity_code for item in items})
        keys = {_key(item) for item in items if self._refusal(item) is None}
        enter_series(uow, keys)
        lock_series(uow, [key.id for key in keys])
        ids = {reports.kind.record.id_of(item) for item in items}
        ids |= {reports.kind.record.id_of(item.supersedes) for item in items if item.supersedes}
        found = uow.connection.execute(reports.kind.select_known, {"ids": list(ids)}).mappings()
        self._known: dict[UUID, Mapping[Any, Any]] = {row["id"]: row for row in found}
        self._rows: dict[UUID, dict[str, Any]] = {}
        self._replaced: dict[UUID, dict[str, Any]] = {}
        self.changed: dict[UUID, dt.date | None] = {}
        """The series of which something is known anew, with the latest day of which a report was corrected."""

    def write(self) -> None:
        """Write the new reports, and that the corrected ones count no longer."""
        insert_rows(self._uow.connection, self._kind.table, list(self._rows.values()))
        replaced = [{"report_id": report_id, **changes} for report_id, changes in self._replaced.items()]
        execute_rows(self._uow.connection, self._kind.update_replaced, replaced)

    def take(self, report: ReportIn) -> Outcome[UUID]:
        """Decide about one report. Raises what it is refused for."""
        if (refusal := self._refusal(report)) is not None:
            raise refusal
        record, report_id = self._kind.record, self._kind.record.id_of(report)
        said = self._content(report)
        known = self._known.get(report_id)
        if known is not None:
            record.demand_same(report, said, known)
            if known["status"] is RecordStatus.WITHDRAWN:
                record.demand_standing(report, known["status"])
            return Outcome("duplicate", report_id)
        if report.supersedes is not None:
            old = record.demand_known(report.supersedes, said["series_id"], self._superseded(report))
            record.demand_standing(report.supersedes, old["status"])
            self._replace(old)
        row = self._row(report, report_id, said)
        self._known[report_id] = self._rows[report_id] = row
        self.changed.setdefault(row["series_id"], None)
        told = {"commodity": report.commodity_code, "day": report.on.isoformat()}
        self._uow.record(
            f"{record.thing}.recorded", report_id, told, after={"series_id": str(row["series_id"]), **told}
        )
        return Outcome("stored", report_id)

    def _refusal(self, report: ReportIn) -> DomainError | None:
        """What keeps a report from being recorded, whatever else is known."""
        actor = self._uow.actor
        try:
            self._kind.record.demand_sources(actor, ReportInvalid, report)
            actor.demand_region(report.region_code)
        except DomainError as error:
            return error
        if regions().nearest_local(report.region_code) is None:
            return ReportInvalid.at("/region_code", says("no-such-division"))
        if report.on > self._uow.today():
            return ReportInvalid.at("/on", says("in-the-future"))
        if report.commodity_code not in self._commodities:
            return CommodityNotFound(says("no-such-commodity", commodity=report.commodity_code))
        return None

    def _content(self, report: ReportIn) -> dict[str, Any]:
        return {
            "series_id": _key(report).id,
            "commodity_code": report.commodity_code,
            "region_code": report.region_code,
            "day": report.on,
            **{name: getattr(report, name) for name in self._kind.says},
            "supersedes_id": self._kind.record.superseded_id(report),
        }

    def _superseded(self, report: ReportIn) -> Mapping[Any, Any] | None:
        report_id = self._kind.record.superseded_id(report)
        return None if report_id is None else self._known.get(report_id)

    def _replace(self, old: Mapping[Any, Any]) -> None:
        changes = {
            "status": RecordStatus.SUPERSEDED,
            "replaced_on": max(old["known_on"], self._uow.today())
            if self._mode is ReportMode.LIVE
            else old["known_on"],
            "updated_at": self._uow.stamp(),
        }
        self._known[old["id"]] = {**old, **changes}
        before = self.changed.get(old["series_id"])
        self.changed[old["series_id"]] = old["day"] if before is None else max(before, old["day"])
        if old["id"] in self._rows:
            self._rows[old["id"]].update(changes)
        else:
            self._replaced[old["id"]] = {f"now_{name}": value for name, value in changes.items()}

    def _row(self, report: ReportIn, report_id: UUID, said: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": report_id,
            "source": report.source,
            "source_ref": report.source_ref,
            **said,
            "mode": self._mode,
            "known_on": self._uow.today() if self._mode is ReportMode.LIVE else report.on,
            "replaced_on": None,
            "status": RecordStatus.STANDS,
            "recorded_at": self._uow.now(),
            "recorded_by": self._uow.actor.id,
            "updated_at": self._uow.stamp(),
        }


def _key(report: ReportIn) -> SeriesKey:
    return SeriesKey.of(report.commodity_code, report.region_code)


def report_import(
    sheet: Sheet, kind: ReportKind, model: type[ReportIn], record: Callable[[UnitOfWork, Reports], list[Outcome[Any]]]
) -> ImportKind:
    """The kind of file of one kind of report: a row a report. History of it is a backfill, which raises nothing."""
    return ImportKind(
        sheet,
        (_WRITE,),
        read=lambda sender, document: read_record(model, sender, document),
        take=lambda uow, sender, items: [
            record_taken(outcome) for outcome in record(uow, Reports(kind, ReportMode(sender.facts.value), items))
        ],
        backfill=_WRITE,
    )
