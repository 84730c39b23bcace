"""The generated page of findings: every rule with its sentence in both languages, its source and its numbers."""

from collections.abc import Iterator
from typing import Final

from services.monitoring.findings.rules.rule import Rule
from services.monitoring.findings.rules.table import RULES
from shared.codes.monitoring import FindingGroup
from shared.words.language import Language

INTRODUCTION: Final = """\
疑点是登记或上报内容中互相矛盾、或少见而需核实之处。疑点不产生任务，内容改正后自动消除。

- 登记、变更农户时当场核查；上报情况时，只核查与该情况有关的规则；每天夜间对全部农户核查一遍
  （收入累计、风险、时限只在夜间核查）。与他户共用号码的农户，他户变更后一分钟左右再查。
- 核实无误的，乡镇以上填写理由予以豁免（可设期限）；期限届满、疑点依据变化或成员换人，豁免自动失效。
- 涉及健康、身份号码的疑点，无 `monitoring:pii` 权限的只看到规则，不显示成员和依据；豁免理由同样不显示。
- 他户编号只显示本辖区内的。
- 各类情况按成员、事项取最新一次（同日按数据来源次序）；同一收入明细由两个来源上报的，疑点列出双方，计入的在前。
- 已上报的人口变动，登记中体现后自动消除：所报成员已不在册；新生儿（当日未满周岁）已登记；
  未指明成员的，当日或之后有人迁出、迁入。
- 级别为“错误”的疑点未消除、未豁免的，该户不进入上报其他平台的表，列入暂缓上报表。
- 规则中的数值是政策参数，见[参数包](policy-packs.md)；缺少参数的，该规则不作判断，已有疑点保持不变。

A finding is something registered or reported that cannot well be true together with something else. It opens no task,
and clears by itself. `GET /monitoring/v1/findings` lists findings, `GET /monitoring/v1/finding-rules` their rules;
people exempt what they looked at and found right, with a reason, at `POST /monitoring/v1/findings/{id}/transitions`
and, for up to 1,000 at once, at `POST /monitoring/v1/findings/exemptions`. An exemption ends after its last day,
when what the finding rests on changes, and when somebody else holds the member number.

Of what was said of a member or a household, the latest holds, by matter; of one day, that of the source that weighs
more. A change of the members is pending until the register shows it: whoever is named has left; of a newborn, somebody
is registered who had completed no year of age by then; where nobody is named, somebody left, or was taken in, on the
day of the report or later. A household with an error that is neither cleared nor exempted is held back in
`GET /monitoring/v1/reports/exchange-{system}`.

Rules look at a household when it is put and when a fact changes what they look at, in the same transaction; the sums of
the income window, risks and time are looked at every night (job `check-findings`). The numbers in the column of the
source are those of a list of data-quality rules that a county of 贵州 used in 2023 and 2024; a rule without one is our
own. `*` marks rules of health or identity, which show nothing else to whoever may not see persons."""
_HEAD: Final = "| Rule | 疑点 | Finding | 级别 | Source | Parameters |\n| --- | --- | --- | --- | --- | --- |"


def findings_page() -> Iterator[str]:
    """The parts of the page."""
    yield "# Findings 疑点"
    yield INTRODUCTION
    for group in FindingGroup:
        rules = [rule for rule in RULES.values() if rule.group is group]
        yield f"## {group.label_zh} {group.label_en}"
        yield "\n".join([_HEAD, *map(_row, rules)])


def _row(rule: Rule) -> str:
    mark = " *" if rule.tells_of_persons else ""
    parameters = "<br>".join(f"`{key}`" for key in rule.parameters)
    cells = (
        f"`{rule.code}`{mark}",
        rule.said.written(Language.ZH),
        rule.said.written(Language.EN),
        rule.severity.label_zh,
        (rule.source or "").replace("*", "\\*"),
        parameters,
    )
    return f"| {' | '.join(cells)} |"
