"""Code lists of monitoring 监测: what facts say of the circumstances of a household and its members."""

from shared.codes.code import Code


class SchoolingEvent(Code):
    """What happened to a member's schooling 就学情况."""

    ENROLLED = "enrolled", "在学", "enrolled"
    SUSPENDED = "suspended", "休学", "suspended"
    DROPPED_OUT = "dropped_out", "辍学", "dropped out"
    NOT_ENROLLED = "not_enrolled", "未入学", "not enrolled"
    PERSUASION_VISIT = "persuasion_visit", "劝返", "visit to persuade", "changes nothing by itself"
    RETURNED = "returned", "复学", "returned to school"
    GRADUATED = "graduated", "毕业", "graduated"
    EXEMPT = "exempt", "因身体原因免学", "exempt", "unfit for school for reasons of health"


class SchoolStage(Code):
    """Stage of schooling 学段."""

    PRESCHOOL = "preschool", "学前教育", "preschool"
    PRIMARY = "primary", "小学", "primary school"
    JUNIOR = "junior", "初中", "junior secondary school"
    SENIOR = "senior", "普通高中", "senior secondary school"
    VOCATIONAL = "vocational", "中职", "vocational school"
    COLLEGE = "college", "高等教育", "college"


class OutOfSchoolReason(Code):
    """Why a member is not at school 失学原因."""

    UNWILLING = "unwilling", "厌学", "unwilling"
    HEALTH = "health", "身体原因", "health"
    POVERTY = "poverty", "家庭困难", "poverty"
    WORK = "work", "外出务工", "work"
    MARRIAGE = "marriage", "早婚", "marriage"
    OTHER = "other", "其他", "other"


class DwellingGrade(Code):
    """Grade of the safety of a dwelling 房屋安全等级 (《农村住房安全性鉴定技术导则》)."""

    A = "A", "A级", "grade A", "safe"
    B = "B", "B级", "grade B", "safe by and large"
    C = "C", "C级", "grade C", "parts are in danger"
    D = "D", "D级", "grade D", "the whole is in danger"


class WaterQuality(Code):
    """Quality of drinking water 水质."""

    GOOD = "good", "合格", "good"
    BAD = "bad", "不合格", "bad"


class WaterSupply(Code):
    """How water comes to a household 供水方式."""

    TAP = "tap", "自来水", "tap", "a central supply with a tap in the house"
    CENTRAL = "central", "集中供水点取水", "central supply", "fetched from where many are supplied"
    SCATTERED = "scattered", "分散供水", "scattered supply", "a well, a spring or a cistern of its own"


class WaterTest(Code):
    """Test of safe drinking water 饮水安全指标."""

    QUALITY = "quality", "水质", "quality"
    LITRES = "litres", "每人每天水量（升）", "litres for each person and day"
    DISTANCE = "distance", "取水水平距离（米）", "horizontal distance in metres"
    HEIGHT = "height", "取水垂直距离（米）", "vertical distance in metres"
    MINUTES = "minutes", "取水往返时间（分钟）", "minutes to fetch it"
    DAYS_SHORT = "days_short", "年缺水天数", "days of a year on which it is short"
    CUT_DAYS = "cut_days", "断水天数", "days without water"


class InsuranceScheme(Code):
    """Scheme of social insurance 险种."""

    BASIC_MEDICAL = "basic_medical", "城乡居民基本医疗保险", "basic medical insurance"
    SERIOUS_ILLNESS = "serious_illness", "大病保险", "serious illness insurance"
    PENSION = "pension", "城乡居民基本养老保险", "basic pension insurance"


class InsuranceStatus(Code):
    """Whether a member is insured in a year 参保状态."""

    INSURED = "insured", "已参保", "insured"
    UNINSURED = "uninsured", "未参保", "uninsured"
    EXEMPT = "exempt", "无须参保", "exempt"


class InsurancePayer(Code):
    """Who pays the contribution 缴费方式."""

    SELF = "self", "个人全额缴费", "paid by the member"
    PART = "part", "定额资助", "paid in part"
    FULL = "full", "全额资助", "paid in full for the member"


