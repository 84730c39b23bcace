"""A procedure in words and as a drawing, made from its table."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from shared.codes.code import Code
from shared.procedures.steps import Clock, Procedure, Step
from shared.words.forms import form
from shared.words.language import Language

_HEAD = "<!-- Written by `make docs`; change procedure.py instead. -->"


def describe(procedure: Procedure[Any, Any], more: str) -> str:
    """The text of the route on which steps are taken: every step with where it begins and who takes it, then more."""
    return "\n".join([*(f"- {_sentence(step)}" for step in procedure.steps), "", more])


def page(*procedures: Procedure[Any, Any]) -> str:
    """The page of the procedures of a topic: of each the drawing, and its steps as a table."""
    return "\n\n".join([_HEAD, *map(_chapter, procedures)]) + "\n"


def _chapter(procedure: Procedure[Any, Any]) -> str:
    rows = [
        ("From", "Action", "To", "Who", "Needs", "Days"),
        ("---",) * 6,
        *((*_way(step), _who(step), _named(step.needs), "; ".join(_days(step))) for step in procedure.steps),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    thing = form("thing")(procedure.thing, Language.EN)
    return "\n\n".join([f"# The steps of {thing}", _drawing(procedure), table])


def _drawing(procedure: Procedure[Any, Any]) -> str:
    steps = procedure.steps
    ways = [(step.before, place, step.action) for step in steps for place in _places_after(step)]
    places = dict.fromkeys(place for before, after, _ in ways for place in (before, after))
    lines = [
        *(f'state "{_labelled(place)}" as {place}' for place in places),
        f"[*] --> {steps[0].before}",
        *(f"{before} --> {after}: {_labelled(action)}" for before, after, action in ways),
        *(f"{place} --> [*]" for place in places if not procedure.allowed(place)),
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *(f"    {line}" for line in lines), "```"])


def _sentence(step: Step[Any, Any]) -> str:
    before, action, after = _way(step)
    needs = f"; needs {_named(step.needs)}" if step.needs else ""
    days = "".join(f"; {day}" for day in _days(step))
    return f"{action} takes it from {before} to {after}: {_who(step)}{needs}{days}"


def _way(step: Step[Any, Any]) -> tuple[str, str, str]:
    return f"`{step.before}`", f"`{step.action}`", " or ".join(f"`{place}`" for place in _places_after(step))


def _places_after(step: Step[Any, Any]) -> tuple[StrEnum, ...]:
    """Where a step leads, each place once."""
    return tuple(dict.fromkeys((step.after, *step.or_after)))


def _who(step: Step[Any, Any]) -> str:
    who = _named(step.scopes, " or ")
    who += f" of a {step.level} or above" if step.level else ""
    return who + (f", not who took `{step.checks}`" if step.checks else "")


def _days(step: Step[Any, Any]) -> Iterator[str]:
    turns = {"begins": step.begins, "stops": step.stops, "comes after": step.not_before, "comes within": step.not_after}
    yield from (f"{turn} {_counted(clock)}" for turn, clock in turns.items() if clock is not None)


def _counted(clock: Clock) -> str:
    counted = "months" if clock.in_months else f"{'working' if clock.working else 'natural'} days"
    return f"the {counted} of `{clock.parameter}`"


def _named(names: tuple[str, ...], between: str = ", ") -> str:
    return between.join(f"`{name}`" for name in names)


def _labelled(code: StrEnum) -> str:
    return f"{code} {code.label_zh}" if isinstance(code, Code) else str(code)
