"""Income 收入 of a household."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.monitoring.evidence.kept import AsOf, Kept, Posting, Rival
from services.monitoring.evidence.rules import NOBODY
from services.monitoring.evidence.schemas import MonthSent, ReportedFact, Statement
from services.monitoring.evidence.types import EvidenceType
from services.monitoring.models.ledger import IncomeLeaf as IncomeLeafRow
from shared.codes.circumstances import IncomeLeaf
from shared.codes.monitoring import IncomeBranch, RiskKind
from shared.db.base import table_of
from shared.db.unit_of_work import Reading
from shared.findings import WrongValue
from shared.money import Yuan, format_yuan
from shared.months import format_month
from shared.words.said import says

_COLUMN_OF: Final[Mapping[IncomeBranch, str]] = {
    IncomeBranch.WAGE: "wage",
    IncomeBranch.OPERATING: "operating",
    IncomeBranch.PROPERTY: "property_",
    IncomeBranch.TRANSFER: "transfer",
}


LEAVES_OF: Final[Mapping[IncomeBranch, frozenset[IncomeLeaf]]] = {
    IncomeBranch.WAGE: frozenset(
        {
            IncomeLeaf.MIGRANT,
            IncomeLeaf.SECTOR_POST,
            IncomeLeaf.TOWNSHIP_POST,
            IncomeLeaf.VILLAGE_POST,
            IncomeLeaf.GATHERING,
        }
    ),
    IncomeBranch.OPERATING: frozenset(
        {IncomeLeaf.CROPS, IncomeLeaf.LIVESTOCK, IncomeLeaf.FORESTRY, IncomeLeaf.OTHER_OPERATING}
    ),
    IncomeBranch.PROPERTY: frozenset(
        {
            IncomeLeaf.ASSET_DIVIDEND,
            IncomeLeaf.LAND_TRANSFER,
            IncomeLeaf.LOAN_PROJECT,
            IncomeLeaf.ENTRUSTED,
            IncomeLeaf.OTHER_PROPERTY,
        }
    ),
    IncomeBranch.TRANSFER: frozenset(
        {
            IncomeLeaf.FAMILY_PLANNING,
            IncomeLeaf.DIBAO,
            IncomeLeaf.TEKUN,
            IncomeLeaf.PENSION,
            IncomeLeaf.ECOLOGY,
            IncomeLeaf.OTHER_TRANSFER,
        }
    ),
}
"""收入构成: which leaves each branch has."""


class IncomePayload(Statement):
    """Income 收入 of one branch in one month; a zero is recorded as 0.00 and is not the same as no record."""

    branch: IncomeBranch
    month: MonthSent
    amount: Yuan
    operating_cost: Yuan = Field("0.00", validate_default=True)
    """生产经营性支出: only beside operating income."""
    leaf: IncomeLeaf | None = Field(
        None, description="What it came from; of two sources that name the same one, the one that weighs more counts"
    )

    @model_validator(mode="after")
    def _cost_belongs_to_operating(self) -> "IncomePayload":
        if self.operating_cost and self.branch is not IncomeBranch.OPERATING:
            raise WrongValue(says("cost-of-another-branch"))
        return self

    @model_validator(mode="after")
    def _leaf_belongs_to_branch(self) -> "IncomePayload":
        if self.leaf is not None and self.leaf not in LEAVES_OF[self.branch]:
            raise WrongValue(says("leaf-of-another-branch"))
        return self


class IncomeFact(ReportedFact):
    """An income fact."""

    type: Literal["income"]
    payload: IncomePayload

    def said(self) -> str:
        """What it says, as it is kept: what the model writes, in a quarter of the time."""
        said = self.payload
        month, amount, cost = format_month(said.month), format_yuan(said.amount), format_yuan(said.operating_cost)
        leaf = "" if said.leaf is None else f',"leaf":"{said.leaf}"'
        return f'{{"branch":"{said.branch}","month":"{month}","amount":"{amount}","operating_cost":"{cost}"{leaf}}}'

    def posting(self, person_id: UUID | None) -> Posting:
        """Its branch and cost in the sums of its month, which is known from then on."""
        said = self.payload
        sums = {_COLUMN_OF[said.branch]: said.amount, "operating_cost": said.operating_cost, "income_facts": 1}
        if said.leaf is None:
            return Posting(months={said.month: sums})
        kept = {"person_id": person_id or NOBODY, "month": said.month, "leaf": said.leaf, "source": self.source, **sums}
        return Posting(
            months={said.month: sums},
            rows={LEAVES: _WHOLE | kept},
            rival=Rival((person_id or NOBODY, said.month, said.leaf), self.source),
        )

    def has_rivals(self) -> bool:
        """Income of a leaf may have been reported by another source, too."""
        return self.payload.leaf is not None

    def month_named(self) -> int:
        """The month of the income."""
        return self.payload.month

    def income_of_month(self) -> int:
        """The amount, before any cost."""
        return self.payload.amount


_LEAVES = table_of(IncomeLeafRow)
_WHOLE: Final = dict.fromkeys((*_COLUMN_OF.values(), "operating_cost"), 0)


def _load_nothing(_: Reading, __: Sequence[str], ___: AsOf) -> Mapping[str, None]:
    return {}


LEAVES: Final[Kept[None]] = Kept(_LEAVES, nothing=None, load=_load_nothing, key=("fact_id",), seen_of_concern=True)
"""Income by leaf 收入明细, so that what two sources report counts once. No rule sees it: the months say what counts."""

INCOME: Final = EvidenceType(
    "income",
    fact=IncomeFact,
    kept=(LEAVES,),
    speaks_for=frozenset({RiskKind.BELOW_LINE, RiskKind.INCOME_DROP, RiskKind.RIGID_EXPENSE}),
)