class WorkStatus(Code):
    """Whether a member works 务工状态."""

    WORKING = "working", "务工中", "working"
    JOBLESS = "jobless", "未务工", "jobless"


class WorkChannel(Code):
    """How a member came to work 就业渠道."""

    ORGANISED = "organised", "有组织输出", "organised transfer"
    RELATIVES = "relatives", "亲友介绍", "through relatives"
    SELF = "self", "自发外出", "found by oneself"
    PUBLIC_POST = "public_post", "公益性岗位", "public-welfare post"
    WORKSHOP = "workshop", "帮扶车间", "workshop"
    LOCAL = "local", "就近就业", "near home"


class DisabilityKind(Code):
    """Kind of a disability 残疾类别."""

    VISUAL = "visual", "视力残疾", "visual"
    HEARING = "hearing", "听力残疾", "hearing"
    SPEECH = "speech", "言语残疾", "speech"
    PHYSICAL = "physical", "肢体残疾", "physical"
    INTELLECTUAL = "intellectual", "智力残疾", "intellectual"
    MENTAL = "mental", "精神残疾", "mental"
    MULTIPLE = "multiple", "多重残疾", "multiple"


class CareLevel(Code):
    """How far a member can look after itself 生活自理能力."""

    ABLE = "able", "完全自理", "able"
    PARTLY = "partly", "部分失能", "partly able"
    UNABLE = "unable", "完全失能", "unable"


class ChronicDisease(Code):
    """The four chronic diseases with a contract of care 四类慢病."""

    HYPERTENSION = "hypertension", "高血压", "hypertension"
    DIABETES = "diabetes", "糖尿病", "diabetes"
    TUBERCULOSIS = "tuberculosis", "结核病", "tuberculosis"
    MENTAL = "mental", "严重精神障碍", "severe mental disorder"


class CareContract(Code):
    """Contract with a family doctor 家庭医生签约."""

    ACTIVE = "active", "已签约", "active"
    NONE = "none", "未签约", "none"


class DisasterKind(Code):
    """Kind of a natural disaster 自然灾害种类."""

    FLOOD = "flood", "洪涝灾害", "flood"
    GEOLOGICAL = "geological", "地质灾害", "geological disaster"
    DROUGHT = "drought", "旱灾", "drought"
    BIOLOGICAL = "biological", "生物灾害", "biological disaster"
    METEOROLOGICAL = "meteorological", "气象灾害", "meteorological disaster"
    EARTHQUAKE = "earthquake", "地震灾害", "earthquake"
    OTHER = "other", "其他自然灾害", "other disaster"


class AccidentKind(Code):
    """Kind of an accident 意外事故种类."""

    TRAFFIC = "traffic", "交通事故", "traffic accident"
    WORK = "work", "工伤事故", "accident at work"
    CRIME = "crime", "刑事案件", "crime"
    FIRE = "fire", "火灾", "fire"
    DROWNING = "drowning", "溺水", "drowning"
    EPIDEMIC = "epidemic", "疫情", "epidemic", "only where the policy names it among its causes"
    OTHER = "other", "其他意外", "other accident"


class AccidentEffect(Code):
    """What an accident did to a member 意外后果."""

    INJURY = "injury", "受伤", "injury"
    DISABILITY = "disability", "致残", "disability"
    DEATH = "death", "死亡", "death"


class ProductionKind(Code):
    """What a household produces 产业类型."""

    CROP = "crop", "种植业", "crops"
    LIVESTOCK = "livestock", "养殖业", "livestock"
    FORESTRY = "forestry", "林果业", "forestry"
    OTHER = "other", "其他产业", "other production"


class ProductionOutcome(Code):
    """How production went wrong 产业受损情形."""

    FAILED = "failed", "经营失败", "failed"
    DAMAGED = "damaged", "受灾减产", "damaged"
    UNSOLD = "unsold", "产品滞销", "unsold"


