"""Code lists of households and their members 农户、家庭成员, and of what happens to them."""

from shared.codes.code import Code


class HouseholdCategory(Code):
    """Whether a household was once on the poverty register 户类型; policies give the two different thresholds."""

    ORDINARY = "ordinary", "一般农户", "ordinary household", "never on the register"
    LIFTED = "lifted", "脱贫户", "household lifted out of poverty", "was on the register and left it"


class ExchangeSystem(Code):
    """A platform that has no interface and is served by sheets 交换平台."""

    NATIONAL = "national", "全国防返贫监测预警系统", "national monitoring system"
    GUIZHOU = "guizhou", "贵州省乡村振兴云", "Guizhou rural revitalisation cloud"
    HEBEI = "hebei", "省级防贫大数据监测平台", "Hebei poverty prevention platform"
    SHAANXI = "shaanxi", "陕西省防返贫监测预警平台", "Shaanxi monitoring platform"


class HouseholdEndReason(Code):
    """Why a household is no more 农户注销原因."""

    DIED = "died", "人员全部死亡", "all members died"
    MOVED = "moved", "整户迁出", "whole household moved away"
    MERGED = "merged", "并入他户", "merged into another household"
    OTHER = "other", "其他", "other"


class HouseholdEventKind(Code):
    """What happened to a household 农户变动."""

    SPLIT = "split", "分户", "split", "some members are a household of their own from then on"
    MERGE = "merge", "并户", "merge", "all members belong to another household from then on"
    MOVE = "move", "迁移", "move"
    DEATH = "death", "死亡", "death"
    LEAVE = "leave", "迁出人员", "leave"
    JOIN = "join", "迁入人员", "join"
    END = "end", "注销", "end"


class LeaveReason(Code):
    """Why a member left the household 人员减少原因."""

    MARRIED_OUT = "married_out", "婚出", "married out"
    MOVED_OUT = "moved_out", "户口迁出", "moved out"
    ENLISTED = "enlisted", "参军", "enlisted"


class JoinReason(Code):
    """Why a member came to the household 人员增加原因."""

    BORN = "born", "新生儿", "born"
    MARRIED_IN = "married_in", "婚入", "married in"
    RETURNED = "returned", "回归", "returned"


class Matter(Code):
    """What a household 人地分离 is cared for in: by the place of its land, or by the place where it lives."""

    LAND = "land", "承包地", "land"
    FOREST = "forest", "林权", "forest"
    COLLECTIVE_INCOME = "collective_income", "集体收益分配", "collective income"
    FARM_SUBSIDY = "farm_subsidy", "涉农补贴", "farm subsidy"
    INSURANCE = "insurance", "社会保险", "insurance"
    MEDICAL = "medical", "医疗保障", "medical care"
    EDUCATION = "education", "教育", "education"
    RELIEF = "relief", "社会救助", "relief"
    PENSION = "pension", "养老", "pension"
    DISABILITY = "disability", "残疾人服务", "disability"
    EMPLOYMENT = "employment", "就业", "employment"


class Relation(Code):
    """Relation of a member to the head of the household 与户主关系."""

    HEAD = "head", "户主", "head of the household"
    SPOUSE = "spouse", "配偶", "spouse"
    CHILD = "child", "子女", "child"
    PARENT = "parent", "父母", "parent"
    OTHER = "other", "其他", "other"


class Sex(Code):
    """Sex of a member 性别."""

    MALE = "M", "男", "male"
    FEMALE = "F", "女", "female"


class Labour(Code):
    """Ability of a member to work 劳动技能."""

    ORDINARY = "ordinary", "普通劳动力", "ordinary worker"
    SKILLED = "skilled", "技能劳动力", "skilled worker"
    WEAK = "weak", "弱劳动力或半劳动力", "weak or part-time worker"
    LOST = "lost", "丧失劳动力", "ability to work lost", "could work once"
    NONE = "none", "无劳动力", "no worker", "a child, a pupil, an old person"

    @property
    def is_able(self) -> bool:
        """有劳动能力: whoever can work, also in part."""
        return self in (Labour.ORDINARY, Labour.SKILLED, Labour.WEAK)


class Health(Code):
    """Health of a member 健康状况."""

    HEALTHY = "healthy", "健康", "healthy"
    CHRONIC = "chronic", "长期慢性病", "long-term chronic disease"
    SERIOUS = "serious", "患有大病", "seriously ill"
    DISABLED = "disabled", "重度残疾", "severely disabled"
