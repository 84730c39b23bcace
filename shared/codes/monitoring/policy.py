"""Code lists of policy values that a second person approves 政策参数值."""

from shared.codes.code import Code


class PolicyValueStatus(Code):
    """Where a proposed policy value stands 政策参数值状态."""

    PROPOSED = "proposed", "待审批", "proposed", "waits for a second person"
    APPROVED = "approved", "已批准", "approved", "holds on its days"
    REJECTED = "rejected", "未批准", "rejected"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn", "by whoever proposed it"


class PolicyValueAction(Code):
    """What is done with a policy value 政策参数值操作."""

    PROPOSE = "propose", "提出", "propose"
    APPROVE = "approve", "批准", "approve"
    REJECT = "reject", "不批准", "reject"
    WITHDRAW = "withdraw", "撤回", "withdraw"
