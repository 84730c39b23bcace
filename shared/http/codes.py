"""Code lists to the outside: the same route in every house, and what a document says of each value."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from shared.codes.code import Code
from shared.http.dependencies import calling


class CodeOut(BaseModel):
    """One value of a code list."""

    code: str
    label_zh: str
    label_en: str
    meaning: str = Field(description="What the labels do not say; empty where they say all")


class CodeListOut(BaseModel):
    """One code list 代码表."""

    name: str = Field(examples=["RiskKind"], description="The name of its schema in the document of the house")
    codes: list[CodeOut]


class CodeListsOut(BaseModel):
    """The code lists of a house."""

    items: list[CodeListOut]


def codes_router(house: str) -> APIRouter:
    """The route that shows the code lists of one house: those that its document names."""
    router = APIRouter(prefix="/codes", tags=["operations"])

    @router.get(
        "",
        operation_id="listCodes",
        summary="The code lists of the house, with labels in Chinese and English",
        dependencies=[calling(f"{house}:read")],
    )
    def list_all(request: Request) -> CodeListsOut:
        schemas = request.app.openapi()["components"]["schemas"]
        return CodeListsOut(items=[_shown(code_list) for code_list in _lists_in(schemas)])

    return router


def describe_code_lists(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Add the meaning of every value to the schemas of code lists."""
    for code_list in _lists_in(schemas):
        schema = schemas[code_list.__name__]
        lines = [f"- `{code.value}`: {code.description}" for code in code_list]
        schema["description"] = "\n".join([schema.get("description", ""), "", *lines])


def _lists_in(schemas: Mapping[str, dict[str, Any]]) -> Iterator[type[Code]]:
    """The code lists that these schemas hold, found by name and values, in the order of their names."""
    for code_list in sorted(Code.__subclasses__(), key=lambda one: one.__name__):
        if schemas.get(code_list.__name__, {}).get("enum") == [code.value for code in code_list]:
            yield code_list


def _shown(code_list: type[Code]) -> CodeListOut:
    return CodeListOut(
        name=code_list.__name__,
        codes=[
            CodeOut(code=code.value, label_zh=code.label_zh, label_en=code.label_en, meaning=code.meaning)
            for code in code_list
        ],
    )
