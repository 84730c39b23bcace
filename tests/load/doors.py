"""The doors for developers: households by batch, facts by identity number, and the register as a list."""

import datetime as dt
import itertools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import sqlalchemy as sa
from stdnum.cn import ric

from services.monitoring.evidence.table import read_fact
from services.monitoring.facts.commands.items import FactToRecord
from services.monitoring.facts.commands.record import record_batch
from services.monitoring.households.commands.register import AT_ONCE, HouseholdToPut, put_household, put_households
from services.monitoring.households.queries import HouseholdList, households
from services.monitoring.households.schemas import HouseholdInBatch
from shared.codes.monitoring import FactMode
from shared.context import new_context
from shared.db.database import Database
from shared.db.engines import sqlite_writer
from shared.http.batches import MAX_ITEMS, chunks
from shared.lists.page import MAX_LIMIT
from shared.security.actor import EVERY, Actor
from shared.security.issuer import ALL_SCOPES
from shared.security.keyring import VaultKey
from shared.security.vault import Vault
from tests.load import aims
from tests.load.county import REGION, TODAY
from tests.load.cpu import of_this_process
from tests.load.figures import Figure, Rounds
from tests.load.replay import Recorded, replay

_CALLER: Final = Actor("province", frozenset(ALL_SCOPES), ("52",), sources=frozenset({EVERY}))
_BATCHES: Final = 2
"""Of a round: the two thousand households of a county's first day."""
_SINGLE: Final = 200
"""Households that are put one by one."""
_IN_TURN: Final = 40
"""Households that are put one by one, before those that it is compared with."""
_UNTOLD: Final = 100_000
"""From this number on nobody has told of a household."""
_FACTS: Final = 500
_PAGES: Final = 20
_MEMBERS: Final = 4
_BORN: Final = dt.date(1950, 1, 1)


