"""The generated page of files: every list with the columns of its CSV and Excel, the Chinese first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from services.assets import imports as assets
from services.assistance import imports as assistance
from services.consumption import imports as consumption
from services.employment import imports as employment
from services.houses import HOUSES
from services.monitoring import imports as monitoring
from shared.house import HouseDefinition
from shared.http.described import described_house
from shared.http.lists import Listed, lists_in
from shared.imports.kinds import ImportKinds
from shared.lists.portions import DOCUMENTS_AT_ONCE, ROWS_AT_ONCE, SHOWN_AT_ONCE
from shared.sheets.columns import Column, Form
from shared.sheets.writing import ROWS_OF_A_SHEET

INTRODUCTION: Final = f"""\
每个列表都可以导出为文件：在地址后加 `?format=csv` 或 `?format=xlsx`，其余筛选条件照常使用。

- 导出的是符合条件的**全部记录**，不分页；同时带 `limit` 或 `cursor` 的请求会被退回（422）。
- 可见范围、脱敏与页面列表完全一致；看到个人信息的，同样逐户记入审计。
- 表头、代码名称和文件名按请求语言（`Accept-Language`）书写；时刻为北京时间；一条记录中的多个值写在同一格，以顿号分隔。
- 以 `=`、`+`、`-`、`@` 开头的文字前加撇号，防止被当作公式；金额、数量等数字照原样。
- csv 为带 BOM 的 UTF-8，边查边传，适合大批量；xlsx 每张工作表最多 {ROWS_OF_A_SHEET:,} 行，写完才开始传输，
  几十万行以上请用 csv。
- 表头与导入模板一致；产品、岗位列表改好后可以原样导入，模板以外的列不读取。
- 其他平台的表头和代码名称用 `mapping=`，见[字段对照](mappings.md)。
- 传输中断的文件不完整：连接会被直接断开，不会以正常方式结束，请重新导出。
- 上报信息和带 `updated_after` 的列表按改动先后排列，导出期间改动过的记录会在末尾再出现一次；
  其他列表每条只出现一次。

Every list is a file, too: add `?format=csv` or `?format=xlsx`. A file is the whole filtered list (`limit` and `cursor`
are refused), masked as the answer in JSON, headed and labelled in the language of the request, its moments in the zone
of business (`Asia/Shanghai`). It is read in portions of {ROWS_AT_ONCE:,} rows, of {DOCUMENTS_AT_ONCE:,} where something
of other tables stands beside them, or of {SHOWN_AT_ONCE} where answers have
to be made of them, each a transaction of its own: a row that is written meanwhile may or may not be among them, and
none that stood before is missed. Where the list is in the order of the changes, a row that changes meanwhile comes
again at the end. The headings are those of the templates of imports: a list of products or vacancies can be edited and
sent back. With `mapping=` a file has the headings and words of another system ([mappings](mappings.md)). If a row
cannot be read the connection is broken: a part never looks like the whole."""
_FORMS: Final[Mapping[Form, str]] = {
    Form.TEXT: "文本",
    Form.IDENTIFIER: "号码",
    Form.CODE: "代码名称",
    Form.DAY: "日期",
    Form.MONTH: "月份",
    Form.MOMENT: "时刻",
    Form.YUAN: "金额（元）",
    Form.DECIMAL: "小数",
    Form.WHOLE: "整数",
    Form.FLAG: "是/否",
}


KINDS: Final[Mapping[str, ImportKinds]] = {
    "monitoring": monitoring.IMPORTS,
    "assistance": assistance.IMPORTS,
    "employment": employment.IMPORTS,
    "consumption": consumption.IMPORTS,
    "assets": assets.IMPORTS,
}
"""The kinds of files that each house takes."""


def lists_of(house: HouseDefinition) -> Iterator[Listed]:
    """The lists of a house in the order of its document."""
    return lists_in(described_house(house))


def files_page() -> Iterator[str]:
    """The parts of the page."""
    yield "# 文件 Files"
    yield INTRODUCTION
    for house in HOUSES:
        yield f"## {house.title}"
        for listed in lists_of(house):
            sheet = listed.query.sheet
            yield f"### {sheet.zh} {sheet.en}"
            yield f"`GET {listed.path}?format=csv`"
            yield _columns(replace(column, needed=False) for column in sheet.columns)
        for kind in KINDS[house.name].values():
            yield f"### 导入：{kind.sheet.zh} Import: {kind.sheet.en}"
            yield f"`POST /{house.name}/v1/imports`, `kind={kind.sheet.kind}`"
            yield _columns(kind.sheet.columns)


def _columns(columns: Iterable[Column]) -> str:
    lines = ["| 列 | Column | Field | 格式 |", "| --- | --- | --- | --- |"]
    lines += [f"| {column.zh} | {column.en} | `{column.place}` | {_form(column)} |" for column in columns]
    return "\n".join(lines)


def _form(column: Column) -> str:
    codes = "" if column.codes is None else f" `{column.codes.__name__}`"
    needed = "，必填" if column.needed else ""
    return f"{_FORMS[column.form]}{codes}{needed}{'，多个' if column.each else ''}{'，脱敏' if column.masked else ''}"
