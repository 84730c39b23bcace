"""What a release may change about events: it may add; readers and writers of the release before go on.

`python -m deploy.compatibility` tells what the code breaks of the schemas that the last release was published with;
with `--release` it keeps those of today instead, which is a step of making a release.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from shared.contracts.catalogue import CATALOGUE

RELEASED = Path(__file__).parents[1] / "shared" / "contracts" / "released"
Schema = Mapping[str, Any]


class Field(NamedTuple):
    """What a reader relies on about a field."""

    kind: str
    """Its type, where it is not a code list."""
    codes: frozenset[str]
    """The codes that may stand there."""
    needed: bool
    """Whether a reader refuses an event without it."""


def schemas_of_today() -> dict[str, dict[str, Any]]:
    """By event type the schema that a reader of this code demands."""
    return {entry.type: entry.model.model_json_schema() for entry in CATALOGUE.values()}


def schemas_of_last_release(folder: Path = RELEASED) -> dict[str, dict[str, Any]]:
    """By event type the schema that was kept."""
    return {path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8")) for path in folder.glob("*")}


def broken_promises(before: Mapping[str, Schema], after: Mapping[str, Schema]) -> list[str]:
    """What a change takes from those who read or write events as they were before, a sentence each."""
    found = []
    for event_type, schema in sorted(before.items()):
        if event_type not in after:
            found.append(f"{event_type} is gone")
            continue
        found += [f"{event_type}: {broken}" for broken in _broken(_fields(schema), _fields(after[event_type]))]
    return found


def _broken(before: Mapping[str, Field], after: Mapping[str, Field]) -> Iterator[str]:
    for name, field in before.items():
        now = after.get(name)
        if now is None:
            yield f"{name} is gone"
        elif now.kind != field.kind:
            yield f"{name} was {field.kind or 'a code'} and is {now.kind or 'a code'}"
        elif missing := field.codes - now.codes:
            yield f"{name} has lost {', '.join(sorted(missing))}"
        elif now.needed and not field.needed:
            yield f"{name} may not be missing any more"
    for name in after.keys() - before.keys():
        if after[name].needed:
            yield f"{name} is new, and an event written before has no such field"


def _fields(schema: Schema) -> dict[str, Field]:
    return dict(_walk(schema, schema.get("$defs", {}), ""))


def _walk(schema: Schema, definitions: Schema, before: str) -> Iterator[tuple[str, Field]]:
    needed = set(schema.get("required", ()))
    for name, part in schema.get("properties", {}).items():
        place = f"{before}{name}"
        yield place, Field(_kind(part, definitions), frozenset(_codes(part, definitions)), name in needed)
        for inner in _inside(part, definitions):
            yield from _walk(inner, definitions, f"{place}.")


def _inside(part: Schema, definitions: Schema) -> Iterator[Schema]:
    """The objects within a field: itself, what a list holds, or what may stand there."""
    part = _resolved(part, definitions)
    if "properties" in part:
        yield part
    for inner in (*part.get("anyOf", ()), *([part["items"]] if "items" in part else ())):
        yield from _inside(inner, definitions)


def _kind(part: Schema, definitions: Schema) -> str:
    part = _resolved(part, definitions)
    if "anyOf" in part:
        return " or ".join(sorted(_kind(option, definitions) for option in part["anyOf"]))
    if "const" in part or "enum" in part:
        return ""
    kind = part.get("type", "any value")
    if kind == "array":
        return f"list of {_kind(part['items'], definitions)}"
    bounds = [
        f"{name} {part[name]}" for name in ("format", "minimum", "maximum", "pattern", "maxLength") if name in part
    ]
    return " ".join([kind, *bounds])


def _codes(part: Schema, definitions: Schema) -> Iterator[str]:
    part = _resolved(part, definitions)
    for inner in (*part.get("anyOf", ()), *([part["items"]] if "items" in part else ())):
        yield from _codes(inner, definitions)
    yield from part.get("enum", [part["const"]] if "const" in part else [])


def _resolved(part: Schema, definitions: Schema) -> Schema:
    found: Schema = definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    return found


def keep(folder: Path = RELEASED) -> None:
    """Keep the schemas of today as those of the release that is being made."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*"):
        path.unlink()
    for event_type, schema in schemas_of_today().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True)
        (folder / f"{event_type}.schema.json").write_text(f"{text}\n", encoding="utf-8")


def main() -> int:
    """Tell what is broken, or keep what is released."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--release", action="store_true", help="keep the schemas of today")
    if parser.parse_args().release:
        keep()
        return 0
    broken = broken_promises(schemas_of_last_release(), schemas_of_today())
    print("\n".join(broken) or "every reader and writer of the last release goes on")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
