"""Files of data in YAML, read strictly: a slip in one is a slip in whatever it decides."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

ModelT = TypeVar("ModelT", bound=BaseModel)


class _StrictLoader(yaml.CSafeLoader):
    """YAML in which no name stands twice in the same mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names = [self.construct_object(name, deep=True) for name, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read_yaml(file: Path, refused: type[ValueError]) -> Any:
    """What a file says. Raises ``refused``, with the name of the file, where that is no YAML or says a thing twice."""
    try:
        return yaml.load(file.read_text(encoding="utf-8"), _StrictLoader)  # noqa: S506  a safe loader, made stricter
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise refused(f"{file}: {error}") from error


def checked(model: type[ModelT], document: Any, where: str, refused: type[ValueError]) -> ModelT:
    """A document as this model. Raises ``refused``, which says where the first thing stands that is wrong."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise refused(f"{where}: {field or 'entry'}: {first['msg']}") from error
