"""Code lists of facts 上报信息: how they come, and what money they tell of."""

from shared.codes.code import Code


class FactMode(Code):
    """How a fact came in 录入方式."""

    LIVE = "live", "实时上报", "live", "As it happens: the household is judged at once"
    BACKFILL = (
        "backfill",
        "历史补录",
        "backfill",
        "History: fills the ledger, raises nothing; the next screening judges what it left",
    )


class IncomeBranch(Code):
    """The four branches of household income 收入构成."""

    WAGE = "wage", "工资性收入", "wage income", "pay for work"
    OPERATING = (
        "operating",
        "生产经营性收入",
        "operating income",
        "gross receipts of the household's own production; its cost is recorded beside it",
    )
    PROPERTY = "property", "财产性收入", "property income", "dividends, rent, transfer of land use"
    TRANSFER = "transfer", "转移性收入", "transfer income", "benefits, pensions, subsidies"


class ExpenseKind(Code):
    """What an expense was for 支出类型."""

    MEDICAL = "medical", "医疗支出", "medical expense"
    EDUCATION = "education", "教育支出", "education expense"
    HOUSING = "housing", "住房支出", "housing expense"
    DISASTER = "disaster", "因灾支出", "disaster expense"
    ACCIDENT = "accident", "意外事故支出", "accident expense"
    WORK_COST = "work_cost", "务工成本", "cost of going to work", "what 民政 deducts from income 必要的就业成本"
    OTHER = "other", "其他支出", "other expense"
