"""Code lists of whatever is recorded by source and reference, in every house."""

from shared.codes.code import Code


class RecordStatus(Code):
    """Whether what was said still counts 记录状态."""

    STANDS = "stands", "有效", "stands"
    SUPERSEDED = "superseded", "已更正", "superseded", "a correction took its place"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn", "it should never have been"


class WithdrawalReason(Code):
    """Why something that was said is withdrawn 撤回原因."""

    WRONG_HOUSEHOLD = "wrong_household", "户填错", "wrong household"
    WRONG_PERSON = "wrong_person", "人填错", "wrong person"
    WRONG_AMOUNT = "wrong_amount", "金额填错", "wrong amount"
    DUPLICATE = "duplicate", "重复上报", "duplicate"
    OTHER = "other", "其他", "other"
