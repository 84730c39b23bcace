"""What every house keeps to, read from its source: short routes, one place for time, metrics and commits, no floats."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from services.monitoring.evidence.table import EVIDENCE

ROOT = Path(__file__).parent.parent.parent
HOUSES = ("monitoring", "assistance", "employment", "consumption", "assets")
TOPICS: dict[str, set[str]] = {
    "consumption": {
        "agreements",
        "bases",
        "batches",
        "buyers",
        "channels",
        "commodities",
        "demands",
        "fairs",
        "indicators",
        "listings",
        "ocds",
        "orders",
        "outlets",
        "payments",
        "pledges",
        "price_bulletins",
        "price_reports",
        "producers",
        "products",
        "quotas",
        "recognitions",
        "reconciliations",
        "report_submissions",
        "reports",
        "requests",
        "sales",
        "series",
        "slow_sale_backtests",
        "slow_sales",
        "supply_reports",
        "statements",
        "trace",
        "withdrawals",
    },
    "employment": {"placements", "requests", "vacancies", "wages", "workers"},
    "assets": {"assets", "distributions", "requests"},
    "assistance": {"disbursements", "households", "known_households", "measures", "tasks"},
    "monitoring": {
        "cards",
        "reports",
        "school_age",
        "insurance_ledger",
        "low_income",
        "data_requests",
        "cases",
        "screenings",
        "recomputes",
        "sources",
        "exchange",
        "facts",
        "findings",
        "households",
        "incidents",
        "answers",
        "clues",
        "placements",
        "protections",
        "policy",
        "risks",
        "ledger",
        "evidence",
        "persons",
        "as_of",
        "attributions",
        "household_events",
        "contacts",
        "patrols",
        "priority",
        "indicators",
        "report_submissions",
        "slow_sales",
    },
}
"""The topics of each house: the plural nouns that stand in its addresses, and what several of them stand on."""
ROOMS_OF_A_HOUSE = {
    "README.md",
    "__init__",
    "__main__",
    "app",
    "handlers",
    "imports",
    "jobs",
    "operations",
    "migrations",
    "models",
}
"""What a house of topics holds beside them; `imports`, `jobs` and `operations` where it has some."""
ROOMS_OF_A_TOPIC = {
    "README.md",
    "__init__",
    "api",
    "commands",
    "errors",
    "procedure",
    "queries",
    "rules",
    "schemas",
    "sheets",
    "store",
}
"""What a topic may hold, each where the topic needs it: a file, or a folder of the same name."""
ROOMS_OF_EVIDENCE = {"circumstances", "kept", "types", "table", "headings", *EVIDENCE}
"""What the topic of evidence holds beside its rooms: what a type is, what several are, how it is headed, and each."""
KNOWS_A_TYPE = {
    "services/monitoring/evidence/table.py",
    "services/monitoring/evidence/headings.py",
    "services/monitoring/facts/commands/credits.py",
    "services/monitoring/risks/commands/reported.py",
}
"""The table of the types; a credit is income, a confirmed clue a report; each type is headed by a name of its own."""
MAX_ROUTE_LINES = 12
MAX_HANDLER_LINES = 5

SEES_THE_CLOCK = {
    "shared/clock.py": "the one clock",
    "services/status.py": "it shows a moment that a metric told as seconds",
    "shared/bus/kafka/subscription.py": "lag is the age of a broker's record, not a business time",
    "shared/bus/embedded_log.py": "lag is measured against other processes, not against business dates",
    "shared/bus/embedded.py": "leases and lag are measured against other processes, not against business dates",
    "shared/http/oauth.py": "how long a client has to wait is real time, also when the business date is set",
    "shared/security/issuer.py": "a token's validity is real time, also when the business date is set",
    "shared/security/tokens.py": "a token's validity is real time, also when the business date is set",
}
"""Files that may read the time of day, and why."""
API = ("services/*/*/api.py", "services/*/*/api/*.py")
LOG_LINE = re.compile(r"[a-z]+(\.[a-z_]+)+")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Finding = tuple[str, int]
Check = Callable[[ast.AST], bool]


def sources(*patterns: str) -> list[Path]:
    found = sorted(path for pattern in patterns for path in ROOT.glob(pattern) if "migrations" not in path.parts)
    assert found, patterns
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def findings(paths: list[Path], check: Check) -> list[Finding]:
    """File and line of everything the check does not like."""
    return [
        (name_of(path), getattr(node, "lineno", 0))
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if check(node)
    ]


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute; what stands before it, if not a name, is left out."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def called(node: ast.AST) -> str:
    return dotted(node.func) if isinstance(node, ast.Call) else ""


def reads_the_clock(node: ast.AST) -> bool:
    name = called(node)
    return name in {"time.time", "time.time_ns"} or name.endswith(
        ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.fromtimestamp")
    )


def ends_a_transaction(node: ast.AST) -> bool:
    return called(node).rpartition(".")[2] in {"commit", "rollback"}


def counts_before_the_commit(node: ast.AST) -> bool:
    return called(node).rpartition(".")[2] in {"inc", "observe"}


def is_float(node: ast.AST) -> bool:
    return (isinstance(node, ast.Constant) and isinstance(node.value, float)) or (
        isinstance(node, ast.Name) and node.id == "float"
    )


def is_sql(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in {"sqlalchemy", "sqlmodel"} for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] in {"sqlalchemy", "sqlmodel"}
    return called(node).rpartition(".")[2] in {"execute", "scalars", "scalar"}


def makes_a_metric(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    kind = called(node).rpartition(".")[2]
    named = any(isinstance(argument, ast.Constant) for argument in node.args)
    return named and kind in {"Counter", "Gauge", "Histogram", "Summary", "Info"}


def names_a_log_line_freely(node: ast.AST) -> bool:
    """Whether a line is logged under anything but static dotted words, with its data in fields."""
    if not isinstance(node, ast.Call) or called(node).rpartition(".")[0] != "log":
        return False
    name = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) else None
    return not LOG_LINE.fullmatch(str(name))


def is_route(node: ast.AST) -> TypeGuard[Function]:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
        called(decorator).startswith("router.") for decorator in node.decorator_list
    )


def body_lines(node: Function) -> int:
    """Lines of a function's body without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def routes() -> Iterator[tuple[str, Function]]:
    for path in sources(*API, "shared/http/dead_letters.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if is_route(node):
                yield name_of(path), node


def names_in(folder: Path) -> set[str]:
    return {path.name.removesuffix(".py") for path in folder.iterdir() if path.name != "__pycache__"}


@pytest.mark.parametrize("house", HOUSES)
def test_a_house_has_the_agreed_rooms_only(house: str) -> None:
    there = names_in(ROOT / "services" / house)
    assert there - ROOMS_OF_A_HOUSE == TOPICS[house]
    assert ROOMS_OF_A_HOUSE - there <= {"imports", "jobs", "operations"}
    for topic in TOPICS[house]:
        there = names_in(ROOT / "services" / house / topic)
        assert there <= ROOMS_OF_A_TOPIC | (ROOMS_OF_EVIDENCE if topic == "evidence" else set()), topic


def test_only_its_own_file_and_the_rules_know_a_type_of_evidence() -> None:
    """The topics that treat all types alike name none, and no type imports another."""
    types = {f"services.monitoring.evidence.{name}" for name in EVIDENCE}

    def imports_a_type(node: ast.AST) -> bool:
        return isinstance(node, ast.ImportFrom) and node.module in types

    def names_a_type(node: ast.AST) -> bool:
        return imports_a_type(node) or (isinstance(node, ast.Constant) and node.value in EVIDENCE)

    own = {f"services/monitoring/evidence/{name}.py" for name in EVIDENCE}
    alike = ("evidence", "facts", "ledger", "recomputes", "risks/commands", "risks/store", "screenings")
    found = findings(sources(*(f"services/monitoring/{topic}/**/*.py" for topic in alike)), names_a_type)
    assert {path for path, _ in found} - own == KNOWS_A_TYPE
    assert findings(sources(*own), imports_a_type) == []


def test_a_route_declares_calls_and_returns() -> None:
    found = list(routes())
    assert len(found) >= 10
    assert [(path, node.name) for path, node in found if body_lines(node) > MAX_ROUTE_LINES] == []


def test_routes_hold_no_sql() -> None:
    assert findings(sources(*API), is_sql) == []


def test_a_handler_only_calls_its_command() -> None:
    def is_long(node: ast.AST) -> bool:
        return isinstance(node, Function) and body_lines(node) > MAX_HANDLER_LINES

    assert findings(sources("services/*/handlers.py"), is_long) == []


def test_application_code_never_ends_a_transaction() -> None:
    assert findings(sources("services/**/*.py"), ends_a_transaction) == []


def test_only_the_clock_knows_the_time() -> None:
    found = {path for path, _ in findings(sources("services/**/*.py", "shared/**/*.py"), reads_the_clock)}
    assert found == set(SEES_THE_CLOCK), "a file reads the time without a reason, or a reason is no longer needed"


def test_money_and_ratios_are_never_floats() -> None:
    paths = sources(
        *(f"services/{house}/**/*.py" for house in HOUSES),
        "shared/contracts/*.py",
        "shared/policy/parameters.py",
        "shared/money.py",
    )
    assert findings(paths, is_float) == []


def test_metrics_are_made_in_one_file() -> None:
    found = {path for path, _ in findings(sources("services/**/*.py", "shared/**/*.py"), makes_a_metric)}
    assert found == {"shared/metrics.py"}


def test_what_a_command_counts_is_counted_with_its_commit() -> None:
    """A transaction may be run again or taken back."""
    assert findings(sources(*(f"services/{house}/**/*.py" for house in HOUSES)), counts_before_the_commit) == []


def test_log_lines_have_static_names_and_their_data_in_fields() -> None:
    assert findings(sources("services/**/*.py", "shared/**/*.py"), names_a_log_line_freely) == []


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (reads_the_clock, "import datetime as dt\ndt.datetime.now(dt.UTC)"),
        (reads_the_clock, "from datetime import date\ndate.today()"),
        (ends_a_transaction, "uow.session.commit()"),
        (ends_a_transaction, "connection.rollback()"),
        (is_float, "RATIO = 0.3"),
        (is_float, "def half(amount: float) -> int: ..."),
        (is_sql, "import sqlalchemy as sa"),
        (is_sql, "from sqlmodel import col"),
        (is_sql, "call.connection.execute(statement)"),
        (makes_a_metric, "from prometheus_client import Counter\nCounter('requests_total', 'Requests')"),
        (counts_before_the_commit, "metrics.FACTS.labels(name).inc()"),
        (names_a_log_line_freely, "log.info(f'task {task} opened')"),
        (names_a_log_line_freely, "log.warning('bus lost')"),
        (names_a_log_line_freely, "log.warning('bus.lost %s', topic)"),
        (is_route, "@router.get('/x')\nasync def x() -> None: ..."),
    ],
)
def test_what_is_forbidden_would_be_noticed(check: Check, code: str) -> None:
    assert any(check(node) for node in ast.walk(ast.parse(code)))
