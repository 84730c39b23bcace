"""Code lists of policies 政策参数."""

from shared.codes.code import Code


class ValueStatus(Code):
    """How binding a value of a policy is 参数效力."""

    IN_FORCE = (
        "in_force",
        "已施行",
        "in force",
        "it binds, or bound, on its days; the reference says where it was read",
    )
    ANNOUNCED = (
        "announced",
        "已公布未施行",
        "announced",
        "a document sets it, but it does not bind yet; look-ups pass over it",
    )
    ASSUMED = (
        "assumed",
        "假定",
        "assumed",
        "nothing seen sets it; the reference says what it was taken from, and every verdict shows it as assumed",
    )