class _County:
    """Households that nobody has told of yet, each with four members and their numbers."""

    def __init__(self, first: int = 0) -> None:
        self._numbers = itertools.count(first)

    def households(self, number: int) -> list[dict[str, Any]]:
        """The next ones, as they are sent."""
        return [self._household(place) for place in itertools.islice(self._numbers, number)]

    def _household(self, place: int) -> dict[str, Any]:
        members = [self._member(place, number) for number in range(1, _MEMBERS + 1)]
        return {
            "household_code": f"N-{place:07}",
            "region_code": REGION,
            "category": "ordinary",
            "registered_on": "2020-01-01",
            "members": members,
        }

    def _member(self, place: int, number: int) -> dict[str, Any]:
        born = _BORN + dt.timedelta(days=place % 20_000)
        return {
            "member_no": number,
            "name": f"成员{number}",
            "relation": "head" if number == 1 else "other",
            "sex": "M",
            "birth_date": born.isoformat(),
            "id_number": _number(born, (place // 20_000 * _MEMBERS + number) * 2 - 1),
            "labour": "ordinary",
            "health": "healthy",
        }


def _number(born: dt.date, sequence: int) -> str:
    number = f"522226{born:%Y%m%d}{sequence:03}"
    return number + ric.calc_check_digit(number + "0")


def _read(documents: Sequence[dict[str, Any]]) -> list[HouseholdToPut]:
    told = [HouseholdInBatch.model_validate(document) for document in documents]
    return [HouseholdToPut(one.household_code, one) for one in told]


async def registered(section: str, monitoring: Database, rounds: int, beside: Path | None) -> list[Figure]:
    """Households by batch beside single ones, and beside the same statements executed by nobody but sqlite3.

    ``beside`` is a copy of the same SQLite database, as it is before.
    """
    county, measured = _County(), Rounds()
    engine = None if beside is None else sqlite_writer(sa.make_url(f"sqlite:///{beside}"))
    bare = None if engine is None else engine.raw_connection()
    for place in range(rounds + 1):
        batches = [county.households(MAX_ITEMS) for _ in range(_BATCHES)]
        recorded = Recorded()
        with recorded.recording():
            began, spent = time.perf_counter(), of_this_process()
            for items in [part for documents in batches for part in chunks(_read(documents), AT_ONCE)]:
                await monitoring.write(put_households, items, actor=_CALLER)
            spent, took = of_this_process() - spent, time.perf_counter() - began
            alone = county.households(_SINGLE)
            began = time.perf_counter()
            for item in [_read([document])[0] for document in alone]:
                await monitoring.write(put_household, item.code, item.body, actor=_CALLER)
            alone_took = time.perf_counter() - began
        number, transactions = MAX_ITEMS * _BATCHES, MAX_ITEMS * _BATCHES // AT_ONCE
        found = {"batch": number / took, "single": _SINGLE / alone_took, "spent": number / spent}
        if bare is not None:
            replayed = replay(bare.cursor(), recorded.until_commits(transactions))
            replay(bare.cursor(), recorded.since_commits(transactions))
            found["bare"] = number / replayed
        measured.add_round(place, found)
    if bare is not None and engine is not None:
        bare.close()
        engine.dispose()
    path = f"households of {_MEMBERS} in batches of {MAX_ITEMS:,}, by command"
    figures = [
        Figure(section, path, "/s", measured["batch"], measured["single"], "one PUT each", aims.HOUSEHOLDS_BY_BATCH)
    ]
    if bare is not None:
        limit = "the same statements replayed by sqlite3"
        figures.append(
            Figure(
                section,
                f"{path}, a second of processor time",
                "/s",
                measured["spent"],
                measured["bare"],
                limit,
                aims.HOUSEHOLDS_BARE,
            )
        )
    return figures


async def matched(section: str, monitoring: Database, rounds: int) -> list[Figure]:
    """Facts that name a person beside the same facts that name the household, by processor time of this process."""
    told, measured, references = _County().households(MAX_ITEMS), Rounds(), itertools.count()
    await monitoring.write(put_households, _read(told), actor=_CALLER)
    for place in range(rounds + 1):
        spent = {"number": 0.0, "code": 0.0}
        for _ in range(_PAGES):
            for name in spent:
                facts = _facts(told, references, by_number=name == "number")
                began = of_this_process()
                outcomes = await monitoring.write(record_batch, facts, False)
                spent[name] += of_this_process() - began
                assert {outcome.result for outcome in outcomes} == {"stored"}
        measured.add_round(place, {name: _FACTS * _PAGES / seconds for name, seconds in spent.items()})
    path = f"facts in batches of {_FACTS} by identity number, a second of processor time"
    return [
        Figure(section, path, "/s", measured["number"], measured["code"], "by household code", aims.FACTS_BY_NUMBER)
    ]


def _facts(told: Sequence[dict[str, Any]], references: Iterator[int], *, by_number: bool) -> list[FactToRecord]:
    context, facts = new_context(), []
    for one in itertools.islice(itertools.cycle(told), _FACTS):
        named = (
            {"id_number": one["members"][0]["id_number"]}
            if by_number
            else {"household_code": one["household_code"], "member_no": 1}
        )
        document = {
            "source": "tax-office",
            "source_ref": f"r-{next(references):08}",
            "observed_on": TODAY.isoformat(),
            "type": "income",
            "payload": {"branch": "wage", "month": "2026-10", "amount": "100.00"},
            **named,
        }
        facts.append(FactToRecord(read_fact(document), FactMode.LIVE, _CALLER, context))
    return facts


async def listed(section: str, monitoring: Database, rounds: int) -> list[Figure]:
    """A page of the register, beside the same page as if its names and numbers stood in the clear."""
    measured, asked = Rounds(), HouseholdList(limit=MAX_LIMIT).at("/households")
    for place in range(rounds + 1):
        spent = {"sealed": 0.0, "clear": 0.0}
        for _ in range(_PAGES):
            spent["sealed"] += await _page(monitoring, asked)
            with patch.object(Vault, "open", _as_it_stands):
                spent["clear"] += await _page(monitoring, asked)
        measured.add_round(place, {name: seconds / _PAGES * 1000 for name, seconds in spent.items()})
    path = f"a page of {MAX_LIMIT} households of {_MEMBERS}, processor time"
    return [Figure(section, path, "ms", measured["sealed"], measured["clear"], "in the clear", aims.HOUSEHOLD_LIST)]


async def put_one_by_one(section: str, monitoring: Database, rounds: int) -> list[Figure]:
    """Households put one by one, beside the same as if their names and numbers were stored in the clear."""
    county, measured = _County(_UNTOLD), Rounds()
    for place in range(rounds + 1):
        spent = {"sealed": 0.0, "clear": 0.0}
        for _ in range(_PAGES):
            spent["sealed"] += await _put(monitoring, county)
            with (
                patch.object(VaultKey, "seal", _in_the_clear),
                patch.object(VaultKey, "index_of", _in_the_clear),
                patch.object(Vault, "open", _as_it_stands),
            ):
                spent["clear"] += await _put(monitoring, county)
        measured.add_round(place, {name: milliseconds / _PAGES for name, milliseconds in spent.items()})
    path = f"a household of {_MEMBERS} put, by command, processor time"
    return [Figure(section, path, "ms", measured["sealed"], measured["clear"], "in the clear", aims.HOUSEHOLD_PUT)]


async def _put(monitoring: Database, county: _County) -> float:
    """Milliseconds of processor time a household."""
    told = _read(county.households(_IN_TURN))
    began = of_this_process()
    for item in told:
        await monitoring.write(put_household, item.code, item.body, actor=_CALLER)
    return (of_this_process() - began) / _IN_TURN * 1000


def _in_the_clear(_: VaultKey, text: str, __: object) -> str:
    return text


async def _page(monitoring: Database, asked: HouseholdList) -> float:
    began = of_this_process()
    page = await monitoring.read(households, asked, actor=_CALLER)
    page.model_dump_json()
    assert len(page.items) == MAX_LIMIT
    return of_this_process() - began


def _as_it_stands(_: Vault, sealed: str, __: bytes) -> str:
    return sealed