class ReliefScheme(Code):
    """Scheme of social relief 救助类型."""

    DIBAO = "dibao", "最低生活保障", "minimum living allowance"
    TEKUN = "tekun", "特困供养", "support for the extremely poor"
    DIBAO_MARGIN = "dibao_margin", "低保边缘", "margin of the minimum living allowance"
    RIGID_EXPENSE = "rigid_expense", "刚性支出困难", "hardship by rigid expense"
    ORPHAN = "orphan", "孤儿及事实无人抚养儿童", "orphan"
    DISABILITY_LIVING = "disability_living", "困难残疾人生活补贴", "living allowance for the disabled"
    DISABILITY_CARE = "disability_care", "重度残疾人护理补贴", "care allowance for the disabled"


class ReliefStatus(Code):
    """Whether relief is being paid 救助状态."""

    GRANTED = "granted", "享受中", "granted"
    ENDED = "ended", "已停止", "ended"


class LoanKind(Code):
    """Kind of a loan 贷款种类."""

    MICROCREDIT = "microcredit", "脱贫人口小额信贷", "microcredit"
    STUDENT = "student", "助学贷款", "student loan"
    OTHER = "other", "其他借贷", "other loan"


class MemberChange(Code):
    """Natural increase or decrease of a household 家庭成员自然增减."""

    BORN = "born", "新生儿", "born"
    MARRIED_IN = "married_in", "婚入", "married in"
    RETURNED = "returned", "回迁", "returned"
    DIED = "died", "死亡", "died"
    MARRIED_OUT = "married_out", "婚出", "married out"
    MOVED_OUT = "moved_out", "迁出", "moved out"
    ENLISTED = "enlisted", "参军", "enlisted"


class IncomeLeaf(Code):
    """Leaf of the income tree 收入明细."""

    MIGRANT = "migrant", "务工收入", "migrant work"
    SECTOR_POST = "sector_post", "行业部门公益岗收入", "public-welfare post of a department"
    TOWNSHIP_POST = "township_post", "乡镇公益岗收入", "public-welfare post of the township"
    VILLAGE_POST = "village_post", "村级公益岗收入", "public-welfare post of the village"
    GATHERING = "gathering", "自主采摘收入", "gathering"
    CROPS = "crops", "种植业收入", "crops"
    LIVESTOCK = "livestock", "养殖业收入", "livestock"
    FORESTRY = "forestry", "林果业收入", "forestry"
    OTHER_OPERATING = "other_operating", "其他经营收入", "other production"
    ASSET_DIVIDEND = "asset_dividend", "资产收益扶贫分红", "dividend of assets"
    LAND_TRANSFER = "land_transfer", "土地流转收入", "transfer of land use"
    LOAN_PROJECT = "loan_project", "金融贷款项目收入", "loan projects"
    ENTRUSTED = "entrusted", "代种代养收入", "entrusted growing and raising"
    OTHER_PROPERTY = "other_property", "其他财产性收入", "other property"
    FAMILY_PLANNING = "family_planning", "计划生育金", "family planning reward"
    DIBAO = "dibao", "低保金", "minimum living allowance"
    TEKUN = "tekun", "特困供养金", "support for the extremely poor"
    PENSION = "pension", "养老保险金", "pension"
    ECOLOGY = "ecology", "生态补偿金", "compensation for ecology"
    OTHER_TRANSFER = "other_transfer", "其他转移性收入", "other transfers"


class Protection(Code):
    """What every household is to be secure in 三保障和饮水安全."""

    SCHOOLING = "schooling", "义务教育", "schooling", "members of compulsory age are at school"
    MEDICAL = "medical", "基本医疗", "medical care", "all members have basic medical insurance this year"
    HOUSING = "housing", "住房安全", "housing", "the only home is safe"
    WATER = "water", "饮水安全", "drinking water", "the water passes every test"


class ProtectionStatus(Code):
    """Whether a household is secure in one matter 保障情况."""

    MET = "met", "有保障", "met"
    UNMET = "unmet", "无保障", "unmet", "what is known says no"
    UNKNOWN = "unknown", "情况不明", "unknown", "something that has to be known was not said"
    NOT_APPLICABLE = "not_applicable", "不涉及", "not applicable", "nobody is of compulsory age, or the household ended"
