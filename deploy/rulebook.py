"""规则手册 the rule book: a page for each rule and pack, in Chinese, for an official to read against the documents.

The pages are written from the rules, the packs and the worked cases themselves, so that they cannot say otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from deploy.worked_cases import worked_cases
from services.monitoring.risks.rules.rulebook import RULE_BOOK, Chapter
from shared.codes.monitoring import RiskKind
from shared.codes.policy import ValueStatus
from shared.policy.loader import DatedValue, Pack, Parameter, PolicyBook
from shared.words.language import Language

FOLDER = Path("docs/rulebook")
_STATUS: Mapping[ValueStatus, str] = {
    ValueStatus.IN_FORCE: "施行",
    ValueStatus.ANNOUNCED: "已公布未施行",
    ValueStatus.ASSUMED: "**假定**",
}


_INTRODUCTION = """\
每条判定规则一页，每个政策包一页。各页由系统依据规则、政策包和算例自动生成，与系统实际执行的内容一致，供主管人员对照文件核对并签字。
标为“假定”的取值没有文件依据，应由当地确定后替换。"""


def rule_book(policy: PolicyBook) -> dict[Path, str]:
    """Every page of the book, by its place."""
    pages = {FOLDER / "README.md": _contents(policy)}
    pages |= {_page_of_rule(kind): _rule(kind, chapter, policy) for kind, chapter in RULE_BOOK.items()}
    return pages | {_page_of_pack(pack): _pack(pack) for pack in policy.packs}


def _page_of_rule(kind: RiskKind) -> Path:
    return FOLDER / f"{kind}.md"


def _page_of_pack(pack: Pack) -> Path:
    return FOLDER / "packs" / f"{pack.id}.md"


def _contents(policy: PolicyBook) -> str:
    rules = [f"- [{kind.label_zh}]({_page_of_rule(kind).name}) `{kind}`" for kind in RULE_BOOK]
    packs = [f"- [{pack.title}](packs/{_page_of_pack(pack).name}) `{pack.label}`" for pack in policy.packs]
    return "\n".join(
        [
            "# 规则手册",
            "",
            _INTRODUCTION,
            "",
            "## 判定规则",
            "",
            *rules,
            "",
            "## 政策包",
            "",
            *packs,
            "",
        ]
    )


def _rule(kind: RiskKind, chapter: Chapter, policy: PolicyBook) -> str:
    return "\n".join(
        [
            f"# {kind.label_zh}",
            "",
            f"规则代码 `{kind}`。",
            "",
            "## 判定内容",
            "",
            chapter.asks.written(Language.ZH),
            "",
            "## 参数与依据",
            "",
            *_table(("参数", "适用地区", "取值", "起止日期", "状态", "依据"), _values(chapter, policy)),
            "",
            *_assumed(chapter, policy),
            "## 算例",
            "",
            *_table(("情形", "判定", "理由"), worked_cases(kind)),
            "",
            *_SIGNED,
        ]
    )


_SIGNED = ("核对人（签字）：　　　　　　　　日期：　　　　　　", "")


def _values(chapter: Chapter, policy: PolicyBook) -> Iterator[Sequence[str]]:
    for key in dict.fromkeys(chapter.parameters):
        for pack in policy.packs:
            parameter = pack.parameters.get(key)
            for dated in () if parameter is None else parameter.values:
                assert parameter is not None
                yield (f"{parameter.concept} `{key}`", pack.title, *_dated(parameter, dated))


def _assumed(chapter: Chapter, policy: PolicyBook) -> Iterator[str]:
    """What no document sets."""
    names = [
        f"- {parameter.concept}（{pack.title}）"
        for key in dict.fromkeys(chapter.parameters)
        for pack in policy.packs
        if (parameter := pack.parameters.get(key)) is not None
        and any(dated.value.status is ValueStatus.ASSUMED for dated in parameter.values)
    ]
    if names:
        yield from ("## 假定取值", "", "下列取值没有文件依据，应由当地确定后替换：", "", *names, "")


def _pack(pack: Pack) -> str:
    rows = (
        (f"{parameter.concept} `{parameter.key}`", *_dated(parameter, dated))
        for parameter in pack.parameters.values()
        for dated in parameter.values
    )
    return "\n".join(
        [
            f"# {pack.title}",
            "",
            f"政策包 `{pack.label}`，依据：{_one_line(pack.source)}。",
            "",
            *_table(("参数", "取值", "起止日期", "状态", "依据"), rows),
            "",
            *_SIGNED,
        ]
    )


def _dated(parameter: Parameter, dated: DatedValue) -> tuple[str, str, str, str]:
    unit = "" if parameter.unit == "none" else f"（{parameter.unit}）"
    until = "至今" if dated.valid_to is None else f"至 {dated.valid_to}"
    value = dated.value
    return f"{_written(value.value)}{unit}", f"{dated.valid_from} {until}", _STATUS[value.status], value.reference


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return "；".join(f"{name}：{_written(part)}" for name, part in value.items())
    if isinstance(value, tuple):
        return "、".join(map(_written, value)) or "无"
    return str(value)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(text.split())
