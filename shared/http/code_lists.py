"""Code lists as a document tells of them: what each value means stands below its member in the source."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any


def describe_code_lists(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Add the meaning of every value to the schemas of code lists, which are found by name and values."""
    known = {(code_list.__name__, tuple(code_list)): code_list for code_list in _subclasses(StrEnum)}
    for name, schema in schemas.items():
        code_list = known.get((name, tuple(schema.get("enum", ()))))
        if code_list is not None:
            lines = [f"- `{value}`: {meaning}" for value, meaning in meanings(code_list).items()]
            schema["description"] = "\n".join([schema.get("description", ""), "", *lines])


def meanings(code_list: type[StrEnum]) -> dict[str, str]:
    """The sentence below each member, by value."""
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(code_list))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for member, sentence in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(member, ast.Assign) and isinstance(sentence, ast.Expr):
            [name] = member.targets
            assert isinstance(name, ast.Name)
            assert isinstance(sentence.value, ast.Constant)
            found[code_list[name.id].value] = " ".join(str(sentence.value.value).split())
    return found


def _subclasses(kind: type[StrEnum]) -> Iterator[type[StrEnum]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)
