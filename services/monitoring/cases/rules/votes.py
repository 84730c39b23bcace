"""民主评议: what a vote of the village says."""


def carries(attended: int, in_favour: int) -> bool:
    """Whether more than half of those who came were in favour."""
    return in_favour * 2 > attended


def is_possible(attended: int, in_favour: int, against: int) -> bool:
    """Whether no more voted than came."""
    return in_favour + against <= attended
