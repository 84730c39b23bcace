"""Code lists of assets 资产: assets, rights in them, distributions of what they earn."""

from shared.codes.code import Code


class AssetClass(Code):
    """Class of an asset 资产类别."""

    OPERATING = "operating", "经营性资产", "operating asset"
    PUBLIC = "public", "公益性资产", "public-welfare asset"
    HOUSEHOLD = "household", "到户类资产", "asset given to households"


class AssetRight(Code):
    """The five rights in an asset 五权."""

    OWNER = "owner", "所有权", "ownership"
    OPERATOR = "operator", "经营权", "right to operate"
    BENEFICIARY = "beneficiary", "收益权", "right to the income"
    DISPOSER = "disposer", "处置权", "right to dispose"
    SUPERVISOR = "supervisor", "监督权", "right to supervise"


class DistributionReason(Code):
    """Why a household has a share in a distribution 分配理由."""

    NO_LABOUR = "no_labour", "无劳动能力", "unable to work"
    POST = "post", "公益岗位劳动报酬", "pay for a public-welfare post"
    SHARE = "share", "股份分红", "dividend of a share"
    HARDSHIP = "hardship", "困难救助", "hardship relief"


class DistributionStatus(Code):
    """Where a distribution of an asset's income stands 收益分配状态."""

    DRAFT = "draft", "村集体提出方案", "proposed by the village"
    VOTED = "voted", "民主决策通过", "voted by the village"
    PUBLISHED = "published", "公示中", "on public notice"
    APPROVED = "approved", "乡镇审批通过", "approved by the township"
    FILED = "filed", "县级备案", "filed with the county"
    PAID = "paid", "已发放", "paid"


class DistributionAction(Code):
    """What is done with a distribution 收益分配操作."""

    VOTE = "vote", "民主决策", "vote in the village"
    PUBLISH = "publish", "公示", "put on public notice"
    OBJECT = "object", "提出异议", "object", "back to the draft"
    APPROVE = "approve", "乡镇审批", "approve in the township"
    FILE = "file", "县级备案", "file with the county"
    PAY = "pay", "发放", "pay"
