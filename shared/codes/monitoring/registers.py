"""Code lists of registers 台账 and of requests for data 数据需求."""

from shared.codes.code import Code


class DataRequestStatus(Code):
    """Where a request for data stands 报表数据需求状态."""

    REQUESTED = "requested", "待审批", "requested", "waits for the township"
    APPROVED = "approved", "已批准", "approved"
    REFUSED = "refused", "未批准", "refused"
    DELIVERED = "delivered", "已提供", "delivered"


class DataRequestAction(Code):
    """What is done with a request for data 报表数据需求操作."""

    REQUEST = "request", "提出", "request"
    APPROVE = "approve", "批准", "approve"
    REFUSE = "refuse", "不批准", "refuse"
    DELIVER = "deliver", "提供", "deliver"


class LowIncomeClass(Code):
    """Class of the low-income population 低收入人口类别; a household is of the first that fits."""

    DIBAO = "dibao", "最低生活保障对象", "minimum living allowance"
    TEKUN = "tekun", "特困人员", "extremely poor"
    DIBAO_MARGIN = "dibao_margin", "低保边缘家庭", "margin of the minimum living allowance"
    RIGID_EXPENSE = "rigid_expense", "刚性支出困难家庭", "hardship by rigid expense"
    MONITORED = "monitored", "防止返贫监测对象", "monitored"
    OTHER = "other", "其他困难人员", "other hardship"


class SchoolAgeView(Code):
    """By which ledger 控辍保学台账 the members of school age are shown."""

    COUNTY = "county", "县级台账", "county"
    TOWNSHIP = "township", "乡级台账", "township"
    VILLAGE = "village", "村级台账", "village"
    SCHOOL = "school", "校级台账", "school"


class InsuranceStanding(Code):
    """Where a member stands in the ledger of insurance 参保台账."""

    INSURED = "insured", "已参保", "insured"
    UNINSURED = "uninsured", "未参保", "uninsured"
    EXEMPT = "exempt", "无须参保", "exempt"
    UNKNOWN = "unknown", "未掌握", "unknown", "nothing was said of the year"
