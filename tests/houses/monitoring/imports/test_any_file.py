"""Any file: it says the same as a batch, and what nobody can read is one problem document and nothing more."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.monitoring.imports import IMPORTS
from services.monitoring.models import METADATA
from services.monitoring.models.facts import Fact
from services.monitoring.models.ledger import HouseholdWindow, LedgerMonth
from services.monitoring.models.risks import Risk
from shared.codes.monitoring import IncomeBranch
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.jobs.running import run_next_part
from shared.sheets.columns import Sheet
from tests.conftest import ClientFor, OpenHouse
from tests.databases import Databases
from tests.houses.monitoring.builders import Monitoring, open_monitoring
from tests.problems import problem_document
from tests.sheets import counts, csv_file, imported, rows_of, send, xlsx_file

_SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture
async def monitoring(open_house: OpenHouse, client_for: ClientFor) -> Monitoring:
    return await open_monitoring(open_house, client_for)


# The same as a batch


@dataclass(frozen=True)
class Line:
    """A row of income: of which of the households, and what it says."""

    household: int
    branch: str
    month: str
    amount: str
    cost: str
    day: str
    member: str
    confirmed: str
    corrects: int | None
    reference: int | None

    def cells(self, codes: Sequence[str], references: str) -> list[str]:
        corrected = "" if self.corrects is None else f"{references}-{self.corrects}"
        said = [self.branch, self.month, self.amount, self.cost, self.day, self.member, self.confirmed, corrected]
        return [codes[self.household], *said]

    def fact(self, codes: Sequence[str], references: str, reference: str) -> dict[str, Any]:
        branches: Mapping[str, str] = {branch.label_zh: branch.value for branch in IncomeBranch}
        said = {"branch": branches.get(self.branch, self.branch), "month": self.month, "amount": self.amount}
        return {
            "source": "office",
            "source_ref": reference,
            "household_code": codes[self.household],
            "type": "income",
            "observed_on": self.day,
            "payload": said | ({"operating_cost": self.cost} if self.cost else {}),
            "member_no": int(self.member) if self.member else None,
            "confirmed": self.confirmed or None,
            "supersedes": None
            if self.corrects is None
            else {"source": "office", "source_ref": f"{references}-{self.corrects}"},
        }


_LINES = st.lists(
    st.builds(
        Line,
        st.integers(0, 3),
        st.sampled_from(["wage", "工资性收入", "operating", "转移性收入"]),
        st.sampled_from(["2026-09", "2026-10", "2025-10", "2026-12", "1999-01"]),
        st.sampled_from(["0", "100", "3200.5", "3200.50", "90000000.00", "-3", "1.234"]),
        st.sampled_from(["", "", "10", "-1"]),
        st.sampled_from(["2026-11-03", "2026-10-01", "2027-01-01", "2026-02-30"]),
        st.sampled_from(["", "", "1", "9"]),
        st.sampled_from(["", "", "", "年终奖"]),
        st.one_of(st.none(), st.none(), st.integers(0, 3)),
        st.one_of(st.none(), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=12,
)
_numbers = itertools.count()
_HEADINGS = (
    "户编号",
    "收入类型",
    "月份",
    "金额（元）",
    "生产经营性支出（元）",
    "发现日期",
    "成员序号",
    "核实说明",
    "更正的来源编号",
)


async def _is_the_same(monitoring: Monitoring, lines: list[Line], *, live: bool, referenced: bool) -> None:
    """The same lines by a file about some households, and by a batch about others that are like them."""
    number = next(_numbers)
    by_file, by_batch = ([f"{door}{number:05d}-{place}" for place in range(4)] for door in ("F", "B"))
    for code in (*by_file[:3], *by_batch[:3]):
        await monitoring.put(code=code)
    mode = "live" if live else "backfill"
    job = await _send(monitoring, lines, by_file, mode, f"f{number}", referenced=referenced)
    answer = await _post(monitoring, lines, by_batch, mode, f"b{number}", referenced=referenced)
    refused = {row["row"] - 2: [why["code"] for why in row["reasons"]] for row in await rows_of(monitoring.client, job)}
    assert refused == {
        item["index"]: _codes_of(item["problem"]) for item in answer["items"] if item["problem"] is not None
    }
    counted = {"accepted": answer["accepted"], "duplicate": answer["duplicate"], "rejected": answer["rejected"]}
    assert counts(job) == {"rows": len(lines), **counted, "ambiguous": 0, "stored": answer["accepted"]}
    assert await monitoring.house.database.read(_left, by_file) == await monitoring.house.database.read(_left, by_batch)


async def _send(
    monitoring: Monitoring, lines: list[Line], codes: Sequence[str], mode: str, references: str, *, referenced: bool
) -> dict[str, Any]:
    headings, rows = list(_HEADINGS), [line.cells(codes, references) for line in lines]
    if referenced:
        headings.append("来源编号")
        rows = [
            [*row, f"{references}-{_reference(line, place)}"]
            for place, (line, row) in enumerate(zip(lines, rows, strict=True))
        ]
    return await imported(
        monitoring.house, monitoring.client, csv_file(headings, *rows), "income", source="office", facts=mode
    )


def _reference(line: Line, place: int) -> str:
    return f"own-{place}" if line.reference is None else f"{line.reference}"


async def _post(
    monitoring: Monitoring, lines: list[Line], codes: Sequence[str], mode: str, references: str, *, referenced: bool
) -> dict[str, Any]:
    """Without references of their own, lines that say the same have the same one."""
    known: dict[str, str] = {}
    facts = []
    for place, line in enumerate(lines):
        if referenced:
            reference = f"{references}-{_reference(line, place)}"
        else:
            said = repr(line.fact(codes, references, "") | {"payload": _as_meant(line)})
            reference = known.setdefault(said, f"content-{references}-{place}")
        facts.append(line.fact(codes, references, reference))
    answer: dict[str, Any] = (await monitoring.post({"mode": mode, "facts": facts})).json()
    return answer


def _as_meant(line: Line) -> tuple[str, ...]:
    branch = {one.label_zh: one.value for one in IncomeBranch}.get(line.branch, line.branch)
    amount = f"{float(line.amount):.2f}" if line.amount != "1.234" else line.amount
    return (branch, line.month, amount, line.cost)


def _codes_of(problem: Mapping[str, Any]) -> list[str]:
    if "errors" in problem:
        return [error["code"] for error in problem["errors"]]
    return [problem["type"].rpartition(":")[2]]


def _left(reading: Reading, codes: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
    """What stands of households that are like others, whatever they are called."""
    place = {code: number for number, code in enumerate(codes)}
    left = {}
    for model, names in (
        (Fact, ("household_code", "type", "observed_on", "mode", "recorded_by")),
        (LedgerMonth, tuple(column.name for column in table_of(LedgerMonth).c)),
        (HouseholdWindow, tuple(column.name for column in table_of(HouseholdWindow).c)),
        (Risk, ("household_code", "kind", "status", "episode")),
    ):
        table = table_of(model)
        found = reading.connection.execute(
            sa.select(*(table.c[name] for name in names)).where(table.c.household_code.in_(codes))
        )
        rows = [
            tuple(place[value] if name == "household_code" else value for name, value in zip(names, row, strict=True))
            for row in found
        ]
        left[table.name] = sorted(rows, key=repr)
    return left


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@settings(_SHARED, max_examples=40)
@given(lines=_LINES, live=st.booleans(), referenced=st.booleans())
async def test_a_file_is_the_same_as_a_batch(
    monitoring: Monitoring, databases: Databases, lines: list[Line], live: bool, referenced: bool
) -> None:
    await _is_the_same(monitoring, lines, live=live, referenced=referenced)


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
@settings(_SHARED, max_examples=10)
@given(lines=_LINES, live=st.booleans(), referenced=st.booleans())
async def test_a_file_is_the_same_as_a_batch_on_postgresql(
    monitoring: Monitoring, databases: Databases, lines: list[Line], live: bool, referenced: bool
) -> None:
    await _is_the_same(monitoring, lines, live=live, referenced=referenced)


# What nobody can read

_CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.text(max_size=12),
    st.sampled_from(["DJ-0001", "2026-10", "2026-11-03", "工资性收入", "3200.00", "=1+1", "520626001001", "是", "1"]),
)


def _headings(sheet: Sheet) -> st.SearchStrategy[list[str]]:
    """Those of a sheet, some left out, doubled, misspelt or in another order."""
    known = [name for column in sheet.columns for name in (column.zh, column.en, column.place)]
    needed = [column.zh for column in sheet.columns if column.needed]
    return st.one_of(
        st.permutations(needed),
        st.lists(st.one_of(st.sampled_from(known), st.text(max_size=8)), min_size=1, max_size=8),
    )


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A kind of file, and one that calls itself so."""
    kind = draw(st.sampled_from(sorted(IMPORTS)))
    headings = draw(_headings(IMPORTS[kind].sheet))
    rows = draw(st.lists(st.lists(_CELLS, max_size=len(headings) + 1), max_size=6))
    if draw(st.booleans()):
        return kind, csv_file(
            headings, *[["" if cell is None else cell for cell in row] for row in rows], encoding="utf-8"
        ).replace(b"\0", b"")
    return kind, xlsx_file(headings, *[[str(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@settings(_SHARED, max_examples=50)
@given(file=files())
async def test_any_file_is_read_or_refused_and_its_job_comes_to_an_end(
    monitoring: Monitoring, databases: Databases, file: tuple[str, bytes]
) -> None:
    kind, content = file
    before = await monitoring.counts()
    asked = {} if kind == "households" else {"source": "office"}
    answer = await send(monitoring.client, content, kind, mode="preview", **asked)
    assert answer.status_code in {202, 422}, answer.text
    if answer.status_code == 422:
        assert problem_document(answer)["type"].rpartition(":")[2] in {"file-unreadable", "columns-wrong"}
        assert await monitoring.counts() == before
        return
    while await run_next_part(monitoring.house.database, monitoring.house.definition.long_work):
        pass
    job = (await monitoring.client.get(answer.json()["location"])).json()
    assert job["status"] == "done", job
    assert sum(job["result"][status] for status in ("accepted", "duplicate", "rejected")) == job["result"]["rows"]
    after = await monitoring.counts()
    stored = {name for name in METADATA.tables if name in after and after[name] != before[name]}
    assert stored <= {"job", "audit", "import_file", "import_row", "sealing_key"}
    assert (await monitoring.client.get(f"/monitoring/v1/imports/{job['job_id']}/rows")).status_code == 200
    back = await monitoring.client.get(f"/monitoring/v1/imports/{job['job_id']}/rejected.xlsx")
    assert back.status_code == 200
