"""Writing risks and tasks for a reader at a terminal."""

import sys
import textwrap
from collections.abc import Mapping
from typing import Any, Final

_WIDTH: Final = 110
_INDENT: Final = " " * 14


def say(*lines: str) -> None:
    """Write lines to the terminal at once."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def describe_risk(risk: Mapping[str, Any]) -> None:
    """Why a risk is open: each rule in words, with its figures and parameters."""
    for reason in risk["reasons"]:
        _write(f"{reason['rule']}: {reason['text']}", "")
        figures = ", ".join(f"{name} {_plain(value)}" for name, value in reason["inputs"].items())
        _write(f"figures: {figures}", "  ")
        for parameter in reason["parameters"]:
            _write(f"{parameter['key']} = {_plain(parameter['value'])}, {parameter['status']}", "  ")
            _write(parameter["reference"], "    ")


def describe_task(task: Mapping[str, Any]) -> None:
    """A task with its deadline."""
    if task["due_on"] is None:
        due = "no due date: the policy has no value for it"
    elif task["due_provisional"]:
        due = f"due on {task['due_on']} (provisional: counted on working days not announced yet)"
    else:
        due = f"due on {task['due_on']}"
    _write(f"{task['task_id']}, {task['status']}, {task['grade']}, {due}", "")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)


def _write(text: str, deeper: str) -> None:
    lines = textwrap.wrap(
        text, _WIDTH, initial_indent=_INDENT + deeper, subsequent_indent=f"{_INDENT}{deeper}  ", break_on_hyphens=False
    )
    say(*lines)
