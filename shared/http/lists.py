"""The lists of a house, found among its routes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from fastapi import FastAPI
from pydantic import BaseModel

from shared.lists.query import ListQuery


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of a house: where it is asked for, with what, and what it shows."""

    path: str
    query: type[ListQuery]
    item: type[BaseModel]


def lists_in(app: FastAPI) -> Iterator[Listed]:
    """The lists of an app in the order of its document."""
    for router in app.routes:
        for route in getattr(router, "effective_route_contexts", lambda: ())():
            for parameter in route.dependant.query_params:
                asked = parameter.field_info.annotation
                if isinstance(asked, type) and issubclass(asked, ListQuery):
                    [item] = get_args(route.response_model.model_fields["items"].annotation)
                    yield Listed(route.path_format, asked, item)
