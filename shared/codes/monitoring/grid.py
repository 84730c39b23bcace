"""Code lists of the grid 网格, of who is looked after first, and of reports and indicators."""

from shared.codes.code import Code


class ContactRole(Code):
    """Who looks after households where they live 网格责任: 一头一尾, 三级监测网络, 四支队伍."""

    MONITOR_CONTACT = "monitor_contact", "监测联系人", "monitoring contact", "collects and enters at both ends 一头一尾"
    GRID_WORKER = "grid_worker", "网格员", "grid worker"
    VILLAGE_CADRE = "village_cadre", "村干部", "village cadre"
    WORK_TEAM = "work_team", "驻村工作队员", "member of the resident work team"
    TOWNSHIP_DUTY = "township_duty", "乡镇包保干部", "township officer on duty"
    BUILDING_CHIEF = "building_chief", "楼栋长", "building chief", "of a relocation site 易地搬迁安置点"
    SCHOOL_CHIEF = "school_chief", "校长", "school head", "answers for the children of a school 控辍保学"
    DATA_STEWARD = "data_steward", "数据管理员", "data steward", "of a village or a township data station 数据管理所"


class ReportKind(Code):
    """A report that a region owes on a day 报表."""

    WEEKLY_PROGRESS = "weekly-progress", "每周进展", "progress of a week"
    MONTHLY_MONITORING = "monthly-monitoring", "监测月报", "monitoring of a month"
    QUARTERLY_WORK = "quarterly-work", "季度工作落实情况", "work of a quarter"
    ANNUAL = "annual", "年度报告", "report of a year"
    AD_HOC = "ad-hoc", "随时报", "report at any time"
    SCREENING = "screening", "集中排查", "screening", "held, not submitted: a screening of the region in the year"


class PriorityGroup(Code):
    """Households that are looked after first 重点关注人群."""

    SERIOUS_ILLNESS = "serious_illness", "大病重病", "serious illness"
    CHRONIC = "chronic", "慢性病", "chronic disease"
    SEVERE_DISABILITY = "severe_disability", "重度残疾", "severe disability"
    DISABLED_ELDERLY = "disabled_elderly", "失能老年人口", "disabled elderly"
    BELOW_10000 = "below_10000", "人均纯收入低于1万元", "low income", "a lifted or monitored household"
    NEW_DIBAO = "new_dibao", "新增低保户", "newly in minimum living allowance"
    SINGLE_TEKUN = "single_tekun", "分散供养特困单人户", "single and supported as extremely poor"


ABOUT_HEALTH = frozenset(
    {
        PriorityGroup.SERIOUS_ILLNESS,
        PriorityGroup.CHRONIC,
        PriorityGroup.SEVERE_DISABILITY,
        PriorityGroup.DISABLED_ELDERLY,
    }
)
"""Groups that tell of somebody's health."""


class MonitoringIndicator(Code):
    """What is counted of monitoring 监测指标."""

    MONITORED_HOUSEHOLDS = "monitored_households", "未消除风险监测对象户数", "monitored households"
    MONITORED_PEOPLE = "monitored_people", "未消除风险监测对象人数", "monitored people"
    UNSTABLE_HOUSEHOLDS = "unstable_households", "脱贫不稳定户数", "unstable households"
    MARGINAL_HOUSEHOLDS = "marginal_households", "边缘易致贫户数", "marginal households"
    SUDDEN_HOUSEHOLDS = "sudden_households", "突发严重困难户数", "households in sudden grave difficulty"
    IDENTIFIED = "identified", "累计识别纳入户数", "ever admitted", "admissions; a household may have several"
    ADMITTED = "admitted", "本月新增纳入户数", "admitted in the month"
    ELIMINATED = "eliminated", "本月风险消除户数", "risk eliminated in the month"
    ELIMINATION_RATE = "elimination_rate", "风险消除率", "share of risks eliminated", "watched, not aimed at"
    IDENTIFIED_IN_TIME_RATE = "identified_in_time_rate", "识别时限达标率", "identified in time"
    CLUE_ANSWERED_RATE = "clue_answered_rate", "预警线索核查反馈率", "clues answered"
    MEASURES_IN_TIME_RATE = "measures_in_time_rate", "帮扶措施及时落实率", "measures in time"
    DEVELOPMENT_RATE = "development_rate", "有劳动力监测户开发式帮扶覆盖率", "covered by help to work and produce"
    SAFETY_NET_RATE = "safety_net_rate", "无劳动力监测户兜底覆盖率", "covered by relief"
    PATROL_RATE = "patrol_rate", "走访达标率", "seen often enough"
    MONITORED_SHARE = "monitored_share", "监测人口占比", "share of monitored people"
    FOCUS_VILLAGES = "focus_villages", "重点监测村数", "villages in focus"
    BELOW_10000 = "below_10000", "人均纯收入低于1万元户数", "low income"
    LIFTED_INCOME = "lifted_income", "脱贫户人均纯收入", "income of lifted households per head"
    LIFTED_INCOME_GROWTH = "lifted_income_growth", "脱贫户人均纯收入增速", "growth of lifted income"
    MONITORED_INCOME = "monitored_income", "监测户人均纯收入", "income of monitored households per head"
    MONITORED_INCOME_GROWTH = "monitored_income_growth", "监测户人均纯收入增速", "growth of monitored income"
    DROPOUTS = "dropouts", "义务教育失学辍学人数", "out of school", "dropped out or not enrolled"
    INSURED_RATE = "insured_rate", "基本医保参保率", "insured"
    REIMBURSED_RATE = "reimbursed_rate", "因病户医疗费用报销比例", "reimbursed of the ill"
    UNSAFE_HOUSING_OPEN = "unsafe_housing_open", "未清零危房户数", "unsafe houses"
    TAP_WATER_RATE = "tap_water_rate", "自来水普及率", "on tap water"
    CENTRAL_WATER_RATE = "central_water_rate", "集中供水率", "on central supply", "those on tap water among them"
    FINDINGS_OPEN = "findings_open", "疑点数据数", "open findings"
    FINDINGS_CLEARED_RATE = "findings_cleared_rate", "疑点清零率", "findings cleared"
